"""How far a run is: one line that changes on a terminal, elsewhere a line every ten seconds."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

from conformance.base.commanded import Volume
from conformance.base.verdict_words import VERDICTS
from conformance.reporting.summary import counted
from conformance.reporting.text import visible

SECONDS_BETWEEN_UPDATES = 0.1
SECONDS_BETWEEN_LINES = 10.0
# Tests that ended before anything is said of the time that is left.
ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that a test waits for, until a time of the clock."""

    what: str
    until: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A test that has ended: the section that it belongs to, its requirement, its verdict.

    Tests of one kind take about as long as each other: directed ones, those that fuzz.
    """

    name: str
    kind: str
    section: str
    requirement: str
    verdict: str


class Progress:
    """Tells how far a run is."""

    def __init__(self, stream: TextIO, volume: Volume = "normal", clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._volume = volume
        self._clock = clock
        self._is_terminal = stream.isatty()
        self._total: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._took: dict[str, float] = {}
        self._guess: Mapping[str, float] = {}
        self._numbers: Counter[str] = Counter()
        self._at_work = ""
        self._waits: dict[str, Wait] = {}
        self._ended_at = self._shown_at = clock()
        self._has_line = False

    def announce(self, text: str) -> None:
        """Say something that stays."""
        if self._volume != "quiet":
            self._line(text)

    def begin(self, total: Mapping[str, int], guess: Mapping[str, float]) -> None:
        """So many tests of each kind follow; `guess` is how many seconds one takes, until that is known."""
        self._total, self._guess = Counter(total), guess
        self._ended_at = self._shown_at = self._clock()
        self.tick()

    def begun(self, name: str) -> None:
        """A test begins that takes a while: it is named as long as it does."""
        self._at_work = short_name(name)
        self.tick()

    def advance(self, test: Ended) -> None:
        """A test has ended."""
        now = self._clock()
        self._took[test.kind] = self._took.get(test.kind, 0.0) + now - self._ended_at
        self._ended_at = now
        self._done[test.kind] += 1
        self._numbers[test.verdict] += 1
        self._at_work = test.section
        self._waits.pop(test.name, None)
        if self._volume == "verbose":
            self._line(f"{test.verdict:<14}  {test.requirement}  {short_name(test.name)}")
        self.tick()

    def waiting(self, name: str, what: str, seconds: float) -> None:
        """A test waits for something, so many seconds at most. It may say so again and again."""
        is_new = self._waits.get(name, Wait("", 0.0)).what != what
        self._waits[name] = Wait(what, self._clock() + seconds)
        if is_new and not self._is_terminal:
            self.announce(f"waiting {in_words(seconds)} for {what} ({short_name(name)})")
        self.tick()

    def tick(self) -> None:
        """Some time has passed."""
        pause = SECONDS_BETWEEN_UPDATES if self._is_terminal else SECONDS_BETWEEN_LINES
        if self._volume == "quiet" or self._clock() - self._shown_at < pause:
            return
        self._shown_at = self._clock()
        line = visible("  ".join(filter(None, self._words())))
        if not self._is_terminal:
            self._stream.write(f"{line}\n")
        else:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r{line[:width]}\x1b[K")
            self._has_line = True
        self._stream.flush()

    def close(self) -> None:
        """The run has ended: what follows starts at the margin."""
        if self._has_line:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._has_line = False

    def _line(self, text: str) -> None:
        self.close()
        self._stream.write(f"{visible(text)}\n")
        self._stream.flush()

    def _words(self) -> list[str]:
        done, total = self._done.total(), self._total.total()
        share = f"[{done * 100 // total:>3}%] {done} of {counted(total, 'test')}" if total else f"{done} tests"
        return [share, self._troubles(), self._left(), self._wait() or self._at_work]

    def _troubles(self) -> str:
        return ", ".join(f"{self._numbers[word]} {word}" for word in VERDICTS[:4] if self._numbers[word])

    def _left(self) -> str:
        """The time that the tests to come take if they are like those before."""
        if self._done.total() < min(ENOUGH, self._total.total() - 1):
            return ""
        seconds = sum(
            (number - self._done[kind])
            * (self._took[kind] / self._done[kind] if self._done[kind] else self._guess.get(kind, 0.0))
            for kind, number in self._total.items()
        )
        return f"about {in_words(seconds)} left" if seconds >= 1 else ""

    def _wait(self) -> str:
        """What is waited for longest, with what is left of that."""
        now = self._clock()
        self._waits = {name: wait for name, wait in self._waits.items() if wait.until > now}
        last = max(self._waits.values(), key=lambda wait: wait.until, default=None)
        return f"waiting for {last.what}: {in_words(last.until - now)}" if last else ""


def in_words(seconds: float) -> str:
    """A time to come: `45 s`, `3 min`."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def short_name(name: str) -> str:
    """The name of a test without its file's."""
    return name.rpartition("::")[2]
