"""What a run gathers: what is known before its first test, how each test ended, and which tests there are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from conformance import __version__
from conformance.base.budgets import OFF
from conformance.tally import baseline
from conformance.tally.applicability import CLIENT, SERVER
from conformance.tally.catalogue import Requirement
from conformance.tally.claims import Claims
from conformance.tally.verdicts import OUTSIDE_THE_CONCLUSION, FailOn


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
        """The header that JSON gives back for a journal's first line. Raises KeyError and TypeError for others."""
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
    it is an act of the server or an omission, `about` what the expectation speaks of, for programs; `once` why it isn't
    to be tried again, `failed_sign_ins` what a second try costs accounts and clients, `repeat` what became of it.
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
    about: tuple[str, ...] = ()
    once: str = ""
    failed_sign_ins: Mapping[str, int] = field(default_factory=dict)
    repeat: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, not copied: evidence is large."""
        return {name: getattr(self, name) for name in MEMBERS}

    @classmethod
    def of_dict(cls, content: Mapping[str, Any]) -> TestResult:
        """The inverse of `as_dict`; takes lists for tuples, as JSON gives them back."""
        sequences = {name: tuple(content[name]) for name in ("notes", "exchanges", "evidence")}
        sequences["about"] = tuple(content.get("about", ()))
        return cls(**{**content, **sequences})


# Of a result: asked for several times for every test.
MEMBERS = tuple(each.name for each in fields(TestResult))


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
