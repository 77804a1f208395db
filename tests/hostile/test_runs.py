"""Whole runs against hostile targets, as a user starts them: exit codes, reports, memory of each process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.hostile.cases import CODE, OBJECT, PRESENT, TOKEN, hang
from tests.hostile.certificates import Authority
from tests.hostile.ordinary import JSON, after, profile, slowed, spoiled
from tests.hostile.raw import RawServer, answer, says
from tests.hostile.running import MEGABYTE, REPORTS, peak_memory

MOST_MEMORY = 400 * MEGABYTE
# Requests of a run of all tests to a server that hangs, until nobody asks it any more; a whole run sends thousands.
MOST_THAT_HANG = 60
NARROW = ("--only", OBJECT, "--only", PRESENT, "--only", CODE)


@dataclass(frozen=True, slots=True)
class Done:
    """A run that has ended: exit code, what it printed, its results, bytes of its largest process."""

    code: int
    printed: str
    results: dict[str, Any]
    peak: int


def start(folder: Path, text: str, words: Sequence[str]) -> subprocess.Popen[str]:
    """A run in a process of its own."""
    (folder / "p.toml").write_text(text, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "conformance.cli", "run", "p.toml", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # Where the tests run in the background, Ctrl-C is ignored, and so it would be in what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def ended(process: subprocess.Popen[str], folder: Path) -> Done:
    """Wait for a run's end and read what it left behind; every report is there."""
    with peak_memory(psutil.Process(process.pid)) as peaks:
        printed, _ = process.communicate(timeout=300)
    latest = folder / "reports" / "latest"
    assert {path.name for path in latest.iterdir()} >= REPORTS, printed
    results = json.loads((latest / "results.json").read_text(encoding="utf-8"))
    return Done(process.returncode, printed, results, max(peaks))


def run(folder: Path, text: str, *words: str) -> Done:
    """A run from its start to its end."""
    done = ended(start(folder, text, words), folder)
    assert done.peak < MOST_MEMORY
    assert "Traceback" not in done.printed
    return done


def verdicts(done: Done) -> dict[str, str]:
    """The verdicts of the requirements that the narrowed runs are about."""
    return {entry["id"]: entry["verdict"] for entry in done.results["requirements"] if entry["id"] in NARROW}


# Nothing answers at the start


def refused(folder: Path, text: str, *words: str) -> str:
    """What is said where there is nothing to test: one line, no report, and the latest run stays the latest."""
    latest = folder / "reports" / "latest"
    latest.parent.mkdir()
    latest.symlink_to("the-last-one")
    process = start(folder, text, words)
    printed, _ = process.communicate(timeout=300)
    told = [line for line in printed.splitlines() if not line.startswith("Testing ")]
    assert (process.returncode, len(told)) == (4, 1), printed
    assert [path.name for path in latest.parent.iterdir()] == ["latest"]
    return told[0]


def test_a_target_that_refuses_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    told = refused(tmp_path, profile(url))
    assert told.startswith(f"oauth2-conformance: nothing answers at {url}: connection failed: ")
    assert "Connection refused (p.toml, line " in told


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_target_that_hangs_from_the_start_is_one_line(workers: str, tmp_path: Path) -> None:
    with RawServer(hang) as server:
        told = refused(tmp_path, profile(server.url, 0.5), *NARROW, "-n", workers)
    assert "no complete answer within 0.5 s" in told


def test_a_wrong_certificate_is_one_line(tmp_path: Path) -> None:
    with RawServer(spoiled(), Authority.at(tmp_path).server()) as server:
        told = refused(tmp_path, profile(server.url), *NARROW)
    assert "the certificate does not verify" in told


def test_http_in_place_of_https_is_one_line(tmp_path: Path) -> None:
    with RawServer(spoiled(), Authority.at(tmp_path).server()) as server:
        told = refused(tmp_path, profile(server.url.replace("https:", "http:")), *NARROW)
    assert f"http is spoken where TLS is expected (p.toml, line 4: target.base_url: the URL is {server.url})" in told


def test_https_in_place_of_http_is_one_line(tmp_path: Path) -> None:
    with RawServer(spoiled()) as server:
        told = refused(tmp_path, profile(server.url.replace("http:", "https:")), *NARROW)
    assert f"what is spoken there is no TLS (p.toml, line 4: target.base_url: the URL is {server.url})" in told


# Something happens on the way


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_target_that_begins_to_hang_ends_a_whole_run_soon(workers: str, tmp_path: Path) -> None:
    with RawServer(after(30, hang)) as server:
        done = run(tmp_path, profile(server.url, 0.5), "-n", workers)
    reasons = [entry["reason"] for entry in done.results["requirements"] if entry["verdict"] == "inconclusive"]
    assert done.code in (1, 6)
    assert sum("no longer answers" in reason for reason in reasons) > 100
    # Each that hangs takes half a second: soon nobody is asked any more.
    assert len(server.received) < 30 + MOST_THAT_HANG


@pytest.mark.parametrize("workers", ["0", "2"])
def test_ctrl_c_leaves_the_reports_of_what_was_done(workers: str, tmp_path: Path) -> None:
    with RawServer(slowed(0.05)) as server:
        process = start(tmp_path, profile(server.url), ("-n", workers, "--unchecked"))
        while len(server.received) < 25:
            time.sleep(0.05)
        # As a terminal does it: every process of the run gets the signal.
        os.killpg(process.pid, signal.SIGINT)
        done = ended(process, tmp_path)
    assert (done.code, done.results["interrupted"], done.results["conclusion"]) in (
        (2, True, "interrupted"),
        (2, True, "not conformant"),
    )
    assert done.results["counts"]["tests"] > 0


def test_what_no_encoding_takes_reaches_the_reports_from_workers_too(tmp_path: Path) -> None:
    odd = TOKEN.replace(b"issued", b"issued\\ud800") + b"\xff\x00\xed\xa0\x80"
    script = spoiled(token=says(answer(odd, headers="X-Odd: \xff\xfe\r\n" + JSON)))
    with RawServer(script) as server:
        alone = run(tmp_path, profile(server.url), *NARROW, "-n", "0")
        several = run(tmp_path, profile(server.url), *NARROW, "-n", "2")
    assert verdicts(alone) == verdicts(several)
    assert alone.code == several.code == 1


def test_ctrl_c_while_the_profile_is_tried_out_says_so_in_its_exit_code(tmp_path: Path) -> None:
    with RawServer(slowed(0.05)) as server:
        process = start(tmp_path, profile(server.url), ())
        while len(server.received) < 5:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        printed, _ = process.communicate(timeout=300)
    assert process.returncode == 2, printed
    assert "Traceback" not in printed
