"""What comes behind a run of a client: baseline, comparison, SARIF, JUnit, and a client's statement."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.bundled.clients import profile_of_client
from tests.cli.commanding import command

ONE = "rfc9700-4.7.1-client-knows-of-pkce"
RUN = ("run", "--role", "client", "--only", ONE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of a right client and, later, one of a client that takes any state."""
    folder = tmp_path_factory.mktemp("clients")
    right = command(*RUN, "--reports", "right", folder=folder)
    wrong = command(*RUN, "--defect", "state-not-checked", "--reports", "wrong", folder=folder)
    assert (right.returncode, wrong.returncode) == (0, 1), right.stdout + wrong.stdout
    return folder


def test_a_worse_client_is_a_regression(folder: Path) -> None:
    worse = command("compare", "right/latest", "wrong/latest", folder=folder)
    better = command("compare", "wrong/latest", "right/latest", folder=folder)

    assert (worse.returncode, better.returncode) == (1, 0)
    assert f"passed -> failed  MUST  {ONE}" in worse.stdout


def test_a_baseline_opens_the_gate_for_a_client(folder: Path) -> None:
    assert command("baseline", "update", "wrong/latest/results.json", "-o", "known.toml", folder=folder).returncode == 0
    text = (folder / "known.toml").read_text(encoding="utf-8")
    filled = {"reason": "a ticket", "owner": "somebody", "expires": "2999-12-31"}
    for name, value in filled.items():
        text = re.sub(f'^{name} = ""', f'{name} = "{value}"', text, flags=re.MULTILINE)
    (folder / "known.toml").write_text(text, encoding="utf-8")

    done = command(*RUN, "--defect", "state-not-checked", "--baseline", "known.toml", folder=folder)

    assert done.returncode == 0, done.stdout
    assert "gate open: 1 known finding" in done.stdout


def test_code_scanning_shows_a_finding_at_the_same_place_in_every_run(folder: Path) -> None:
    sarif = json.loads((folder / "wrong" / "latest" / "results.sarif").read_text(encoding="utf-8"))
    (result,) = [each for each in sarif["runs"][0]["results"] if each["kind"] == "fail"]

    assert result["ruleId"] == ONE
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "oauth/token"
    assert "base URL" not in sarif["runs"][0]["properties"]


def test_junit_has_the_requirements_of_clients(folder: Path) -> None:
    suites = ElementTree.parse(folder / "wrong" / "latest" / "junit.xml").getroot()

    assert [case.get("name", "") for case in suites.iter("testcase") if case.find("failure") is not None]
    assert "base URL" not in [each.get("name") for each in suites.iter("property")]


def certify(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command("certify", "client.toml", *words, folder=folder)


def test_a_client_has_a_statement_of_what_its_profile_claims(tmp_path: Path) -> None:
    text = profile_of_client().replace("claims = [", 'claims = ["client-issuer"]\nothers = [', 1)
    text = "\n".join(line for line in text.splitlines() if not line.startswith("others"))
    (tmp_path / "client.toml").write_text(text, encoding="utf-8")
    assert certify(tmp_path, "--template", "answers.toml").returncode == 0
    answers = (tmp_path / "answers.toml").read_text(encoding="utf-8")
    answers = re.sub(r'^(name|version|contact|text) = ""', r'\1 = "as it should be"', answers, flags=re.MULTILINE)
    (tmp_path / "answers.toml").write_text(answers.replace('kept = ""', 'kept = "yes"'), encoding="utf-8")

    done = certify(tmp_path, "--statement", "answers.toml", "-n", "2")

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "client-issuer: The client keeps RFC 9207" in done.stdout
    assert "reference client, driven as a client" in done.stdout
    assert "deliberate defects of the reference client were found exactly" in " ".join(done.stdout.split())
    assert command("verify", "bundle.zip", folder=tmp_path).returncode == 0
