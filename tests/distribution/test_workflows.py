"""Workflows, actions and pipelines are what their services take, by the schemas that check-jsonschema ships."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytest.importorskip("check_jsonschema", reason="pip install -r tests/requirements.txt")
ROOT = Path(__file__).resolve().parents[2]
# Where files of a kind may stand, in this project and in what it gives others to copy.
KINDS = {
    "vendor.github-workflows": ("**/.github/workflows/*.y*ml", "examples/**/github*.y*ml"),
    "vendor.github-actions": ("action.y*ml",),
    "vendor.gitlab-ci": ("integrations/gitlab*.y*ml", "examples/**/*gitlab*.y*ml"),
}
FILES = [
    pytest.param(kind, path, id=path.relative_to(ROOT).as_posix())
    for kind, patterns in KINDS.items()
    for pattern in patterns
    for path in sorted(ROOT.glob(pattern))
    if not {".tox", ".venv", "site"} & set(path.relative_to(ROOT).parts)
]
RELEASE = ROOT / ".github" / "workflows" / "release.yml"


def checked(kind: str, path: Path) -> subprocess.CompletedProcess[str]:
    """What check-jsonschema says of a file; the schema ships with it, nothing is fetched."""
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", kind, str(path)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize(("kind", "path"), FILES)
def test_it_fits_the_schema_of_its_service(kind: str, path: Path) -> None:
    done = checked(kind, path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_workflow_that_does_not_fit_is_found(tmp_path: Path) -> None:
    (tmp_path / "release.yml").write_text(RELEASE.read_text().replace("runs-on:", "run-on:"))
    assert checked("vendor.github-workflows", tmp_path / "release.yml").returncode == 1


def test_a_release_is_checked_and_proven_on_every_python_before_it_is_published() -> None:
    jobs = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))["jobs"]
    assert jobs["prove"]["needs"] == "build"
    assert jobs["publish"]["needs"] == "prove"
    assert jobs["prove"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert "tests.distribution.release --tag" in str(jobs["build"])
    assert "tox run -e" in str(jobs["prove"])


def test_a_release_runs_nothing_of_what_a_tag_or_a_token_says() -> None:
    workflow = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    scripts = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert [script for script in scripts if "${{" in script] == []
    assert [name for name, job in workflow["jobs"].items() if job["permissions"].get("contents") == "write"] == [
        "publish"
    ]
