"""How far a run is, on a terminal and elsewhere."""

from __future__ import annotations

import io

from conformance.base.commanded import Volume
from conformance.reporting.progress import Ended, Progress

from .test_console import Terminal


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Run:
    """A run of a hundred directed tests, which take a second each."""

    def __init__(self, stream: io.StringIO, volume: Volume = "normal", **fuzzing: float) -> None:
        self.stream = stream
        self.clock = Clock()
        self.progress = Progress(stream, volume, self.clock)
        self.progress.begin({"directed": 100, **dict.fromkeys(fuzzing, 10)}, fuzzing)

    def ended(self, number: int, verdict: str = "passed") -> Run:
        for _ in range(number):
            self.clock.now += 1
            self.progress.advance(Ended("a.py::test_a", "directed", "RFC 7009 section 2.1", "rfc7009-2.1-a", verdict))
        return self

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


def test_elsewhere_it_is_a_line_every_ten_seconds() -> None:
    run = Run(io.StringIO()).ended(1, "failed").ended(39)
    assert run.lines == [
        "[ 10%] 10 of 100 tests  1 failed  RFC 7009 section 2.1",
        "[ 20%] 20 of 100 tests  1 failed  about 80 s left  RFC 7009 section 2.1",
        "[ 30%] 30 of 100 tests  1 failed  about 70 s left  RFC 7009 section 2.1",
        "[ 40%] 40 of 100 tests  1 failed  about 60 s left  RFC 7009 section 2.1",
    ]


def test_at_a_terminal_it_is_one_line_that_goes() -> None:
    run = Run(Terminal()).ended(50)
    run.progress.close()
    shown = run.stream.getvalue()
    assert "\n" not in shown
    assert "\r[ 50%] 50 of 100 tests  about 50 s left  RFC 7009 section 2.1\x1b[K" in shown
    assert shown.endswith("\r\x1b[K")


def test_it_changes_ten_times_a_second_at_most() -> None:
    run = Run(Terminal())
    for _ in range(100):
        run.clock.now += 0.01
        run.progress.advance(Ended("a.py::test_a", "directed", "RFC 7009 section 2.1", "rfc7009-2.1-a", "passed"))
    assert run.stream.getvalue().count("\r") <= 10


def test_tests_that_fuzz_have_a_pace_of_their_own() -> None:
    run = Run(io.StringIO(), fuzzing=30).ended(30)
    assert "about 6 min left" in run.lines[-1]


def test_what_is_waited_for_is_said_with_a_countdown() -> None:
    run = Run(Terminal())
    run.progress.waiting("a.py::test_expired", "a credential to expire", 61)
    run.clock.now += 40
    run.progress.tick()
    assert "waiting for a credential to expire: 21 s" in run.stream.getvalue()
    run.clock.now += 30
    run.progress.tick()
    assert "waiting" not in run.stream.getvalue().rpartition("\r")[2]


def test_elsewhere_a_wait_is_said_once_when_it_begins_and_counted_down() -> None:
    run = Run(io.StringIO())
    for left in (61, 60, 59):
        run.progress.waiting("a.py::test_expired", "a credential to expire", left)
    assert run.lines == ["waiting 61 s for a credential to expire (test_expired)"]
    run.clock.now += 20
    run.progress.tick()
    assert run.lines[-1].endswith("waiting for a credential to expire: 39 s")


def test_a_verbose_run_names_every_test() -> None:
    run = Run(io.StringIO(), "verbose").ended(2)
    assert run.lines == ["passed          rfc7009-2.1-a  test_a"] * 2


def test_a_quiet_run_says_nothing() -> None:
    run = Run(io.StringIO(), "quiet").ended(50)
    run.progress.announce("Testing staging")
    run.progress.waiting("a.py::test_expired", "a credential to expire", 61)
    assert run.lines == []


def test_what_a_target_is_called_cannot_drive_the_terminal() -> None:
    run = Run(Terminal())
    run.progress.announce("Testing \x1b[2Jevil")
    assert "\x1b[2J" not in run.stream.getvalue()
