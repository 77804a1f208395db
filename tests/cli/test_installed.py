"""The built wheel works wherever it is installed, and leaves other projects alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.cli.commanding import results

CHECKOUT = Path(__file__).resolve().parents[2]
ONE = "rfc7009-2.1-token-required"


def python(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """This interpreter in a folder."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel has been installed, beside nothing else."""
    folder = tmp_path_factory.mktemp("site")
    built = python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist"), folder=CHECKOUT)
    assert built.returncode == 0, built.stdout + built.stderr
    wheel = next((folder / "dist").glob("*.whl"))
    target = folder / "packages"
    done = python("-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(wheel), folder=folder)
    assert done.returncode == 0, done.stderr
    return target


def stamps(folder: Path) -> Mapping[str, tuple[int, int]]:
    """What stands in a folder: size and time of change by path."""
    found = {str(path): path.stat() for path in folder.rglob("*")}
    return {name: (about.st_size, about.st_mtime_ns) for name, about in found.items()}


def test_it_tests_the_bundled_server_from_any_folder_and_writes_nothing_beside_itself(
    site: Path, tmp_path: Path
) -> None:
    where = python("-P", "-c", "import conformance; print(conformance.__file__)", folder=tmp_path, PYTHONPATH=str(site))
    assert Path(where.stdout.strip()).is_relative_to(site)
    before = stamps(site)

    done = python("-Pm", "conformance.cli", "run", "--only", ONE, folder=tmp_path, PYTHONPATH=str(site))

    assert done.returncode == 0, done.stdout + done.stderr
    assert {e["verdict"] for e in results(tmp_path)["requirements"] if e["id"] == ONE} == {"passed"}
    assert stamps(site) == before


def test_it_brings_its_schemas_and_no_plugin_into_other_projects(site: Path) -> None:
    assert (site / "conformance" / "schemas" / "results.schema.json").exists()
    entry_points = ConfigParser()
    entry_points.read(next(site.glob("*.dist-info")) / "entry_points.txt")
    assert entry_points.sections() == ["console_scripts"]
    assert {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")} <= {
        "bin",
        "conformance",
        "reference_client",
        "reference_server",
    }


def test_plain_pytest_in_a_checkout_does_the_same_as_run(tmp_path: Path) -> None:
    done = python("-m", "pytest", "--only", ONE, "--reports", str(tmp_path / "reports"), folder=CHECKOUT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {e["verdict"] for e in results(tmp_path)["requirements"] if e["id"] == ONE} == {"passed"}
    assert re.search(r"= 1 passed, \d+ deselected", done.stdout)


def test_plain_pytest_in_a_checkout_tests_the_copy_that_is_installed(site: Path, tmp_path: Path) -> None:
    # As after `pip install .`: the checkout's own package isn't on the path.
    words = ("-Pm", "pytest", "--only", "rfc7009", f"--reports={tmp_path / 'reports'}")
    done = python(*words, folder=CHECKOUT, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stdout + done.stderr
    run = python(
        "-Pm", "conformance.cli", "run", "--only", "rfc7009", folder=tmp_path / "reports", PYTHONPATH=str(site)
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert verdicts(tmp_path) == verdicts(tmp_path / "reports")


def verdicts(folder: Path) -> dict[str, str]:
    """The verdicts of the latest run below a folder."""
    return {entry["id"]: entry["verdict"] for entry in results(folder)["requirements"]}


def test_tests_of_another_copy_are_refused_with_the_remedy(site: Path, tmp_path: Path) -> None:
    words = ("-Pm", "pytest", "conformance/documents/rfc7009", f"--reports={tmp_path / 'reports'}")
    done = python(*words, folder=CHECKOUT, PYTHONPATH=str(site))
    assert done.returncode == 4
    assert f"pip install -e {CHECKOUT}" in done.stderr
    assert "fixture 'given' not found" not in done.stdout
