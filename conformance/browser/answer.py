"""How an authorization request ended for the user agent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from conformance.base.uris import urlsplit
from conformance.browser.pages import excerpt, read_page
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from conformance.browser.authorization_request import AuthorizationRequest

# Mechanisms of an answer that wait for a person.
CLICKED = ("button", "link")


@dataclass(frozen=True, slots=True)
class Answer:
    """How an authorization request ended for the user agent.

    `destination` is the full URI outside the target where it was sent (None: it stayed on a page), `mechanism` how.
    `pages` are the pages that a person would have seen on the way, the last one included. `stuck` says in words why
    the user agent could not go on from the last one, which asks something; empty where there was nothing left to do.
    `doubt` says why the server may not have been told the decision that was to be taken. `opened` is the reply to the
    request that it all began with, `reply` the last one.
    """

    request: AuthorizationRequest
    reply: Reply
    destination: str | None
    mechanism: str | None
    pages: tuple[Reply, ...]
    consented: bool
    signed_in: bool
    stuck: str = ""
    doubt: str = ""
    opened: Reply | None = None

    @property
    def misses_redirect(self) -> bool:
        """Whether the last answer names another place, with a status that sends no browser there."""
        return self.destination is None and self.reply.header("Location") is not None

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """Parameters in the destination's query."""
        return pairs_of(urlsplit(self.destination or "").query)

    @property
    def fragment(self) -> tuple[tuple[str, str], ...]:
        """Parameters in the destination's fragment."""
        return pairs_of(urlsplit(self.destination or "").fragment)

    def get(self, name: str) -> str | None:
        """A response parameter, wherever it stands; for lenient reading."""
        return next((value for key, value in (*self.query, *self.fragment) if key == name), None)

    def __str__(self) -> str:
        if self.destination is None:
            return f"a page ({self.reply})" + (f": {self.stuck}" if self.stuck else self._told())
        where = f"the user agent sent to {self.destination} by {self.mechanism}"
        return where + (f" ({self.stuck})" if self.stuck else "")

    def _told(self) -> str:
        text = excerpt(read_page(self.reply).text)
        return f" that says {text!r}" if text else ""


def names_in(url: str) -> frozenset[str]:
    """Names of the parameters in a URL's query and fragment."""
    parts = urlsplit(url)
    return frozenset(name for name, _ in (*pairs_of(parts.query), *pairs_of(parts.fragment)))


# An answer is asked for its parameters one by one.
@lru_cache(256)
def pairs_of(text: str) -> tuple[tuple[str, str], ...]:
    """Form-encoded parameters, in order."""
    return tuple(parse_qsl(text, keep_blank_values=True))
