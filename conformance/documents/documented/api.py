"""What the documented API gives and asks: tokens for a user and for an app, token info, its resources and GraphQL."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.browser.forms import Form
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send, bearer
from conformance.harness.tokens import ActiveToken, Tokens
from conformance.procedures.consent import Asked
from conformance.procedures.resource_access import USER_GRANTS
from conformance.procedures.token_responses import lifetime_of
from conformance.profile.target import Client
from conformance.wire.exchange import Pairs, Reply

# What token info tells of a token.
INFO_MEMBERS = ("scope", "expires_in", "created_at", "resource_owner_id", "application")
# Seconds between the time of an answer and the time of issue that it tells, on a slow way or by a cached Date.
LEEWAY = 60
# Seconds between two questions about one token, and how many of them show at least, in whole seconds.
APART, LEAST = 5.0, 3.0
UNAUTHORIZED = 401
BY_BODY = "client_secret_post"
UNCHECKED = "[target] doesn't say `resource_checks_tokens`: a resource may know nothing of an early end"


# Tokens


def user_tokens(given: Given, owner: str = "resource_owner") -> Tokens:
    """Fresh tokens for a resource owner with the scope `me`."""
    grant = given.user_grant()
    if grant == "password":
        return given.tokens(grant, owner=owner, scope="me")
    return given.tokens(grant, user_agent=given.user_agent(owner), scope="me")


def app_tokens(given: Given, scope: str = "app") -> Tokens:
    """Fresh tokens by client credentials with a scope."""
    return given.tokens("client_credentials", client_with_scope(given, scope), scope=scope)


def client_with_scope(given: Given, scope: str) -> Client:
    """The main client of the client credentials grant; Untested where the profile gives it other scopes only."""
    client = given.client_for("client_credentials")
    if scope not in given.scopes("client_credentials", client=client):
        raise Untested(f"[clients.{client.name}] may not ask for the scope {scope} by client_credentials")
    return client


def refreshable_or_any(given: Given) -> ActiveToken:
    """A token of the kind that every server revokes (RFC 7009 section 2): a refresh token, where there are any."""
    if given.claims("refresh_token"):
        return given.active_token(given.refreshable(), "refresh_token")
    return given.active_token(given.tokens())


def tokens_of_kind(given: Given, kind: str) -> Tokens:
    """Fresh tokens for `me`, `app` or `basic`."""
    return user_tokens(given) if kind == "me" else app_tokens(given, kind)


def two_tokens(given: Given, grant: str) -> tuple[str, ActiveToken]:
    """A token of a grant to be ended, and one that is active beside it: of the same grant where there may be two."""
    others = [each for each in ("client_credentials", *USER_GRANTS) if given.claims(each) and each != grant]
    for beside in (grant, *others):
        other = given.active_token(given.tokens(beside))
        token = given.tokens(grant).access_token
        with given.arranging():
            if token != other.value and given.still_active(other):
                return token, other
    raise NotApplicable("the server has one token at a time for client and owner: there is no other one")


def token_reply(given: Given, send: Send) -> Reply:
    """The token endpoint's answer to a good request by the cheapest grant."""
    grant = given.any_grant()
    return send.code_exchange(given.authorization_code()) if grant == "authorization_code" else send.grant(grant)


def declining_form(send: Send, page: Asked) -> tuple[Form, Pairs]:
    """What the consent form sends to decline, as a DELETE of the authorization endpoint."""
    found = send.decision_form(page.page, page.user_agent, "decline")
    if found is None:
        raise Untested("the consent page has no button that declines: name it in [sign_in] `decline`")
    form, fields = found
    endpoint, _, query = send.form_request("authorization", ()).url.partition("?")
    return replace(form, action=endpoint, method="DELETE"), [*parse_qsl(query, keep_blank_values=True), *fields]


# Token info


@dataclass(frozen=True, slots=True)
class Info:
    """Token info about a fresh token, and what is known of that: who got it, its scope, the seconds that it lives."""

    reply: Reply
    client: Client
    granted: frozenset[str]
    expires_in: object


