"""Callers of the introspection endpoint: those without credentials, with wrong ones, with bearer tokens, and others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import Send, bearer
from conformance.harness.tokens import Tokens
from conformance.procedures.client_authentication import BY_BASIC, BY_BODY, by_basic, by_body, undecodable_credentials
from conformance.procedures.inactive_tokens import lifetime, once_settled
from conformance.procedures.introspection import (
    active_token_described,
    ask,
    best_grant,
    live_token,
    parameters_that_work,
    says_active,
    seen_active,
    still_live,
)
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

MOST_SCOPES = 4


@dataclass(frozen=True, slots=True)
class BearerCallers:
    """Bearer tokens that were tried as authorization of the call: one that opens it, and one that doesn't."""

    privileged: Tokens | None
    unprivileged: Reply | None


def reply_without_credentials(given: Given, send: Send, token: str = "live") -> Reply:
    """The call that works, without any credentials; about a live or an invented token."""
    active_token_described(given, send)  # The control: with credentials the call is answered.

    def procedure() -> Reply:
        asked = live_token(given, send) if token == "live" else given.invented("token")
        return ask(given, send, asked, authentication="absent", client_id=None)

    return given.observed(f"an introspection call without credentials about the {token} token", procedure)


def expect_nothing_told(expect: Expect, reply: Reply) -> None:
    """A Violation unless a caller was refused, or told no more of a live token than that it is inactive.

    Sections 2.1 and 4 demand an authorization and a token, and name no answer for want of one; section 2.3 does for
    invalid credentials.
    """
    if not (reply.is_success and reply.members == {"active": False}):
        expect(reply).is_refused()
        expect(reply).lacks_member("active")


def wrong_secret(given: Given, send: Send, method: str = "client_secret_basic") -> Reply:
    """The call that works about a live token, with a wrong secret of the same client."""
    return _with_bad_credentials(given, send, method, "client_secret")


def unknown_client(given: Given, send: Send, method: str = "client_secret_basic") -> Reply:
    """The call that works about a live token, by a client that doesn't exist."""
    return _with_bad_credentials(given, send, method, "client_id")


def caller_by_basic(given: Given) -> Client:
    """The client that asks about tokens, with HTTP Basic as its method; NotApplicable where it has another."""
    caller = given.introspecting_client()
    if BY_BASIC not in caller.authentication:
        raise NotApplicable(f"[clients.{caller.name}] doesn't authenticate by {BY_BASIC}")
    return replace(caller, authentication=(BY_BASIC,))


def asked_by_special(given: Given, send: Send) -> Reply:
    """The call about a live token by the client with special characters in its credentials, by HTTP Basic.

    Vacuous where it isn't told that the token is active with the same credentials in the body.
    """
    special = given.client("special")
    in_header, in_body = by_basic(special), by_body(special)

    def procedure() -> tuple[Reply, Reply]:
        live = live_token(given, send)
        with given.arranging():
            own = _own_client_id(given, send, special)
            return ask(given, send, live, in_body, **own), ask(given, send, live, in_header, **own)

    control, reply = given.observed("introspection by the special client", procedure)
    if not says_active(control):
        raise Vacuous(f"the special client isn't told of tokens with its credentials in the body: {control}")
    return reply


def caller_by_body(given: Given, send: Send) -> Client:
    """The client that asks about tokens, with its credentials in the body. Vacuous where they are not taken from there:
    what a server doesn't know is no second method.
    """
    caller = given.introspecting_client()
    if BY_BODY not in caller.authentication:
        raise NotApplicable(f"[clients.{caller.name}] doesn't authenticate by {BY_BODY}")
    named = replace(caller, authentication=(BY_BODY,))

    def procedure() -> Reply:
        return ask(given, send, live_token(given, send), named)

    reply = given.observed("introspection with credentials in the body", procedure)
    if not says_active(reply):
        raise Vacuous(f"introspection takes no credentials from the body: {reply}")
    return named


def reply_to_undecodable_credentials(given: Given, send: Send, how: str) -> Reply:
    """The call that works, about a live token, with credentials in the header in which no name can be found."""
    caller_by_basic(given)
    active_token_described(given, send)  # The control: with its own credentials the client is answered.

    def procedure() -> Reply:
        return ask(given, send, live_token(given, send), **undecodable_credentials(how), client_id=None)

    return given.observed(f"an introspection call with {how} in Basic", procedure)


def _with_bad_credentials(given: Given, send: Send, method: str, wrong: str) -> Reply:
    caller = given.introspecting_client()
    if method not in caller.authentication:
        raise NotApplicable(f"[clients.{caller.name}] doesn't authenticate by {method}")
    active_token_described(given, send)  # The control: with its own credentials the client is answered.

    def procedure() -> Reply:
        live = live_token(given, send)
        claimed = replace(caller, authentication=(method,))
        invented = given.invented(wrong)
        client = (
            replace(claimed, client_id=invented) if wrong == "client_id" else replace(claimed, client_secret=invented)
        )
        return ask(given, send, live, client, **_own_client_id(given, send, client))

    return given.observed(f"an introspection call with a wrong {wrong} by {method}", procedure)


def _own_client_id(given: Given, send: Send, client: Client) -> dict[str, str]:
    return {"client_id": client.client_id} if "client_id" in parameters_that_work(given, send) else {}


def ask_as_other(given: Given, send: Send, client: Client) -> Reply:
    """The call about a live token, by somebody else than the client that may ask."""
    return ask(given, send, live_token(given, send), client, **_own_client_id(given, send, client))


