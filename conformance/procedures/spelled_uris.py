"""A registered redirection URI in a spelling that some reader takes for it: browsers, routers, resolvers, forms.

Most of these are other URIs, and all of them are other strings. Which reader a server borrows for its comparison shows
only where the two differ: in a backslash, a doubled slash, a dot behind the host, a sign from another block of Unicode.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult

Spelling = Callable[[SplitResult], str | None]
# From the letters of ASCII to their doubles for East Asian text, which domain names fold away (RFC 5895).
FULL_WIDTH = 0xFEE0
ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


def _backslashes(uri: SplitResult) -> str | None:
    return uri.geturl().replace("/", "\\") if uri.netloc else None


def _dot_behind_host(uri: SplitResult) -> str | None:
    if not uri.hostname or uri.netloc.endswith("]") or uri.hostname[-1].isdigit():
        return None
    return _at_host(uri, f"{uri.hostname}.")


def _full_width_host(uri: SplitResult) -> str | None:
    host = uri.hostname or ""
    at = next((at for at in reversed(range(len(host))) if host[at].isalpha()), None)
    return None if at is None else _at_host(uri, f"{host[:at]}{chr(ord(host[at]) + FULL_WIDTH)}{host[at + 1 :]}")


def _at_host(uri: SplitResult, host: str) -> str:
    port = "" if uri.port is None else f":{uri.port}"
    return uri._replace(netloc=f"{host}{port}").geturl()


def _doubled_slash(uri: SplitResult) -> str | None:
    return _with_path(uri, f"/{uri.path}") if uri.netloc and uri.path not in ("", "/") else None


def _path_parameter(uri: SplitResult) -> str | None:
    return _with_path(uri, f"{uri.path};attacker=1") if uri.path not in ("", "/") else None


def _with_path(uri: SplitResult, path: str) -> str:
    return uri._replace(path=path).geturl()


def _plus_for_space(uri: SplitResult) -> str | None:
    return uri._replace(query=uri.query.replace("%20", "+")).geturl() if "%20" in uri.query else None


def _escapes_in_other_case(uri: SplitResult) -> str | None:
    return ESCAPE.sub(lambda escape: escape[0].swapcase(), uri.geturl())


def _of_private_scheme(change: Callable[[str, str], str]) -> Spelling:
    """Another spelling of the URIs of native applications (RFC 8252 section 7.1), made of scheme and all behind it."""

    def make(uri: SplitResult) -> str | None:
        scheme, _, rest = uri.geturl().partition(":")
        return change(scheme, rest) if scheme not in ("http", "https", "") else None

    return make


# Other spellings of one URI, or of one without what says nothing.
SPELLINGS: Mapping[str, Spelling] = {
    "backslashes": _backslashes,
    "dot-behind-host": _dot_behind_host,
    "host-in-full-width": _full_width_host,
    "doubled-slash": _doubled_slash,
    "path-parameter": _path_parameter,
    "empty-query": lambda uri: None if uri.query else f"{uri.geturl()}?",
    "empty-fragment": lambda uri: f"{uri.geturl()}#",
}
# The same of URIs that a client has beside its first one, if any has.
RARE_SPELLINGS: Mapping[str, Spelling] = {
    "space-by-plus": _plus_for_space,
    "escapes-in-other-case": _escapes_in_other_case,
    "private-scheme-in-capitals": _of_private_scheme(lambda scheme, rest: f"{scheme.upper()}:{rest}"),
    "private-longer-path": _of_private_scheme(lambda scheme, rest: f"{scheme}:{rest}/attacker"),
}
