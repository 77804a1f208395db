"""Runs tests in a process of their own, forked from this one, while this one renders and writes what they found.

So the target isn't kept waiting for redaction and reports. A test that takes its process down with it ends as a fault
of the suite; the tests after it run in a fresh process.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, Pipe

from conformance.harness.outcomes import Outcome
from conformance.harness.running import Finished


def is_possible() -> bool:
    """Whether this process can be forked safely: other systems' libraries don't all bear it, nor do threads."""
    return sys.platform == "linux" and threading.active_count() == 1


class Apart:
    """Tests by name, run in their order in a process of their own."""

    def __init__(self, tests: Mapping[str, Callable[[], Finished]]) -> None:
        self._tests = list(tests.items())
        self._child, self._ended = self._fork(0)

    def finished(self, name: str) -> Finished:
        """How a test ended; tests before it that nobody asked for are passed over."""
        while True:
            try:
                ended, finished = self._ended.recv()
            except EOFError:
                return self._died(name)
            if ended == name:
                return finished  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the process, whatever it is doing."""
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        self._ended.close()

    def _fork(self, first: int) -> tuple[int, Connection]:
        here, there = Pipe(duplex=False)
        child = os.fork()
        if child:
            there.close()
            return child, here
        here.close()
        try:
            self._run_from(first, there)
        except BrokenPipeError:
            pass  # nobody listens any more
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)

    def _run_from(self, first: int, there: Connection) -> None:
        # Ctrl-C reaches this process too: what it means is decided by the one that writes the reports.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name, run in self._tests[first:]:
            there.send((name, run()))

    def _died(self, name: str) -> Finished:
        """The process ended in the midst of a test: go on after it in a new one."""
        self._ended.close()
        _, status = os.waitpid(self._child, 0)
        following = 1 + next(n for n, (each, _) in enumerate(self._tests) if each == name)
        self._child, self._ended = self._fork(following)
        how = f"was ended by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "ended"
        return Finished(Outcome("error", f"the process that ran this test {how}"))