def info_of(given: Given, send: Send) -> Info:
    """Token info about a fresh token of the cheapest grant; asked once."""

    def procedure() -> Info:
        tokens = given.tokens()
        reply = send.resource(tokens.access_token, "token_info")
        return Info(reply, tokens.client, tokens.granted, tokens.members.get("expires_in"))

    return given.observed("token info about a fresh token", procedure)


def token_info_reply(given: Given, send: Send) -> Reply:
    """The answer alone."""
    return info_of(given, send).reply


def info_tells(given: Given, send: Send) -> None:
    """Positive control, seen once: token info answers to a good token."""
    given.accepted(token_info_reply(given, send), "token info with a good token")


@dataclass(frozen=True, slots=True)
class Twice:
    """Token info about one token twice; the second time the token is `APART` older."""

    first: Reply
    second: Reply


def told_twice(given: Given, send: Send) -> Twice:
    """Token info about a token, and again when it is some seconds older; asked once."""

    def procedure() -> Twice:
        token = given.tokens().access_token
        with given.arranging():
            first = given.accepted(send.resource(token, "token_info"), "token info with a good token")
        given.outlived(token, APART)
        second = send.resource(token, "token_info")
        if second.status == UNAUTHORIZED:
            raise Vacuous("a token doesn't outlive a question about it, or the few seconds after that")
        return Twice(first, second)

    return given.observed("token info about one token twice", procedure)


def seconds_used(twice: Twice) -> float:
    """How many seconds fewer are left the second time; Vacuous where none are told, as the contract allows."""
    first, second = (_number(reply, "expires_in") for reply in (twice.first, twice.second))
    return first - second


def seconds_since_issue(twice: Twice) -> float:
    """How many seconds more have passed since the issue, by token info, the second time."""
    first, second = (answered_at(reply) - _number(reply, "created_at") for reply in (twice.first, twice.second))
    return second - first


def _number(reply: Reply, name: str) -> int:
    value = reply.members.get(name)
    if type(value) is not int:
        raise Vacuous(f"token info tells no number of seconds as {name}")
    return value


def owner_told(given: Given, send: Send, tokens: Tokens) -> object:
    """The `resource_owner_id` that token info tells of a token."""
    reply = given.accepted(send.resource(tokens.access_token, "token_info"), "token info with a good token")
    if reply.members.get("resource_owner_id") is None:
        raise Inconclusive("token info tells no resource_owner_id of a user token")
    return reply.members["resource_owner_id"]


def revoked_token(given: Given) -> str:
    """An access token that was good and is revoked, with the declared delay over."""
    tokens = given.tokens()
    token = given.active_token(tokens)
    given.revoked(token.value, tokens.client)
    with given.arranging():
        given.still_active(token)
    return token.value


def ended_token(given: Given, send: Send, tokens: Tokens) -> str:
    """An access token that a DELETE of the token endpoint has ended, as could be seen."""
    token = given.active_token(tokens)
    with given.arranging():
        given.accepted(send.resource(token.value, "token", method="DELETE"), "DELETE with a good token")
        if given.still_active(token):
            raise Inconclusive("the token lives on after its DELETE")
    return token.value


def expired_token(given: Given, send: Send) -> str:
    """An access token past its lifetime that token info was seen to answer to."""
    tokens = given.tokens()
    with given.arranging():
        given.accepted(send.resource(tokens.access_token, "token_info"), "token info with a good token")
    given.outlived(tokens.access_token, lifetime_of(given, tokens))
    return tokens.access_token


def told_of_token(reply: Reply) -> list[str]:
    """Members of token info that an answer has."""
    return [name for name in INFO_MEMBERS if name in reply.members]


# Time


def answered_at(reply: Reply) -> float:
    """When an answer was made, by the server's clock where it shows it, in epoch seconds."""
    date = reply.header("Date")
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return time.time()


def is_time_of(value: object, reply: Reply) -> bool:
    """Whether a value is the time of an answer in epoch seconds."""
    return type(value) is int and abs(value - answered_at(reply)) <= LEEWAY


# Resources


