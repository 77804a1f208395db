"""Refusals of the token endpoint, of several kinds: asked for once, judged by many tests.

Each kind comes after its positive control: the same client gets a token by an ordinary request.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.harness import needs
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send, basic
from conformance.harness.tokens import Code
from conformance.procedures.client_authentication import by_body_if_it_may
from conformance.procedures.refreshing import refreshable_tokens
from conformance.procedures.token_requests import code_exchange_seen
from conformance.procedures.token_responses import invented_credentials, tokens_by
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

# What breaks error messages that repeat their input: quote, backslash, beyond ASCII, controls.
HOSTILE = 'in"vented\\ \u00e9\u2603\x7f\n'
BY_HEADER = "client_secret_basic"
BY_BODY = "client_secret_post"


def able_client(given: Given) -> Client:
    """The client that the refusals are tried with, seen to get a token by an ordinary request."""
    return seen_to_get_tokens(given, given.client_for(given.any_grant()))


def seen_to_get_tokens(given: Given, client: Client) -> Client:
    """Positive control: the client gets a token with its first authentication method; seen once."""
    grant, method = given.any_grant(client), client.authentication[0]
    given.observed(f"a token for {client.name} by {grant} and {method}", lambda: given.tokens(grant, client))
    return client


def client_by(given: Given, method: str) -> Client:
    """A client seen to get a token with a certain authentication method."""
    return seen_to_get_tokens(given, given.client_authenticating_by(method, given.any_grant()))


def client_named_in_body(given: Given) -> Client:
    """A client whose id stands in the body as it is; where none may, the able one, whose id Basic encodes once more."""
    with suppress(Untested):
        return client_by(given, BY_BODY)
    return able_client(given)


def client_with_secret(given: Given) -> Client:
    """The main client with a secret, seen to get a token with it."""
    return seen_to_get_tokens(given, given.client_with_secret())


def wrong_secret(given: Given, client: Client) -> Client:
    """The client with a secret that nobody gave it."""
    return replace(client, client_secret=given.invented("client_secret"))


def empty_secret(given: Given, client: Client) -> Client:
    """The client with a secret that has no letters; `given` is there for those who invent one."""
    return replace(client, client_secret="")


def request_as(
    given: Given,
    send: Send,
    appearing: Client,
    client: Client,
    authentication: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    **changes: Any,
) -> Reply:
    """The ordinary token request of a client, by one that appears in its place."""
    grant = given.any_grant(client)
    if grant == "authorization_code":
        code = given.authorization_code(client)
        return send.code_exchange(code, appearing, authentication, headers, **changes)
    return send.grant(grant, appearing, authentication=authentication, headers=headers, **changes)


def invented_code(given: Given, client: Client) -> Code:
    """A code that was never issued, with everything beside it that goes with a code."""
    redirect_uri = client.redirect_uris[0] if client.redirect_uris else None
    verifier = None if client.pkce == "off" else given.invented("code_verifier") + "-" * 43
    return Code(given.invented("code"), client, redirect_uri, verifier and verifier[:64], None, None)


# The kinds


def _without_grant_type(given: Given, send: Send) -> Reply:
    return send.token("", able_client(given), {}, grant_type=OMIT)


def _unknown_grant_type(given: Given, send: Send) -> Reply:
    return send.token(given.invented("grant_type"), able_client(given), {})


def _unknown_client(given: Given, send: Send) -> Reply:
    client = able_client(given)
    return request_as(given, send, invented_credentials(given, client), client)


def _wrong_secret(given: Given, send: Send) -> Reply:
    client = client_with_secret(given)
    return request_as(given, send, wrong_secret(given, client), client)


def _bad_grant(given: Given, send: Send) -> Reply:
    if given.claims("authorization_code"):
        code_exchange_seen(given)
        return send.code_exchange(invented_code(given, given.client_for("authorization_code")))
    if given.claims("refresh_token"):
        return unknown_refresh_token(given, send)
    given.feature("password")
    return wrong_password(given, send)


def _wrong_password(given: Given, send: Send) -> Reply:
    return wrong_password(given, send)


def _unknown_scope(given: Given, send: Send) -> Reply:
    client = able_client(given)
    return request_as(given, send, client, client, scope=given.invented("scope"))


def _hostile_grant_type(given: Given, send: Send) -> Reply:
    return send.token(HOSTILE, able_client(given), {})


def _hostile_scope(given: Given, send: Send) -> Reply:
    client = able_client(given)
    return request_as(given, send, client, client, scope=HOSTILE)


def _hostile_client_id(given: Given, send: Send) -> Reply:
    client = able_client(given)
    return request_as(given, send, client, client, "none", client_id=HOSTILE)


def _hostile_username(given: Given, send: Send) -> Reply:
    tokens_by(given, send, "password")
    return send.password(username=HOSTILE, password=given.invented("password"))


KINDS: dict[str, tuple[Callable[[Given, Send], Reply], tuple[str, ...]]] = {
    "no grant_type": (_without_grant_type, ()),
    "unknown grant_type": (_unknown_grant_type, ()),
    "unknown client": (_unknown_client, ()),
    "wrong secret": (_wrong_secret, ("client_password",)),
    "bad grant": (_bad_grant, ()),
    "wrong password": (_wrong_password, ("password",)),
    "unknown scope": (_unknown_scope, ("scopes",)),
    "hostile grant_type": (_hostile_grant_type, ()),
    "hostile scope": (_hostile_scope, ("scopes",)),
    "hostile client_id": (_hostile_client_id, ()),
    "hostile username": (_hostile_username, ("password",)),
}
ORDINARY = tuple(kind for kind in KINDS if not kind.startswith("hostile"))
STRANGE = tuple(kind for kind in KINDS if kind.startswith("hostile"))
# Those for which no other status than 400 is specified.
WITHOUT_AUTHENTICATION = ("no grant_type", "unknown grant_type", "bad grant", "wrong password", "unknown scope")


def by_each_refusal(*kinds: str) -> pytest.MarkDecorator:
    """Run a test once for each kind of refusal: the ordinary ones unless told."""
    return pytest.mark.parametrize(
        "kind",
        [pytest.param(kind, marks=needs(*KINDS[kind][1]), id=kind.replace(" ", "-")) for kind in kinds or ORDINARY],
    )


def faulty_request(given: Given, send: Send, kind: str) -> Reply:
    """The answer to a request that no server can grant, asked once: whatever it is."""
    return given.observed(f"a request with {kind}", lambda: KINDS[kind][0](given, send))


def refusal(given: Given, send: Send, kind: str) -> Reply:
    """The same where it is refused; Vacuous where it is granted, which other requirements speak of."""
    reply = faulty_request(given, send, kind)
    if reply.is_success and reply.members.get("access_token"):
        raise Vacuous(f"no error response to be seen: a request with {kind} got a token")
    return reply


def decided_refusal(given: Given, send: Send, kind: str) -> Reply:
    """The same where the server decided it. Vacuous where it broke down: the status is what is wrong then."""
    reply = refusal(given, send, kind)
    if reply.is_breakdown:
        raise Vacuous(f"a request with {kind} got {reply}: another requirement judges that")
    return reply


def refusal_for_a_browser(given: Given, send: Send) -> Reply:
    """A refusal of what asks as browsers do: for a page rather than for anything else. Vacuous where there is none."""
    headers = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
    reply = send.token(given.invented("grant_type"), able_client(given), {}, headers=headers)
    if reply.is_success or reply.is_breakdown:
        raise Vacuous(f"no error response to be seen: an unknown grant type got {reply}")
    return reply


def text_in_refusal(given: Given, send: Send, kind: str, name: str) -> str:
    """A text member of a refusal that the server decided; Vacuous where it has none."""
    reply = decided_refusal(given, send, kind)
    value = reply.members.get(name)
    if not isinstance(value, str):
        raise Vacuous(f"the answer to a request with {kind} has no {name}")
    return value


def refusals(given: Given, send: Send) -> dict[str, Reply]:
    """All kinds of refusal that the target's features allow, by kind."""
    allowed = [kind for kind, (_, features) in KINDS.items() if all(map(given.claims, features))]
    found = ((kind, _refusal_or_none(given, send, kind)) for kind in allowed)
    return {kind: reply for kind, reply in found if reply is not None}


