"""Stages as the suite sees them: issuers that are played for a client under test, and what arrived at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from conformance.wire.exchange import Reply

# Where an endpoint has a good certificate of the authority that bad ones are of.
SAME_AUTHORITY = "same-authority"
ENDPOINTS = ("authorization", "token", "revocation", "resource")


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a client is registered at a stage."""

    client_id: str
    client_secret: str | None
    redirect_uri: str
    scope: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request of anybody's to a stage, with its answer; `at` is on the clock of `time.perf_counter`."""

    endpoint: str
    reply: Reply
    at: float


@dataclass(frozen=True, slots=True)
class Stage:
    """One issuer that is being played: `urls` are its endpoints, by name."""

    issuer: str
    urls: Mapping[str, str]
    credentials: Credentials
    arrived: list[Arrived] = field(default_factory=list)

    def to(self, *endpoints: str) -> list[Arrived]:
        """What arrived at some endpoints."""
        return [each for each in self.arrived if each.endpoint in endpoints]


class House(Protocol):
    """Where stages are opened: one for each process of a run."""

    @property
    def certificates(self) -> Path:
        """The authority that a client has to trust, and no other."""

    def open(
        self,
        credentials: Credentials,
        misbehaviors: Sequence[str] = (),
        *,
        second: Stage | None = None,
    ) -> Stage:
        """Open a stage that misbehaves in named ways; `second` is another one, where the client is registered too."""

    def says(self, misbehavior: str) -> str:
        """What a misbehavior is, in words."""

    def twin_of(self, misbehavior: str) -> str:
        """What the stage does that a misbehavior is compared with; empty for one that does nothing of its own."""

    def takes_long(self, misbehavior: str) -> bool:
        """Whether a client that meets it as it should waits."""

    def registers(self, misbehavior: str) -> bool:
        """Whether a misbehavior needs a client that the server can register as it likes."""

    def company_of(self, misbehavior: str) -> Mapping[str, frozenset[str]]:
        """The misbehaviors that one login can meet beside this one, itself among them, with what each asks."""

    def end(self, stage: Stage) -> None:
        """Close a stage: what comes late finds nothing."""

    def close(self) -> None:
        """Close all."""


OpenHouse = Callable[[], House]
