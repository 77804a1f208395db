"""Redirection URIs that come near a registered one without being it, built from what URL parsers disagree on.

The procedures' catalogue of near misses (`redirects.NEAR_MISSES`) holds what is known to go wrong; this one is made by
rules, so that nothing has to be known, and is drawn from without repetition: the larger budgets go through all of it.
Whatever is drawn is another string than every registered URI, also when blanks at its ends are trimmed, which a server
may do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.base.outcomes import Untested
from conformance.base.uris import is_loopback, urlsplit
from conformance.harness.given import Given
from conformance.procedures.redirects import ATTACKER, GRANT_OF, NEAR_MISSES, any_response_type
from conformance.profile.target import Client

# Where a parser sees the end of a host, of a path, of everything; what it drops, decodes or folds.
INSERTED = (
    *("/", "//", "\\", "@", ":", ";", "?", "#", "%", "&", "=", "+", ".", "..", "*", "|", "^", "`", "~", "-", "_"),
    *("\t", "\r\n", "\x00", " ", "\x7f", "%00", "%20", "%2f", "%2F", "%5c", "%3f", "%23", "%40", "%0d%0a", "%252f"),
    *("\u3002", "\uff0f", "\u2044", "\uff20", "\u00ad", "\u200b", "\u202e", "\u0131", "\u212a", "\u00df", "\ufeff"),
    *("/.", "/..", "/../", "/./", "/..;/", ";/", ";x", "/%2e%2e/", "/%2e/", "//..", "x", "1", "/x", "?x", "&x=1", "#x"),
)
# What stands before a URI, or around its host.
SCHEMES = ("http:", "HTTPS:", "https:/", "https:///", "https:", "//", "javascript:", "data:text/html,", "ftp:", "")
HOSTS = (
    *("{attacker}", "{attacker}\\@{host}", "{attacker}#@{host}", "{attacker}?@{host}", "{attacker}/@{host}"),
    *("{host}@{attacker}", "{host}:x@{attacker}", "{host}%40{attacker}", "{host}.{attacker}", "{attacker}.{host}"),
    *("{host}:{attacker}", "{host};{attacker}", "{host}\\.{attacker}", "{host}%2f.{attacker}", "{host}%00.{attacker}"),
    *("x@{host}", "x:y@{host}", "@{host}", "{host}.", ".{host}", "x.{host}", "x{host}", "{host}x", "{host}%20"),
    *("[{host}]", "{host}%2e", "{host}\u3002", "www.{host}", "{host}:", "{host}:0", "{host}:443x", "{host}:80:443"),
)
AROUND = (
    *("https://{attacker}/?{uri}", "https://{attacker}/#{uri}", "https://{attacker}/{uri}", "https://{attacker};{uri}"),
    *("{uri} https://{attacker}/", "{uri},https://{attacker}/", "{uri}|https://{attacker}/", "url:{uri}", "({uri})"),
    *("{uri}?next=https://{attacker}/", "{uri}@{attacker}", "{uri}.{attacker}", "{uri}:{attacker}", "<{uri}>"),
    *('"{uri}"', "{uri}'", "{uri}\\", "{uri}/", "{uri}//", "{uri}?", "{uri}#", "{uri}&", "https://{attacker} {uri}"),
)
# From a visible ASCII character to the one of full width that some normalizations take for it.
FULL_WIDTH = 0xFEE0
# The characters of URIs (RFC 3986 section 2).
URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
# What browsers drop at the ends of a URI, and within the name of a host.
BLANK = "".join(map(chr, range(0x21)))
UNSEEN_IN_HOSTS = "\u00ad\u200b\ufeff"
DEFAULT_PORTS = {"http": "80", "https": "443"}


def once_changed(uri: str) -> list[str]:
    """Every URI that differs from this one by a single change of those that are known."""
    scheme, _, after = uri.partition("://")
    host, slash, rest = after.partition("/")
    names = {"attacker": ATTACKER, "host": host, "uri": uri}
    path_ends = len(uri.partition("?")[0])
    places = sorted({0, len(scheme) + 3, len(scheme) + 3 + len(host), path_ends, len(uri)})
    found = [uri[:at] + added + uri[at:] for added in INSERTED for at in places]
    found += [f"{scheme}://{pattern.format(**names)}{slash}{rest}" for pattern in HOSTS]
    found += [pattern.format(**names) for pattern in AROUND]
    found += [other + tail for other in SCHEMES for tail in (after, f"//{after}")]
    found += [near for each in NEAR_MISSES.values() if (near := each.make(urlsplit(uri)))]
    for at, character in enumerate(uri):
        others = ("", character.swapcase(), chr(ord(character) + FULL_WIDTH) if "!" <= character <= "~" else "")
        found += [uri[:at] + other + uri[at + 1 :] for other in others]
    return list(dict.fromkeys(found))


@st.composite
def _changed_at_random(draw: st.DrawFn, registered: Sequence[str]) -> str:
    """A URI with something put into it anywhere, once or twice."""
    uri = draw(st.sampled_from(list(registered)))
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(uri)))
        uri = uri[:at] + draw(st.sampled_from(INSERTED)) + uri[at:]
    return uri


def client_of(given: Given) -> Client:
    """The client whose redirection URIs are missed; Untested where none are known."""
    client = given.client_for(GRANT_OF[any_response_type(given)])
    if not client.redirect_uris:
        raise Untested(f"the registered redirection URIs aren't known: add `redirect_uris` to [clients.{client.name}]")
    return client


def neighbors(given: Given) -> SearchStrategy[str]:
    """Redirection URIs near those of the main client, none of which it has registered."""
    return _neighbors(given, lambda uri: True)


def misses(given: Given) -> SearchStrategy[str]:
    """Neighbors that lead somewhere else than every registered URI."""
    registered = client_of(given).redirect_uris
    return _neighbors(given, lambda uri: not is_equivalent(uri, registered))


def spellings(given: Given) -> SearchStrategy[str]:
    """Other ways to write the first of the main client's redirection URIs, all of them URIs themselves."""
    registered = client_of(given).redirect_uris
    near = [uri for uri in once_changed(registered[0]) if is_another(uri, registered, in_full=True)]
    return st.sampled_from([uri for uri in near if is_equivalent(uri, registered) and URI.fullmatch(uri)])