def _refusal_or_none(given: Given, send: Send, kind: str) -> Reply | None:
    try:
        return decided_refusal(given, send, kind)
    except (NotApplicable, Vacuous, Inconclusive):
        # What can't be arranged shows in the tests of that kind; the others are judged without it.
        return None


def present_in_refusals(given: Given, send: Send, name: str) -> list[Any]:
    """A member's values wherever refusals have it; Vacuous where none does."""
    values = [reply.members.get(name) for reply in refusals(given, send).values()]
    if all(value is None for value in values):
        raise Vacuous(f"no error response here has {name}")
    return [value for value in values if value is not None]


# Single refusals


def wrong_password(given: Given, send: Send) -> Reply:
    """A password grant with a wrong password, tried once a run: accounts may be locked after a few."""
    tokens_by(given, send, "password")
    return given.observed("a wrong password", lambda: send.password(password=given.invented("password")))


def unknown_refresh_token(given: Given, send: Send) -> Reply:
    """A refresh with a token that was never issued, tried once."""

    def procedure() -> Reply:
        tokens = refreshable_tokens(given, send)
        return send.refresh(replace(tokens, refresh_token=given.invented("refresh_token")))

    return given.observed("an unknown refresh token", procedure)


def expect_code_if_refused(expect: Expect, reply: Reply, *codes: str) -> None:
    """One of these codes. Vacuous where the server issued a token all the same: there is no refusal to judge."""
    if reply.is_success and reply.members.get("access_token"):
        raise Vacuous("the server issues a token all the same, so there is no refusal to judge")
    expect(reply).is_an_error(*codes)


