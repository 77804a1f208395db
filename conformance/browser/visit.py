"""What a user agent needs of the test that it travels for: something that sends and records for it.

A trial of the harness is one. The rooms below know it by these parts alone.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from conformance.browser.answer import Answer
from conformance.browser.returns import Return
from conformance.profile.target import Target
from conformance.wire.exchange import Exchange, Reply, Request
from conformance.wire.vault import Vault


class Watch(Protocol):
    """Hears of what a person did."""

    def at_browser(self, account: str) -> AbstractContextManager[None]:
        """While it holds, requests are those of a browser in which an account signs in."""

    def journey(self, account: str | None, answer: Answer, requests: int, seconds: float) -> None:
        """An authorization request has ended."""


class Surroundings(Protocol):
    """What outlives a visit: the hosts that requests may go to, the vault of secrets, who hears of people."""

    sent: int
    started: float

    @property
    def target(self) -> Target:
        """The party under test."""

    @property
    def hosts(self) -> frozenset[tuple[str, int]]:
        """Hosts and ports that requests may go to."""

    @property
    def vault(self) -> Vault:
        """What knows secrets."""

    @property
    def watch(self) -> Watch:
        """Who hears of what a person did."""


class Visit(Protocol):
    """Sends requests for a user agent, and records them."""

    phase: str
    exchanges: list[Exchange]
    returns: list[Return]

    @property
    def target(self) -> Target:
        """The party under test."""

    @property
    def session(self) -> Surroundings:
        """What outlives the visit."""

    def exchange(self, request: Request, phase: str | None = None) -> Reply:
        """Send one request, record it, return the reply. Inconclusive when none comes."""
