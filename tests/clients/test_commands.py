"""What a user of the client's side types: `init`, `doctor`, `run`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from conformance.base import exit_codes
from conformance.cli import main

HERE = Path(__file__).parent
CARELESS = """
from collections.abc import Mapping
from conformance.clients.context import Context
from tests.clients import plain

def login(context: Context) -> object:
    try:
        return plain.login(context)
    except plain.Refused:
        return "a success, all the same"
"""
PROFILE = """
[target]
name = "careless"
role = "client"
[driver]
callable = "careless_client:login"
"""


def test_init_writes_a_profile_that_can_be_read(tmp_path: Path) -> None:
    profile = tmp_path / "client.toml"

    assert main(["init", "--role", "client", "--run", "python app.py --login", "-o", str(profile)]) == exit_codes.OK

    document = tomllib.loads(profile.read_text(encoding="utf-8"))
    assert document["driver"]["command"] == ["python", "app.py", "--login"]
    assert document["target"]["role"] == "client"


def test_doctor_tries_each_kind_of_login(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(HERE / "plain.toml"), "--json"]) == exit_codes.OK

    controls = json.loads(capsys.readouterr().out)["controls"]
    assert {control["state"] for control in controls} == {"holds"}


def test_doctor_does_not_trust_a_client_that_always_succeeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "careless_client.py").write_text(CARELESS, encoding="utf-8")
    (tmp_path / "client.toml").write_text(PROFILE, encoding="utf-8")

    assert main(["doctor", str(tmp_path / "client.toml")]) == exit_codes.INCOMPLETE

    assert "exit code not trusted" in capsys.readouterr().out


def test_a_run_of_a_client_says_so_in_every_report(tmp_path: Path) -> None:
    words = ["run", str(HERE / "plain.toml"), "--only", "rfc6749-10.12", "--reports", str(tmp_path), "-q"]

    assert main(words) == exit_codes.OK

    results = json.loads((tmp_path / "latest" / "results.json").read_text(encoding="utf-8"))
    entries = {entry["id"]: entry for entry in results["requirements"]}
    assert results["target"]["role"] == "client"
    assert entries["rfc6749-10.12-client-csrf-protection"]["verdict"] == "passed"
    assert entries["rfc6749-4.1.2-reused-code-denied"]["reason"] == "binds the authorization server"
    assert "sent by the client" in json.dumps(results["exchanges"])
    assert "secret-" not in json.dumps(results["exchanges"])
    assert "a client, against servers" in (tmp_path / "latest" / "report.html").read_text(encoding="utf-8")
