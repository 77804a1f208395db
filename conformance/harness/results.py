"""The one tally: from what the tests of a run ended with to `results.json`, and from there to conclusion and gate."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from conformance import __version__
from conformance.budgets import OFF
from conformance.harness import baseline
from conformance.harness.catalogue import Catalogue, Requirement, selects
from conformance.harness.target import Target
from conformance.harness.topics import Topic, load_topics, topics_of
from conformance.harness.verdicts import (
    OUTSIDE_THE_CONCLUSION,
    FailOn,
    Tallied,
    Verdict,
    combine,
    conclusion_of,
    gate_of,
    is_finding,
    verdict_of,
)

DESELECTED = "deselected in this run"
ROLES_TESTED = ("authorization-server", "resource-server")


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a run before its first test; the first line of the journal.

    `selection` is what `--only` named, `narrowed` what pytest was told to leave out besides; `unanswered` tells why
    nothing answered at the target, where that is so; `controls` are the positive controls of the profile, tried before
    the first test.
    """

    target_name: str
    base_url: str
    started: str
    profile: Mapping[str, Any]
    features: tuple[str, ...]
    declined: Mapping[str, str]
    fail_on: FailOn
    selection: tuple[str, ...]
    catalogue_digest: str
    bundled: bool = False
    workers: int = 0
    fuzz: str = OFF
    seed: int = 0
    baseline: baseline.Baseline | None = None
    narrowed: tuple[str, ...] = ()
    unanswered: str = ""
    controls: tuple[Mapping[str, Any], ...] = ()
    version: str = __version__

    def in_words(self) -> list[str]:
        """Suite, target, time, selection, seed and profile: a line each."""
        return [
            f"oauth2-conformance {self.version}, catalogue {self.catalogue_digest}",
            f"target: {self.target_name}, {self.base_url}",
            f"started: {self.started}",
            f"selection: {', '.join((*self.selection, *self.narrowed)) or 'everything'}",
            f"seed of fuzzing: {'not fuzzed' if self.fuzz == OFF else self.seed}",
            f"profile: {json.dumps(self.profile)}",
        ]

    @classmethod
    def of_dict(cls, content: Mapping[str, Any]) -> Header:
        """A header from its fields by name, after a way through JSON. Raises KeyError and TypeError for others."""
        sequences = {name: tuple(content[name]) for name in ("features", "selection", "narrowed", "controls")}
        known = content["baseline"]
        return cls(**{**content, **sequences, "baseline": known and baseline.Baseline.of_dict(known)})

    @classmethod
    def of(cls, target: Target, **more: Any) -> Header:
        """A header for a target."""
        return cls(
            target_name=target.name,
            base_url=target.base_url,
            features=tuple(sorted(target.features)),
            declined=dict(target.declined),
            **more,
        )


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test of a requirement ended.

    `exchanges` names its evidence; `evidence` holds those exchanges of it that no test before has handed in.
    """

    __test__ = False

    requirement: str
    name: str
    outcome: str
    reason: str = ""
    expected: str = ""
    observed: str = ""
    detail: str = ""
    duration: float = 0.0
    notes: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    evidence: tuple[Mapping[str, Any], ...] = ()
    fuzz: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, not copied: evidence is large."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def of_dict(cls, content: Mapping[str, Any]) -> TestResult:
        """The inverse of `as_dict`, also after a way through JSON."""
        sequences = {name: tuple(content[name]) for name in ("notes", "exchanges", "evidence")}
        return cls(**{**content, **sequences})


@dataclass
class Run:
    """What a run gathered: results of tests, and which tests exist for which requirement."""

    header: Header
    tests: list[TestResult] = field(default_factory=list)
    collected: dict[str, list[str]] = field(default_factory=dict)
    interrupted: bool = False
    finished: str = ""


class _Evidence:
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


def not_applicable(requirement: Requirement, features: frozenset[str], declined: Mapping[str, str]) -> str | None:
    """Why a requirement is not applicable to a target, in words; None when it is applicable."""
    if requirement.role not in ROLES_TESTED:
        return f"binds the {requirement.role.replace('-', ' ')}"
    reason = next((declined[name] for name in (requirement.id, *requirement.needs) if name in declined), None)
    if reason is not None:
        return f"declined by the profile: {reason}"
    missing = [name for name in requirement.needs if name not in features]
    if missing == ["tls"]:
        return "the target is on loopback without TLS"
    return f"the profile doesn't claim {', '.join(missing)}" if missing else None


def build(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    """The content of `results.json`."""
    by_requirement: dict[str, list[TestResult]] = {}
    for test in run.tests:
        by_requirement.setdefault(test.requirement, []).append(test)
    exchanges = _Evidence({each["id"]: each for test in run.tests for each in test.evidence})
    topics = topics_of(catalogue.requirements, load_topics())
    entries = [
        _entry(requirement, by_requirement.get(requirement.id, []), run, exchanges, catalogue.see_also)
        | _topic(requirement, topics)
        for requirement in catalogue.requirements
    ]
    tally = tallied(entries)
    header = run.header
    known = _overlay(run, entries)
    return {
        "suite": {"name": "oauth2-conformance", "version": header.version, "catalogue": header.catalogue_digest},
        "target": {
            "name": header.target_name,
            "base_url": header.base_url,
            "profile": dict(header.profile),
            "features": list(header.features),
            "bundled": header.bundled,
        },
        "started": header.started,
        "finished": run.finished,
        "interrupted": run.interrupted,
        **({"unanswered": header.unanswered} if header.unanswered else {}),
        "selection": [*header.selection, *header.narrowed],
        "workers": header.workers,
        "fuzz": {"budget": header.fuzz, "seed": header.seed},
        "fail_on": header.fail_on,
        "controls": [dict(control) for control in header.controls],
        "conclusion": conclusion_of(tally, run.interrupted),
        "gate": gate_of(
            tally,
            header.fail_on,
            interrupted=run.interrupted,
            unanswered=bool(header.unanswered),
            selected=bool(run.tests),
            excused=frozenset(entry["id"] for entry in known if entry["state"] == "known"),
            closed_by_baseline=any(entry["state"] in baseline.CLOSING for entry in known),
        ),
        "counts": _counts(entries),
        "topics": {t.name: {"matters": t.matters, "causes": t.causes} for t in topics.values()},
        "requirements": entries,
        "exchanges": exchanges.used,
        **({"baseline": {"source": header.baseline.source, "entries": known}} if header.baseline else {}),
    }


def _overlay(run: Run, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The baseline's entries with what became of each in this run; a run's day is the one on which it began."""
    if run.header.baseline is None:
        return []
    by_id = {entry["id"]: entry for entry in entries}
    return [
        {
            **asdict(deviation),
            "state": baseline.state_of(
                deviation,
                by_id[deviation.id]["verdict"] if deviation.id in by_id else None,
                is_complete=not by_id.get(deviation.id, {}).get("left_out"),
                today=run.header.started[:10],
            ),
        }
        for deviation in run.header.baseline.entries
    ]