def at_resource(given: Given, send: Send, kind: str) -> Reply:
    """A resource's answer to the kind of token that it is for; asked once."""
    return given.observed(
        f"the resource for {kind}", lambda: send.resource(tokens_of_kind(given, kind).access_token, f"resource_{kind}")
    )


def reply_to_foreign_token(given: Given, send: Send, resource: str, kind: str) -> Reply:
    """A resource's answer to another kind of token; both the token and the resource are seen to be good."""

    def procedure() -> Reply:
        with given.arranging():
            given.accepted(at_resource(given, send, resource), f"the resource for {resource} with its kind of token")
        tokens = tokens_of_kind(given, kind)
        token = ActiveToken(tokens.access_token, "access_token", tokens, (f"resource_{kind}",))
        reply = send.resource(token.value, f"resource_{resource}")
        given.control(token, after=reply)
        return reply

    return given.observed(f"a token for {kind} at the resource for {resource}", procedure)


def token_that_opens(given: Given, send: Send, kind: str) -> ActiveToken:
    """A fresh token that the resource for its kind takes, where resources ask about each token."""
    if not send.recorder.target.resource_checks_tokens:
        raise NotApplicable(UNCHECKED)
    tokens, resource = tokens_of_kind(given, kind), f"resource_{kind}"
    with given.arranging():
        given.accepted(send.resource(tokens.access_token, resource), f"the resource for {kind} with its kind of token")
    return ActiveToken(tokens.access_token, "access_token", tokens, (resource,))


def scope_worth(given: Given, send: Send, answer: Answer) -> frozenset[str]:
    """The scope of the token that the code in an answer is worth; nothing where none came back."""
    if answer.get("code") is None:
        return frozenset()
    reply = send.code_exchange(given.code_in(answer))
    if not reply.members.get("access_token"):
        return frozenset()
    return given.tokens_in(reply, answer.request.client, "authorization_code", answer.request.get("scope")).granted


# Flows


def machine_client(given: Given) -> Client:
    """A client that may do what flow 1 shows: client id and secret in the form, and the scope `app`."""
    client = given.client_authenticating_by(BY_BODY, "client_credentials")
    if "app" not in given.scopes("client_credentials", client=client):
        raise Untested(f"[clients.{client.name}] may not ask for the scope app by client_credentials")
    return client


def machine_to_machine(given: Given, send: Send) -> Reply:
    """Flow 1 as the page's example shows it; asked once."""
    client = machine_client(given)
    return given.observed("flow 1", lambda: send.client_credentials(client, BY_BODY, scope="app"))


def machine_served(given: Given, send: Send) -> Reply:
    """The answer of flow 1 if it holds a token."""
    return given.issued(machine_to_machine(given, send), "a request as flow 1 shows it")


def is_flow_1_or_unsupported(reply: Reply) -> bool:
    """A token as flow 1 gives it, or the error for a grant type that isn't known."""
    members = reply.members
    if reply.is_served:
        kind = str(members.get("token_type")).lower()
        return bool(members.get("access_token")) and kind == "bearer" and members.get("scope") == "app"
    return reply.is_refusal and members.get("error") == "unsupported_grant_type"


# GraphQL

QUERY = json.dumps({"query": "{ __typename }"})


def graphql_reply(send: Send, token: str | None) -> Reply:
    """The smallest query there is."""
    own = [bearer(token)] if token is not None else []
    url = send.form_request("graphql", ()).url
    return send.raw("POST", url, [("Content-Type", "application/json"), *own], QUERY)


def graphql_opened(given: Given, send: Send) -> Reply:
    """GraphQL with an app token; asked once."""
    return given.observed("GraphQL with an app token", lambda: graphql_reply(send, app_tokens(given).access_token))


def ended_app_token(given: Given, send: Send) -> str:
    """An app token that a DELETE has ended, where resources ask about each token."""
    if not send.recorder.target.resource_checks_tokens:
        raise NotApplicable(UNCHECKED)
    return ended_token(given, send, app_tokens(given))


def has_data(reply: Reply) -> bool:
    """Whether a query was executed: GraphQL may answer 200 to what it refuses."""
    return reply.is_success and bool(reply.members.get("data"))
