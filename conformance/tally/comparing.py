"""How one recorded request differs from another, in words: read from evidence, where secrets are placeholders.

Values that are fresh in every request (codes, tokens, states) are alike whichever they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
# `{code#3}`, `{access_token#2-7}`, `{basic credentials of confidential}`, and what the suite invents.
NUMBERED = re.compile(r"\{([a-z_ ]+)#[0-9-]+\}")
INVENTED = re.compile(r"invented-[a-z-]+-[0-9a-f]{16}")
# Another one in each authorization request, as they should be.
FRESH = frozenset({"state", "code_challenge", "code_verifier", "nonce"})
# What says nothing of a request's meaning, or is told in another way.
LEFT_OUT = frozenset(
    {"user-agent", "accept", "accept-encoding", "cookie", "authorization", "content-type", "content-length", "referer"}
)
LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asked for, without what differs from request to request anyway."""

    method: str
    place: str
    media_type: str
    credentials: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: str


def request_as_asked(request: Mapping[str, Any]) -> Asked:
    """Read a request of the evidence."""
    place, _, query = request["url"].partition("?")
    headers = [(name.lower(), value) for name, value in request["headers"]]
    media_type = next((value for name, value in headers if name == "content-type"), "").partition(";")[0].lower()
    body = request["body"]
    is_form = media_type == FORM or (not media_type and re.fullmatch(r"[\w.-]+=[^\s<>]*", body) is not None)
    pairs = [*_pairs(query), *(_pairs(body) if is_form else ())]
    return Asked(
        request["method"],
        place,
        media_type,
        tuple(_usual(value) for name, value in headers if name == "authorization"),
        tuple((name, f"{{{name}}}" if name in FRESH and value else _usual(value)) for name, value in pairs),
        tuple((name, _usual(value)) for name, value in headers if name not in LEFT_OUT),
        "" if is_form else _usual(body),
    )


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)


def _usual(value: str) -> str:
    """A value without what tells one fresh value from another."""
    return INVENTED.sub("{invented}", NUMBERED.sub(r"{\1}", value))


def differences(control: Mapping[str, Any], request: Mapping[str, Any]) -> list[str]:
    """What a request has that its control doesn't, in words: "`scope` twice", "without `redirect_uri`"."""
    usual, odd = request_as_asked(control), request_as_asked(request)
    found = [f"by {odd.method} in place of {usual.method}"] if odd.method != usual.method else []
    found += _parameters(usual.parameters, odd.parameters)
    if odd.credentials != usual.credentials:
        found.append(_credentials(usual.credentials, odd.credentials))
    if odd.media_type != usual.media_type and odd.media_type:
        found.append(f"as {odd.media_type}")
    elif odd.body != usual.body:
        found.append("with another body")
    found += _headers(usual.headers, odd.headers)
    return found


def _parameters(usual: Sequence[tuple[str, str]], odd: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Differences parameter by parameter, in the order in which they were sent; what is left out comes last."""
    names = list(dict.fromkeys(name for name, _ in (*odd, *usual)))
    for name in names:
        before = [value for key, value in usual if key == name]
        after = [value for key, value in odd if key == name]
        if before == after:
            continue
        if not after:
            yield f"without {_code(name)}"
        elif len(after) > max(1, len(before)):
            yield f"{_code(name)} {'twice' if len(after) == 2 else f'{len(after)} times'}"
        elif not after[-1]:
            yield f"with an empty {_code(name)}"
        elif before:
            yield f"{_code(f'{name}={after[-1]}')} in place of {_code(before[-1])}"
        else:
            yield f"with {_code(f'{name}={after[-1]}')}"


def _credentials(usual: Sequence[str], odd: Sequence[str]) -> str:
    if not odd:
        return "without an Authorization header"
    if len(odd) > max(1, len(usual)):
        return f"with {len(odd)} Authorization headers"
    beside = f" in place of {_code(usual[0])}" if usual else ""
    return f"with Authorization {_code(odd[0])}{beside}"


def _headers(usual: Sequence[tuple[str, str]], odd: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name in dict.fromkeys(name for name, _ in (*odd, *usual)):
        before = [value for key, value in usual if key == name]
        after = [value for key, value in odd if key == name]
        if before != after:
            yield f"with the header {_code(f'{name}: {after[0]}')}" if after else f"without the header {_code(name)}"


def _code(text: str) -> str:
    shown = text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
    # A backtick would end the span; the value's own spelling in JSON has none.
    return f"`{shown}`" if "`" not in shown else json.dumps(shown).replace("`", "\\u0060")
