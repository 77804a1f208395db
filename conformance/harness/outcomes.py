"""What a test can end with, other than returning: the exceptions that carry the suite's three consequences.

`Violation` is raised by `expect` alone, `Inconclusive` and `Untested` by `given`, `send` and the probes.
Any other exception is a fault of the suite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OutcomeWord = Literal["kept", "broken", "inconclusive", "untested", "not applicable", "error"]


class Violation(Exception):
    """The target broke the requirement: what was expected and what was observed, in words."""

    def __init__(self, expected: str, observed: str) -> None:
        super().__init__(f"expected {expected}; observed {observed}")
        self.expected = expected
        self.observed = observed


class Inconclusive(Exception):
    """A precondition or a positive control could not be arranged: says which, and what to set up."""


class Untested(Exception):
    """An opt-in probe that is off, or something that the profile doesn't provide: says how to turn it on."""


class NotApplicable(Exception):
    """The target doesn't claim what the test needs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test ended.

    `reason` is a sentence for people; `expected` and `observed` are set when the outcome is "broken".
    """

    word: OutcomeWord
    reason: str = ""
    expected: str = ""
    observed: str = ""


def outcome_of(error: BaseException | None, note: str = "") -> Outcome:
    """Translate how a test function ended into an outcome; `note` is what the test observed when it kept."""
    match error:
        case None:
            return Outcome("kept", note)
        case Violation():
            return Outcome("broken", "", error.expected, error.observed)
        case Inconclusive():
            return Outcome("inconclusive", str(error))
        case Untested():
            return Outcome("untested", str(error))
        case NotApplicable():
            return Outcome("not applicable", str(error))
        case _:
            return Outcome("error", f"{type(error).__name__}: {error}")