def body_not_understood(given: Given, send: Send, media_type: str) -> Reply:
    """The answer to a body that is no form, and no JSON to its end either: a server that reads JSON finds none.

    Vacuous where it is read as a form without `grant_type`: that shows, unless both answers are `invalid_request`.
    """
    client = client_by(given, BY_HEADER)
    headers = [("Content-Type", media_type), basic(client.client_id, client.client_secret or "")]
    reply = send.raw("POST", send.form_request("token", ()).url, headers, '{"grant_type": "pass')
    with given.arranging():
        empty = send.token("", client, {}, grant_type=OMIT)
    told = reply.status, reply.members.get("error")
    if told == (empty.status, empty.members.get("error")) and told[1] != "invalid_request":
        raise Vacuous(f"the body is read as a form without grant_type, which gets {empty} as well")
    return reply


# Clients for single refusals


def client_with_both_methods(given: Given) -> Client:
    """The main client, if it may authenticate in the header and in the body, seen to get a token either way."""
    client = given.client_with_secret()
    if not {BY_HEADER, BY_BODY} <= set(client.authentication):
        raise Untested(
            f"[clients.{client.name}] authenticates in one way only: two at once are told from an unknown one "
            f"only where `authentication` names {BY_HEADER} and {BY_BODY}"
        )
    for method in (BY_HEADER, BY_BODY):
        seen_to_get_tokens(given, replace(client, authentication=(method,)))
    return client


def with_these_only(given: Given, send: Send, grant: str, names: tuple[str, ...]) -> Reply:
    """A request by a grant with these parameters, invented, and the usual scope, which a server may demand first."""
    tokens = tokens_by(given, send, grant)
    scope = tokens.asked_scope if grant == "password" else None
    return send.token(grant, tokens.client, {**{name: given.invented(name) for name in names}, "scope": scope})


# The error codes for a client that may not use a grant: only one that is authenticated is told that (section 5.2).
CODES_FOR_BARRED = {True: ("unauthorized_client", "invalid_client"), False: ("unauthorized_client",)}


def barred_client(given: Given, grant: str) -> Client:
    """A client that is barred from a grant, seen to get tokens by another one.

    For the password grant its secret stands in the body where it may: a server may look at grants on one way only.
    """
    client = given.barred_client(grant)
    return seen_to_get_tokens(given, by_body_if_it_may(client) if grant == "password" else client)


def by_barred_client(send: Send, client: Client, grant: str) -> Reply:
    """A token request of a client for a grant that it is barred from.

    It asks for no scope, since it may have none there; where that is what gets refused, it asks for all it has.
    """
    reply = send.grant(grant, client, scope=OMIT)
    if reply.members.get("error") in ("invalid_scope", "invalid_request") and client.scopes_for(grant):
        return send.grant(grant, client)
    return reply


def told_to_be_barred(send: Send, client: Client, grant: str) -> Reply:
    """The same where it is told so: then the client was authenticated. Vacuous where another code came."""
    reply = by_barred_client(send, client, grant)
    if reply.members.get("error") != "unauthorized_client":
        raise Vacuous(f"a client that is barred from {grant} isn't told so: {reply}")
    return reply


def scope_asking_client(given: Given) -> tuple[Client, tuple[str, ...]]:
    """A client that asks for scopes at the token endpoint, seen to get a token, and the scopes that it may ask for."""
    for grant in ("client_credentials", "password"):
        if given.claims(grant):
            client = given.client_for(grant)
            return seen_to_get_tokens(given, client), given.scopes(given.any_grant(client), client=client)
    raise NotApplicable("the profile claims no grant that asks for a scope at the token endpoint")


def other_redirect_uri(code: Code) -> str:
    """Another redirect URI than the code was asked for with: a registered one of its client where there is one."""
    others = [uri for uri in code.client.redirect_uris if uri != code.redirect_uri]
    return next(iter(others), f"{code.redirect_uri}/other")
