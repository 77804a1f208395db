"""Authorization requests that came back to a client, and what can be read of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from conformance.base.uris import urlsplit
from conformance.browser.answer import pairs_of
from conformance.wire.exchange import Pairs, Reply, Request

FORM = "application/x-www-form-urlencoded"
BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Return:
    """An authorization request, as it went out, that sent the user agent back to a client, and by which reply."""

    opened: Request
    destination: str
    reply: Reply

    def __reduce__(self) -> tuple[type[Return], tuple[Request, str, Reply]]:
        """What came back, without what has been read from it."""
        return Return, (self.opened, self.destination, self.reply)

    @cached_property
    def asked(self) -> Pairs:
        """The request's parameters."""
        return parameters_of(self.opened)

    @cached_property
    def told(self) -> Pairs:
        """The parameters that came back, in query and fragment."""
        parts = urlsplit(self.destination)
        return (*pairs_of(parts.query), *pairs_of(parts.fragment))

    @cached_property
    def is_readable(self) -> bool:
        """Whether every server can decode the request's parameters."""
        return is_decodable(self.opened.url.partition("?")[2]) and is_decodable(self.opened.body)

    def all(self, name: str) -> list[str]:
        """All values of a parameter that came back."""
        return [value for key, value in self.told if key == name]

    def __str__(self) -> str:
        return f"the user agent sent to {self.destination}"


def parameters_of(request: Request) -> Pairs:
    """The parameters of a request, in its query and in its form."""
    query = request.url.partition("?")[2].partition("#")[0]
    body = request.body.decode("utf-8", "replace") if is_form(request) else ""
    return tuple(parse_qsl(f"{query}&{body}" if body else query, keep_blank_values=True))


def is_decodable(encoded: str | bytes) -> bool:
    """Whether form-encoded text is whole: ASCII, with escapes that are escapes and stand for UTF-8."""
    try:
        text = encoded.decode("ascii") if isinstance(encoded, bytes) else encoded
        # Without an escape there is nothing to decode.
        if "%" in text:
            parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        return False
    return not BROKEN_ESCAPE.search(text)


def is_form(request: Request) -> bool:
    """Whether a request says that its body is form-encoded."""
    return (request.header("Content-Type") or "").partition(";")[0].strip().lower() == FORM
