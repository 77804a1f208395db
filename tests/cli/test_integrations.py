"""The ready-made integrations do as shell what they promise, and pytest runs the suite beside others' tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from conformance.bundled import start_bundled
from conformance.bundled.clients import profile_of_client
from tests.cli.commanding import results

CHECKOUT = Path(__file__).resolve().parents[2]
ONE = "rfc7009-2.1-token-required"
OF_CLIENT = "rfc9700-4.7.1-client-knows-of-pkce"
CODE = "rfc6749-4.1.2-reused-code-denied"
Ended = subprocess.CompletedProcess[str]
# A build of the project without network: what it needs is there, and it goes into a folder of its own.
OFFLINE = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}


REQUIREMENTS = sysconfig.get_paths()["purelib"]


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
        timeout=300,
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
        # What the suite needs is there; the suite itself comes into an environment of the action's own.
        place = {"GITHUB_ACTION_PATH": str(CHECKOUT), "RUNNER_TEMP": str(self.folder), "PYTHONPATH": REQUIREMENTS}
        done = shell(step["run"], self.folder, {**OFFLINE, **files, **place, **given})
        written = Path(files["GITHUB_OUTPUT"])
        if written.exists():
            self.outputs |= dict(line.split("=", 1) for line in written.read_text().splitlines())
        return done

    def _expanded(self, text: str) -> str:
        text = text.replace("${{ steps.python.outputs.python-path }}", sys.executable)
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
    assert list((tmp_path / "oauth2-conformance").glob("lib/*/site-packages/conformance/cli.py"))
    assert results(tmp_path)["selection"] == [ONE, CODE]
    assert runner.outputs == {
        "exit-code": "0",
        "conclusion": "partial",
        "results": "reports/latest/results.json",
        "sarif": "reports/latest/results.sarif",
    }
    assert "No breach was found in reference server" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()


def test_the_actions_gate_closes_after_the_reports_were_kept(tmp_path: Path) -> None:
    with start_bundled(["--defect", "code-works-twice"]) as server:
        (tmp_path / "my profile.toml").write_text(server.profile, encoding="utf-8")
        runner = Runner(tmp_path, {"profile": "my profile.toml", "only": CODE, "reports": "my reports"})
        assert runner.run(without_install(action())) == 1
    assert runner.outputs["conclusion"] == "not conformant"
    assert "Summarize" in runner.ran
    assert CODE in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()


def test_the_action_tests_a_client(tmp_path: Path) -> None:
    runner = Runner(tmp_path, {"role": "client", "only": OF_CLIENT})
    assert runner.run(without_install(action())) == 0, {name: done.stderr for name, done in runner.ran.items()}
    assert results(tmp_path)["target"]["role"] == "client"
    assert "reference client" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()


def test_the_action_executes_nothing_of_its_inputs(tmp_path: Path) -> None:
    runner = Runner(tmp_path, {"only": "$(touch owned) `touch owned` ;touch owned *", "profile": "x; touch owned"})
    assert runner.run(without_install(action())) == 4
    assert "results" not in runner.outputs
    assert not (tmp_path / "owned").exists()


def without_install(described: dict[str, Any]) -> dict[str, Any]:
    """The action on a machine where the suite is installed."""
    steps = [
        {**step, "run": step["run"].replace("$RUNNER_TEMP/oauth2-conformance/bin", str(Path(sys.executable).parent))}
        for step in described["runs"]["steps"]
        if step["name"] != "Install" and "run" in step
    ]
    return {**described, "runs": {**described["runs"], "steps": steps}}


def test_the_action_hands_its_inputs_on(tmp_path: Path) -> None:
    words = recorded(tmp_path, {"fuzz": "quick", "processes": "3", "probes": "true", "fail-on": "should"})
    expected = ["run", "--fail-on", "should", "--fuzz", "quick", "--reports", "reports", "--processes", "3"]
    assert words == [*expected, "--all-probes"]


def test_the_action_brings_its_own_python_and_shows_findings_in_code_scanning() -> None:
    steps = {step["name"]: step for step in action()["runs"]["steps"]}
    assert steps["Python"]["uses"].startswith("actions/setup-python@")
    assert steps["Python"]["with"]["update-environment"] is False
    scanning = steps["Show findings in code scanning"]
    assert scanning["uses"].startswith("github/codeql-action/upload-sarif@")
    assert scanning["with"]["sarif_file"] == "${{ steps.run.outputs.sarif }}"


def recorded(folder: Path, inputs: dict[str, str]) -> list[str]:
    """The words that the action's command gets."""
    program = folder / "oauth2-conformance" / "bin" / "oauth2-conformance"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >words\n')
    program.chmod(0o755)
    steps = [step for step in action()["runs"]["steps"] if step["name"] == "Run"]
    Runner(folder, inputs).run({**action(), "runs": {"steps": steps}})
    return (folder / "words").read_text().splitlines()


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


