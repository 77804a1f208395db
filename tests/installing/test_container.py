"""The script that the container's image is made by, run outside a container: an empty prefix, an ordinary user.

The Containerfile says the rest, and is read here: whose rights, which volume, which command.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installing.commands import NOBODY, ROOT, called, succeeded

SCRIPT = ROOT / "integrations" / "install.sh"
ONE = "rfc7009-2.1-token-required"
FOLDERS_OF_PYTHON = (str(Path(sys.base_prefix) / "bin"), "/usr/local/bin", "/usr/bin")
HAS_PIP = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions in order: name and text, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines) if name]


def named(name: str) -> list[str]:
    """The texts of the instructions of one name."""
    return [text for each, text in instructions() if each == name]


@dataclass(frozen=True)
class Place:
    """Where an image would have things, as folders of this machine: the user owns `prefix`, `reports`; not `source`."""

    source: Path
    prefix: Path
    work: Path


@pytest.fixture
def place() -> Iterator[Place]:
    """Folders that an ordinary user can reach, with what the image is built from."""
    with tempfile.TemporaryDirectory(prefix="image-") as name:
        root = Path(name)
        root.chmod(0o755)
        made = Place(root / "source", root / "prefix", root / "work")
        copy_of_the_context(made.source)
        for folder in (made.prefix, made.work / "reports"):
            folder.mkdir(parents=True)
            if os.geteuid() == 0:
                os.chown(folder, NOBODY, NOBODY)
        yield made


def copy_of_the_context(goal: Path) -> None:
    """Copy what `.containerignore` lets into an image's build, readable and nothing more."""
    lines = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    for name in (line.removeprefix("!") for line in lines if line.startswith("!")):
        (goal / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, goal / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, goal / name)
    for path in (goal, *goal.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def python_for_everybody(folder: Path) -> str:
    """An interpreter that an ordinary user can start, with pip: that of this process may stand in root's home."""
    for path in (Path(each) / "python3" for each in FOLDERS_OF_PYTHON):
        try:
            if called([path, "-c", HAS_PIP], folder, ordinary=True).returncode == 0:
                return str(path)
        except OSError:
            continue
    raise AssertionError(
        "no Python 3.11 or newer with venv that an ordinary user can start: apt-get install python3-venv"
    )


def install(place: Place, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the script as an ordinary user."""
    return called(["sh", place.source / "integrations" / "install.sh", *words], place.work, more, ordinary=True)


def test_the_script_installs_into_an_empty_prefix_and_what_it_installed_runs_as_the_image_says(place: Place) -> None:
    more = {"PYTHON": python_for_everybody(place.work), "HOME": str(place.prefix)}
    assert succeeded(install(place, place.prefix, place.source, **more)).startswith("oauth2-conformance ")
    # An image's layers belong to root: what is installed can't be written to by who runs it.
    subprocess.run(["chmod", "-R", "a-w", place.prefix], check=True)
    entry, command = (json.loads(named(name)[-1]) for name in ("ENTRYPOINT", "CMD"))
    path = entry[0].replace("/opt/oauth2-conformance", str(place.prefix))
    settings = dict(pair.split("=", 1) for text in named("ENV") for pair in text.split())

    done = called([path, *command, "--only", ONE], place.work, settings, ordinary=True)

    succeeded(done)
    report = place.work / "reports" / "latest" / "report.html"
    assert report.exists()
    if os.geteuid() == 0:
        assert report.stat().st_uid == NOBODY
    assert [path.name for path in place.work.iterdir()] == ["reports"]
    subprocess.run(["chmod", "-R", "u+w", place.prefix], check=True)


def test_the_image_is_slim_runs_one_script_as_an_ordinary_user_and_keeps_reports_in_a_volume() -> None:
    assert [text for text in named("FROM") if not text.endswith("-slim")] == []
    (run,) = named("RUN")
    assert re.search(r"sh /source/integrations/install\.sh /opt/oauth2-conformance /source &&", run)
    assert named("COPY") == named("ADD") == []
    (user,) = named("USER")
    assert user.partition(":")[0] not in ("0", "root")
    (folder,) = named("WORKDIR")
    assert named("VOLUME") == [f"{folder}/reports"]
    names = [name for name, _ in instructions()]
    assert names.index("RUN") < names.index("USER") < names.index("ENTRYPOINT")
    # Reports stand in the working folder's `reports`, and have to be the user's.
    assert re.search(rf"install -d -o {user.partition(':')[0]} .*{folder}/reports$", run)


@pytest.mark.parametrize(
    ("words", "more", "why"),
    [
        ((), {}, "usage: install.sh PREFIX"),
        (("full",), {}, "isn't empty"),
        (("readonly",), {}, "can't be written to"),
        (("new",), {"PYTHON": "no-such-python"}, "no no-such-python: install Python 3.11 or newer"),
        (("new",), {"PYTHON": "./old"}, "is too old: Python 3.11 or newer is needed"),
    ],
    ids=["no prefix", "full", "read-only", "no python", "old python"],
)
def test_the_script_says_what_is_wrong_and_changes_nothing(
    place: Place, words: tuple[str, ...], more: dict[str, str], why: str
) -> None:
    (place.work / "full").mkdir()
    (place.work / "full" / "file").touch()
    (place.work / "full").chmod(0o777)
    (place.work / "readonly").mkdir(mode=0o555)
    old = place.work / "old"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.1 || exit 1\n')
    old.chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    done = install(place, *words, **{"PYTHON": python_for_everybody(place.work), **more})
    assert done.returncode == 4
    assert why in done.stderr
    assert done.stderr.startswith("install.sh: ")
    assert not (place.work / "new").exists()
