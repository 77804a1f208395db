"""urllib's `urlsplit` and `urljoin` for whatever a target sends: they never raise.

urllib refuses hosts that look like a broken IPv6 address or fold into something else. What it can't take apart is cut
where RFC 3986 (appendix B) cuts it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
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


def origin_of(url: str) -> str:
    """Scheme and authority of a URL, as they are written."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


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


def host_and_port(url: str) -> tuple[str, int]:
    """Host in lower case and the effective port of a URL; an empty host for what is no URL."""
    return _host_and_port(url.partition("#")[0].partition("?")[0])


# A run asks of every request, at few places.
@lru_cache(1024)
def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "", port_of(parts) or (443 if parts.scheme == "https" else 80))


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def without_loopback_port(url: str) -> str:
    """A URL on this machine without its port, which a native app learns at the last moment; others as they are."""
    parts = urlsplit(url)
    if not is_loopback(url) or port_of(parts) is None:
        return url
    return url.replace(f"//{parts.netloc}", f"//{parts.netloc.rpartition(':')[0]}", 1)
