"""Wheel and sdist work in clean environments, each of this interpreter and beside nothing else.

`tox -e dist-py311,dist-py312,dist-py313` proves them on every Python; `DISTRIBUTIONS` names a folder that has both.
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.installing.commands import ROOT, called, succeeded

uv = pytest.importorskip("uv", reason="tox -e dist")
ONE = "rfc7009-2.1-token-required"


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the sdist of this checkout."""
    given = os.environ.get("DISTRIBUTIONS")
    folder = Path(given).resolve() if given else tmp_path_factory.mktemp("dist")
    if not given:
        succeeded(called([sys.executable, "-m", "hatchling", "build", "-d", folder], ROOT))
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return {"wheel": wheel, "sdist": sdist}


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_it_tests_the_bundled_server_from_a_clean_environment(
    distributions: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    home, own = tmp_path / "environment", tmp_path / "elsewhere"
    own.mkdir()
    succeeded(called([uv.find_uv_bin(), "venv", "--python", sys.executable, home], tmp_path))
    python = home / "bin" / "python"
    succeeded(called([uv.find_uv_bin(), "pip", "install", "--python", python, distributions[kind]], tmp_path))
    succeeded(called([uv.find_uv_bin(), "pip", "check", "--python", python], tmp_path))

    succeeded(called([home / "bin" / "oauth2-conformance", "run"], own))

    content = json.loads((own / "reports" / "latest" / "results.json").read_text(encoding="utf-8"))
    assert content["conclusion"] == "conformant"
    assert content["selection"] == []
    ran_on = succeeded(called([python, "-c", "import sys; print(sys.version_info[:2])"], own))
    assert ran_on.strip() == str(sys.version_info[:2])


def test_the_sdist_builds_the_same_wheel(distributions: dict[str, Path], tmp_path: Path) -> None:
    with tarfile.open(distributions["sdist"]) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    succeeded(called([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "again"], source))
    (again,) = (tmp_path / "again").glob("*.whl")
    assert contents(again) == contents(distributions["wheel"])


def contents(wheel: Path) -> dict[str, int]:
    """The files of a wheel with their checksums; its own list of them aside."""
    with zipfile.ZipFile(wheel) as archive:
        return {each.filename: each.CRC for each in archive.infolist() if not each.filename.endswith("RECORD")}


def test_the_sdist_has_what_its_own_tests_need(distributions: dict[str, Path]) -> None:
    with tarfile.open(distributions["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tracked = succeeded(called(["git", "ls-files"], ROOT)).splitlines()
    assert [name for name in tracked if name not in names and not name.startswith("reports/")] == []


def test_its_metadata_names_every_python_that_is_proven(distributions: dict[str, Path]) -> None:
    with zipfile.ZipFile(distributions["wheel"]) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    classified = {each.rpartition(" ")[2] for each in metadata.get_all("Classifier") or () if "Python :: 3." in each}
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    assert {f"dist-py{version.replace('.', '')}" for version in classified} == {
        "dist-py311",
        "dist-py312",
        "dist-py313",
    }
    assert "[testenv:dist{,-py311,-py312,-py313}]" in tox
    assert metadata["Requires-Python"] == ">=3.11"


def test_uvx_runs_it_without_installing(tmp_path: Path) -> None:
    words = [uv.find_uv_bin(), "tool", "run", "--isolated", "--python", sys.executable, "--from", ROOT]
    succeeded(called([*words, "oauth2-conformance", "run", "--only", ONE], tmp_path))
    assert (tmp_path / "reports" / "latest" / "report.html").exists()
