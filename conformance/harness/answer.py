"""How an authorization request ended for the user agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from conformance.harness.exchange import Reply
from conformance.harness.uris import urlsplit

if TYPE_CHECKING:
    from conformance.harness.send import AuthorizationRequest

# Mechanisms of an answer that wait for a person.
CLICKED = ("button", "link")


@dataclass(frozen=True, slots=True)
class Answer:
    """How an authorization request ended for the user agent.

    `destination` is the full URI outside the target where it was sent (None: it stayed on a page), `mechanism` how.
    `pages` are the pages that a person would have seen on the way, the last one included. `stuck` says in words why
    the user agent could not go on from the last one; empty where there was nothing left to do.
    """

    request: AuthorizationRequest
    reply: Reply
    destination: str | None
    mechanism: str | None
    pages: tuple[Reply, ...]
    consented: bool
    signed_in: bool
    stuck: str = ""

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
            return f"a page ({self.reply})" + (f": {self.stuck}" if self.stuck else "")
        where = f"the user agent sent to {self.destination} by {self.mechanism}"
        return where + (f" ({self.stuck})" if self.stuck else "")


def names_in(url: str) -> frozenset[str]:
    """Names of the parameters in a URL's query and fragment."""
    parts = urlsplit(url)
    return frozenset(name for name, _ in (*pairs_of(parts.query), *pairs_of(parts.fragment)))


def pairs_of(text: str) -> tuple[tuple[str, str], ...]:
    """Form-encoded parameters, in order."""
    return tuple(parse_qsl(text, keep_blank_values=True))
