"""Documents are folders: the suite's own, and those that a vendor names beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.base.documents import VARIABLE, DocumentFault, documents, name_more
from conformance.base.schemas import schema
from conformance.bundled import BundledServer, start_bundled

ACME = Path(__file__).resolve().parents[2] / "examples" / "documents" / "acme"
ABOUT = 'title = "Own"\n'


@pytest.fixture(scope="module")
def server() -> Iterator[BundledServer]:
    with start_bundled() as server:
        yield server


def test_the_suite_s_own_come_in_their_order() -> None:
    assert [*documents()][:4] == ["rfc6749", "rfc7009", "rfc7662", "rfc6750"]
    assert [*documents()][-3:] == ["documented", "http", "robustness"]


def test_what_is_named_more_comes_behind_and_brings_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    name_more([ACME])
    assert [*documents()][-1] == "acme"
    assert documents()["acme"].title == "Acme's OAuth contract"
    assert "acme_request_ids" in schema("target")["properties"]["features"]["properties"]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "is no document"),
        ({"document.toml": ABOUT}, "lacks requirements.toml"),
        ({"document.toml": "order = 3\n", "requirements.toml": ""}, "lacks `title`"),
        ({"document.toml": ABOUT + "colour = 1\n", "requirements.toml": ""}, "unknown key 'colour'"),
        ({"document.toml": "title = ", "requirements.toml": ""}, "can't be read"),
    ],
)
def test_what_is_no_document_is_told_with_its_place(
    files: dict[str, str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(DocumentFault, match=says) as raised:
        documents()
    assert str(tmp_path) in str(raised.value)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "conformance.cli", "run", *words]
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def test_a_vendors_document_runs_and_shows_in_every_report(server: BundledServer, tmp_path: Path) -> None:
    profile = server.profile.replace("[features]\n", "[features]\nacme_request_ids = true\n")
    (tmp_path / "p.toml").write_text(profile, encoding="utf-8")

    done = run(tmp_path, "p.toml", "--documents", str(ACME), "--only", "acme", "--unchecked")

    assert done.returncode == 1, done.stderr
    latest = tmp_path / "reports" / "latest"
    results = json.loads((latest / "results.json").read_text(encoding="utf-8"))
    verdicts = {each["id"]: each["verdict"] for each in results["requirements"] if each["document"] == "acme"}
    assert verdicts == {"acme-1-tokens-live-a-month-at-most": "passed", "acme-2-request-id": "failed"}
    for shown in (done.stdout, *((latest / name).read_text("utf-8") for name in ("report.html", "junit.xml"))):
        assert "acme-2-request-id" in shown
    assert "OAuth contract" in (latest / "report.html").read_text(encoding="utf-8")


def test_a_folder_that_is_no_document_is_exit_4(tmp_path: Path) -> None:
    done = run(tmp_path, "--documents", str(tmp_path), "--only", "rfc6749-5.1")
    assert done.returncode == 4
    assert f"{tmp_path}: is no document" in done.stderr
