"""The one tally: from what the tests of a run ended with to `results.json`, and from there to conclusion and gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from conformance.tally import baseline
from conformance.tally.applicability import SERVER
from conformance.tally.catalogue import Catalogue, Requirement
from conformance.tally.claims import Claims, claims, takers_of
from conformance.tally.entries import Evidence, entry_of
from conformance.tally.faults.grouping import faults_of
from conformance.tally.gathered import Header, Run, TestResult
from conformance.tally.releases import load_releases, release_of
from conformance.tally.topics import Topic, load_topics, topics_of
from conformance.tally.verdicts import (
    BINDING,
    OUTSIDE_THE_CONCLUSION,
    FailOn,
    Tallied,
    conclusion_of,
    gate_of,
    is_finding,
)

DECIDED = ("failed", "warned", "passed", "noted")


def prepare(catalogue: Catalogue) -> None:
    """Work out what `build` takes of a catalogue, while there is time."""
    load_topics()
    for requirement in catalogue.requirements:
        takers_of(requirement)


def build(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    """The content of `results.json`."""
    by_requirement: dict[str, list[TestResult]] = {}
    for test in run.tests:
        by_requirement.setdefault(test.requirement, []).append(test)
    exchanges = Evidence({each["id"]: each for test in run.tests for each in test.evidence})
    topics = topics_of(catalogue.requirements, load_topics())
    entries = [
        entry_of(requirement, by_requirement.get(requirement.id, []), run, exchanges, catalogue)
        | _topic(requirement, topics)
        for requirement in catalogue.requirements
    ]
    tally = tallies_of(entries)
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


def tallies_of(entries: Sequence[Mapping[str, Any]]) -> list[Tallied]:
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
    return [entry for entry, tally in zip(entries, tallies_of(entries), strict=True) if is_finding(tally, fail_on)]


def _topic(requirement: Requirement, topics: Mapping[str, Topic]) -> dict[str, str]:
    return {"topic": topics[requirement.id].name} if requirement.id in topics else {}


def _suite(header: Header) -> dict[str, Any]:
    """The suite that ran, and the release that froze the catalogue by which it judged, if one did."""
    suite = {"name": "oauth2-conformance", "version": header.version, "catalogue": header.catalogue_digest}
    release = release_of(header.catalogue_digest, load_releases())
    frozen = {"release": {"version": release.version, "date": release.date.isoformat()}} if release else {}
    return {**suite, **frozen}


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
