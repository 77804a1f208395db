"""What a driver is, and what it needs to be kept: the same one for a whole session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from conformance.browser.visit import Surroundings, Visit

if TYPE_CHECKING:
    from conformance.browser.answer import Answer
    from conformance.browser.drivers.journey import Journey
    from conformance.browser.forms import Form
    from conformance.wire.exchange import Reply


class UnusableDriver(Exception):
    """The driver that the profile names can't be used on this machine: the message says why, and the remedy."""


class Driver(Protocol):
    """Drives user agents."""

    def go(self, journey: Journey, reply: Reply) -> Answer:
        """Go on from a reply until the user agent leaves the target, or can't go on."""

    def submits(self, form: Form) -> bool:
        """Whether submitting a form as it stands is what its page would do."""

    def close(self) -> None:
        """Let go of whatever the driver holds."""


class DrivenSurroundings(Surroundings, Protocol):
    """What outlives a visit, with the driver that is used throughout; None before it is first needed."""

    driver: Driver | None


class DrivenVisit(Visit, Protocol):
    """A visit of which pages can be driven."""

    @property
    def session(self) -> DrivenSurroundings:
        """What outlives the visit."""
