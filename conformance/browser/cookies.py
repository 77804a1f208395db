"""The cookies of a user agent (RFC 6265): which are kept, and which go along with a request."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

from conformance.base.uris import is_loopback, urlsplit
from conformance.wire.exchange import Reply

# As many as browsers keep of one site at the least (RFC 6265 section 6.1); of more, the oldest ones go.
MOST = 180
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie; `domain` is empty for a cookie of one host alone, `expires` in seconds since the epoch.

    `same_site` is the attribute in lower case, empty where there is none.
    """

    name: str
    value: str
    domain: str = ""
    path: str = "/"
    secure: bool = False
    expires: float | None = None
    same_site: str = ""


@dataclass
class CookieJar:
    """Cookies by where they came from, domain, path and name.

    A cookie without a Domain belongs to one host and port: test machines run several servers on one address, which
    often choose the same name. Browsers would let them overwrite each other.
    """

    cookies: dict[tuple[str, str, str], Cookie] = field(default_factory=dict)

    def header(self, url: str, kept_back: Collection[str] = ()) -> str:
        """The value of the Cookie header for a request; empty when none fits. Longer paths come first.

        Cookies with a SameSite attribute in `kept_back` stay behind.
        """
        parts = urlsplit(url)
        now = time.time()
        fitting = [
            cookie
            for (place, _, _), cookie in self.cookies.items()
            if (_in_domain(parts.hostname or "", cookie.domain) if cookie.domain else place == parts.netloc)
            and _in_path(parts.path or "/", cookie.path)
            and (is_safe(url) or not cookie.secure)
            and (cookie.expires is None or cookie.expires > now)
            and (not cookie.same_site or cookie.same_site not in kept_back)
        ]
        fitting.sort(key=lambda cookie: -len(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fitting)

    def keep(self, reply: Reply) -> None:
        """Take in what a reply sets, and forget what it deletes."""
        parts = urlsplit(reply.request.url)
        for header in reply.header_values("Set-Cookie"):
            cookie = parsed_cookie(header, reply.request.url)
            if cookie is not None:
                self._put(parts.netloc, cookie)

    def add(self, url: str, name: str, value: str) -> None:
        """A cookie that a page's script has set."""
        self._put(urlsplit(url).netloc, Cookie(name, value))

    def names(self, url: str) -> frozenset[str]:
        """Names of the cookies that go along with a request."""
        return frozenset(pair.partition("=")[0] for pair in self.header(url).split("; ") if pair)

    def _put(self, place: str, cookie: Cookie) -> None:
        key = (cookie.domain or place, cookie.path, cookie.name)
        if cookie.expires is not None and cookie.expires <= time.time():
            self.cookies.pop(key, None)
        elif len(cookie.name) + len(cookie.value) <= LONGEST:
            if key not in self.cookies and len(self.cookies) >= MOST:
                del self.cookies[next(iter(self.cookies))]
            self.cookies[key] = cookie


def parsed_cookie(header: str, url: str) -> Cookie | None:
    """A Set-Cookie header of an answer from a URL, as a browser reads it; None for one that it refuses."""
    pair, *attributes = header.split(";")
    name, equals, value = pair.partition("=")
    if not equals or not name.strip():
        return None
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    said = {key.strip().lower(): word.strip() for key, _, word in (each.partition("=") for each in attributes)}
    domain = said.get("domain", "").removeprefix(".").lower()
    given = said.get("path", "")
    cookie = Cookie(
        name=name.strip(),
        value=value.strip(),
        # Nobody owns a top-level domain or can share an address: there a cookie is for its own host alone.
        domain="" if domain == host and (_is_address(host) or "." not in host) else domain,
        path=given if given.startswith("/") else (parts.path or "/").rpartition("/")[0] or "/",
        secure="secure" in said,
        expires=_expiry(said),
        same_site=said.get("samesite", "").lower(),
    )
    foreign = cookie.domain and ("." not in domain or not _in_domain(host, domain))
    unsafe = cookie.secure and not is_safe(url)
    return None if foreign or unsafe or not _keeps_its_name(cookie, domain, given) else cookie


def is_safe(url: str) -> bool:
    """Whether a URL may set Secure cookies and is sent them: one with TLS, or one of this machine, as in browsers."""
    return urlsplit(url).scheme == "https" or is_loopback(url)


def _keeps_its_name(cookie: Cookie, domain: str, path: str) -> bool:
    """Whether a cookie has the attributes that a prefix of its name promises (RFC 6265bis section 4.1.3)."""
    name = cookie.name.lower()
    if name.startswith("__host-"):
        return cookie.secure and not domain and path == "/"
    return cookie.secure or not name.startswith("__secure-")


def _expiry(said: dict[str, str]) -> float | None:
    """Max-Age wins over Expires; what can't be read counts as not said."""
    try:
        if "max-age" in said:
            return time.time() + int(said["max-age"])
        return parsedate_to_datetime(said["expires"]).timestamp() if "expires" in said else None
    except (ValueError, TypeError, OverflowError):
        return None


def _in_domain(host: str, domain: str) -> bool:
    """RFC 6265 section 5.1.3: the domain itself or a host below it; an address is below nothing."""
    return host.lower() == domain or (host.lower().endswith(f".{domain}") and not _is_address(host))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _in_path(path: str, wanted: str) -> bool:
    return path == wanted or path.startswith(wanted if wanted.endswith("/") else f"{wanted}/")
