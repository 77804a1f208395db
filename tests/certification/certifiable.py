"""A run that can be certified, and the statement that goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.certification.answers import Answer, Answers
from conformance.certification.scope import to_attest
from conformance.tally.claims import certifications
from conformance.tally.gathered import TestResult
from tests.reporting import synthetic

FULL = (certifications()["full"],)
CORE = (certifications()["core"],)
PROFILE = {**synthetic.PROFILE, "target": {**synthetic.PROFILE["target"], "intrusive": True, "wait": True}}
IMPLEMENTATION = {"name": "Gatehouse", "version": "4.2", "contact": "oauth@vendor.example"}


def run(outcomes: Mapping[str, str] | None = None, **header: Any) -> dict[str, Any]:
    """The content of `results.json` of a strict run in which every requirement was kept but for some."""
    ends = outcomes or {}
    tests = [
        synthetic.with_evidence(TestResult(r.id, f"test_{r.id}", ends.get(r.id, "kept")), synthetic.exchange())
        for r in synthetic.catalogue().requirements
        if r.is_tested and ends.get(r.id) != "not run"
    ]
    return synthetic.content(tests, **{"profile": PROFILE, **header})


def answers(content: Mapping[str, Any]) -> Answers:
    """A statement that attests everything as kept."""
    questions = to_attest(content["requirements"], content["target"]["features"], FULL)
    return Answers(IMPLEMENTATION, {entry["id"]: Answer(True, "by design") for entry in questions})


def answers_text(statement: Answers) -> str:
    """The statement as TOML."""
    implementation = "\n".join(f'{name} = "{value}"' for name, value in statement.implementation.items())
    given = "\n".join(
        f'[[answer]]\nid = "{name}"\nkept = "{"yes" if answer.kept else "no"}"\ntext = "{answer.text}"\n'
        for name, answer in statement.by_requirement.items()
    )
    return f"[implementation]\n{implementation}\n\n{given}"
