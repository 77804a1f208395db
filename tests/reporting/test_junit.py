"""JUnit XML: every requirement a case, verdicts as that format can tell them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from conformance.reporting.junit import report_as_junit
from conformance.reporting.text import document_name

from . import synthetic

CONTENT = synthetic.hostile_run()
ROOT = ElementTree.fromstring(report_as_junit(CONTENT))
CASES = {case.get("name"): case for case in ROOT.iter("testcase")}


def test_a_suite_for_each_document_and_a_case_for_each_requirement() -> None:
    documents = dict.fromkeys(entry["document"] for entry in CONTENT["requirements"])
    assert [suite.get("name") for suite in ROOT] == [document_name(document) for document in documents]
    assert len(CASES) == len(CONTENT["requirements"]) == int(ROOT.get("tests", ""))
    case = CASES["rfc6749-5.1-token-response-no-store"]
    assert case.get("classname") == "rfc6749.5.1"


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [
        ("failed", "failure"),
        ("error", "error"),
        ("inconclusive", "skipped"),
        ("untested", "skipped"),
        ("vacuous", "skipped"),
        ("not applicable", "skipped"),
        ("untestable", "skipped"),
    ],
)
def test_verdicts(verdict: str, tag: str) -> None:
    entries = [entry for entry in CONTENT["requirements"] if entry["verdict"] == verdict]
    assert entries
    for entry in entries:
        case = CASES[entry["id"]]
        assert case.find("properties/property[@name='verdict']").get("value") == verdict  # type: ignore[union-attr]
        assert case.find(tag) is not None
        assert {"failure", "error", "skipped"} & {child.tag for child in case} == {tag}


def test_a_warning_passes_and_says_so() -> None:
    entries = [entry for entry in CONTENT["requirements"] if entry["verdict"] == "warned"]
    assert entries
    for entry in entries:
        case = CASES[entry["id"]]
        assert not {"failure", "error", "skipped"} & {child.tag for child in case}
        assert case.findtext("system-out", "").startswith("WARNING: ")


def test_a_known_deviation_is_skipped_with_its_reason_and_its_evidence() -> None:
    broken = next(entry["id"] for entry in CONTENT["requirements"] if entry["verdict"] == "failed")
    root = ElementTree.fromstring(
        report_as_junit({**CONTENT, "baseline": {"source": "known.toml", "entries": [synthetic.known(broken)]}})
    )
    case = next(case for case in root.iter("testcase") if case.get("name") == broken)
    skipped = case.find("skipped")
    assert case.find("failure") is None
    assert skipped is not None
    assert "known deviation (until 2027-01-01, platform: the proxy does it); failed" in skipped.get("message", "")
    assert case.find("properties/property[@name='verdict']").get("value") == "failed"  # type: ignore[union-attr]
    assert "expected: " in case.findtext("system-out", "")
    assert_numbers_fit(root)


def test_numbers_fit() -> None:
    assert_numbers_fit(ROOT)


def assert_numbers_fit(root: ElementTree.Element) -> None:
    for suite in root:
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(name, "")) == len(suite.findall(f"testcase/{tag}"))
