"""Right values with a character that their syntax (RFC 6749 Appendix A) doesn't have, and how they are received.

The character stands inside the value, never at its end: a server may trim what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conformance.base.outcomes import Untested
from conformance.browser.user_agent import Answer
from conformance.harness import needs
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.authorization_answers import arrived_answer
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.grants import client_served
from conformance.procedures.introspection import ask, live_token, still_live
from conformance.procedures.redirects import Missed, ResponseType
from conformance.procedures.refreshing import refreshable_tokens
from conformance.procedures.resource_access import opening_token
from conformance.procedures.scopes import UNFIT, Obtained, in_full, obtained_scope
from conformance.procedures.token_requests import code_exchange_seen
from conformance.profile.target import ResourceOwner
from conformance.wire.exchange import Reply

# Dropped by whatever keeps ASCII alone, and ignored by databases that compare without accents.
ACCENT = "\u0301"


def value_with_text_inside(value: str, added: str) -> str:
    """The value with a text in the middle of what comes after its last dot: in a JWT, that is the signature."""
    head, dot, tail = value.rpartition(".")
    at = len(tail) // 2
    return f"{head}{dot}{tail[:at]}{added}{tail[at:]}"


WAYS: Mapping[str, Callable[[str], str]] = {
    "control": lambda value: value_with_text_inside(value, "\x01"),
    "beyond-ascii": lambda value: value_with_text_inside(value, ACCENT),
    # As it ends a string in C.
    "text-behind-nul": lambda value: f"{value}\x00more",
}
# What HTTP lets a header have: tabs, and octets beyond ASCII.
WAYS_IN_HEADER: Mapping[str, Callable[[str], str]] = {
    "tab": lambda value: value_with_text_inside(value, "\t"),
    "beyond-ascii": lambda value: value_with_text_inside(value, ACCENT.encode().decode("latin-1")),
}
LINE_BREAKS: Mapping[str, str] = {"carriage-return": "\r", "line-feed": "\n"}
by_each_way = pytest.mark.parametrize("way", WAYS)
by_each_line_break = pytest.mark.parametrize("line_break", LINE_BREAKS.values(), ids=LINE_BREAKS)


# Credentials and grants, each presented in every way


def codes_presented(given: Given, send: Send) -> Mapping[str, Reply]:
    """What a good code with an odd character gets, by the way in which it is odd."""

    def procedure() -> Mapping[str, Reply]:
        code_exchange_seen(given)
        code = given.authorization_code()
        replies = {way: send.code_exchange(code, code=odd(code.value)) for way, odd in WAYS.items()}
        given.control(code, after=_served_one(replies))
        return replies

    return given.observed("a code with odd characters", procedure)


def refresh_tokens_presented(given: Given, send: Send) -> Mapping[str, Reply]:
    """The same for a good refresh token."""

    def procedure() -> Mapping[str, Reply]:
        tokens = refreshable_tokens(given, send)
        value = tokens.refresh_token or ""
        replies = {way: send.refresh(tokens, refresh_token=odd(value)) for way, odd in WAYS.items()}
        given.control(tokens, after=_served_one(replies))
        return replies

    return given.observed("a refresh token with odd characters", procedure)


def _served_one(replies: Mapping[str, Reply]) -> Reply | None:
    """The reply that was not to come, if it did: it has used up what was presented."""
    return next((reply for reply in replies.values() if reply.is_served), None)


def tokens_introspected(given: Given, send: Send) -> Mapping[str, Reply]:
    """What introspection says of a live access token with an odd character."""

    def procedure() -> Mapping[str, Reply]:
        token = live_token(given, send)
        replies = {way: ask(given, send, odd(token)) for way, odd in WAYS.items()}
        still_live(given, send, token, *replies.values())
        return replies

    return given.observed("introspection of a token with odd characters", procedure)


# Access tokens at the protected resource, by the way to send them

PLACES: Mapping[str, Callable[[Send, str], Reply]] = {
    "header": lambda send, token: send.resource(token),
    "form": lambda send, token: send.form("protected_resource", [("access_token", token)]),
    "query": lambda send, token: send.form("protected_resource", [("access_token", token)], method="GET"),
}
by_each_place_and_way = pytest.mark.parametrize(
    ("place", "odd"),
    [
        *(pytest.param("header", odd, id=f"header-{way}") for way, odd in WAYS_IN_HEADER.items()),
        *(pytest.param("form", odd, marks=needs("bearer_form_body"), id=f"form-{way}") for way, odd in WAYS.items()),
        *(pytest.param("query", odd, marks=needs("bearer_query"), id=f"query-{way}") for way, odd in WAYS.items()),
    ],
)


def presented_at(given: Given, send: Send, place: str, odd: Callable[[str], str]) -> Reply:
    """What the protected resource answers to a token with an odd character, in a place where it takes good ones."""

    def procedure() -> Reply:
        with given.arranging():
            reply = PLACES[place](send, opening_token(given, send).value)
        return given.accepted(reply, f"a good token in the {place} at the protected resource")

    given.observed(f"a token in the {place} of a resource request", procedure)
    token = opening_token(given, send)
    reply = PLACES[place](send, odd(token.value))
    given.control(token, after=reply)
    return reply


# Values of an authorization request

# No line breaks: a page of the server may carry the value, and browsers write those in their own way.
ODD_STATES: Mapping[str, str] = {
    "control": "be\x01fore",
    "beyond-ascii": "be\u00e9\u20acfore",
    "beyond-two-octets": "be\U0001f511fore",
}


def odd_states(given: Given, send: Send, response_type: ResponseType) -> Mapping[str, Answer]:
    """How authorization requests end whose `state` has a character beyond printable ASCII."""

    def procedure() -> Mapping[str, Answer]:
        request = ordinary_request(given, send, response_type=response_type)
        return {what: request.changed(state=state) for what, state in ODD_STATES.items()}

    return given.observed(f"odd states in a request for a {response_type}", procedure)


def oddly_authorized(given: Given, send: Send, grant: str) -> Mapping[str, Obtained]:
    """What authorization requests with a malformed name in their scope come to, by what is odd about it."""

    def procedure() -> Mapping[str, Obtained]:
        good = in_full(given, grant)
        ordinary_request(given, send, response_type="token" if grant == "implicit" else "code")
        obtain = _obtained_in_fragment if grant == "implicit" else _obtained_for_code
        return {what: obtain(given, send, f"{good} mal{character}formed") for what, character in UNFIT.items()}

    return given.observed(f"oddly written scopes by {grant}", procedure)


def _obtained_for_code(given: Given, send: Send, scope: str) -> Obtained:
    return obtained_scope(given, send, scope, "authorization_code")


def _obtained_in_fragment(given: Given, send: Send, scope: str) -> Obtained:
    answer = arrived_answer(given, send.authorize(given.client_for("implicit"), "token", scope=scope))
    access = answer.get("access_token")
    if not access:
        return Obtained(answer.reply, None, answer.get("error"))
    tokens = Tokens(access, None, answer.request.client, "implicit", scope, answer.get("scope"))
    return Obtained(answer.reply, tokens, None)


def _inside_path(uri: str, added: str) -> str:
    """The URI with a text in the middle of what comes after its authority; anywhere, where nothing comes."""
    at = uri.find("/", uri.find("//") + 2)
    return (
        uri[:at] + value_with_text_inside(uri[at:], added)
        if 0 < at < len(uri) - 1
        else value_with_text_inside(uri, added)
    )


MALFORMED_URIS: Mapping[str, Callable[[str], str]] = {
    # What browsers, and the URL parsers written for them, leave out or mend.
    "tab": lambda uri: _inside_path(uri, "\t"),
    "beyond-ascii": lambda uri: _inside_path(uri, ACCENT),
    "space": lambda uri: _inside_path(uri, " "),
    "broken-escape": lambda uri: f"{uri}%z1",
    "text-behind-nul": lambda uri: f"{uri}\x00more",
}
EXCHANGED = ("tab", "beyond-ascii")
by_each_malformed_uri = pytest.mark.parametrize("what", MALFORMED_URIS)
by_each_exchanged_uri = pytest.mark.parametrize("what", EXCHANGED)


def misspelled_request(given: Given, send: Send, what: str) -> Missed:
    """An authorization request whose redirection URI is a registered one with what no URI has."""
    request = ordinary_request(given, send)
    registered = request.client.redirect_uris
    redirect_uri = MALFORMED_URIS[what](registered[0])
    return given.observed(
        f"redirection URI with {what}",
        lambda: Missed(redirect_uri, registered, request.changed(redirect_uri=redirect_uri)),
    )


def exchanged_at_malformed_uri(given: Given, send: Send, what: str) -> Reply:
    """What a code gets whose exchange names such a redirection URI."""
    code_exchange_seen(given)
    code = given.authorization_code()
    reply = send.code_exchange(code, redirect_uri=MALFORMED_URIS[what](code.redirect_uri or ""))
    given.control(code, after=reply)
    return reply


# Accounts


def beyond_ascii(given: Given, name: str) -> tuple[ResourceOwner, str]:
    """The account whose `username` or `password` is not ASCII alone, and that value with other such characters."""
    owner = given.owner("resource_owner_unicode")
    value: str = getattr(owner, name)
    if value.isascii():
        raise Untested(f"the {name} of [resource_owner_unicode] is ASCII alone: give it other characters as well")
    other = "".join(character if character.isascii() else _another(character) for character in value)
    return owner, other


def _another(character: str) -> str:
    """A character beyond ASCII that nobody takes for the first one."""
    return "\u0416" if character.casefold() != "\u0436" else "\u042f"


def right_account(given: Given, send: Send, name: str) -> Reply:
    """A password grant by the account beyond ASCII."""
    owner, _ = beyond_ascii(given, name)
    client = client_served(given, send, "password")
    return given.observed("right credentials beyond ASCII", lambda: send.password(client, owner.name))


def wrong_account(given: Given, send: Send, name: str) -> Reply:
    """A password request whose `username` or `password` is wrong in a character beyond ASCII, and right otherwise."""
    owner, other = beyond_ascii(given, name)
    client = client_served(given, send, "password")
    changes: dict[str, Any] = {name: other}
    return given.observed(f"a wrong {name} beyond ASCII", lambda: send.password(client, owner.name, **changes))
