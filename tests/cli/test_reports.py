"""`report` and `compare`: what they make of good files, and what they say of bad ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.reporting import FILES
from tests.reporting import synthetic


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return synthetic.small_run()


@pytest.fixture
def results(tmp_path: Path, content: dict[str, Any]) -> Path:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("form", list(FILES))
def test_every_format_is_written_to_a_file(form: str, results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = results.with_name("made")
    assert cli.main(["report", str(results), "--format", form, "-o", str(output)]) == 0
    assert output.stat().st_size > 100
    assert str(output) in capsys.readouterr().out


def test_without_a_file_a_report_goes_to_standard_output(
    results: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert cli.main(["report", str(results), "--format", "badge"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"<svg")


def test_a_runs_folder_stands_for_its_results_and_takes_the_report(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", str(results.parent), "--format", "har"]) == 0
    written = results.parent / "evidence.har"
    assert capsys.readouterr().out == f"{written}\n"
    assert written.read_bytes().startswith(b"{")


def test_an_editors_mark_at_the_beginning_is_passed_over(results: Path, tmp_path: Path) -> None:
    results.write_text("\ufeff" + results.read_text(encoding="utf-8"), encoding="utf-8")
    assert cli.main(["report", str(results), "-o", str(tmp_path / "report.html")]) == 0


def cut_off(text: str) -> str:
    """As a disk that was full leaves it."""
    return text[: len(text) // 2]


def out_of_place(text: str) -> str:
    """A test that refers to evidence that isn't there."""
    found = json.loads(text)
    next(entry for entry in found["requirements"] if entry["tests"])["tests"][0]["exchanges"] = [10**6]
    return json.dumps(found)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut_off, "is not JSON"),
        (lambda text: "[]", "is not a results.json of this suite"),
        (lambda text: text.replace('"gate"', '"gait"'), '"gate" is a required property'),
        (lambda text: "[" * 10_000, "is not JSON"),
        (out_of_place, "refers to an exchange that the file doesn't hold"),
    ],
    ids=["cut off", "a list", "misspelled", "deep", "evidence missing"],
)
@pytest.mark.parametrize("command", ["report", "compare"])
def test_a_damaged_file_is_exit_4_with_a_message(
    command: str, damage: Callable[[str], str], message: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results.write_text(damage(results.read_text()))
    words = [command, str(results), *([str(results)] if command == "compare" else [])]
    assert cli.main(words) == 4
    told = capsys.readouterr().err
    assert message in told
    assert results.name in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["report", "{folder}/none.json"], "none.json: can't be read"),
        (["report", "{results}", "-o", "{folder}/no/such/place"], "can't be written"),
        (["compare", "{results}"], "a comparison takes two results or more"),
        (["compare", "{results}", "{folder}/none.json"], "none.json: can't be read"),
        (["compare", "{results}", "{results}", "-o", "{folder}/no/such/place"], "can't be written"),
    ],
)
def test_wrong_usage_is_exit_4(
    words: list[str], message: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([word.format(folder=results.parent, results=results) for word in words]) == 4
    assert message in capsys.readouterr().err


def test_bytes_that_are_no_text_are_exit_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "results.json").write_bytes(b"\xff\xfe\x00")
    assert cli.main(["report", str(tmp_path / "results.json")]) == 4
    assert "is not UTF-8 text" in capsys.readouterr().err
