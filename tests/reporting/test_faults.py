"""Every report shows the same faults: one headline each, the requirements folded below, the judged exchange marked."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import html

from conformance.reporting import rendered
from conformance.reporting.console import print_summary
from conformance.reporting.faults import faults_of, headline

from . import synthetic
from .synthetic import ALONE, PAIR

CONTENT = synthetic.run_with_faults()
HEADLINE = "2 faults, 3 requirements: 3 failed"
TITLE = "A parameter that comes twice is taken"


def console() -> str:
    stream = io.StringIO()
    print_summary(CONTENT, Path("reports/now"), stream)
    return stream.getvalue()


def page() -> Any:
    return html.document_fromstring(rendered(CONTENT, "html").decode())


def results() -> list[dict[str, Any]]:
    return list(json.loads(rendered(CONTENT, "sarif"))["runs"][0]["results"])


def test_the_headline_counts_faults_and_requirements() -> None:
    assert headline(CONTENT) == HEADLINE
    assert headline(synthetic.content()) == "none"


@pytest.mark.parametrize("form", ["html", "markdown", "junit"])
def test_reports_have_the_headline(form: str) -> None:
    assert HEADLINE in rendered(CONTENT, form).decode()
    assert TITLE in rendered(CONTENT, form).decode()


def test_results_of_earlier_versions_have_a_fault_for_each_finding() -> None:
    older = {name: value for name, value in CONTENT.items() if name != "faults"}
    assert [fault.title for fault in faults_of(older)] == [
        entry["says"] for entry in CONTENT["requirements"] if entry["verdict"] == "failed"
    ]
    assert headline(older).startswith("3 faults, 3 requirements")


def test_stated_is_explained_where_it_is_first_counted() -> None:
    sentence = "STATED is binding text without a keyword; a breach counts like that of a MUST."
    text = console()
    assert text.index("    STATED  ") < text.index(sentence)
    assert sentence in page().xpath("string(//table[@class='numbers']/caption)")


# Console


def test_the_console_tells_a_fault_once_and_folds_its_requirements_below() -> None:
    text = console()
    assert f"Findings: {HEADLINE}" in text
    assert text.count(f"failed  {TITLE}") == 1
    folded = text[text.index(TITLE) : text.index(ALONE)]
    assert [name in folded for name in PAIR] == [True, True]
    assert "MUST, 2 requirements broken" in folded


def test_the_console_tells_case_difference_and_answer_and_sends_what_was_judged_again() -> None:
    text = console()
    assert "        case      code, scope\n" in text
    assert "        request   `code` twice\n" in text
    assert '        answer    400 {"access_token":"{access_token#1}"}\n' in text
    assert "code={code#1}&code={code#1}" in text
    assert "grant_type=other" not in text


# HTML


def test_a_fault_of_several_requirements_is_one_article_with_them_folded() -> None:
    articles = page().get_element_by_id("findings").xpath(".//article")
    assert len(articles) == 2
    folded = articles[0].xpath(".//details[@class='plain']/@id")
    assert folded == [f"finding-{name}" for name in PAIR]
    assert articles[1].xpath("details/@id") == [f"finding-{ALONE}"]


def test_what_was_judged_is_marked_and_open_and_its_curl_is_the_one_shown() -> None:
    test = page().get_element_by_id(f"finding-{PAIR[0]}").xpath(".//div[@class='test']")[0]
    marks = [each.xpath("string(summary/span[@class='judging'])") for each in test.xpath("details")]
    assert marks == ["compared with", "judged", ""]
    assert [each.get("open") is not None for each in test.xpath("details")] == [False, True, False]
    assert "code={code#1}&code={code#1}" in test.xpath("string(div[@class='curl'])")


def test_the_usual_cause_is_left_out_where_the_cause_is_known() -> None:
    text = page().get_element_by_id("findings").text_content()
    known, alone = text.split(ALONE)[0], text.split(ALONE)[1]
    assert "Why it matters" in known
    assert "Usual cause" not in known
    assert "Usual cause" in alone


def test_evidence_that_is_unpacked_later_knows_its_marks() -> None:
    row = page().get_element_by_id(PAIR[0])
    place = row.xpath(".//div[@class='evidence']")[0]
    judged = CONTENT["exchanges"][int(place.get("data-judged"))]
    assert judged["request"]["body"].count("code=") == 2
    assert place.get("data-control") != place.get("data-judged")


# JUnit and SARIF


def test_junit_cases_of_one_fault_name_it() -> None:
    root = ElementTree.fromstring(rendered(CONTENT, "junit"))
    named = {
        case.get("name"): case.find("properties/property[@name='fault']")
        for case in root.iter("testcase")
        if case.find("failure") is not None
    }
    assert {name: each.get("value") for name, each in named.items() if each is not None} == {
        **dict.fromkeys(PAIR, TITLE),
        ALONE: next(entry["says"] for entry in CONTENT["requirements"] if entry["id"] == ALONE),
    }
    evidence = next(case for case in root.iter("testcase") if case.get("name") == PAIR[0]).findtext("failure", "")
    assert "[2] send, at 0.250 s (judged)" in evidence
    assert "case: code, scope\nrequest: `code` twice\n" in evidence


def test_a_sarif_result_holds_all_requirements_of_its_fault() -> None:
    fault, alone = results()
    assert fault["ruleId"] == "cause/repeated-parameters-taken"
    assert fault["properties"]["requirements"] == list(PAIR)
    assert all(name in fault["message"]["text"] for name in PAIR)
    assert "code={code#1}&code={code#1}" in fault["properties"]["curl"]
    assert alone["ruleId"] == ALONE


def test_sarif_places_are_relative_paths() -> None:
    uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results()]
    assert uris == ["oauth/token", "oauth/token"]
    target = {**CONTENT["target"], "profile_file": "profiles/stag ing.toml"}
    run = json.loads(rendered({**CONTENT, "target": target}, "sarif"))["runs"][0]
    found = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]}
    assert found == {"profiles/stag%20ing.toml"}


def test_a_fault_is_suppressed_only_if_the_baseline_knows_all_of_it() -> None:
    for names, count in ((PAIR[:1], 0), (PAIR, 1)):
        baseline = {"source": "known.toml", "entries": [synthetic.known(name) for name in names]}
        run = json.loads(rendered({**CONTENT, "baseline": baseline}, "sarif"))["runs"][0]
        assert sum("suppressions" in each for each in run["results"]) == count


def test_markdown_folds_the_other_requirements() -> None:
    text = rendered(CONTENT, "markdown").decode()
    assert len(re.findall("<details>", text)) == 3
    assert f"Breaks as well:\n\n- failed STATED `{PAIR[1]}`" in text
