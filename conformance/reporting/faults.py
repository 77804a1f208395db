"""The faults behind a run's findings as every report shows them: one headline each, its requirements folded below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.reporting import summary
from conformance.reporting.summary import Content, Entry, counted

Test = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A requirement that a fault breaks, with those of its tests that show the fault."""

    entry: Entry
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `hint` says what to look for in the server, where that is known."""

    title: str
    hint: str
    cause: str
    verdict: str
    level: str
    findings: tuple[Finding, ...]

    @property
    def lead(self) -> Finding:
        """The gravest of its findings: its evidence stands for the fault."""
        return self.findings[0]

    def usual_cause(self, entry: Entry, topics: Mapping[str, Any]) -> str:
        """What is usually wrong in a server that breaks a requirement, where that fits this fault.

        It doesn't where the cause is known, or where the fault breaks more than the topic speaks of.
        """
        topic = entry.get("topic", "")
        of_topic = sum(finding.entry.get("topic", "") == topic for finding in self.findings)
        fits = not self.cause and topic in topics and 2 * of_topic > len(self.findings)
        return str(topics[topic]["causes"]) if fits else ""


def faults_of(content: Content) -> list[Fault]:
    """The faults of a run, the gravest first; results of earlier versions have one for each finding."""
    by_id = {entry["id"]: entry for entry in content["requirements"]}
    known = content.get("faults")
    if known is None:
        return [_alone(entry) for entry in summary.findings(content)]
    return [
        Fault(
            title=fault["title"],
            hint=fault["says"],
            cause=fault["cause"],
            verdict=fault["verdict"],
            level=fault["level"],
            findings=tuple(_finding(by_id[each["id"]], each["tests"]) for each in fault["requirements"]),
        )
        for fault in known
    ]


def _alone(entry: Entry) -> Fault:
    tests = tuple(summary.deciding_tests(entry))
    return Fault(entry["says"], "", "", entry["verdict"], entry["level"], (Finding(entry, tests),))


def _finding(entry: Entry, names: Sequence[str]) -> Finding:
    return Finding(entry, tuple(test for test in entry["tests"] if test["name"] in names))


def headline(content: Content) -> str:
    """`2 faults, 7 requirements: 6 failed, 1 warned`; `none` without any."""
    found = summary.findings(content)
    if not found:
        return "none"
    numbers = Counter(entry["verdict"] for entry in found)
    words = ", ".join(f"{numbers[word]} {word}" for word in ("failed", "warned") if numbers[word])
    return f"{counted(len(faults_of(content)), 'fault')}, {counted(len(found), 'requirement')}: {words}"


def by_requirement(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    """The faults that break each requirement."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        for finding in fault.findings:
            found.setdefault(finding.entry["id"], []).append(fault)
    return found


# What tests tell


@dataclass(frozen=True, slots=True)
class Told:
    """What was expected and observed in some cases of a requirement, with the test that tells it."""

    cases: tuple[str, ...]
    expected: str
    observed: str
    test: Test

    @property
    def in_cases(self) -> str:
        """`twice, missing`: which cases; empty where a test has none."""
        return ", ".join(self.cases)


def told_by_tests(tests: Iterable[Test]) -> list[Told]:
    """What broken tests tell, each pair of texts once, with all cases that it was seen in."""
    pairs: dict[tuple[str, str], list[Test]] = {}
    for test in tests:
        if test["expected"] or test["observed"]:
            pairs.setdefault((test["expected"], test["observed"]), []).append(test)
    return [
        Told(tuple(test["case"] for test in same if test.get("case")), expected, observed, same[0])
        for (expected, observed), same in pairs.items()
    ]


def excerpt(test: Test, exchanges: Sequence[Mapping[str, Any]]) -> str:
    """What of the answer shows a finding: its status and a piece of it; empty where nothing was sent."""
    judged = test.get("judged")
    if judged is None:
        return ""
    response = exchanges[judged["answer"]].get("response")
    status = str(response["status"]) if response else ""
    return " ".join(part for part in (status, judged["excerpt"]) if part)


def difference(test: Test) -> str:
    """How the judged request differs from the one that it was compared with; empty where that isn't known."""
    return "; ".join(test.get("judged", {}).get("differs", ()))
