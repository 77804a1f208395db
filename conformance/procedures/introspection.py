"""RFC 7662: asking about tokens, and reading the answers as leniently as a precondition may be read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote_plus

import pytest

from conformance.base.outcomes import Inconclusive, NotApplicable
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import FORM, OMIT, Send
from conformance.harness.tokens import Tokens
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

REGISTERED_HINTS = ("access_token", "refresh_token")
NO_HINT, INVENTED_HINT = "no hint", "an invented hint"
# A token of a resource owner and one of the client's own: their answers differ in what they can hold.
both_kinds = pytest.mark.parametrize(
    "grant", ["user", pytest.param("client_credentials", marks=pytest.mark.needs("client_credentials"))]
)


@dataclass(frozen=True, slots=True)
class Description:
    """What introspection said of a fresh token; `issued` and `asked` are times by the target's clock."""

    tokens: Tokens
    reply: Reply
    issued: float
    asked: float

    @property
    def members(self) -> Mapping[str, Any]:
        """The answer's members."""
        return self.reply.members


def says_active(reply: Reply) -> bool:
    """Whether an answer would be taken for "active", even by a caller who doesn't look at the type."""
    return str(reply.members.get("active")).lower() in ("true", "1")


def says_inactive(reply: Reply) -> bool:
    """Whether an answer tells of `active`, and not that it is true."""
    return "active" in reply.members and not says_active(reply)


def holds_active_alone(reply: Reply) -> bool:
    """Whether an answer that a token is inactive tells nothing more; any other answer is another test's matter."""
    return not says_inactive(reply) or set(reply.members) == {"active"}


def active_in_words(reply: Reply) -> str:
    """What an answer says of `active`, for messages."""
    members = reply.members
    return f"`active` {members['active']!r:.20} among {', '.join(members)}" if "active" in members else str(reply)


def expect_not_active(expect: Expect, reply: Reply, what: str) -> None:
    """A Violation if a token is answered as active, or if the server fails; `what` completes "expected ..."."""
    expect.that(not says_active(reply), what, active_in_words(reply), breach="act")
    expect.that(not reply.is_breakdown, "an answer that the server decided", f"a server error: {reply}")


def expect_inactive(expect: Expect, reply: Reply) -> None:
    """A Violation unless an introspection answer says that the token is inactive."""
    wanted = "an introspection answer with `active` false"
    expect.that(not says_active(reply), wanted, active_in_words(reply), breach="act")
    expect.that(says_inactive(reply), wanted, active_in_words(reply))


def clock_of(reply: Reply | None) -> float:
    """The target's clock when it answered (its Date header), in epoch seconds; this machine's where there is none."""
    try:
        return parsedate_to_datetime((reply and reply.header("Date")) or "").timestamp()
    except ValueError:
        return time.time()


def parameters_that_work(given: Given, send: Send) -> Mapping[str, str]:
    """What a request carries beside `token` for a live token to be seen as active: nothing, as the RFC has it.

    A server that wrongly demands more is found by the tests of that; the other tests go on with what it demands.
    """
    caller = given.introspecting_client()
    ways: tuple[dict[str, Any], ...] = ({}, {"token_type_hint": "access_token"}, {"client_id": caller.client_id})

    def procedure() -> Mapping[str, str]:
        tokens = given.tokens(cheapest_grant(given))
        with given.arranging():
            return next((each for each in ways if says_active(send.introspection(tokens.access_token, **each))), {})

    return given.observed("what an introspection request has to carry", procedure)


def ask(given: Given, send: Send, token: str, /, client: Client | None = None, **changes: Any) -> Reply:
    """An introspection request in the way that works, by the client that may ask unless told."""
    return send.introspection(token, client, **{**parameters_that_work(given, send), **changes})


def send_form(
    given: Given,
    send: Send,
    parameters: Mapping[str, str],
    media_type: str = FORM,
    encode: Callable[[str], str] = quote_plus,
) -> Reply:
    """An introspection request whose form is written by hand: its media type, and how its values are encoded."""
    caller = given.introspecting_client()
    pairs, headers = send.authenticated(parameters, caller, None, {})
    body = "&".join(f"{name}={encode(value)}" for name, value in pairs)
    url = send.form_request("introspection", []).url
    return send.raw("POST", url, [("Content-Type", media_type), *headers], body)


def encoded_throughout(text: str) -> str:
    """A text of which every octet is percent-encoded, as a form may have it."""
    return "".join(f"%{octet:02X}" for octet in text.encode())


def let_in(given: Given, reply: Reply) -> Reply:
    """A control: the caller was let in. A profile whose client may not ask decides nothing."""
    if reply.status in (401, 403):
        name = given.introspecting_client().name
        raise Inconclusive(
            f"[clients.{name}] is not let in at introspection ({reply}): "
            f"give the profile a client that may ask about tokens, as [clients.introspecting]"
        )
    return reply