def _neighbors(given: Given, fits: Callable[[str], bool]) -> SearchStrategy[str]:
    registered = client_of(given).redirect_uris
    in_full = given.claims("full_redirect_uris")

    def is_wanted(uri: str) -> bool:
        return is_another(uri, registered, in_full) and fits(uri)

    catalogued = st.sampled_from(list(filter(is_wanted, once_changed(registered[0]))))
    return st.one_of(catalogued, catalogued, _changed_at_random(registered).filter(is_wanted))


def is_another(uri: str, registered: Sequence[str], in_full: bool) -> bool:
    """Whether a URI differs from every registered one in what a server has to look at.

    Where only a part of the URI is registered, queries and equivalent spellings are no misses (section 3.1.2.2); ports
    of loopback hosts may vary (RFC 8252 section 7.3).
    """
    if not uri or uri.strip() in registered or any(_vary_by_port(uri, each) for each in registered):
        return False
    return in_full or all(_place(uri) != _place(each) for each in registered)


def _vary_by_port(uri: str, registered: str) -> bool:
    return is_loopback(registered) and _without_port(uri) == _without_port(registered)


def _without_port(uri: str) -> str:
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.hostname or "").geturl()


def _place(uri: str) -> str:
    """Scheme, host and path, as the most lenient comparison sees them: nothing but letters, digits and dots."""
    head = uri.partition("?")[0].partition("#")[0].lower()
    return "".join(each for each in head if each.isascii() and (each.isalnum() or each == "."))


def is_equivalent(uri: str, registered: Sequence[str]) -> bool:
    """Whether a URI is a registered one written otherwise, as browsers read URIs (WHATWG URL, RFC 3986 section 6.2.2).

    Only string comparison (section 3.1.2.3) tells them apart: neither leads anywhere else.
    """
    return any(_read(uri) == _read(each) for each in registered)


def _read(uri: str) -> tuple[str, ...]:
    scheme, _, rest = "".join(each for each in uri if each not in "\t\r\n").strip(BLANK).partition(":")
    rest = rest.replace("\\", "/")
    # However many slashes follow, a host comes next.
    slashes = "//" if scheme.lower() in DEFAULT_PORTS else ""
    parts = urlsplit(f"{scheme}:{slashes}{rest.lstrip('/') if slashes else rest}")
    user, _, authority = parts.netloc.rpartition("@")
    host, _, port = authority.partition(":")
    port = port or DEFAULT_PORTS.get(parts.scheme, "")
    return parts.scheme, user, _host_read(host), port, _path_read(parts.path), _plain(parts.query), parts.fragment


def _host_read(host: str) -> str:
    """A host without escapes, and with its characters as names of domains are compared (UTS 46)."""
    plain = "".join(each for each in unquote(host) if each not in UNSEEN_IN_HOSTS)
    return unicodedata.normalize("NFKC", plain).replace("\u3002", ".").lower()


def _path_read(path: str) -> str:
    """A path with its dot segments resolved."""
    segments = _plain(path).split("/")
    kept: list[str] = []
    for segment in segments:
        kept = kept[:-1] if segment == ".." else kept
        kept += [segment] if segment not in (".", "..") else []
    return "/".join([*kept, *([""] if segments[-1] in (".", "..") else [])])


def _plain(text: str) -> str:
    """A text without the escapes that it doesn't need."""
    return re.sub("%([0-9A-Fa-f]{2})", _unescaped, text)


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if re.fullmatch(r"[A-Za-z0-9._~-]", character) else escape[0].upper()
