"""Compiled templates are kept as compiled modules are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from conformance.reporting import templating
from conformance.reporting.templating import Compiled


def environment(text: str) -> Environment:
    """An environment with one template, as a process of its own has it."""
    return Environment(loader=DictLoader({"page": text}), bytecode_cache=Compiled())


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which they are kept, empty."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_template_is_compiled_once(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment("as it {{ word }}").get_template("page").render(word="is") == "as it is"
    assert len(files_in(kept)) == 1

    monkeypatch.setattr(Environment, "_generate", None)

    assert environment("as it {{ word }}").get_template("page").render(word="was") == "as it was"


def test_another_template_is_compiled_anew(kept: Path) -> None:
    environment("one").get_template("page")
    assert environment("two").get_template("page").render() == "two"


def test_another_release_of_jinja_compiles_anew(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment("one").get_template("page")
    (file,) = files_in(kept)
    before = file.read_bytes()
    monkeypatch.setattr(templating, "version", lambda name: "another one")

    environment("one").get_template("page")

    assert file.read_bytes() != before


def test_nothing_is_kept_where_python_keeps_nothing(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert environment("one").get_template("page").render() == "one"
    assert not files_in(kept)


def test_a_folder_that_can_not_be_written_stops_no_report(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept / "file").write_text("", encoding="ascii")
    monkeypatch.setattr(sys, "pycache_prefix", str(kept / "file"))
    assert environment("one").get_template("page").render() == "one"
