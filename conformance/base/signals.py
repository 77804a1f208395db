"""Signals that ask a process to end are taken as Ctrl-C is: what was gathered until then is reported.

`timeout`, `docker stop` and a canceled job of a pipeline send SIGTERM, a lost terminal SIGHUP.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Sequence
from types import FrameType

# Windows has no lost terminal.
END = tuple(number for number in signal.Signals if number.name in ("SIGTERM", "SIGHUP"))
ALL = (signal.SIGINT, *END)


def interrupt_on_end() -> None:
    """Raise KeyboardInterrupt where the process would die. What is ignored already (`nohup`) or handled stays so."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in END:
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # `timeout` sends its signal twice: to the process, and to its group.
    ignore(END)
    raise KeyboardInterrupt


def ignore(numbers: Sequence[signal.Signals] = ALL) -> None:
    """Let these signals not end this process: one that another process looks after."""
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


@contextlib.contextmanager
def signals_ignored() -> Iterator[None]:
    """Inside, no signal ends the process: what it is doing takes a moment, and half of it would be worth nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in ALL}
    ignore()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Inside, signals wait. A forked process has time to say what they mean to it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ALL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
