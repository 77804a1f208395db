"""Tests run in a process of their own: in order, with nothing lost when that process dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from conformance.harness import apart
from conformance.harness.apart import Apart
from conformance.harness.outcomes import Outcome
from conformance.harness.running import Finished

pytestmark = pytest.mark.skipif(not apart.is_possible(), reason="this system has no safe fork")


def kept(note: str) -> Finished:
    return Finished(Outcome("kept", note))


def here() -> Finished:
    return kept(str(os.getpid()))


def killed() -> Finished:
    os.kill(os.getpid(), signal.SIGKILL)
    return kept("survived")


def hanging() -> Finished:
    time.sleep(60)
    return kept("waited")


@pytest.fixture
def tests() -> Iterator[Apart]:
    names = {"first": here, "killed": killed, "second": here, "hanging": hanging}
    process = Apart(names)
    yield process
    process.close()


def test_they_run_in_another_process(tests: Apart) -> None:
    assert tests.finished("first").outcome.reason not in ("", str(os.getpid()))


def test_one_that_takes_its_process_down_is_a_fault_and_the_next_one_runs(tests: Apart) -> None:
    assert tests.finished("first").outcome.word == "kept"
    assert tests.finished("killed").outcome == Outcome("error", "the process that ran this test was ended by signal 9")
    assert tests.finished("second").outcome.word == "kept"


def test_closing_ends_one_that_hangs() -> None:
    process = Apart({"hanging": hanging})
    started = time.monotonic()
    process.close()
    assert time.monotonic() - started < 5


def test_one_that_nobody_asks_for_is_passed_over() -> None:
    process = Apart({"first": here, "second": lambda: kept("second")})
    assert process.finished("second").outcome.reason == "second"
    process.close()
