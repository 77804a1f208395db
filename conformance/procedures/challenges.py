"""Reads WWW-Authenticate headers: schemes and their parameters (RFC 9110 section 11.6.1)."""

from __future__ import annotations

import re

from conformance.wire.exchange import Reply

TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
# A scheme begins a header or follows a comma, and what comes after it is no equals sign.
SCHEME = re.compile(rf"(?:^|,)\s*({TOKEN})(?=\s+[^\s=]|\s*$|\s*,)")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
PARAMETER = re.compile(rf'({TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({TOKEN}))')


def schemes(reply: Reply) -> tuple[str, ...]:
    """The schemes that an answer challenges with, in lower case."""
    headers = (QUOTED.sub('""', header) for header in reply.header_values("WWW-Authenticate"))
    return tuple(name.lower() for header in headers for name in SCHEME.findall(header))


def challenge_parameters(reply: Reply) -> tuple[tuple[str, str], ...]:
    """The parameters of all challenges, names in lower case, values without quotes and escapes."""
    found = [each for header in reply.header_values("WWW-Authenticate") for each in PARAMETER.findall(header)]
    return tuple((name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain) for name, quoted, plain in found)
