"""The one tally: from what the tests of a run ended with to `results.json`, and from there to conclusion and gate."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from conformance import __version__
from conformance.base.budgets import OFF
from conformance.tally import baseline
from conformance.tally.catalogue import Catalogue, Requirement, selects
from conformance.tally.claims import Claims, claims, takers_of
from conformance.tally.comparing import differences
from conformance.tally.faults.grouping import faults_of
from conformance.tally.releases import load_releases, release_of
from conformance.tally.topics import Topic, load_topics, topics_of
from conformance.tally.verdicts import (
    BINDING,
    BY_FUZZING_ALONE,
    FINDINGS,
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

DECIDED = ("failed", "warned", "passed", "noted")
DESELECTED = "deselected in this run"
SERVER, CLIENT = "authorization-server", "client"
# Whose requirements a run judges, by what its target is.
ROLES_TESTED: Mapping[str, tuple[str, ...]] = {SERVER: (SERVER, "resource-server"), CLIENT: (CLIENT,)}


def edited_name(name: str, variant: str | None, defects: Sequence[str]) -> str:
    """A target's name; for a bundled server that was given edits, these too: no report may pass for the clean one's."""
    edits = f" as the variant {variant}" if variant else ""
    noun = "defect" if len(defects) == 1 else "defects"
    return f"{name}{edits}" + (f" with the {noun} {', '.join(defects)}" if defects else "")


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a run before its first test; the first line of the journal.

    `selection` is what `--only` named, `narrowed` what pytest was told to leave out besides; `controls` are the
    positive controls of the profile, tried before the first test; `profile_file` is the profile's path from the folder
    in which the run began; `variant` and `defects` are the edits of the bundled server; `repeats` says whether findings
    are tried again, `insecure` that the target's certificate was not verified. Without `claims` all counts.
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
    controls: tuple[Mapping[str, Any], ...] = ()
    profile_file: str = ""
    variant: str = ""
    defects: tuple[str, ...] = ()
    repeats: bool = True
    insecure: bool = False
    claims: Claims | None = None
    role: str = SERVER
    version: str = __version__

    def in_words(self) -> list[str]:
        """Suite, target, time, selection, seed and profile: a line each."""
        return [
            f"oauth2-conformance {self.version}, catalogue {self.catalogue_digest}",
            f"target: {self.edited_name}, {self.base_url}",
            f"started: {self.started}",
            *(["certificate: NOT verified (--insecure)"] if self.insecure else []),
            f"selection: {', '.join((*self.selection, *self.narrowed)) or 'everything'}",
            f"seed of fuzzing: {'not fuzzed' if self.fuzz == OFF else self.seed}",
            f"profile: {json.dumps(self.profile)}",
        ]

    @property
    def edited_name(self) -> str:
        """The target's name, with its edits."""
        return edited_name(self.target_name, self.variant, self.defects)

    @classmethod
    def of_dict(cls, content: Mapping[str, Any]) -> Header:
        """A header from its fields by name, after a way through JSON. Raises KeyError and TypeError for others."""
        several = ("features", "selection", "narrowed", "controls", "defects")
        sequences = {name: tuple(content[name]) for name in several}
        known, claimed = content["baseline"], content.get("claims")
        rebuilt = {
            "baseline": known and baseline.Baseline.of_dict(known),
            "claims": claimed and Claims(**{**claimed, "names": tuple(claimed["names"])}),
        }
        return cls(**{**content, **sequences, **rebuilt})

    def takes(self, requirement: Requirement) -> bool:
        """Whether a requirement is claimed."""
        return self.claims is None or self.claims.take(requirement)

    def concludes(self, requirement: Requirement) -> bool:
        """Whether a requirement has a part in the run's conclusion."""
        if (requirement.role == CLIENT) != (self.role == CLIENT):
            return False
        if self.claims is not None:
            return self.claims.conclude(requirement)
        return requirement.role == self.role and requirement.document not in OUTSIDE_THE_CONCLUSION


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test of a requirement ended.

    `exchanges` names its evidence; `evidence` holds those exchanges of it that no test before has handed in. `judged`
    says what a finding rests on: the names of the `exchange` that was judged, of the one with the `answer` that shows
    the breach and of the `control`, the `aspect` that was wrong, and an `excerpt` of the answer. `breach` says whether
    it is an act of the server or an omission, `once` why it isn't to be tried again, `failed_sign_ins` what a second
    try costs accounts and clients, `repeat` what became of it.
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
    judged: Mapping[str, str] | None = None
    breach: str = ""
    once: str = ""
    failed_sign_ins: Mapping[str, int] = field(default_factory=dict)
    repeat: Mapping[str, Any] | None = None

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
    """What a run gathered: results of tests, and which tests exist for which requirement.

    `footprint` counts what it left at the target, `forecast` what was foretold of that.
    """

    header: Header
    tests: list[TestResult] = field(default_factory=list)
    collected: dict[str, list[str]] = field(default_factory=dict)
    interrupted: bool = False
    finished: str = ""
    forecast: Mapping[str, Any] | None = None
    footprint: Mapping[str, Any] | None = None


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


