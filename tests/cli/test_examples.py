"""The examples do what they say."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from conformance.bundled import BundledServer, start_bundled
from tests.cli.commanding import command, results
from tests.cli.test_integrations import action, gitlab

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PROFILES = sorted((EXAMPLES / "profiles").glob("*.toml"))
# The bundled server's own, which are public.
SECRETS = {
    "OAUTH2_CLIENT_SECRET": "client-a-demo-secret-8c1fQ2Zt",
    "OAUTH2_OTHER_CLIENT_SECRET": "client-b-demo-secret-Yk3vT90s",
    "OAUTH2_PASSWORD": "alice-demo-password",
    "GATEWAY_KEY": "a key that the bundled server doesn't ask for",
}
ONLY = ("--only", "rfc6749-4.1.3", "--only", "rfc6749-4.4.2", "--only", "rfc7009-2.1")


@pytest.fixture(scope="module")
def server() -> Iterator[BundledServer]:
    """A server that all examples can be tried at."""
    with start_bundled() as started:
        yield started


def placed(example: Path, server: BundledServer, folder: Path) -> Path:
    """An example of a profile with the bundled server's certificate authority, where a private one is named."""
    text = example.read_text(encoding="utf-8")
    shutil.copy(str(server.announcement["ca_file"]), folder / "company-ca.pem")
    if "ca_file" not in text:
        text = text.replace("[target]\n", '[target]\nca_file = "company-ca.pem"\n', 1)
    (folder / example.name).write_text(text, encoding="utf-8")
    return folder / example.name


def test_there_are_three_profiles() -> None:
    assert [path.stem for path in PROFILES] == ["gateway", "machines", "people"]


@pytest.mark.parametrize("example", PROFILES, ids=lambda path: path.stem)
def test_a_run_with_an_example_leaves_nothing_open(example: Path, server: BundledServer, tmp_path: Path) -> None:
    profile = placed(example, server, tmp_path)
    url = str(server.announcement["base_url"])
    done = command("run", profile.name, *ONLY, "--base-url", url, folder=tmp_path, **SECRETS)
    content = results(tmp_path)
    verdicts = {entry["verdict"] for entry in content["requirements"] if entry["tests"]}
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in verdicts
    assert verdicts <= {"passed", "noted", "not applicable", "untested", "vacuous"}
    assert [control for control in content["controls"] if control["state"] == "fails"] == []


def test_the_pre_commit_hook_tests_and_stops_a_push(server: BundledServer, tmp_path: Path) -> None:
    described = yaml.safe_load((EXAMPLES / "pre-commit" / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (hook,) = described["repos"][0]["hooks"]
    program, *words = shlex.split(hook["entry"])
    assert (program, hook["language"], hook["pass_filenames"]) == ("oauth2-conformance", "system", False)
    placed(EXAMPLES / "profiles" / "machines.toml", server, tmp_path)
    moved = {**os.environ, **SECRETS, "OAUTH2_CONFORMANCE_BASE_URL": str(server.announcement["base_url"])}
    command_line = [str(Path(sys.executable).with_name(program)), *words]
    done = subprocess.run(
        command_line, cwd=tmp_path, env=moved, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("gate open")


def test_the_pipelines_name_inputs_that_there_are() -> None:
    workflow = yaml.safe_load((EXAMPLES / "pipelines" / "github.yml").read_text(encoding="utf-8"))
    step = workflow["jobs"]["conformance"]["steps"][-1]
    assert set(step["with"]) <= set(action()["inputs"])
    assert workflow["permissions"]["security-events"] == "write"
    job = yaml.safe_load((EXAMPLES / "pipelines" / "gitlab-ci.yml").read_text(encoding="utf-8"))["oauth2-conformance"]
    assert set(job["variables"]) <= set(gitlab()["variables"])
    assert job["extends"] == ".oauth2-conformance"
