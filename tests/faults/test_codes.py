"""What an expectation speaks of is said by codes that grouping knows, and travels with its finding."""

from __future__ import annotations

import ast
from pathlib import Path

import conformance
from conformance.base.outcomes import Violation, outcome_of
from conformance.tally.faults.grouping import MEMBERS
from conformance.tally.faults.sights import Sight
from tests.faults.running import defect_named, results_of
from tests.reporting.synthetic import content

KNOWN = {"refusal", "client", "place", "plain HTTP", "still active", "error code", *MEMBERS}


def named_in_source() -> dict[str, str]:
    """Every text that stands as `about` in a call of the suite, with the file that has it."""
    found: dict[str, str] = {}
    for path in Path(conformance.__file__).parent.rglob("*.py"):
        calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        for keyword in (each for call in calls for each in call.keywords if each.arg == "about"):
            literals = keyword.value.elts if isinstance(keyword.value, ast.Tuple) else [keyword.value]
            texts = (each.value for each in literals if isinstance(each, ast.Constant))
            found |= {str(text): path.name for text in texts}
    return found


def test_every_code_that_an_expectation_names_is_known() -> None:
    named = named_in_source()
    assert len(named) > 10
    unknown = {text: file for text, file in named.items() if text not in KNOWN and not text.startswith("error ")}
    assert unknown == {}


def test_the_codes_of_an_expectation_stand_in_the_results() -> None:
    found = results_of([defect_named("code-response-without-state")], {"rfc6749-4.1.2-state-returned"})
    broken = [test for entry in found["requirements"] for test in entry["tests"] if test["outcome"] == "broken"]
    assert broken
    assert all("state" in test["about"] for test in broken)


def test_the_words_of_an_expectation_decide_nothing() -> None:
    """The same codes in other words are the same finding."""
    told = outcome_of(Violation("anything at all", "anything else", about=("error invalid_scope", "client")))
    sight = Sight({}, {"expected": told.expected, "observed": told.observed, "about": list(told.about)})
    assert sight.codes == ("invalid_scope",)
    assert sight.wants_refusal
    silent = Sight({}, {"expected": "the error invalid_scope sent to the client", "observed": ""})
    assert (silent.codes, silent.wants_refusal, silent.about) == ((), False, ())


def test_results_of_an_earlier_version_have_no_codes_and_are_read() -> None:
    assert all("about" not in test for entry in content([])["requirements"] for test in entry["tests"])