def test_the_gitlab_job_tests_a_client(tmp_path: Path) -> None:
    (tmp_path / "client.toml").write_text(profile_of_client(None, ["state-not-checked"]), encoding="utf-8")
    own = {"OAUTH2_PROFILE": "client.toml", "OAUTH2_ONLY": OF_CLIENT}
    done = shell("\n".join(gitlab()["script"]), tmp_path, {**gitlab()["variables"], **own}, "sh")
    assert done.returncode == 1, done.stdout + done.stderr
    assert results(tmp_path)["target"]["role"] == "client"


def test_the_gitlab_job_hands_its_inputs_on(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "oauth2-conformance"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >words\n')
    program.chmod(0o755)
    own = {"OAUTH2_FUZZ": "quick", "OAUTH2_PROCESSES": "3", "OAUTH2_PROBES": "true", "OAUTH2_FAIL_ON": "should"}
    script = "\n".join(["PATH=$PWD/bin:$PATH", *gitlab()["script"]])
    shell(script, tmp_path, {**gitlab()["variables"], **own}, "sh")
    words = (tmp_path / "words").read_text().splitlines()
    expected = ["run", "--fail-on", "should", "--fuzz", "quick", "--reports", "reports", "--processes", "3"]
    assert words == [*expected, "--all-probes"]


def test_the_gitlab_job_names_nothing_that_somebody_else_could_register(tmp_path: Path) -> None:
    job = gitlab()
    done = shell("\n".join(job["before_script"]), tmp_path, job["variables"], "sh")
    assert done.returncode == 4
    assert "set OAUTH2_PACKAGE to where the suite is" in done.stdout


def test_the_gitlab_job_exposes_its_reports_under_a_name_that_gitlab_takes() -> None:
    assert re.fullmatch(r"[A-Za-z0-9 _-]+", gitlab()["artifacts"]["expose_as"])


def gitlab() -> dict[str, Any]:
    """The job of the template."""
    text = (CHECKOUT / "integrations" / "gitlab-ci.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)[".oauth2-conformance"])


def test_no_message_and_no_page_tells_to_install_a_name_of_an_index() -> None:
    places = ("README.md", "action.yml", "integrations", "docs", "conformance", "examples")
    files = [path for place in places for path in [CHECKOUT / place, *(CHECKOUT / place).rglob("*")] if path.is_file()]
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in files if path.suffix != ".pyc"}
    named = re.compile(r"(pip install|uvx|pipx install|uv tool install)[^\n]*\s['\"]?oauth2-conformance\b(?!/)(?! run)")
    assert [str(path) for path, text in texts.items() if named.search(text)] == []


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
        timeout=300,
    )


def test_the_suite_runs_beside_a_teams_own_tests(tmp_path: Path) -> None:
    words = ("-p", "conformance.plugin", "./tests", "--pyargs", "conformance.documents.rfc7009", "--only", ONE)
    done = pytest_in(project(tmp_path), *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
    content = results(tmp_path)
    assert content["selection"] == [ONE, "conformance.documents.rfc7009"]
    assert {entry["verdict"] for entry in content["requirements"] if entry["id"] == ONE} == {"passed"}
    assert content["conclusion"] == "partial"


def test_a_teams_own_failure_stays_one(tmp_path: Path) -> None:
    words = ("-p", "conformance.plugin", "./tests", "--pyargs", "conformance.documents.rfc7009", "--only", ONE)
    done = pytest_in(project(tmp_path, "something else"), *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout


def test_the_suites_plugin_takes_part_only_where_it_is_named(tmp_path: Path) -> None:
    done = pytest_in(project(tmp_path), "--trace-config")
    assert done.returncode == 0, done.stdout
    assert "conformance" not in done.stdout.replace(str(CHECKOUT), "")
    assert not (tmp_path / "reports").exists()
