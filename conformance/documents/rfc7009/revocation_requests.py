"""RFC 7009 section 2.1: revocation requests that go out in unusual ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken, TokenKind
from conformance.procedures.client_authentication import BY_BASIC, as_in_uris
from conformance.procedures.inactive_tokens import lifetime
from conformance.procedures.revocation import (
    Revocation,
    accepted_revocation,
    answered_revocation,
    fresh_token,
    fresh_tokens,
    hint_that_works,
    judgment,
    of_invented_token,
    revocable_kind,
    revocation,
    served_revocation,
    unknown_token,
    value_of,
)
from conformance.procedures.revocation_refusals import with_secret, wrong_secret
from conformance.profile.target import Client
from conformance.wire.exchange import Reply, Request

# What breaks messages that repeat their input: quote, backslash, beyond ASCII, controls.
HOSTILE = 'in"vented\\ \u00e9\u2603\x7f\n'


def sent_changed(given: Given, send: Send, change: Callable[[Request], Request]) -> Revocation:
    """An ordinary request for the revocation of a fresh token, changed as a whole before it goes out."""
    token = fresh_token(given, revocable_kind(given, send))
    parameters: dict[str, str | None] = {"token": token.value, **hint_that_works(given, send, token.kind)}
    pairs, headers = send.authenticated(parameters, token.tokens.client, None, {})
    request = change(send.form_request("revocation", pairs, headers))
    reply = send.raw(request.method, request.url, request.headers, request.body)
    return Revocation(token, reply, given.still_active(token))


def with_token_escaped(request: Request) -> Request:
    """The request with every character of the token percent-encoded."""
    pairs = parse_qsl(request.body.decode(), keep_blank_values=True)
    others = urlencode([pair for pair in pairs if pair[0] != "token"])
    token = "".join(f"%{octet:02X}" for octet in dict(pairs)["token"].encode())
    return replace(request, body=f"token={token}{'&' if others else ''}{others}".encode())


def special_by_basic(given: Given) -> Client:
    """The client with special characters in its credentials, if it authenticates by HTTP Basic."""
    client = given.client("special")
    if BY_BASIC not in client.authentication:
        raise Untested(f"[clients.special] doesn't authenticate by {BY_BASIC}: add it to its `authentication`")
    return client


def fresh_of_special(given: Given, kind: TokenKind, special: Client) -> ActiveToken:
    """A token of that client; where its form-encoded credentials get none, those encoded as in a URI may."""
    try:
        return fresh_token(given, kind, special)
    except Inconclusive:
        for grant in ("client_credentials", "password"):
            if given.claims(grant) and special.may_use(grant):
                tokens = given.tokens(grant, special, **as_in_uris(special))
                if value_of(tokens, kind):
                    return given.active_token(tokens, kind)
        raise


def by_own_method(given: Given, send: Send, method: str) -> Revocation:
    """A revocation by a client that authenticates as at the token endpoint.

    Vacuous where the endpoint takes it by HTTP Basic instead: that it has to support, credentials in the body are
    an option (RFC 6749 section 2.3.1), and metadata has a list of methods for this endpoint alone (RFC 8414).
    """
    client = given.client_authenticating_by(method)
    token = fresh_token(given, revocable_kind(given, send), client)
    found = revocation(given, send, token, client)
    if method != BY_BASIC and not found.ended and found.reply.status in (400, 401):
        with given.arranging():
            by_basic = revocation(given, send, token, client, authentication=BY_BASIC)
        if by_basic.ended:
            raise Vacuous("this endpoint takes the client by HTTP Basic; credentials in the body are an option")
    return found


def of_invented_token_with_wrong_secret(given: Given, send: Send) -> Reply:
    """A request that is wrong in two ways. Inconclusive where the answer is what the right secret gets as well."""
    client = with_secret(given, send)
    own = hint_that_works(given, send, accepted_revocation(given, send).token.kind)
    reply = send.revocation(given.invented("token"), wrong_secret(given, client), **own)
    control = unknown_token(given, send)
    if not control.is_served and judgment(reply) == judgment(control):
        raise Inconclusive(f"an invented token gets {control} with the right secret, too: the secret decides nothing")
    return reply


def of_invented_token_with_invented_hint(given: Given, send: Send) -> Reply:
    """A request about a token that no server issued, with a hint that nobody defined."""
    return of_invented_token(given, send, token_type_hint=given.invented("token_type_hint"))


def of_expired_access_token(given: Given, send: Send) -> Reply:
    """A request for the revocation of an access token that has expired."""
    served_revocation(given, send, "access_token")
    tokens = fresh_tokens(given, "access_token")
    given.outlived(tokens.access_token, lifetime(given, tokens))
    return send.revocation(tokens.access_token, tokens.client, **hint_that_works(given, send, "access_token"))


def of_unrevoked_access_token(given: Given, send: Send) -> Reply:
    """The answer to an access token's own client where the token doesn't end; Vacuous where it does."""
    found = answered_revocation(given, send, "access_token")
    if found.ended:
        raise Vacuous("the server revokes access tokens")
    return found.reply


def hostile_refusal(given: Given, send: Send, where: str) -> Reply:
    """The answer to a bad request with hostile text in it, as one parameter's value or as another's name."""
    changes: dict[str, dict[str, Any]] = {
        "token_type_hint": {"token": None, "token_type_hint": HOSTILE},
        "client_id": {"authentication": "none", "client_id": HOSTILE},
        "name": {"token": None, HOSTILE: "1"},
    }
    reply = of_invented_token(given, send, **changes[where])
    if reply.is_served:
        raise Vacuous(f"a request with a strange {where} is not refused: there is no error to judge")
    return reply


def expect_well_formed(expect: Expect, reply: Reply) -> None:
    """Each member that RFC 6749 section 5.2 defines is a string within its character set, where it is there."""
    for name in ("error", "error_description", "error_uri"):
        text = reply.members.get(name, "-")
        expect.that(isinstance(text, str), f"{name} as a string", type(text).__name__, breach="act")
        # An empty text holds no characters at all, bad ones included.
        expect.syntax(name, text or "-")
