"""Runs tests in processes of their own, forked from this one, while this one renders and writes what they found.

So the target isn't kept waiting for redaction and reports, nor a client for another client's answer. Tests come in
groups: those of one group run in their order in one process, which takes a group whenever it is done with one. A test
that takes its process down with it ends as a fault of the suite; what was to follow it runs in a fresh process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait

from conformance.base import signals
from conformance.base.outcomes import Outcome
from conformance.running.single_test import Finished


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a test waits for, and how many seconds."""

    what: str
    seconds: float


TellWait = Callable[[str, float], None]
# Runs the test of a name, and tells when that waits. The first argument counts the processes: no two are the same.
RunTest = Callable[[int, str, TellWait], Finished]
# Seconds after which whoever asks for a test hears that it isn't there yet.
TICK = 0.5
# Not all libraries of other systems bear a fork.
FORKS = sys.platform == "linux"
# Bytes; what Linux gives to anybody.
PIPE_SIZE = 1024 * 1024
TICKET = struct.Struct("<H")


def is_possible() -> bool:
    """Whether this process can be forked safely now: threads don't bear it."""
    return FORKS and threading.active_count() == 1


@dataclass
class Process:
    """A forked process, seen from here: what is left of the group that it has taken."""

    pid: int
    ended: Connection
    left: list[str] = field(default_factory=list)


class Apart:
    """Groups of tests, run in `count` processes of their own.

    `hear` is called with a test's name, what it waits for and how long, `tick` while nothing comes.
    """

    def __init__(
        self,
        groups: Sequence[Sequence[str]],
        run: RunTest,
        count: int = 1,
        hear: Callable[[str, str, float], None] = lambda name, what, seconds: None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._hear_wait = hear
        self._tick = tick
        self._groups = groups
        self._run = run
        self._finished: dict[str, Finished] = {}
        self._forked = 0
        self._tickets = _pipe_of(len(groups))
        self._processes = {process.ended: process for process in (self._fork(()) for _ in range(count))}

    def finished(self, name: str) -> Finished:
        """How a test ended."""
        while name not in self._finished and self._processes:
            for ended in wait(list(self._processes), TICK):
                self._hear(self._processes[ended])  # type: ignore[index]  # it waits for these alone
            self._tick()
        return self._finished.pop(name, Finished(Outcome("error", "no process was left to run this test")))

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for process in self._processes.values():
            os.kill(process.pid, signal.SIGKILL)
        for process in list(self._processes.values()):
            self._bury(process)
        os.close(self._tickets)

    def _hear(self, process: Process) -> None:
        """Take in one message: the names of a group that was taken, that the next of them waits, or how it ended."""
        try:
            message = process.ended.recv()
        except EOFError:
            self._ended(process)
            return
        if isinstance(message, Finished):
            self._finished[process.left.pop(0)] = message
        elif isinstance(message, Waiting):
            self._hear_wait(process.left[0], message.what, message.seconds)
        else:
            process.left = message

    def _ended(self, process: Process) -> None:
        """A process is over: there is no group any more, or it ended in the midst of a test."""
        status = self._bury(process)
        if not process.left:
            return
        how = f"was ended by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "ended"
        self._finished[process.left[0]] = Finished(Outcome("error", f"the process that ran this test {how}"))
        fresh = self._fork(process.left[1:])
        self._processes[fresh.ended] = fresh

    def _bury(self, process: Process) -> int:
        del self._processes[process.ended]
        process.ended.close()
        return os.waitpid(process.pid, 0)[1]

    def _fork(self, first: Sequence[str]) -> Process:
        """A process that runs `first`, then group after group."""
        here, there = Pipe(duplex=False)
        _enlarge(there)
        self._forked += 1
        with signals.held_back():
            child = os.fork()
            if not child:
                # They reach this process too: what they mean is decided by the one that writes the reports.
                signals.ignore()
        if child:
            there.close()
            return Process(child, here)
        here.close()
        try:
            self._run_tests(first, there)
        except BrokenPipeError:
            pass  # nobody listens any more
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)

    def _run_tests(self, first: Sequence[str], there: Connection) -> None:
        def tell(what: str, seconds: float) -> None:
            there.send(Waiting(what, seconds))

        names: Sequence[str] | None = first
        while names is not None:
            there.send(list(names))
            for name in names:
                there.send(self._run(self._forked, name, tell))
            names = self._taken()

    def _taken(self) -> Sequence[str] | None:
        """The next group that no process has taken; None after the last."""
        ticket = os.read(self._tickets, TICKET.size)
        return self._groups[TICKET.unpack(ticket)[0]] if ticket else None


def _enlarge(pipe: Connection) -> None:
    """Let a pipe hold what comes of many tests: no process that sends requests waits for the one that renders them."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_SIZE)


def _pipe_of(count: int) -> int:
    """A pipe that holds a number for each of `count` groups: whoever reads one has taken that group."""
    tickets, drop = os.pipe()
    os.write(drop, b"".join(TICKET.pack(number) for number in range(count)))
    os.close(drop)
    return tickets
