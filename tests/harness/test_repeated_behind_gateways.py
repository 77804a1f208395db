"""A second try that a gateway disturbed is made once more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.base.outcomes import Violation
from conformance.harness import Given, Send
from conformance.harness.trial import Trial
from conformance.plugin.repeating import undisturbed_execution
from conformance.running.single_test import Execution, execute
from tests.harness.fakes import Answering, trial_with
from tests.reporting import synthetic

REQUIREMENT = next(each for each in synthetic.catalogue().requirements if each.id == "rfc6749-4.1.2-reused-code-denied")


def is_refused(given: Given, send: Send) -> None:
    """A test that wants status 400."""
    reply = send.raw("GET", "https://as.test/")
    if reply.status != 400:
        raise Violation("status 400", str(reply), reply)


def against(*statuses: int) -> tuple[Execution, int]:
    """How the test ends at a server that answers so, one after the other, and how often it was asked."""
    left: Iterator[int] = iter(statuses)
    asked: list[int] = []

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        asked.append(next(left))
        return asked[-1], {}, ""

    trial: Trial = trial_with(handle)
    ended = undisturbed_execution(
        lambda: execute(is_refused, {"given": ..., "send": ...}, REQUIREMENT, (), trial.session)
    )
    return ended, len(asked)


@pytest.mark.parametrize(
    ("statuses", "word", "times"),
    [
        ((502, 400), "kept", 2),
        ((503, 200), "broken", 2),
        ((504, 504), "broken", 2),
        ((400, 502), "kept", 1),
        ((500, 400), "broken", 1),
        ((200, 400), "broken", 1),
    ],
)
def test_what_a_gateway_said_is_asked_again_once(statuses: tuple[int, ...], word: str, times: int) -> None:
    ended, asked = against(*statuses)

    assert (ended.outcome.word, asked) == (word, times)
