"""urllib's `urlsplit` and `urljoin` for whatever a target sends: they never raise.

urllib refuses hosts that look like a broken IPv6 address or fold into something else. What it can't take apart is cut
where RFC 3986 (appendix B) cuts it.
"""

from __future__ import annotations

import re
from urllib import parse
from urllib.parse import SplitResult, quote

PARTS = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.S)
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def urlsplit(url: str) -> SplitResult:
    """The parts of a URL."""
    try:
        return parse.urlsplit(url)
    except ValueError:
        match = PARTS.fullmatch(url)
        return SplitResult(*(part or "" for part in match.groups())) if match else SplitResult("", "", url, "", "")


def urljoin(base: str, url: str) -> str:
    """A URL as it is meant at a base."""
    try:
        return parse.urljoin(base, url)
    except ValueError:
        return url


def port_of(parts: SplitResult) -> int | None:
    """The port that stands in a URL; None for none, and for what is no port."""
    try:
        return parts.port
    except ValueError:
        return None


def percent_encoded(url: str) -> str:
    """A URL with spaces and characters beyond ASCII encoded, as a browser does before it sends them."""
    try:
        # Header text is latin-1: bytes that are UTF-8 stay those bytes.
        content = url.encode("latin-1")
        content.decode("utf-8")
    except UnicodeError:
        content = url.encode("utf-8", "replace")
    return quote(content, safe=PRINTABLE)
