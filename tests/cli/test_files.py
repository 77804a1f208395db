"""Files and pipes are the user's matter: one line says what can't be read or written, and the exit code is 4."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from conformance.bundled import start_bundled
from tests.cli.commanding import command, results

ONE = "rfc7009-2.1-token-required"
LONG = "x" * 300
SMALL = 30_000  # bytes


@pytest.fixture(scope="module")
def run_of_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of one requirement."""
    folder = tmp_path_factory.mktemp("one")
    command("run", "--only", ONE, folder=folder)
    return (folder / "reports" / "latest").resolve()


@pytest.mark.parametrize(
    "words",
    [
        "run --only rfc7009-2.1-token-required --reports file/within",
        "run --only rfc7009-2.1-token-required --reports LONG",
        "run LONG",
        "report RUN -o /proc/nowhere",
        "report LONG",
        "compare RUN RUN -o LONG",
        "baseline update RUN -o LONG",
        "certify --new-key file/within",
        "verify LONG",
        "init https://127.0.0.1:1 -o LONG",
        "serve --profile file/within",
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(words: str, run_of_one: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = command(*words.replace("LONG", LONG).replace("RUN", str(run_of_one)).split(), folder=tmp_path)
    assert done.returncode == 4
    # What a run is about to test stands above.
    told = [line for line in done.stderr.strip().splitlines() if not line.startswith("Testing ")]
    assert len(told) == 1, done.stderr


def test_a_full_disk_loses_neither_the_conclusion_nor_what_there_is_room_for(tmp_path: Path) -> None:
    done = piped("run", "--only", "rfc7009", folder=tmp_path, before=only_small_files)
    conclusion, _, lost = done.stdout.partition("No breach was found in reference server")
    run = next((tmp_path / "reports").glob("2*"))
    assert done.returncode == 4
    assert conclusion
    for name in ("results.json", "report.html", "journal.jsonl"):
        assert f"{run / name}: can't be written: File too large" in lost
    assert (run / "summary.md").exists()
    assert not (run / "results.json").exists()
    assert not (tmp_path / "reports" / "latest").exists()
    assert "Traceback" not in done.stdout
    assert done.stdout.splitlines()[-1].startswith("gate closed: 6 files could not be written (exit 4)")


def test_what_had_no_room_is_written_by_the_next_run(tmp_path: Path) -> None:
    piped("run", "--only", ONE, folder=tmp_path, before=only_small_files)
    run = next((tmp_path / "reports").glob("2*"))
    command("run", "--only", ONE, folder=tmp_path)
    assert (run / "results.json").exists()


def only_small_files() -> None:
    """As on a disk that is full: a longer file can't be written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))


def test_something_in_the_way_of_latest_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports" / "latest").mkdir(parents=True)
    done = command("run", "--only", ONE, folder=tmp_path)
    assert done.returncode == 4
    assert "latest: can't be written: something is in the way of the link to this run" in done.stderr


def test_a_targets_long_name_makes_a_folder_all_the_same(tmp_path: Path) -> None:
    with start_bundled() as server:
        profile = server.profile.replace('"reference server"', f'"{LONG}"')
        (tmp_path / "long.toml").write_text(profile, encoding="utf-8")
        done = command("run", "long.toml", "--only", ONE, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path)["target"]["name"] == LONG


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "--only", ONE], 0),
        (["run", "--only", "rfc7009", "--defect", "revocation-does-nothing"], 1),
        (["requirements"], 0),
        (["--help"], 0),
        (["run", "missing.toml"], 4),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_reader_that_has_gone_changes_nothing(words: list[str], code: int, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = piped(*words, folder=tmp_path, output=pipe)
    assert done.returncode == code


@pytest.mark.parametrize("words", [["run", "--only", ONE], ["requirements"], ["--help"]], ids=" ".join)
def test_output_on_a_full_disk_is_one_line(words: list[str], tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = piped(*words, folder=tmp_path, output=full, errors=subprocess.PIPE)
    assert done.returncode == 4
    assert "oauth2-conformance: the output can't be written: No space left on device\n" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_output_is_nobodys_fault(tmp_path: Path) -> None:
    done = piped("run", "--only", ONE, folder=tmp_path, before=lambda: (os.close(1), os.close(2)))
    assert done.returncode == 0
    assert results(tmp_path)["conclusion"] == "partial"


def piped(
    *words: str,
    folder: Path,
    output: int | IO[str] = subprocess.PIPE,
    errors: int | IO[str] = subprocess.STDOUT,
    before: Callable[[], object] | None = None,
) -> subprocess.CompletedProcess[str]:
    """The command line with its streams led elsewhere."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "conformance.cli", *words],
        cwd=folder,
        stdout=output,
        stderr=errors,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=before,
    )
