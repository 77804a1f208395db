"""Reading the members of an introspection answer (RFC 7662 section 2.2), and what each of them should be."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.base.outcomes import Untested
from conformance.harness.given import Given
from conformance.harness.grammar import fits
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.introspection import Description, active_token_described, ask, seen_active, telling_grant
from conformance.wire.content import read_json
from conformance.wire.exchange import Reply

OPTIONAL_MEMBERS = ("scope", "client_id", "username", "token_type", "exp", "iat", "nbf", "sub", "aud", "iss", "jti")
# Seconds by which two clocks may differ, and the time between issue and answer.
CLOCK_TOLERANCE = 60.0
# No time in seconds is as large, every one of our days in milliseconds is larger.
LARGEST_TIME = 1e12
# A word as a name may be one: with the characters of an e-mail address.
WORD = re.compile(r"[\w.@+-]*\w")


def is_integer(value: object) -> bool:
    """A JSON integer: 1.0 is one as well, 1.5, true and "1" are none."""
    return (type(value) is int) or (isinstance(value, float) and value.is_integer())


def is_time(value: object) -> bool:
    """A JSON integer of seconds since 1970; milliseconds are too many."""
    return is_integer(value) and float(str(value)) < LARGEST_TIME


def is_text(value: object) -> bool:
    """A JSON string that isn't empty."""
    return isinstance(value, str) and value != ""


def is_text_or_list(value: object) -> bool:
    """A JSON string, or an array of JSON strings."""
    return is_string(value) or (isinstance(value, list) and all(map(is_string, value)))


def is_scope(value: object) -> bool:
    """A JSON string of scope tokens; an empty one where a caller is shown none."""
    return value == "" or (isinstance(value, str) and fits("scope", value))


def number(value: object) -> float | None:
    """A number, even if it stands in a string; its type is another test's matter."""
    try:
        return None if isinstance(value, bool) else float(str(value))
    except ValueError:
        return None


def listed_scopes(members: Mapping[str, Any]) -> frozenset[str]:
    """The scopes in `scope`, even if it is an array; its format is another test's matter."""
    value = members.get("scope")
    words = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return frozenset(map(str, words))


def carried_scopes(tokens: Tokens) -> frozenset[str]:
    """The scopes that an access token carries; Untested where neither request nor answer named any."""
    if tokens.scope is None and not tokens.asked_scope:
        raise Untested(f"which scopes a token carries isn't known: name scopes in [clients.{tokens.client.name}]")
    return tokens.granted


def times_outside(description: Description) -> list[str]:
    """Which of the answer's times say that the token isn't good now, in words."""
    now = description.asked
    times = {name: number(description.members.get(name)) for name in ("exp", "iat", "nbf")}
    return [
        f"`{name}` {abs(time - now):.0f} s in the {'past' if name == 'exp' else 'future'}"
        for name, time in times.items()
        if time is not None and (now - time if name == "exp" else time - now) > CLOCK_TOLERANCE
    ]


def seconds_off(description: Description, name: str, after_issue: float | None) -> float:
    """By how many seconds a time differs from issue plus so many seconds; 0 where either isn't told."""
    time = number(description.members.get(name))
    return 0.0 if time is None or after_issue is None else abs(time - description.issued - after_issue)


def claims(tokens: Tokens) -> Mapping[str, Any]:
    """What an access token that is a JWT says of itself; nothing for one that can't be read."""
    try:
        payload = tokens.access_token.split(".")[1]
        found = read_json(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def owner_identifiers(given: Given, send: Send) -> frozenset[str]:
    """What names the resource owner: the account's name, and what a live token's answer calls him."""
    members = active_token_described(given, send, "user").members
    named = {str(members[name]) for name in ("username", "sub") if members.get(name)}
    return frozenset({given.owner().username, *named})


def texts(reply: Reply) -> frozenset[str]:
    """The words of a reply, and the whole texts in its JSON; the names of members are none."""
    return frozenset([*_texts(reply.json), *WORD.findall(" ".join(_texts(reply.json)) or reply.text)])


def _texts(value: object) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [text for each in inner for text in _texts(each)]
    return [str(value)] if isinstance(value, str | int) and not isinstance(value, bool) else []


def narrowed_description(given: Given, send: Send, grant: str) -> Description:
    """A live token with one scope of several, and what introspection says of it."""
    grant = telling_grant(given, grant)
    client = given.client_for(grant)
    scope = given.scopes(grant, 2, client)[0]
    active_token_described(given, send, grant)

    def procedure() -> Description:
        tokens = given.tokens(grant, client, scope=scope)
        reply = seen_active(ask(given, send, tokens.access_token), "a token with one scope")
        return Description(tokens, reply, 0.0, 0.0)

    return given.observed(f"introspection of a token with one scope by {grant}", procedure)


def is_if_named(members: Mapping[str, Any], name: str, fits: Callable[[Any], bool]) -> bool:
    """Whether an optional member, when it is there, is as it should be."""
    return name not in members or fits(members[name])


def is_string(value: object) -> bool:
    """A JSON string, empty or not."""
    return isinstance(value, str)


def json_type_in_words(members: Mapping[str, Any], name: str) -> str:
    """A member's JSON type in words: the value itself may be private."""
    value = members.get(name)
    names = {str: "a string", int: "an integer", float: "a number", bool: "a boolean", list: "an array"}
    what = names.get(type(value), "an object" if isinstance(value, dict) else "null")
    return f"`{name}` as {what}"