def tallied(entries: Sequence[Mapping[str, Any]]) -> list[Tallied]:
    """What conclusion and gate need, from the entries of `results.json`."""
    return [
        Tallied(
            id=entry["id"],
            document=entry["document"],
            level=entry["level"],
            role=entry["role"],
            verdict=entry["verdict"],
            declined=entry["declined"],
            no_test_yet=entry["no_test_yet"],
        )
        for entry in entries
    ]


def findings(results: Mapping[str, Any], fail_on: FailOn = "should") -> list[Mapping[str, Any]]:
    """The entries of `results.json` that count at a gate."""
    entries = results["requirements"]
    return [entry for entry, tally in zip(entries, tallied(entries), strict=True) if is_finding(tally, fail_on)]


def _entry(
    requirement: Requirement,
    tests: Sequence[TestResult],
    run: Run,
    exchanges: _Evidence,
    see_also: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    verdict, reason, no_test_yet = _judge(requirement, tests, run)
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
        "see_also": list(see_also.get(requirement.id, ())),
        "attest": requirement.attest,
        "verdict": verdict,
        "reason": reason,
        "declined": requirement.role in ROLES_TESTED and any(name in run.header.declined for name in names),
        "no_test_yet": no_test_yet,
        "left_out": max(0, len(run.collected.get(requirement.id, ())) - len(tests)),
        "tests": [_test(test, requirement, exchanges) for test in tests],
    }


