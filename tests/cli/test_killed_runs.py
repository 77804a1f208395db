"""Runs that end before their time, and runs beside each other: nothing that was found is lost or mixed up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.cli.commanding import command

SABOTAGE = Path(__file__).resolve().parents[1] / "leaks" / "sabotage.py"
ENDED = 20  # tests after which a run is stopped


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A run that goes on by itself."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "conformance.cli", "run", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Where the tests run in the background, Ctrl-C is ignored, and so it would be in what they start.
        preexec_fn=hear_signals,
        env={**os.environ, "COLUMNS": "120"},
    )


def hear_signals() -> None:
    """Take what asks a process to end as a process does by default."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def stopped(
    folder: Path, sent: signal.Signals, *words: str, send: Callable[[int, signal.Signals], None] = os.killpg
) -> tuple[int, str, Path]:
    """Send a signal to a whole run, as a terminal does, once some tests have ended: exit code, output, run folder."""
    process = started(folder, *words)
    await_tests(folder)
    send(process.pid, sent)
    output, _ = process.communicate(timeout=300)
    return process.returncode, output, next((folder / "reports").glob("2*"))


def await_tests(folder: Path, number: int = ENDED) -> None:
    """Wait until some tests of a run have ended."""
    deadline = time.monotonic() + 300
    while _ended(folder) < number and time.monotonic() < deadline:
        time.sleep(0.02)


def _ended(folder: Path) -> int:
    """How many tests the journals of a folder tell of."""
    return sum(path.read_bytes().count(b'{"test": ') for path in (folder / "reports").glob("2*/journal.jsonl"))


def content_of(run: Path) -> dict:  # type: ignore[type-arg]
    """A run's `results.json`."""
    return json.loads((run / "results.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_the_next_run_renders_one_that_was_killed(tmp_path: Path) -> None:
    _, _, run = stopped(tmp_path, signal.SIGKILL)
    assert not (run / "results.json").exists()
    done = command("run", "--only", "rfc7009-2.1-token-required", folder=tmp_path)
    content = content_of(run)
    assert done.returncode == 0
    assert f"{run.relative_to(tmp_path)}: an interrupted run, rendered from its journal" in done.stderr
    assert (content["interrupted"], content["conclusion"], content["gate"]) == (True, "interrupted", 2)
    assert content["counts"]["tests"] >= ENDED
    assert (run / "report.html").exists()
    assert (tmp_path / "reports" / "latest").resolve() != run


def test_report_renders_a_killed_run(tmp_path: Path) -> None:
    _, _, run = stopped(tmp_path, signal.SIGKILL)
    with (run / "journal.jsonl").open("ab") as file:
        file.write(b'{"test": {"requir')
    done = command("report", str(run), "--format", "markdown", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "a line that was written by half is left out" in done.stderr
    assert done.stdout == f"{run / 'summary.md'}\n"
    written = (run / "summary.md").read_text(encoding="utf-8")
    assert "interrupted" in written
    assert content_of(run)["interrupted"]
    again = command("report", str(run / "journal.jsonl"), "--format", "markdown", folder=tmp_path)
    assert again.stdout == written


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda sent: sent.name)
def test_an_interrupted_run_reports_what_was_done(sent: signal.Signals, workers: str, tmp_path: Path) -> None:
    code, output, run = stopped(tmp_path, sent, "-n", workers)
    content = content_of(run)
    assert code == content["gate"] == 2, output
    assert content["interrupted"]
    assert content["counts"]["tests"] >= ENDED
    assert "the run was interrupted" in output
    assert "Traceback" not in output
    assert (run / "report.html").exists()


def test_timeout_and_docker_stop_end_a_run_with_its_reports(tmp_path: Path) -> None:
    # They ask the process alone, and insist.
    code, output, run = stopped(tmp_path, signal.SIGTERM, send=ask_twice)
    assert (code, content_of(run)["conclusion"]) == (2, "interrupted"), output
    assert {"report.html", "junit.xml", "results.sarif", "summary.md"} <= {path.name for path in run.iterdir()}


def ask_twice(process: int, sent: signal.Signals) -> None:
    """As `timeout` does."""
    os.kill(process, sent)
    os.kill(process, sent)


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    deaf = ["trap '' HUP TERM; exec \"$@\"", "sh", sys.executable, "-P", "-m", "conformance.cli", "run"]
    process = subprocess.Popen(["sh", "-c", *deaf, "--only", "rfc7009"], cwd=tmp_path, stdout=subprocess.DEVNULL)
    await_tests(tmp_path, 1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def test_an_interruption_that_pytest_cannot_place_is_one_all_the_same(tmp_path: Path) -> None:
    words = [str(SABOTAGE), "interrupt_nowhere", "run", "--only", "rfc7009"]
    command = [sys.executable, "-P", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2, done.stdout + done.stderr
    content = content_of(next((tmp_path / "reports").glob("2*")))
    assert (content["conclusion"], content["gate"]) == ("interrupted", 2)


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    documents = ("rfc7009", "rfc7662")
    processes = [started(tmp_path, "--only", document) for document in documents]
    outputs = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    runs = [content_of(run) for run in sorted((tmp_path / "reports").glob("2*"))]
    assert sorted(run["selection"][0] for run in runs) == list(documents)
    for run in runs:
        ran = {entry["document"] for entry in run["requirements"] if entry["tests"]}
        assert ran == set(run["selection"])
        assert not run["interrupted"]


def test_a_process_that_dies_is_a_fault_and_the_run_goes_on(tmp_path: Path) -> None:
    selection = ("rfc7009", "rfc7662")
    process = started(tmp_path, "-n", "2", *(word for name in selection for word in ("--only", name)))
    await_tests(tmp_path)
    # What is forked has the command line of the process that it comes from.
    forked = [each for each in psutil.Process(process.pid).children() if "conformance.cli" in each.cmdline()]
    forked[0].kill()
    output, _ = process.communicate(timeout=300)
    content = content_of(next((tmp_path / "reports").glob("2*")))
    faults = [entry["reason"] for entry in content["requirements"] if entry["verdict"] == "error"]
    assert len(forked) == 2
    assert (process.returncode, content["conclusion"]) == (3, "faulty"), output
    assert len(faults) == 1
    assert "was ended by signal 9" in faults[0]
    untested = {entry["document"] for entry in content["requirements"] if entry["verdict"] == "untested"}
    assert untested & set(selection) == set()
