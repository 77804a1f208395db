"""Runs side by side: what counts as worse, and that page, console and exit code agree on it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from conformance import cli
from conformance.reporting.comparison import compare
from conformance.reporting.comparison_console import print_comparison
from conformance.reporting.comparison_html import comparison_as_html
from conformance.tally.claims import Claims
from conformance.tally.gathered import TestResult

from . import synthetic

REQUIREMENT = "rfc6749-4.1.2-reused-code-denied"
PKCE = "rfc7636-4.6-verifier-verified"


def with_verdict(verdict: str, **more: Any) -> dict[str, Any]:
    """A run in which one requirement has this verdict, and the others have what an empty run gives them."""
    content = {**synthetic.content(), **more}
    content["requirements"] = [
        {**entry, "verdict": verdict} if entry["id"] == REQUIREMENT else entry for entry in content["requirements"]
    ]
    return content


@pytest.mark.parametrize(
    ("first", "later", "change"),
    [
        ("passed", "failed", "worse"),
        ("passed", "warned", "worse"),
        ("noted", "inconclusive", "worse"),
        ("passed", "vacuous", "worse"),
        ("vacuous", "failed", "worse"),
        ("vacuous", "passed", "better"),
        ("vacuous", "inconclusive", "other"),
        ("passed", "error", "worse"),
        ("inconclusive", "failed", "worse"),
        ("warned", "failed", "worse"),
        ("untested", "failed", "worse"),
        ("not applicable", "warned", "worse"),
        ("failed", "passed", "better"),
        ("failed", "warned", "better"),
        ("warned", "passed", "better"),
        ("inconclusive", "passed", "better"),
        ("passed", "untested", "other"),
        ("failed", "untested", "other"),
        ("untested", "passed", "other"),
        ("untested", "inconclusive", "other"),
        ("untested", "not applicable", "other"),
        ("failed", "failed", "same"),
        ("error", "inconclusive", "other"),
    ],
)
def test_what_is_worse(first: str, later: str, change: str) -> None:
    comparison = compare([with_verdict(first), with_verdict(later)])
    changes = {row.entry["id"]: row.changes[1] for row in comparison.rows}
    assert changes[REQUIREMENT] == change
    assert {change for name, change in changes.items() if name != REQUIREMENT} == {"same"}


def test_every_later_file_is_held_against_the_first() -> None:
    comparison = compare([with_verdict("passed"), with_verdict("failed"), with_verdict("passed")])
    row = next(row for row in comparison.rows if row.entry["id"] == REQUIREMENT)
    assert row.changes == ("same", "worse", "same")


def test_a_requirement_of_one_catalogue_is_neither_better_nor_worse() -> None:
    first, later = with_verdict("passed"), with_verdict("failed")
    first["requirements"] = [entry for entry in first["requirements"] if entry["id"] != REQUIREMENT]
    row = next(row for row in compare([first, later]).rows if row.entry["id"] == REQUIREMENT)
    assert row.changes[1] == "other"
    assert row.verdicts == ("not in its catalogue", "failed")


def test_labels_tell_runs_apart() -> None:
    same, later, other = with_verdict("passed"), with_verdict("passed"), synthetic.content(target_name="production")
    later["started"] = "2026-04-01T10:00:00Z"
    labels = compare([same, same, later, other]).labels
    assert labels[3] == "production"
    assert len(set(labels)) == 4


def test_the_page_tells_changes_in_words_and_has_a_column_for_each_file() -> None:
    comparison = compare([with_verdict("passed"), with_verdict("failed"), with_verdict("warned")])
    page = html.document_fromstring(comparison_as_html(comparison))
    assert "passed → failed → warned" in page.get_element_by_id("worse").text_content()
    row = page.get_element_by_id(REQUIREMENT)
    assert [cell.text_content() for cell in row.xpath("td")][1:] == ["passed", "failed", "warned"]
    for attack in ("//script[@src]", "//@style", "//@*[starts-with(name(), 'on')]"):
        assert not page.xpath(attack)


def test_the_console_tells_what_got_worse_by_level() -> None:
    stream = io.StringIO()
    print_comparison(compare([with_verdict("passed"), with_verdict("failed")]), stream)
    assert "MUST    1 worse" in stream.getvalue()
    assert f"worse: passed -> failed  MUST  {REQUIREMENT}" in stream.getvalue()


def test_faults_are_told_of_each_file_and_of_what_they_made_worse() -> None:
    stream = io.StringIO()
    comparison = compare([synthetic.content(), synthetic.run_with_faults()])
    print_comparison(comparison, stream)
    shared = comparison.shared_faults()[1]
    assert len(shared) > 1
    title = next(iter(shared.values()))
    told = stream.getvalue().partition(f"worse, of one fault: {title}\n")[2]
    assert all(identifier in told for identifier in shared)
    assert "findings: none" in stream.getvalue()
    assert "findings: 2 faults" in stream.getvalue()
    page = html.document_fromstring(comparison_as_html(comparison)).text_content()
    assert page.count("One fault with others") == len(shared)


@pytest.mark.parametrize(("verdicts", "code"), [(("passed", "failed"), 1), (("failed", "passed"), 0)])
def test_a_regression_is_exit_1(verdicts: tuple[str, str], code: int, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.json" for n in range(2)]
    for file, verdict in zip(files, verdicts, strict=True):
        file.write_text(json.dumps(with_verdict(verdict)))
    output = tmp_path / "page.html"
    assert cli.main(["compare", *map(str, files), "-o", str(output)]) == code
    assert output.read_bytes().startswith(b"<!doctype html>")


def test_a_new_claim_is_told_as_one_and_no_regression() -> None:
    broken = [TestResult(PKCE, "test", "broken", expected="this", observed="that")]
    before = synthetic.content(broken, claims=Claims(("core",)))
    after = synthetic.content(broken, claims=Claims(("core", "pkce"), are_named=True))
    comparison = compare([before, after])
    assert comparison.changed("worse") == []
    stream = io.StringIO()
    print_comparison(comparison, stream)
    assert "new claim: pkce" in stream.getvalue()
    assert "new claim: pkce" in comparison_as_html(comparison)