def seen_active(reply: Reply, what: str = "a fresh token") -> Reply:
    """A control: the token was answered as active, or the test decides nothing."""
    if not says_active(reply):
        raise Inconclusive(f"positive control: {what} should be answered as active, but got {reply}")
    return reply


def telling_grant(given: Given, grant: str = "user") -> str:
    """A grant by its name, `user` for the cheapest one with a resource owner."""
    return given.user_grant() if grant == "user" else grant


def cheapest_grant(given: Given) -> str:
    """The cheapest claimed grant, by whatever endpoint."""
    try:
        return given.any_grant()
    except NotApplicable:
        given.feature("implicit")
        return "implicit"


def best_grant(given: Given) -> str:
    """The cheapest grant with a resource owner, else the cheapest at all."""
    try:
        return given.user_grant()
    except NotApplicable:
        return cheapest_grant(given)


def fresh_token_described(given: Given, send: Send, grant: str | None = None) -> Description:
    """A fresh access token by a grant (the most telling one unless told), and whatever introspection says of it."""
    grant = telling_grant(given, grant) if grant else best_grant(given)

    def procedure() -> Description:
        tokens = given.tokens(grant)
        issued = clock_of(tokens.reply)
        reply = let_in(given, ask(given, send, tokens.access_token))
        return Description(tokens, reply, issued, clock_of(reply))

    return given.observed(f"introspection of a fresh access token by {grant}", procedure)


def active_token_described(given: Given, send: Send, grant: str | None = None) -> Description:
    """Like `fresh_token_described`, with an answer that the token is active: what it says beside that can be judged."""
    description = fresh_token_described(given, send, grant)
    seen_active(description.reply)
    return description


def described_by(given: Given, send: Send, grant: str) -> Description:
    """The same for each grant, and for the access token that a refresh brings."""
    if grant != "refresh_token":
        return active_token_described(given, send, grant)

    def procedure() -> Description:
        active_token_described(given, send)  # The control: this caller is answered.
        tokens = given.refreshed(given.refreshable())
        reply = ask(given, send, tokens.access_token)
        return Description(tokens, reply, clock_of(tokens.reply), clock_of(reply))

    description = given.observed("introspection of a refreshed access token, with its lifetime", procedure)
    seen_active(description.reply, "a refreshed token")
    return description


def live_token(given: Given, send: Send, grant: str | None = None) -> str:
    """A fresh access token by a grant (the most telling one unless told), seen active just now."""
    active_token_described(given, send)  # The control: this caller is answered.
    token = given.tokens(grant or best_grant(given)).access_token
    with given.arranging():
        seen_active(ask(given, send, token))
    return token


def still_live(given: Given, send: Send, token: str, *replies: Reply) -> None:
    """The control behind answers that don't say active: the token that they came of is active still."""
    if not all(map(says_active, replies)):
        given.control(lambda: says_active(ask(given, send, token)))


def refreshed_access_token(given: Given, send: Send) -> Reply:
    """Whatever introspection says of an access token that a refresh just gave."""

    def procedure() -> Reply:
        active_token_described(given, send)  # The control: this caller is answered.
        return ask(given, send, given.refreshed(given.refreshable()).access_token)

    return given.observed("introspection of a refreshed access token", procedure)


@dataclass(frozen=True, slots=True)
class UnderHints:
    """The answers about one refresh token, by hint: the registered ones, an invented one, and none at all."""

    replies: Mapping[str, Reply]

    @property
    def is_known(self) -> bool:
        """Whether introspection tells of refresh tokens, be it under the right hint alone."""
        return any(says_active(self.replies[hint]) for hint in (NO_HINT, "refresh_token"))

    def is_the_same(self, hint: str) -> bool:
        """Whether the answer under a hint says what is known of the token."""
        reply = self.replies[hint]
        return reply.is_success and says_active(reply) == self.is_known

    def __str__(self) -> str:
        """What each answer tells."""
        return ", ".join(f"{reply.members.get('active')} with {hint}" for hint, reply in self.replies.items())


def refresh_token_under_hints(given: Given, send: Send) -> UnderHints:
    """What is told of a refresh token under each hint; asking without one has to succeed."""

    def procedure() -> UnderHints:
        active_token_described(given, send)
        token = given.refreshable().refresh_token or ""
        without = given.accepted(ask(given, send, token, token_type_hint=OMIT), "the same request without a hint")
        values = {hint: hint for hint in REGISTERED_HINTS} | {INVENTED_HINT: given.invented("hint")}
        hinted = {name: ask(given, send, token, token_type_hint=hint) for name, hint in values.items()}
        return UnderHints({NO_HINT: without, **hinted})

    return given.observed("a refresh token under each hint", procedure)


def answer_about_unknown_token(given: Given, send: Send) -> Reply:
    """What an authorized caller is told of a token that no server issued."""

    def procedure() -> Reply:
        fresh_token_described(given, send)  # The control: this caller is let in.
        return ask(given, send, given.invented("token"))

    return given.observed("introspection of an invented token", procedure)