def ask_as_bearer(given: Given, send: Send, token: str, credential: str) -> Reply:
    """The call, authorized by a bearer token alone."""
    pairs = [
        ("token", token),
        *((name, value) for name, value in parameters_that_work(given, send).items() if name != "client_id"),
    ]
    return send.form("introspection", pairs, [bearer(credential)])


def bearer_callers(given: Given, send: Send) -> BearerCallers:
    """Which of the tokens that the profile's main clients get open the introspection endpoint."""

    def procedure() -> BearerCallers:
        privileged, unprivileged = None, None
        for tokens in _candidates(given):
            reply = ask_as_bearer(given, send, _live_beside(given, send, tokens.grant), tokens.access_token)
            if says_active(reply):
                privileged = privileged or tokens
            elif not reply.is_served:
                unprivileged = unprivileged or reply
            if privileged and unprivileged:
                break
        return BearerCallers(privileged, unprivileged)

    return given.observed("bearer tokens as authorization of introspection", procedure)


def _live_beside(given: Given, send: Send, grant: str) -> str:
    """A live token by another grant where there is one: a server may end a token when it issues the next of a kind."""
    grants = (best_grant(given), given.any_grant())
    return live_token(given, send, next((each for each in grants if each != grant), grant))


def _candidates(given: Given) -> Iterator[Tokens]:
    cheapest = given.any_grant()
    for grant in dict.fromkeys((cheapest, best_grant(given))):
        yield given.tokens(grant)
    with contextlib.suppress(Untested):
        for scope in given.scopes(cheapest, 2)[:MOST_SCOPES]:
            yield given.tokens(cheapest, scope=scope)


def privileged_bearer(given: Given, send: Send) -> Tokens:
    """A bearer token that opens the introspection endpoint: the control of those that don't."""
    found = bearer_callers(given, send).privileged
    if found is None:
        raise Inconclusive(
            "the profile claims introspection_bearer, but no token of its main clients opens introspection: "
            "name the scope that does among those of [clients.confidential]"
        )
    return found


def unprivileged_bearer(given: Given, send: Send) -> Reply:
    """What a live bearer token that doesn't open the introspection endpoint gets."""
    privileged_bearer(given, send)
    found = bearer_callers(given, send).unprivileged
    if found is None:
        raise Untested(
            "every token that the profile's main clients get opens the introspection endpoint: "
            "name scopes in `grant_scopes` with which it should not"
        )
    return found


def invented_bearer(given: Given, send: Send) -> Reply:
    """The call about a live token, authorized by a bearer token that no server issued."""
    privileged_bearer(given, send)
    return given.observed(
        "an introspection call with an invented bearer token",
        lambda: ask_as_bearer(given, send, live_token(given, send), given.invented("access_token")),
    )


def expired_bearer(given: Given, send: Send) -> Reply:
    """The call about a live token, authorized by a bearer token that opened it until it expired."""
    good = privileged_bearer(given, send)

    def procedure() -> Reply:
        live = _live_beside(given, send, good.grant)
        scope = {"scope": good.scope} if good.scope else {}
        expiring = given.tokens(good.grant, good.client, **scope)
        seen_active(ask_as_bearer(given, send, live, expiring.access_token), "a live token asked about as bearer")
        given.outlived(expiring.access_token, lifetime(given, expiring))
        return ask_as_bearer(given, send, live, expiring.access_token)

    return given.observed("an introspection call with an expired bearer token", procedure)


def revoked_bearer(given: Given, send: Send) -> Reply:
    """The call about a live token, authorized by a bearer token that opened it until it was revoked."""
    good = privileged_bearer(given, send)

    def procedure() -> Reply:
        live = _live_beside(given, send, good.grant)
        scope = {"scope": good.scope} if good.scope else {}
        ending = given.tokens(good.grant, good.client, **scope)
        seen_active(ask_as_bearer(given, send, live, ending.access_token), "a live token asked about as bearer")
        given.revoked(ending.access_token, ending.client)
        if says_active(once_settled(given, lambda: ask(given, send, ending.access_token))):
            raise Vacuous("the token lives on after its revocation: another requirement judges that")
        return ask_as_bearer(given, send, live, ending.access_token)

    return given.observed("an introspection call with a revoked bearer token", procedure)


def as_described(reply: Reply) -> Reply:
    """The refusal of a call. Vacuous where it is another one than section 2.3 describes, from its status on.

    Then the status is what is wrong; that such an answer lacks challenge and error as well is no second mistake.
    """
    another = reply.status not in (400, 401) and not reply.header("WWW-Authenticate") and "error" not in reply.members
    if another and not reply.is_served:
        raise Vacuous(f"the answer's status, which another requirement judges, isn't the one described: {reply}")
    return reply


def answer_to_other(given: Given, send: Send) -> Reply:
    """What `[clients.other]` is told of a live token that another client was given."""
    other = given.other_client()

    def procedure() -> Reply:
        token = live_token(given, send)
        reply = ask(given, send, token, other, **_own_client_id(given, send, other))
        still_live(given, send, token, reply)
        return reply

    return given.observed("introspection by [clients.other]", procedure)


def answer_to_barred(given: Given, send: Send) -> Reply:
    """The same where introspection is limited to some callers: a caller that is let in, yet may not know of the token.

    A server that doesn't let such a caller in at all owes it no introspection answer.
    """
    other = given.other_client()
    changes = _own_client_id(given, send, other)

    def is_let_in() -> bool:
        with given.arranging():
            return ask(given, send, given.invented("token"), other, **changes).is_served

    if not given.observed("whether [clients.other] is let in at introspection", is_let_in):
        raise Vacuous("[clients.other] isn't let in at introspection at all, whatever token it asks about")
    return answer_to_other(given, send)