def not_applicable(
    requirement: Requirement, features: frozenset[str], declined: Mapping[str, str], role: str = SERVER
) -> str | None:
    """Why a requirement is not applicable to a target of a role, in words; None when it is applicable."""
    if requirement.role not in ROLES_TESTED[role]:
        return f"binds the {requirement.role.replace('-', ' ')}"
    reason = next((declined[name] for name in (requirement.id, *requirement.needs) if name in declined), None)
    if reason is not None:
        return f"declined by the profile: {reason}"
    missing = [name for name in requirement.needs if name not in features]
    if missing == ["tls"]:
        return "the target is on loopback without TLS"
    return f"the profile doesn't claim {', '.join(missing)}" if missing else None


def not_claimed(requirement: Requirement) -> str:
    """Why a requirement is not applicable that is judged in an outlook at most."""
    return f"not claimed: `claims` of the profile names no {' or '.join(takers_of(requirement))}"


def build(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    """The content of `results.json`."""
    by_requirement: dict[str, list[TestResult]] = {}
    for test in run.tests:
        by_requirement.setdefault(test.requirement, []).append(test)
    exchanges = _Evidence({each["id"]: each for test in run.tests for each in test.evidence})
    topics = topics_of(catalogue.requirements, load_topics())
    entries = [
        _entry(requirement, by_requirement.get(requirement.id, []), run, exchanges, catalogue)
        | _topic(requirement, topics)
        for requirement in catalogue.requirements
    ]
    tally = tallied(entries)
    header = run.header
    known = _overlay(run, entries)
    vanished = _no_longer_decided(run, entries)
    return {
        "suite": _suite(header),
        "target": {
            "name": header.edited_name,
            "base_url": header.base_url,
            "profile": dict(header.profile),
            "features": list(header.features),
            "bundled": header.bundled,
            **({"profile_file": header.profile_file} if header.profile_file else {}),
            **({"variant": header.variant} if header.variant else {}),
            **({"defects": list(header.defects)} if header.defects else {}),
            **({"role": header.role} if header.role != SERVER else {}),
        },
        "started": header.started,
        "finished": run.finished,
        "interrupted": run.interrupted,
        **({"insecure": True} if header.insecure else {}),
        "selection": [*header.selection, *header.narrowed],
        "workers": header.workers,
        "fuzz": {"budget": header.fuzz, "seed": header.seed},
        "fail_on": header.fail_on,
        "controls": [dict(control) for control in header.controls],
        **({} if header.claims is None else _claims(header.claims, entries, tally, run.interrupted)),
        "conclusion": conclusion_of(tally, run.interrupted),
        "gate": gate_of(
            tally,
            header.fail_on,
            interrupted=run.interrupted,
            selected=bool(run.tests),
            excused=frozenset(entry["id"] for entry in known if entry["state"] == "known"),
            closed_by_baseline=bool(vanished) or any(entry["state"] in baseline.CLOSING for entry in known),
        ),
        "counts": _counts(entries, exchanges.used, header.role),
        "topics": {t.name: {"matters": t.matters, "causes": t.causes} for t in topics.values()},
        "faults": faults_of(entries, exchanges.used, header.profile),
        "requirements": entries,
        "exchanges": exchanges.used,
        **({"forecast": run.forecast} if run.forecast else {}),
        **({"footprint": run.footprint} if run.footprint else {}),
        **(
            {"baseline": {"source": header.baseline.source, "entries": known, "no_longer_decided": vanished}}
            if header.baseline
            else {}
        ),
    }


def _claims(
    made: Claims, entries: Sequence[Mapping[str, Any]], tally: Sequence[Tallied], interrupted: bool
) -> dict[str, Any]:
    """The conclusion of each claim that is made, and how the others would stand."""
    concluded, outlook = [], []
    for name, claim in claims().items():
        own = [each for each, entry in zip(tally, entries, strict=True) if name in entry["claims"]]
        if name in made.names:
            is_empty = all(each.verdict in ("not applicable", "untestable") for each in own)
            if is_empty and not made.are_named:
                continue
            # Where nothing is applicable nothing was kept.
            whole = conclusion_of([replace(each, concludes=True) for each in own], interrupted)
            conclusion = "partial" if is_empty and whole == "conformant" else whole
            concluded.append({"name": name, "title": claim.title, "says": claim.says, "conclusion": conclusion})
            continue
        seen = Counter(entry["outlook"] for entry in entries if name in entry["claims"] and "outlook" in entry)
        decided = sum(number for word, number in seen.items() if word in DECIDED)
        if decided:
            broken = {"failed": seen["failed"], "warned": seen["warned"]}
            outlook.append({"name": name, "title": claim.title, "decided": decided, **broken})
    return {"claims": concluded, "outlook": outlook}


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


def _no_longer_decided(run: Run, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Binding requirements that were decided when the baseline was written, and are vacuous now."""
    known = run.header.baseline
    return [
        entry["id"]
        for entry in entries
        if known is not None
        and entry["verdict"] == "vacuous"
        and entry["level"] in BINDING
        and not entry["left_out"]
        and known.knows_as_decided(entry["id"])
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
            concludes=entry.get(
                "concludes",
                entry["role"] == SERVER and entry["document"] not in OUTSIDE_THE_CONCLUSION,
            ),
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
    catalogue: Catalogue,
) -> dict[str, Any]:
    verdict, reason, no_test_yet = _judge(requirement, tests, run)
    outlook: dict[str, str] = {}
    # A fault of the suite is told, whoever claims what.
    if not run.header.takes(requirement) and verdict not in ("not applicable", "untestable", "error"):
        outlook = {"outlook": verdict} if tests else {}
        verdict, reason, no_test_yet = "not applicable", not_claimed(requirement), False
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
        "no_test_yet": no_test_yet,
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


def _topic(requirement: Requirement, topics: Mapping[str, Topic]) -> dict[str, str]:
    return {"topic": topics[requirement.id].name} if requirement.id in topics else {}


def _judge(requirement: Requirement, tests: Sequence[TestResult], run: Run) -> tuple[Verdict, str, bool]:
    """Verdict, its reason, and whether a test is missing from the suite."""
    header = run.header
    why_not = not_applicable(requirement, frozenset(header.features), header.declined, header.role)
    # Of the other kind of target nothing is asked, testable or not.
    of_others = (requirement.role == CLIENT) != (header.role == CLIENT)
    if requirement.untestable and not of_others:
        return "untestable", requirement.untestable, False
    if why_not is not None:
        return "not applicable", why_not, False
    tests = _without_idle_fuzzing(tests)
    verdict = combine(verdict_of(requirement.level, test.outcome) for test in tests)  # type: ignore[arg-type]
    if verdict is not None:
        deciding = [test for test in tests if verdict_of(requirement.level, test.outcome) == verdict]  # type: ignore[arg-type]
        reasons = dict.fromkeys(_why(test) for test in deciding)
        return verdict, "; ".join(reason for reason in reasons if reason), False
    if not _is_selected(requirement, run.header):
        return "untested", DESELECTED, False
    if requirement.document in BY_FUZZING_ALONE and run.header.fuzz == OFF:
        return "untested", "fuzzing was off: turn it on by `--fuzz quick`", False
    if run.interrupted:
        return "untested", "the run ended before it", False
    # A killed run doesn't know what was collected; one that pytest was told to narrow may leave whole files out.
    if requirement.id in run.collected or run.header.narrowed:
        return "untested", DESELECTED, False
    return "untested", "no test yet", True


def _suite(header: Header) -> dict[str, Any]:
    """The suite that ran, and the release that froze the catalogue by which it judged, if one did."""
    suite = {"name": "oauth2-conformance", "version": header.version, "catalogue": header.catalogue_digest}
    release = release_of(header.catalogue_digest, load_releases())
    frozen = {"release": {"version": release.version, "date": release.date.isoformat()}} if release else {}
    return {**suite, **frozen}


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


def _test(test: TestResult, requirement: Requirement, exchanges: _Evidence, run: Run) -> dict[str, Any]:
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
        **_repeated(test, verdict, exchanges, run),
        **({"fuzz": dict(test.fuzz)} if test.fuzz is not None else {}),
    }


def _repeated(test: TestResult, verdict: Verdict, exchanges: _Evidence, run: Run) -> dict[str, Any]:
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


def _judged(test: TestResult, exchanges: _Evidence) -> dict[str, Any]:
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


def _counts(entries: Sequence[Mapping[str, Any]], used: Sequence[Any], role: str) -> dict[str, Any]:
    """Verdicts of what has a part in the conclusion, by level; by document, all on what the target is.

    Requirements on resource servers have numbers of their own.
    """
    all_own = [entry for entry in entries if entry["role"] == role]
    own = [entry for entry in entries if entry["concludes"]]
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
        "exchanges": len(used),
    }
