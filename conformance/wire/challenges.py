"""Reads WWW-Authenticate headers: schemes and their parameters (RFC 9110 section 11.6.1).

Strictly, by the grammar, or leniently: what a server means shows even where it leaves the grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

HEADER = "WWW-Authenticate"
TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_SPACE = re.compile(r"[ \t]*")
_SEPARATOR = re.compile(r"[ \t]*(?:,[ \t]*)+")
_SCHEME = re.compile(TOKEN)
_TOKEN68 = re.compile(r"[ ]+([A-Za-z0-9\-._~+/]+=*)(?=[ \t]*(?:,|$))")
_PARAMETER = re.compile(rf'({TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({TOKEN}))')
# A scheme begins a header or follows a comma, and what comes after it is no equals sign.
_ANNOUNCED = re.compile(rf"(?:^|,)\s*({TOKEN})(?=\s+[^\s=]|\s*$|\s*,)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_LENIENT_PARAMETER = re.compile(rf'({TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({TOKEN}))')
_ERROR = re.compile(r'\berror\s*=\s*"([^"]+)"', re.I)
PairsOfText = tuple[tuple[str, str], ...]


class Answering(Protocol):
    """What has headers."""

    def header_values(self, name: str) -> tuple[str, ...]:
        """All headers of a name, in order."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge: scheme and attribute names in lower case, values without quotes and escapes."""

    scheme: str
    attributes: PairsOfText


def challenges(header: str) -> tuple[Challenge, ...]:
    """The challenges of one WWW-Authenticate value. Raises ValueError where it leaves the grammar of RFC 9110."""
    found = []
    at = _skipped(_SEPARATOR, header, _skipped(_SPACE, header, 0))
    while at < len(header):
        scheme = _SCHEME.match(header, at)
        if scheme is None:
            raise ValueError(f"no scheme at character {at + 1}")
        attributes, at = _attributes(header, scheme.end())
        found.append(Challenge(scheme[0].lower(), attributes))
    if not found:
        raise ValueError("no challenge")
    return tuple(found)


def _attributes(header: str, at: int) -> tuple[PairsOfText, int]:
    only = _TOKEN68.match(header, at)
    if only is not None:
        return (), _next(header, only.end())
    found = []
    start = _skipped(_SPACE, header, at)
    # A scheme without attributes: the end, or the next challenge.
    parameter = _PARAMETER.match(header, start) if start > at else None
    if parameter is None:
        return (), _next(header, at)
    while parameter is not None:
        name, quoted, plain = parameter.groups()
        found.append((name.lower(), plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)))
        at = _next(header, parameter.end())
        parameter = _PARAMETER.match(header, at)
    return tuple(found), at


def _next(header: str, at: int) -> int:
    """Where the next element begins: behind a comma, or at the end."""
    behind = _skipped(_SEPARATOR, header, at)
    if behind == at and header[at:].strip(" \t"):
        raise ValueError(f"no comma at character {at + 1}")
    return behind if behind > at else len(header)


def _skipped(pattern: re.Pattern[str], header: str, at: int) -> int:
    found = pattern.match(header, at)
    return at if found is None else found.end()


def grammar_fault(reply: Answering) -> str | None:
    """How the challenges of an answer leave the grammar; None when they keep to it."""
    try:
        for header in reply.header_values(HEADER):
            challenges(header)
    except ValueError as error:
        return str(error)
    return None


def read_challenges(reply: Answering) -> tuple[Challenge, ...]:
    """The challenges of an answer; leniently where a header leaves the grammar, which is judged elsewhere."""
    found: list[Challenge] = []
    for header in reply.header_values(HEADER):
        try:
            found += challenges(header)
        except ValueError:
            found.append(Challenge(header.strip().partition(" ")[0].lower(), _loosely(header)))
    return tuple(found)


def _loosely(header: str) -> PairsOfText:
    return tuple((name.lower(), quoted or plain) for name, quoted, plain in _PARAMETER.findall(header))


def schemes(reply: Answering) -> tuple[str, ...]:
    """The schemes that an answer challenges with, in lower case."""
    headers = (_QUOTED.sub('""', header) for header in reply.header_values(HEADER))
    return tuple(name.lower() for header in headers for name in _ANNOUNCED.findall(header))


def challenge_parameters(reply: Answering) -> PairsOfText:
    """The parameters of all challenges, names in lower case, values without quotes and escapes."""
    found = [each for header in reply.header_values(HEADER) for each in _LENIENT_PARAMETER.findall(header)]
    return tuple((name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain) for name, quoted, plain in found)


def texts_of(reply: Answering, name: str) -> tuple[str, ...]:
    """The quoted values of a parameter as they are meant: a quote within that isn't escaped is no end of it."""
    parameter = re.compile(rf'(?:^|[\s,]){name}\s*=\s*"(.*?)"(?=\s*(?:,|$))', re.IGNORECASE | re.DOTALL)
    quoted = (text for header in reply.header_values(HEADER) for text in parameter.findall(header))
    return tuple(re.sub(r"\\(.)", r"\1", text) for text in quoted)


def error_told(reply: Answering) -> str:
    """The first error code in the challenges of an answer; empty without one."""
    found = _ERROR.search(" ".join(reply.header_values(HEADER)))
    return found[1] if found else ""
