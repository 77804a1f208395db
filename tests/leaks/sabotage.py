"""The command line with something broken on purpose: `python sabotage.py KIND WORDS...` as a script, or forked."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from _pytest._code import code
from pytest_html import extras

from conformance import cli
from conformance.harness.recorder import Recorder
from conformance.plugin import run_loop
from conformance.wire import redaction

CRASH_AT = 40  # exchanges, so that there is something to leak


def crash() -> None:
    """Tests fail with an exception that says all it knows."""
    whole, counter = Recorder.exchange, itertools.count()

    def exchange(recorder: Any, request: Any, phase: str | None = None) -> Any:
        reply = whole(recorder, request, phase)
        if next(counter) % CRASH_AT == CRASH_AT - 1:
            raise RuntimeError(
                f"the suite broke at {recorder.exchanges} with {request} and {reply.headers} {reply.body!r}"
            )
        return reply

    Recorder.exchange = exchange  # type: ignore[method-assign]


def internal() -> None:
    """The plugin itself breaks, with a message that says all it knows."""
    whole, counter = run_loop._reports, itertools.count()

    def reports(item: Any, ended: Any, known: Any) -> Any:
        made = whole(item, ended, known)
        if next(counter) == CRASH_AT:
            raise RuntimeError(f"the plugin broke, knowing {sorted(known.vault.values())} of {known.target}")
        return made

    run_loop._reports = reports


def interrupt() -> None:
    """Somebody presses Ctrl-C, in the midst of a report."""
    # What runs in the background ignores it, and so would this.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    whole, counter = run_loop._reports, itertools.count()

    def reports(item: Any, ended: Any, known: Any) -> Any:
        told = sorted(known.vault.values())
        if next(counter) == CRASH_AT:
            os.kill(os.getpid(), signal.SIGINT)
        return whole(item, ended, known) if told is not None else None

    run_loop._reports = reports


def interrupt_nowhere() -> None:
    """Somebody presses Ctrl-C while CPython is at an instruction that stands on no line."""

    def lineno(entry: Any) -> int:
        return (None if entry.name == "reports" else entry._rawentry.tb_lineno) - 1

    code.TracebackEntry.lineno = property(lineno)  # type: ignore[method-assign,assignment]
    interrupt()


def kill() -> None:
    """The process is killed."""
    whole, counter = run_loop._reports, itertools.count()

    def reports(item: Any, ended: Any, known: Any) -> Any:
        if next(counter) == CRASH_AT:
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(item, ended, known)

    run_loop._reports = reports


def leak() -> None:
    """Nothing is redacted: what the scanner has to find."""
    redaction.Redactor.text = lambda _, text: text  # type: ignore[method-assign]


def leak_beside_tests() -> None:
    """pytest-html is handed what is not redacted, to show beside a test."""
    _hand_on(lambda report, text: report.extras.append(extras.text(text, name="exchanges")))


def leak_in_words() -> None:
    """pytest is told what is not redacted, as something that was logged."""
    _hand_on(lambda report, text: report.sections.append(("Captured log call", text)))


def _hand_on(add: Callable[[Any, str], None]) -> None:
    """Hand every secret on with the report of a test's call."""
    whole = run_loop._reports

    def reports(item: Any, ended: Any, known: Any) -> Any:
        call, teardown = whole(item, ended, known)
        add(call, "\n".join(sorted(known.vault.values())))
        return call, teardown

    run_loop._reports = reports


KINDS = {
    each.__name__: each
    for each in (crash, internal, interrupt, interrupt_nowhere, kill, leak, leak_beside_tests, leak_in_words)
}


def main(kind: str) -> int:
    """A command that goes wrong in this way; its words are the arguments of this process."""
    KINDS[kind]()
    return cli.main()


if __name__ == "__main__":
    name = sys.argv.pop(1)
    raise SystemExit(main(name))
