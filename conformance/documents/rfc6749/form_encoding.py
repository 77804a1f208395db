"""RFC 6749 Appendix B: what is form-encoded, how a server reads it, and how it writes it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus, unquote_to_bytes, urlencode, urlsplit

import pytest

from conformance.base.outcomes import Inconclusive, Untested
from conformance.harness import needs
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.procedures import authorization_answers, implicit_answers
from conformance.procedures.authorization_answers import added_query, is_form_encoded, values
from conformance.procedures.odd_characters import odd_states
from conformance.procedures.token_requests import good_request, outcome, reply_to_request
from conformance.wire.exchange import Reply, Request

if TYPE_CHECKING:
    from conformance.browser.user_agent import Answer

# What a token request came to: whether a token was issued, the error code, and the scope as far as it was told.
Read: TypeAlias = tuple[bool, object, frozenset[str]]

# What a server wrote


def answers_in_query(given: Given, send: Send) -> list[Answer]:
    """Answers to requests for a code: granted and refused ones, with a `state` of all kinds of characters."""
    answers = [authorization_answers.granted_answer(given, send), *odd_states(given, send, "code").values()]
    with suppress(Inconclusive):  # Where no error comes back to the client, there is none to be read.
        answers += authorization_answers.refused_code_requests(given, send)
    return answers


def answers_in_fragment(given: Given, send: Send) -> list[Answer]:
    """The same for implicit requests."""
    granted = implicit_answers.granted_with_special_state(given, send)
    answers = [granted, *odd_states(given, send, "token").values()]
    with suppress(Inconclusive):
        answers += implicit_answers.errors(given, send)
    return answers


def written_parameters(answer: Answer) -> str:
    """The parameters that the server added to the redirection URI, as they stand in it."""
    return "&".join(filter(None, (added_query(answer), urlsplit(answer.destination or "").fragment)))


def is_utf8(text: str) -> bool:
    """Whether names and values are UTF-8 once their escapes are undone."""
    try:
        unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeEncodeError:
        return True  # It stood in a page, which has characters and no octets.
    except UnicodeDecodeError:
        return False
    return True


def came_whole(answer: Answer) -> bool:
    """Whether everything is escaped that has to be, and `state` not harmed for want or excess of it.

    A state that is missing or changed in another way is another sentence's matter.
    """
    asked = answer.request.get("state") or ""
    return is_form_encoded(written_parameters(answer)) and not any(
        _harmed(asked, came) for came in values(answer, "state")
    )


def _harmed(asked: str, came: str) -> bool:
    if came == asked:
        return False
    cut = asked.startswith(came) and asked[len(came)] in "&#"
    return cut or came in (asked.replace("+", " "), unquote(asked), unquote_plus(asked)) or unquote_plus(came) == asked


# How a server reads


def scope_read(given: Given, send: Send, space: str) -> Read:
    """What a request for several scopes comes to, with the spaces between them written in one way."""
    grant = given.any_grant()
    names = given.scopes(grant)
    # A scope is a set: one name twice is the same as once.
    scopes = space.join(quote(name, safe="") for name in (names if len(names) > 1 else names * 2))
    return given.observed(f"scopes with {space} between them", lambda: _scope_read(given, send, grant, scopes))


def _scope_read(given: Given, send: Send, grant: str, scopes: str) -> Read:
    if grant == "authorization_code":
        without: dict[str, Any] = {"scope": OMIT}
        asking = send.authorization_request(**without)
        answer = send.authorization(asking, encoded=f"{urlencode(asking.pairs)}&scope={scopes}")
        if not answer.get("code"):
            return False, answer.get("error"), frozenset()
        return outcome(send.code_exchange(given.code_in(answer)))
    request = good_request(given, send, grant)
    others = [pair for pair in _pairs(request) if pair[0] != "scope"]
    return outcome(reply_to_request(send, replace(request, body=f"{urlencode(others)}&scope={scopes}".encode())))


def scope_control(given: Given, send: Send) -> Read:
    """The same with percent-escaped spaces, seen to bring a token."""
    came = scope_read(given, send, "%20")
    if not came[0]:
        given.scopes(given.any_grant(), 2)
        raise Inconclusive(f"positive control: a request for several scopes should issue a token, but got {came[1]}")
    return came


def _pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.body.decode(), keep_blank_values=True)


# Octets that are no UTF-8


def _overlong(value: str) -> str:
    """The first ASCII character in two octets, for a decoder that doesn't mind."""
    at = next(at for at, character in enumerate(value) if character.isascii())
    octets = f"%{0xC0 | ord(value[at]) >> 6:02X}%{0x80 | ord(value[at]) & 0x3F:02X}"
    return f"{quote_plus(value[:at])}{octets}{quote_plus(value[at + 1 :])}"


NO_UTF8: Mapping[str, Callable[[str], str]] = {
    # An octet that never occurs, for a decoder that leaves out what it can't read.
    "stray-octet": lambda value: f"{quote_plus(value[:1])}%FF{quote_plus(value[1:])}",
    "overlong": _overlong,
}
CREDENTIALS = {
    "client_secret": (None, "client_password"),
    "username": ("password", "password"),
    "code": ("authorization_code", "authorization_code"),
    "refresh_token": ("refresh_token", "refresh_token"),
}
by_each_credential = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=needs(feature)) for name, (_, feature) in CREDENTIALS.items()]
)
by_each_fault = pytest.mark.parametrize("how", NO_UTF8)


def with_octets(given: Given, send: Send, name: str, how: str) -> Reply:
    """A good token request, but that one credential has octets in it that are no UTF-8."""
    return given.observed(f"{name} with octets that are no UTF-8", lambda: _with_octets(given, send, name))[how]


def _with_octets(given: Given, send: Send, name: str) -> Mapping[str, Reply]:
    request = good_request(given, send, CREDENTIALS[name][0])
    return {how: reply_to_request(send, _spelled(request, name, spell)) for how, spell in NO_UTF8.items()}


def _spelled(request: Request, name: str, spell: Callable[[str], str]) -> Request:
    """The request with one value spelled in another way, in its body or in its Basic credentials."""
    value = dict(_pairs(request)).get(name)
    if value is not None:
        others = urlencode([pair for pair in _pairs(request) if pair[0] != name])
        return replace(request, body=f"{others}&{name}={spell(value)}".encode())
    client_id, colon, secret = _basic_credentials(request).partition(":")
    if not colon:
        raise Untested(f"an ordinary token request of the profile's main client carries no {name}")
    credentials = base64.b64encode(f"{client_id}:{spell(unquote_plus(secret))}".encode()).decode()
    others_headers = [header for header in request.headers if header[0] != "Authorization"]
    return replace(request, headers=(*others_headers, ("Authorization", f"Basic {credentials}")))


def _basic_credentials(request: Request) -> str:
    return base64.b64decode((request.header("Authorization") or "").partition(" ")[2]).decode()
