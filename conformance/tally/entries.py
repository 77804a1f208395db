"""The entries of `results.json`: a requirement with its verdict and reason, and the tests that led to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from conformance.base.budgets import OFF
from conformance.base.verdict_words import Verdict
from conformance.tally.applicability import CLIENT, ROLES_TESTED, not_applicable, not_claimed
from conformance.tally.catalogue import Catalogue, Requirement, selects
from conformance.tally.claims import takers_of
from conformance.tally.comparing import differences
from conformance.tally.gathered import Header, Run, TestResult
from conformance.tally.verdicts import BY_FUZZING_ALONE, FINDINGS, combine, verdict_of

# Why nothing of a requirement was run, for programs; empty where that isn't so, or where something else keeps it open.
WhyOpen = Literal["", "no test", "deselected"]
DESELECTED = "deselected in this run"


class Evidence:
    """The exchanges of a run in the order in which the entries refer to them: each once, however many share it."""

    def __init__(self, known: Mapping[str, Mapping[str, Any]]) -> None:
        self.known = known
        self.used: list[dict[str, Any]] = []
        self._indexes: dict[str, int] = {}

    def index(self, name: str) -> int:
        """Where an exchange stands in `used`; it is added at its first mention."""
        if name not in self._indexes:
            self._indexes[name] = len(self.used)
            self.used.append({key: value for key, value in self.known[name].items() if key != "id"})
        return self._indexes[name]


def entry_of(
    requirement: Requirement,
    tests: Sequence[TestResult],
    run: Run,
    exchanges: Evidence,
    catalogue: Catalogue,
) -> dict[str, Any]:
    """The entry of one requirement; its tests name exchanges by their places in the evidence."""
    verdict, reason, why_open = _judge(requirement, tests, run)
    outlook: dict[str, str] = {}
    # A fault of the suite is told, whoever claims what.
    if not run.header.takes(requirement) and verdict not in ("not applicable", "untestable", "error"):
        outlook = {"outlook": verdict} if tests else {}
        verdict, reason, why_open = "not applicable", not_claimed(requirement), ""
    names = (requirement.id, *requirement.needs)
    return {
        "id": requirement.id,
        "document": requirement.document,
        "section": requirement.section,
        "level": requirement.level,
        "role": requirement.role,
        "says": requirement.says,
        "statements": list(requirement.statements),
        "needs": list(requirement.needs),
        "basis": requirement.basis,
        "explains": requirement.explains,
        "see_also": list(catalogue.see_also.get(requirement.id, ())),
        **_relations(requirement, catalogue),
        "attest": requirement.attest,
        "claims": takers_of(requirement),
        "claimed": run.header.takes(requirement),
        "concludes": run.header.concludes(requirement),
        "verdict": verdict,
        **outlook,
        "reason": reason,
        "declined": requirement.role in ROLES_TESTED[run.header.role]
        and any(name in run.header.declined for name in names),
        "no_test_yet": why_open == "no test",
        **({"deselected": True} if why_open == "deselected" else {}),
        "selected": _is_selected(requirement, run.header),
        "left_out": max(0, len(run.collected.get(requirement.id, ())) - len(tests)),
        "tests": [_test(test, requirement, exchanges, run) for test in tests],
    }


def _relations(requirement: Requirement, catalogue: Catalogue) -> dict[str, list[str]]:
    """How it stands to those of other documents, where more is to say than that it is read beside them."""
    found = {
        "contrary": catalogue.contrary.get(requirement.id, ()),
        "supersedes": requirement.supersedes,
        "superseded_by": catalogue.superseded_by.get(requirement.id, ()),
    }
    return {relation: list(others) for relation, others in found.items() if others}


def _judge(requirement: Requirement, tests: Sequence[TestResult], run: Run) -> tuple[Verdict, str, WhyOpen]:
    """Verdict, its reason, and for programs why nothing of it was run."""
    header = run.header
    why_not = not_applicable(requirement, frozenset(header.features), header.declined, header.role)
    # Of the other kind of target nothing is asked, testable or not.
    of_others = (requirement.role == CLIENT) != (header.role == CLIENT)
    if requirement.untestable and not of_others:
        return "untestable", requirement.untestable, ""
    if why_not is not None:
        return "not applicable", why_not, ""
    tests = _without_idle_fuzzing(tests)
    verdict = combine(verdict_of(requirement.level, test.outcome) for test in tests)  # type: ignore[arg-type]
    if verdict is not None:
        deciding = [test for test in tests if verdict_of(requirement.level, test.outcome) == verdict]  # type: ignore[arg-type]
        reasons = dict.fromkeys(_why(test) for test in deciding)
        return verdict, "; ".join(reason for reason in reasons if reason), ""
    if not _is_selected(requirement, run.header):
        return "untested", DESELECTED, "deselected"
    if requirement.document in BY_FUZZING_ALONE and run.header.fuzz == OFF:
        return "untested", "fuzzing was off: turn it on by `--fuzz quick`", ""
    if run.interrupted:
        return "untested", "the run ended before it", ""
    # A killed run doesn't know what was collected; one that pytest was told to narrow may leave whole files out.
    if requirement.id in run.collected or run.header.narrowed:
        return "untested", DESELECTED, "deselected"
    return "untested", "no test yet", "no test"


def _without_idle_fuzzing(tests: Sequence[TestResult]) -> Sequence[TestResult]:
    """The tests but those with generated input that decided nothing where others decided: they take nothing away."""
    if not any(test.fuzz is None and test.outcome in ("kept", "broken") for test in tests):
        return tests
    return [test for test in tests if test.fuzz is None or test.outcome not in ("inconclusive", "vacuous")]


def _is_selected(requirement: Requirement, header: Header) -> bool:
    return not header.selection or any(selects(selector, requirement) for selector in header.selection)


def _why(test: TestResult) -> str:
    if test.outcome == "broken":
        return f"expected {test.expected}; observed {test.observed}"
    return test.reason or "; ".join(test.notes)


def _test(test: TestResult, requirement: Requirement, exchanges: Evidence, run: Run) -> dict[str, Any]:
    verdict = verdict_of(requirement.level, test.outcome)  # type: ignore[arg-type]
    return {
        "name": test.name,
        "outcome": test.outcome,
        "verdict": verdict,
        "reason": test.reason,
        "expected": test.expected,
        "observed": test.observed,
        "detail": test.detail,
        "notes": list(test.notes),
        "duration": round(test.duration, 4),
        "exchanges": [exchanges.index(name) for name in test.exchanges if name in exchanges.known],
        **({"case": case} if (case := case_of(test.name)) else {}),
        **_judged(test, exchanges),
        **({"breach": test.breach} if test.breach else {}),
        **({"about": list(test.about)} if test.about else {}),
        **_repeated(test, verdict, exchanges, run),
        **({"fuzz": dict(test.fuzz)} if test.fuzz is not None else {}),
    }


def _repeated(test: TestResult, verdict: Verdict, exchanges: Evidence, run: Run) -> dict[str, Any]:
    """What became of a finding that was tried again; one that nobody came to, in a run that was killed, says so."""
    if test.repeat is not None:
        names = [name for name in test.repeat.get("exchanges", ()) if name in exchanges.known]
        return {"repeat": {**test.repeat, "exchanges": [exchanges.index(name) for name in names]}}
    if verdict not in FINDINGS:
        return {}
    why = "the run ended before that" if run.header.repeats else "the run was told not to"
    return {"repeat": {"state": "not repeated", "words": f"not repeated: {why}", "exchanges": []}}


def case_of(name: str) -> str:
    """The parameters of a test, as its name has them: `twice` of `test_a[twice]`; empty without any."""
    return name.partition("[")[2].removesuffix("]")


def _judged(test: TestResult, exchanges: Evidence) -> dict[str, Any]:
    """What a finding rests on, by places in the evidence, and how the request differs from its control."""
    found, known = test.judged, exchanges.known
    if found is None or not {found["exchange"], found["answer"]} <= known.keys():
        return {}
    request, control = known[found["exchange"]]["request"], known.get(found["control"])
    return {
        "judged": {
            "exchange": exchanges.index(found["exchange"]),
            "answer": exchanges.index(found["answer"]),
            **({"control": exchanges.index(found["control"])} if control else {}),
            "differs": differences(control["request"], request) if control else [],
            "aspect": found["aspect"],
            "excerpt": found["excerpt"],
        }
    }
