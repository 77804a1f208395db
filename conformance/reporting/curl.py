"""A curl command for a recorded request, safe to paste: a target chose parts of what is quoted here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
NOTHING = re.compile(r"(?!)")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# What curl adds by itself, or computes.
LEFT_OUT = frozenset({"host", "content-length", "user-agent"})
FORM = "application/x-www-form-urlencoded"


def curl_line(exchange: Mapping[str, Any], variables: Collection[str] | None = None) -> str:
    """The curl command that sends an exchange's request again.

    `variables` are names of environment variables that the shell may fill in (`$CLIENT_A_SECRET`), those that the
    profile names; without them every `$NAME` is left to the shell. Placeholders of values that were issued during the
    run (`{access_token#1}`) stay: the reader puts his own there.
    """
    request = exchange["request"]
    words = ["curl", *_method(request), *_url_options(request["url"])]
    for option, value in _arguments(request):
        words += [option, quoted(value, variables)]
    return " ".join([*words, quoted(request["url"], variables)])


def _method(request: Mapping[str, Any]) -> list[str]:
    """`--request` only where curl would choose another method."""
    method = request["method"]
    if method == "HEAD" and not request["body"]:
        return ["--head"]
    implied = "POST" if request["body"] else "GET"
    return [] if method == implied else ["--request", shlex.quote(method)]


def _url_options(url: str) -> list[str]:
    """Keep curl from expanding brackets and from tidying the path."""
    options = ["--globoff"] if re.search(r"[\[\]{}]", url) else []
    return [*options, "--path-as-is"] if re.search(r"/\.\.?(/|\?|$)", url) else options


def _arguments(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    headers: Sequence[Sequence[str]] = request["headers"]
    for name, value in headers:
        if not _is_implied(name, value, bool(request["body"])):
            # "Name;" is curl's way to send an empty header, "Name:" would remove it.
            yield "--header", f"{name}: {value}" if value else f"{name};"
    if request["body"]:
        if not any(name.lower() == "content-type" for name, _ in headers):
            yield "--header", "Content-Type:"
        yield "--data-raw", request["body"]


def _is_implied(name: str, value: str, has_body: bool) -> bool:
    lower = name.lower()
    if lower == "content-type" and has_body:
        return value == FORM
    return lower in LEFT_OUT or (lower == "accept" and value == "*/*")


def quoted(text: str, variables: Collection[str] | None = None) -> str:
    """One shell word. Nothing in it is expanded but `$NAME` of the named variables (of all when None)."""
    if "$" not in text:
        return _literal(text)
    pieces = list(_pieces(text, _pattern(None if variables is None else frozenset(variables))))
    if not any(is_variable for _, is_variable in pieces):
        return _literal(text)
    if "!" not in text and not CONTROL.search(text):
        return f'"{"".join(piece if is_variable else _double_quoted(piece) for piece, is_variable in pieces)}"'
    # An interactive shell would expand "!" within double quotes: only the variables stand in them.
    return "".join(f'"{piece}"' if is_variable else _literal(piece) for piece, is_variable in pieces)


@cache
def _pattern(names: frozenset[str] | None) -> re.Pattern[str]:
    """Finds the variables that the shell may fill in; the longest of several that begin alike."""
    if names is None:
        return VARIABLE
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"\$({known})") if known else NOTHING


def _pieces(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    """The text cut into variables and what stands between them."""
    start = 0
    for match in pattern.finditer(text):
        if match.start() > start:
            yield text[start : match.start()], False
        runs_on = re.match(r"\w", text[match.end() :], re.ASCII)
        yield f"${{{match.group(1)}}}" if runs_on else match.group(), True
        start = match.end()
    if start < len(text):
        yield text[start:], False


def _double_quoted(text: str) -> str:
    """Escape what double quotes leave active."""
    return re.sub(r'([\\"`$])', r"\\\1", text)


def _literal(text: str) -> str:
    """A word that the shell takes as it stands; control characters as escapes, for they would act on a terminal."""
    if not CONTROL.search(text):
        return shlex.quote(text)
    escaped = CONTROL.sub(_escape, text.replace("\\", "\\\\").replace("'", "\\'"))
    return f"$'{escaped}'"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    named = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
    return named.get(code) or (f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}")
