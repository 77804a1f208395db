"""Tests run in processes of their own: in order, with nothing lost when one of them dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from conformance.base.outcomes import Outcome
from conformance.running import apart
from conformance.running.apart import Apart, TellWait
from conformance.running.process_groups import groups_of
from conformance.running.single_test import Finished

pytestmark = pytest.mark.skipif(not apart.is_possible(), reason="this system has no safe fork")


def kept(note: str) -> Finished:
    return Finished(Outcome("kept", note))


def run(process: int, name: str, tell: TellWait) -> Finished:
    """Tests whose names say what they do, and that tell where they ran."""
    if name.startswith("waits"):
        tell("a code to expire", 0.7)
        time.sleep(0.7)
    if name.startswith("dies"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("hangs"):
        time.sleep(600)
    return kept(f"{process} {os.getpid()}")


@pytest.fixture
def apart_of() -> Iterator[Callable[..., Apart]]:
    made: list[Apart] = []

    def make(*groups: list[str], count: int = 1) -> Apart:
        made.append(Apart(groups, run, count))
        return made[-1]

    yield make
    for each in made:
        each.close()


def where(tests: Apart, name: str) -> tuple[int, int]:
    """The number of the process that ran a test, and its id."""
    process, pid = tests.finished(name).outcome.reason.split()
    return int(process), int(pid)


def test_they_run_in_another_process(apart_of: Callable[..., Apart]) -> None:
    number, pid = where(apart_of(["first"]), "first")
    assert (number, pid == os.getpid()) == (1, False)


def test_one_that_takes_its_process_down_is_a_fault_and_what_follows_runs(apart_of: Callable[..., Apart]) -> None:
    tests = apart_of(["first", "dies", "second"], ["third"])
    assert tests.finished("first").outcome.word == "kept"
    assert tests.finished("dies").outcome == Outcome("error", "the process that ran this test was ended by signal 9")
    assert [where(tests, name)[0] for name in ("second", "third")] == [2, 2]


def test_each_of_several_that_die_is_a_fault(apart_of: Callable[..., Apart]) -> None:
    tests = apart_of(["dies 1", "dies 2"], ["dies 3"], ["last"], count=2)
    words = [tests.finished(name).outcome.word for name in ("dies 1", "dies 2", "dies 3", "last")]
    assert words == ["error", "error", "error", "kept"]


def test_what_a_test_waits_for_is_heard_and_time_passes_meanwhile() -> None:
    heard: list[tuple[str, str, float]] = []
    ticks: list[int] = []
    tests = Apart([["waits"]], run, 1, lambda *told: heard.append(told), lambda: ticks.append(1))
    assert tests.finished("waits").outcome.word == "kept"
    tests.close()
    assert heard == [("waits", "a code to expire", 0.7)]
    # One for each message, and at least one in which none came.
    assert len(ticks) > 3


def test_groups_run_side_by_side() -> None:
    barrier = multiprocessing.get_context("fork").Barrier(2)

    def met(_process: int, name: str, _tell: TellWait) -> Finished:
        barrier.wait(30)
        return kept(name)

    tests = Apart([["one"], ["other"]], met, count=2)
    assert [tests.finished(name).outcome.word for name in ("one", "other")] == ["kept", "kept"]
    tests.close()


def test_those_of_a_group_run_in_one_process(apart_of: Callable[..., Apart]) -> None:
    tests = apart_of(["a", "b"], ["c", "d"], count=2)
    assert where(tests, "a") == where(tests, "b")
    assert where(tests, "c") == where(tests, "d")


def test_closing_ends_one_that_hangs() -> None:
    tests = Apart([["hangs"], ["hangs too"]], run, 2)
    started = time.monotonic()
    tests.close()
    assert time.monotonic() - started < 300


def test_one_that_nobody_asks_for_is_passed_over(apart_of: Callable[..., Apart]) -> None:
    assert apart_of(["first", "second"]).finished("second").outcome.word == "kept"


def test_one_that_no_process_ran_is_a_fault(apart_of: Callable[..., Apart]) -> None:
    tests = apart_of(["first"])
    assert tests.finished("first").outcome.word == "kept"
    assert tests.finished("unknown").outcome.word == "error"


def test_those_of_a_file_stay_together_and_those_that_guess_and_each_that_draws_its_input_alone() -> None:
    names = ["a/test_x.py::test_1", "a/test_x.py::test_guessing", "a/test_y.py::test_guessing", "a/test_x.py::test_2"]
    drawn = ["fuzz/test_z.py::test_3", "fuzz/test_z.py::test_4"]
    assert groups_of(names + drawn) == [[names[0], names[3]], [names[1], names[2]], [drawn[0]], [drawn[1]]]


def test_those_that_draw_and_share_a_survey_or_a_beginning_stay_together() -> None:
    lives = ["fuzz/test_token_lifecycle.py::test_1[a]", "fuzz/test_token_lifecycle.py::test_1[b]"]
    described = ["fuzz/test_openapi.py::test_2", "fuzz/test_openapi_links.py::test_3"]
    assert groups_of(lives + described) == [lives, described]
