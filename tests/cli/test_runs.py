"""Whole runs as a user starts them: isolation, artifacts, exit codes, and no secret in anything that is written."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.running.collecting import collect_cases
from conformance.running.process_groups import GUESSING
from tests.cli.commanding import command, results, started_anew

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Bytes, most of them pytest-html's own page; with each exchange of each test it would be ten times as much.
MOST_OF_A_LOG = 500_000
HOSTILE = {
    "conftest.py": "raise SystemExit('the conftest of the current folder was loaded')",
    "pytest.ini": "[pytest]\naddopts = --nonsense\n",
    "json.py": "raise SystemExit('a local json.py was loaded')",
    "conformance/__init__.py": "raise SystemExit('a local conformance package was loaded')",
    "reference_server/__init__.py": "raise SystemExit('a local reference_server was loaded')",
}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_nothing_of_the_current_folder_takes_part(workers: str, tmp_path: Path) -> None:
    for name, content in HOSTILE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    done = started_anew(
        "run", "--only", "rfc7009-2.1-token-required", "-n", workers, folder=tmp_path, PYTEST_ADDOPTS="--nonsense"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    entry = next(e for e in results(tmp_path)["requirements"] if e["id"] == "rfc7009-2.1-token-required")
    assert entry["verdict"] == "passed"


def test_every_artifact_of_a_run_is_there_and_latest_points_at_it(tmp_path: Path) -> None:
    command("run", "--only", "rfc7009-2.1", folder=tmp_path)
    latest = tmp_path / "reports" / "latest"
    names = {path.name for path in latest.iterdir()}
    assert {"results.json", "report.html", "tests.html", "junit.xml", "journal.jsonl"} <= names
    assert latest.resolve().name.endswith("-reference-server")


def test_a_defect_is_found_and_decides_the_exit_code(tmp_path: Path) -> None:
    done = command("run", "--only", "rfc7009", "--defect", "revocation-does-nothing", folder=tmp_path)
    content = results(tmp_path)
    assert done.returncode == 1
    assert content["conclusion"] == "not conformant"
    assert "curl" in done.stdout
    assert done.stdout.splitlines()[-1] == "gate closed: 7 findings (exit 1)"


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: apt-get install chromium")
def test_the_log_of_pytest_is_small_and_opens_with_what_failed(tmp_path: Path) -> None:
    command("run", "--only", "rfc7009", "--defect", "revocation-does-nothing", folder=tmp_path)
    log = (tmp_path / "reports" / "latest" / "tests.html").resolve()
    words = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", log.as_uri()]
    page = subprocess.run(words, capture_output=True, text=True, check=True, timeout=300).stdout
    shown = re.findall(r'class="col-result">(\w+)', page)
    assert log.stat().st_size < MOST_OF_A_LOG
    assert shown[0] == "Failed"
    assert "Failed" not in shown[shown.count("Failed") :]


def test_every_report_of_a_server_with_edits_names_them(tmp_path: Path) -> None:
    edits = ("--variant", "redirect-303", "--defect", "revocation-does-nothing", "--defect", "bearer-bare-scheme")
    done = command("run", "--only", "rfc7009-2.1-token-required", *edits, folder=tmp_path)
    name = "reference server as the variant redirect-303 with the defects revocation-does-nothing, bearer-bare-scheme"
    latest = tmp_path / "reports" / "latest"
    written = ("results.json", "report.html", "tests.html", "junit.xml", "results.sarif", "summary.md", "badge.svg")
    assert [each for each in written if name not in (latest / each).read_text(encoding="utf-8")] == []
    assert name in " ".join(done.stdout.split())
    compared = command("compare", "reports/latest", "reports/latest", folder=tmp_path)
    assert name in compared.stdout
    assert name in (tmp_path / "comparison.html").read_text(encoding="utf-8")
    assert (results(tmp_path)["target"]["variant"], len(results(tmp_path)["target"]["defects"])) == ("redirect-303", 2)


def test_pytest_stays_reachable(tmp_path: Path) -> None:
    done = command("run", "--", "-k", "nothing_has_this_name", folder=tmp_path)
    assert done.returncode == 5


@pytest.mark.parametrize("processes", ["2", "4"])
def test_processes_do_not_lock_an_account_under_each_other(processes: str, tmp_path: Path) -> None:
    guessing = ("rfc6749-2.3.1", "rfc6749-4.3.2", "rfc6749-10.10")
    only = [word for section in guessing for word in ("--only", section)]
    done = command("run", *only, "-n", processes, folder=tmp_path)
    open_ones = [e["id"] for e in results(tmp_path)["requirements"] if e["verdict"] in ("inconclusive", "error")]
    assert (done.returncode, open_ones) == (0, []), done.stdout


def test_tests_that_guess_are_known_by_their_names() -> None:
    procedures = {"client_secret_guessed", "password_guessed"}
    guess = [
        case.function
        for case in collect_cases("documents/rfc*/test_*.py")
        if procedures & {*case.function.__code__.co_names}
    ]
    assert guess
    assert [each for each in guess if GUESSING not in f"{each.__module__}::{each.__name__}"] == []
