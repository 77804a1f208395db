"""A curl command for a recorded request, safe to paste: a target chose parts of what is quoted here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
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
    if not any(_is_variable(name, variables) for name in VARIABLE.findall(text)):
        return _literal(text)
    if "!" not in text and not CONTROL.search(text):
        return f'"{_double_quoted(text, variables)}"'
    # An interactive shell would expand "!" within double quotes: only the variables stand in them.
    return "".join(_pieces(text, variables))


def _pieces(text: str, variables: Collection[str] | None) -> Iterator[str]:
    start = 0
    for match in VARIABLE.finditer(text):
        if _is_variable(match.group(1), variables):
            if match.start() > start:
                yield _literal(text[start : match.start()])
            yield f'"{match.group()}"'
            start = match.end()
    if start < len(text):
        yield _literal(text[start:])


def _is_variable(name: str, variables: Collection[str] | None) -> bool:
    return variables is None or name in variables


def _double_quoted(text: str, variables: Collection[str] | None) -> str:
    """Escape what double quotes leave active, but for the variables."""
    escaped = re.sub(r'([\\"`])', r"\\\1", text)
    return re.sub(r"\$(?:([A-Za-z_][A-Za-z0-9_]*))?", lambda match: _dollar(match, variables), escaped)


def _dollar(match: re.Match[str], variables: Collection[str] | None) -> str:
    name = match.group(1)
    return match.group() if name and _is_variable(name, variables) else f"\\{match.group()}"


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