def _topic(requirement: Requirement, topics: Mapping[str, Topic]) -> dict[str, str]:
    return {"topic": topics[requirement.id].name} if requirement.id in topics else {}


def _judge(requirement: Requirement, tests: Sequence[TestResult], run: Run) -> tuple[Verdict, str, bool]:
    """Verdict, its reason, and whether a test is missing from the suite."""
    if requirement.untestable:
        return "untestable", requirement.untestable, False
    why_not = not_applicable(requirement, frozenset(run.header.features), run.header.declined)
    if why_not is not None:
        return "not applicable", why_not, False
    verdict = combine(verdict_of(requirement.level, test.outcome) for test in tests)  # type: ignore[arg-type]
    if verdict is not None:
        deciding = [test for test in tests if verdict_of(requirement.level, test.outcome) == verdict]  # type: ignore[arg-type]
        reasons = dict.fromkeys(_why(test) for test in deciding)
        return verdict, "; ".join(reason for reason in reasons if reason), False
    if not _is_selected(requirement, run.header):
        return "untested", DESELECTED, False
    if requirement.document in OUTSIDE_THE_CONCLUSION and run.header.fuzz == OFF:
        return "untested", "fuzzing was off: turn it on by `--fuzz quick`", False
    if run.interrupted:
        return "untested", "the run ended before it", False
    # A killed run doesn't know what was collected; one that pytest was told to narrow may leave whole files out.
    if requirement.id in run.collected or run.header.narrowed:
        return "untested", DESELECTED, False
    return "untested", "no test yet", True


def _is_selected(requirement: Requirement, header: Header) -> bool:
    return not header.selection or any(selects(selector, requirement) for selector in header.selection)


def _why(test: TestResult) -> str:
    if test.outcome == "broken":
        return f"expected {test.expected}; observed {test.observed}"
    return test.reason or "; ".join(test.notes)


def _test(test: TestResult, requirement: Requirement, exchanges: _Evidence) -> dict[str, Any]:
    return {
        "name": test.name,
        "outcome": test.outcome,
        "verdict": verdict_of(requirement.level, test.outcome),  # type: ignore[arg-type]
        "reason": test.reason,
        "expected": test.expected,
        "observed": test.observed,
        "detail": test.detail,
        "notes": list(test.notes),
        "duration": round(test.duration, 4),
        "exchanges": [exchanges.index(name) for name in test.exchanges if name in exchanges.known],
        **({"fuzz": dict(test.fuzz)} if test.fuzz is not None else {}),
    }


def _counts(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Verdicts by level and by document, of requirements on the authorization server; resource servers beside.

    Documents that stand outside the conclusion have numbers of their own only.
    """
    all_own = [entry for entry in entries if entry["role"] == "authorization-server"]
    own = [entry for entry in all_own if entry["document"] not in OUTSIDE_THE_CONCLUSION]
    others = [entry for entry in entries if entry["role"] == "resource-server"]
    documents: dict[str, Counter[str]] = {}
    for entry in all_own:
        documents.setdefault(entry["document"], Counter())[entry["verdict"]] += 1
    return {
        "verdicts": dict(Counter(entry["verdict"] for entry in own)),
        "levels": {
            level: dict(Counter(entry["verdict"] for entry in own if entry["level"] == level))
            for level in ("MUST", "STATED", "SHOULD", "MAY")
        },
        "documents": {name: dict(numbers) for name, numbers in documents.items()},
        "resource_server": dict(Counter(entry["verdict"] for entry in others)),
        "tests": sum(len(entry["tests"]) for entry in entries),
        "exchanges": len({index for entry in entries for test in entry["tests"] for index in test["exchanges"]}),
    }
