"""What was asked for and did not arise: every report tells it apart from what is kept and from what is broken."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.certification.bundle_reading import in_words
from conformance.certification.refusals import refusals
from conformance.certification.statement import claim_of, statement_as_html
from conformance.reporting import rendered, summary
from conformance.reporting.badge import levels
from conformance.reporting.console import print_summary
from conformance.tally.gathered import TestResult
from tests.certification import certifiable
from tests.certification.test_bundle import RECORD

from . import synthetic

REQUIREMENT = "rfc6749-4.1.2-reused-code-denied"
REASON = "no code ever came"


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    """A run in which one MUST was vacuous and everything else was kept."""
    tests = [TestResult(r.id, f"test_{r.id}", "kept") for r in synthetic.catalogue().requirements if r.is_tested]
    vacuous = synthetic.with_evidence(TestResult(REQUIREMENT, "test_vacuous", "vacuous", REASON), synthetic.exchange())
    return synthetic.content([vacuous, *(test for test in tests if test.requirement != REQUIREMENT)])


def test_the_conclusion_says_how_many(content: dict[str, Any]) -> None:
    assert content["conclusion"] == "conformant"
    assert content["gate"] == 0
    assert content["counts"]["levels"]["MUST"]["vacuous"] == 1
    assert "is conformant; 1 vacuous: " in summary.conclusion_sentence(content)


def test_the_console_gives_the_reason(content: dict[str, Any]) -> None:
    stream = io.StringIO()
    print_summary(content, Path("reports/now"), stream)
    shown = stream.getvalue()
    assert "Vacuous: the situation of 1 requirement did not arise" in shown
    assert f"1  {REASON}" in shown
    assert ", 1 vacuous" in shown


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_page_gives_the_reason(content: dict[str, Any], form: str) -> None:
    page = rendered(content, form).decode()
    assert REASON in page
    assert "conformant; 1 vacuous" in page


def test_the_badge_counts_what_was_judged(content: dict[str, Any]) -> None:
    kept = content["counts"]["levels"]["MUST"]["passed"]
    assert f"MUST {kept}/{kept}" in levels(content)
    assert "conformant; 1 vacuous" in rendered(content, "badge").decode()


def test_it_is_no_result_for_code_scanning(content: dict[str, Any]) -> None:
    assert json.loads(rendered(content, "sarif"))["runs"][0]["results"] == []


def test_a_statement_and_its_bundle_list_it() -> None:
    content = certifiable.run({REQUIREMENT: "vacuous"})
    answers = certifiable.answers(content)
    assert refusals(content, answers, certifiable.FULL) == []
    claim = claim_of(content, answers, RECORD, certifiable.FULL)
    assert any(line.split() == ["vacuous", REQUIREMENT] for line in in_words(claim))
    assert REQUIREMENT in statement_as_html(content, answers, RECORD, certifiable.FULL)


def test_the_baseline_names_what_is_no_longer_decided(content: dict[str, Any]) -> None:
    stream = io.StringIO()
    known = {"source": "known.toml", "entries": [], "no_longer_decided": [REQUIREMENT]}
    print_summary({**content, "baseline": known}, Path("reports/now"), stream)
    assert f"vacuous  {REQUIREMENT}: decided before; {REASON}" in stream.getvalue()
