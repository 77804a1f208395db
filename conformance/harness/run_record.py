"""Every exchange of a run, and every authorization request that came back, as they were heard of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from conformance.browser.returns import Return, is_decodable, is_form
from conformance.wire.exchange import Exchange, Reply, Request

T = TypeVar("T")
# What is refused beyond this may never have reached the endpoint: frameworks limit both, and answer with pages.
LARGEST_FORM = 8192
MOST_PARAMETERS = 100


@dataclass
class Record:
    """The exchanges of a run and the authorization requests that came back, as they were heard of."""

    exchanges: dict[int, Exchange] = field(default_factory=dict)
    returns: list[Return] = field(default_factory=list)
    _forms: dict[int, bool] = field(default_factory=dict, repr=False)
    _chosen: dict[str, Any] = field(default_factory=dict, repr=False)

    def take(self, exchanges: Iterable[Exchange], returns: Iterable[Return]) -> None:
        """Take in what one test recorded. What several tests share is known by its request."""
        for exchange in exchanges:
            if exchange.reply is not None:
                self._chosen.clear()
                # The original lets go of its reply when it has been rendered.
                self.exchanges.setdefault(id(exchange.request), replace(exchange))
        before = len(self.returns)
        self.returns += returns
        if len(self.returns) > before:
            self._chosen.clear()

    def chosen(self, key: str, choose: Callable[[], list[T]]) -> list[T]:
        """What `choose` takes of the record. Many tests ask for the same: it is chosen once, until more is recorded."""
        if key not in self._chosen:
            self._chosen[key] = choose()
        found: list[T] = self._chosen[key]
        return found

    def posted_to(self, url: str) -> list[Reply]:
        """Answers to well-formed forms that were posted to a URL."""
        return self.chosen(url, lambda: self._posted_to(url))

    def _posted_to(self, url: str) -> list[Reply]:
        return [
            each.reply
            for key, each in self.exchanges.items()
            if each.reply is not None and each.request.url == url and self._is_form(key, each.request)
        ]

    def _is_form(self, key: int, request: Request) -> bool:
        if key not in self._forms:
            self._forms[key] = is_well_formed(request)
        return self._forms[key]


def is_well_formed(request: Request) -> bool:
    """Whether a request posts a form that can be decoded, and is not of a size that HTTP servers limit."""
    short = len(request.body) <= LARGEST_FORM and request.body.count(b"&") < MOST_PARAMETERS
    return request.method == "POST" and short and is_form(request) and is_decodable(request.body)
