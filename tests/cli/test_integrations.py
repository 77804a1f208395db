"""The ready-made integrations do as shell what they promise, and pytest runs the suite beside others' tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from conformance.bundled import start_bundled
from tests.cli.test_runs import results

CHECKOUT = Path(__file__).resolve().parents[2]
ONE = "rfc7009-2.1-token-required"
CODE = "rfc6749-4.1.2-reused-code-denied"
Ended = subprocess.CompletedProcess[str]
# A build of the project without network: what it needs is there, and it goes into a folder of its own.
OFFLINE = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}


def shell(
    script: str, folder: Path, environment: dict[str, str], name: str = "bash"
) -> subprocess.CompletedProcess[str]:
    """A step as a runner executes it, with this interpreter's commands first on the path."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    flags = ["--noprofile", "--norc", "-eo", "pipefail"] if name == "bash" else ["-e"]
    return subprocess.run(
        [name, *flags, "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, **environment},
        check=False,
        timeout=180,
    )


# GitHub


@dataclass
class Runner:
    """As much of GitHub's runner as composite actions need: inputs, expressions, outputs, conditions."""

    folder: Path
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    ran: dict[str, Ended] = field(default_factory=dict)

    def run(self, action: dict[str, Any]) -> int:
        """Execute the shell steps of an action in order, as a failed step ends it; returns the last exit code."""
        known = {name: about["default"] for name, about in action["inputs"].items()}
        self.inputs = {**known, **self.inputs}
        for step in action["runs"]["steps"]:
            if "run" not in step or not self._applies(step.get("if", "true")):
                continue
            done = self._step(step)
            self.ran[step["name"]] = done
            if done.returncode:
                return done.returncode
        return 0

    def _step(self, step: dict[str, Any]) -> Ended:
        files = {name: str(self.folder / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        given = {name: self._expanded(value) for name, value in step.get("env", {}).items()}
        place = {"GITHUB_ACTION_PATH": str(CHECKOUT), "PIP_TARGET": str(self.folder / "installed")}
        done = shell(step["run"], self.folder, {**OFFLINE, **files, **place, **given})
        written = Path(files["GITHUB_OUTPUT"])
        if written.exists():
            self.outputs |= dict(line.split("=", 1) for line in written.read_text().splitlines())
        return done

    def _expanded(self, text: str) -> str:
        text = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: self.inputs[match[1]], text)
        return re.sub(r"\$\{\{ steps\.run\.outputs\.([\w-]+) \}\}", lambda match: self.outputs.get(match[1], ""), text)

    def _applies(self, condition: str) -> bool:
        return condition == "true" or bool(self.outputs.get("results")) == (
            condition == "steps.run.outputs.results != ''"
        )


def action() -> dict[str, Any]:
    """The composite action."""
    return dict(yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8")))


def test_the_action_installs_tests_and_summarizes(tmp_path: Path) -> None:
    runner = Runner(tmp_path, {"only": f"{ONE} {CODE}"})
    assert runner.run(action()) == 0, {name: done.stdout + done.stderr for name, done in runner.ran.items()}
    assert (tmp_path / "installed" / "conformance" / "cli.py").exists()
    assert results(tmp_path)["selection"] == [ONE, CODE]
    assert runner.outputs == {"exit-code": "0", "conclusion": "partial", "results": "reports/latest/results.json"}
    assert "No breach was found in reference server" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()


def test_the_actions_gate_closes_after_the_reports_were_kept(tmp_path: Path) -> None:
    with start_bundled(["--defect", "code-works-twice"]) as server:
        (tmp_path / "my profile.toml").write_text(server.profile, encoding="utf-8")
        runner = Runner(tmp_path, {"profile": "my profile.toml", "only": CODE, "reports": "my reports"})
        assert runner.run(without_install(action())) == 1
    assert runner.outputs["conclusion"] == "not conformant"
    assert "Summarize" in runner.ran
    assert CODE in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()


def test_the_action_executes_nothing_of_its_inputs(tmp_path: Path) -> None:
    runner = Runner(tmp_path, {"only": "$(touch owned) `touch owned` ;touch owned *", "profile": "x; touch owned"})
    assert runner.run(without_install(action())) == 4
    assert "results" not in runner.outputs
    assert not (tmp_path / "owned").exists()


def without_install(described: dict[str, Any]) -> dict[str, Any]:
    """The action on a machine where the suite is installed."""
    steps = [step for step in described["runs"]["steps"] if step["name"] != "Install"]
    return {**described, "runs": {**described["runs"], "steps": steps}}


# GitLab


def test_the_gitlab_job_installs_and_tests(tmp_path: Path) -> None:
    job = yaml.safe_load((CHECKOUT / "integrations" / "gitlab-ci.yml").read_text(encoding="utf-8"))[
        ".oauth2-conformance"
    ]
    own = {"OAUTH2_PACKAGE": str(CHECKOUT), "OAUTH2_ONLY": f"{ONE} {CODE}", "PIP_TARGET": str(tmp_path / "installed")}
    script = "\n".join([*job["before_script"], *job["script"]])
    done = shell(script, tmp_path, {**OFFLINE, **job["variables"], **own}, "sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "installed" / "conformance" / "cli.py").exists()
    assert results(tmp_path)["selection"] == [ONE, CODE]
    pattern = job["artifacts"]["reports"]["junit"].replace("$OAUTH2_REPORTS", "reports")
    assert list(tmp_path.glob(pattern))


# pytest, in a team's own project

OWN = """
import pytest

@pytest.fixture
def given():
    return "a fixture of our own"

@pytest.mark.parametrize("expected", ["a fixture of our own", {other!r}])
def test_own(given, expected):
    assert given == expected
"""


def project(folder: Path, other: str = "a fixture of our own") -> Path:
    """A project with tests of its own."""
    (folder / "tests").mkdir()
    (folder / "tests" / "test_own.py").write_text(OWN.format(other=other))
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    return folder


def pytest_in(folder: Path, *words: str) -> Ended:
    """Plain pytest, with every plugin that is installed."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "pytest", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def test_the_suite_runs_beside_a_teams_own_tests(tmp_path: Path) -> None:
    words = ("-p", "conformance.plugin", "./tests", "--pyargs", "conformance.rfc7009", "--only", ONE)
    done = pytest_in(project(tmp_path), *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
    content = results(tmp_path)
    assert content["selection"] == [ONE, "conformance.rfc7009"]
    assert {entry["verdict"] for entry in content["requirements"] if entry["id"] == ONE} == {"passed"}
    assert content["conclusion"] == "partial"


def test_a_teams_own_failure_stays_one(tmp_path: Path) -> None:
    words = ("-p", "conformance.plugin", "./tests", "--pyargs", "conformance.rfc7009", "--only", ONE)
    done = pytest_in(project(tmp_path, "something else"), *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout


def test_the_suites_plugin_takes_part_only_where_it_is_named(tmp_path: Path) -> None:
    done = pytest_in(project(tmp_path), "--trace-config")
    assert done.returncode == 0, done.stdout
    assert "conformance" not in done.stdout.replace(str(CHECKOUT), "")
    assert not (tmp_path / "reports").exists()
