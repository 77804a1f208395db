"""Runs the suite's tests of clients in this process against reference clients with edits, and compares verdicts.

On the clean client each test's steps are recorded: a defect that edits a step can only change tests that ran it.
"""

from __future__ import annotations

import atexit
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from conformance.base.verdict_words import Verdict
from conformance.bundled.clients import profile_of_client
from conformance.bundled.reference_stages import Playhouse, prepare
from conformance.harness.session import Session
from conformance.profile.loading import Profile, parse_profile
from conformance.running.collecting import Case
from conformance.running.single_test import execute
from conformance.tally.applicability import not_applicable
from conformance.tally.verdicts import combine, verdict_of
from reference_client.choosing import choose
from reference_client.client import build, logged_in
from reference_client.defects import Defect
from reference_client.variants import Variant
from reference_server.profile import to_toml
from tests.clients.running import cases, catalogue, session_with

UNDECIDED: tuple[Verdict, ...] = ("inconclusive", "vacuous", "untested", "not applicable")
# What shows only where the client has a page of its own, which a callable hasn't.
WITH_PAGE = (
    "rfc6749-3.1.2.5-no-third-party-scripts",
    "rfc6749-3.1.2.5-credentials-moved-out-of-uri",
    "rfc6749-10.14-client-sanitizes-input",
    "rfc6749-10.15-client-no-open-redirector",
    "rfc9700-2.1-client-no-open-redirector",
    "rfc9700-4.11.1-client-checks-targets",
    "rfc9700-4.2.4-client-page-loads-nothing-foreign",
)
SECONDS = 8
Step = tuple[str, str]


@dataclass(frozen=True)
class Ended:
    """How one test ended on one client, and the steps that its logins ran (on the clean client)."""

    verdict: Verdict
    why: str
    steps: frozenset[Step] = frozenset()


@cache
def certificates() -> Path:
    """A folder with the certificates of stages, for this process."""
    folder = tempfile.TemporaryDirectory(prefix="matrix-of-clients-")
    atexit.register(folder.cleanup)
    prepare(Path(folder.name))
    return Path(folder.name)


class Lasting(Playhouse):
    """Stages for all sessions of a process: listeners that are opened once."""

    def close(self) -> None:
        """Outlasts a session."""


@cache
def house_of(process: int) -> Lasting:
    """The stages of a process: threads don't outlast a fork."""
    return Lasting(certificates())


def house() -> Lasting:
    """The stages of this process."""
    return house_of(os.getpid())


def profile_of(variant: str | None, defects: Sequence[str] = (), command: Sequence[str] = ()) -> Profile:
    """The profile that fits a variant and defects; by a command where one is given."""
    document = tomllib.loads(profile_of_client(variant, defects))
    way = {"command": list(command)} if command else {"callable": "client_of_this_test:login"}
    document["driver"] = {**way, "time_limit": SECONDS}
    return parse_profile(to_toml(document), "the client's profile")


def key(case: Case) -> str:
    """What identifies a test."""
    return f"{case.requirement}::{case.name}"


def run_case(case: Case, session: Session) -> Ended:
    """Run one test."""
    requirement = catalogue().by_id[case.requirement]
    execution = execute(case.function, case.parameters, requirement, case.needs, session)
    session.record.take(execution.trial.exchanges, ())
    outcome = execution.outcome
    why = outcome.reason or f"expected {outcome.expected}; observed {outcome.observed}"
    return Ended(verdict_of(requirement.level, outcome.word), why)


def run(variant: str | None, defects: Sequence[str], chosen: Iterable[Case], command: bool = False) -> dict[str, Ended]:
    """How the chosen tests end on a client; they share one session, as in a run."""
    edits = choose(variant, defects)
    words = [*(word for name in defects for word in ("--defect", name)), *(["--variant", variant] if variant else [])]
    profile = profile_of(variant, defects, [sys.executable, "-m", "reference_client", *words] if command else ())
    with session_with(lambda context: logged_in(build(edits), context), certificates(), profile, house) as session:
        return {key(case): run_case(case, session) for case in sorted(chosen, key=lambda case: case.is_judged_last)}


@cache
def clean() -> Mapping[str, Ended]:
    """How every test ends on the clean client. Each has a session of its own: its steps are known."""
    ended = {}
    for case in cases():
        steps: set[Step] = set()
        client = build(trace=lambda name, step, steps=steps: steps.add((name, step)))  # type: ignore[misc]
        with session_with(partial(logged_in, client), certificates(), profile_of(None), house) as session:
            result = run_case(case, session)
        ended[key(case)] = Ended(result.verdict, result.why, frozenset(steps))
    return ended


@cache
def clean_variant(variant: str) -> Mapping[str, Ended]:
    """How every test ends on a variant."""
    return run(variant, (), cases())


@cache
def clean_command() -> Mapping[str, Ended]:
    """How the tests of pages end on the clean client as a command."""
    return run(None, (), with_page(), command=True)


def with_page() -> list[Case]:
    """The tests of the client's own page."""
    return [case for case in cases() if case.requirement in WITH_PAGE]


def touched_cases(defect: Defect) -> list[Case]:
    """The tests that a defect's edits can change; on a variant, or with a setting, all of them."""
    touched = [edit.touches() for edit in defect.edits]
    if defect.on is not None or defect.profile or None in touched or os.environ.get("MATRIX_FULL"):
        return list(cases())
    return [case for case in cases() if clean()[key(case)].steps & set(touched)]


def by_requirement(ended: Mapping[str, Ended]) -> dict[str, Verdict]:
    """Verdicts of requirements from those of tests."""
    found: dict[str, list[Verdict]] = {}
    for name, result in ended.items():
        found.setdefault(name.partition("::")[0], []).append(result.verdict)
    return {identifier: combined for identifier, verdicts in found.items() if (combined := combine(verdicts))}


def differences(before: Mapping[str, Ended], after: Mapping[str, Ended]) -> dict[str, tuple[Verdict, Verdict]]:
    """Requirements whose verdict changed: (before, after)."""
    old, new = by_requirement(before), by_requirement({**before, **after})
    return {name: (old[name], verdict) for name, verdict in new.items() if old.get(name) != verdict}


def before(defect: Defect) -> Mapping[str, Ended]:
    """How tests end without a defect, on the client that it is made from."""
    if defect.command:
        return clean_command()
    return clean() if defect.on is None else clean_variant(defect.on)


def defect_differences(defect: Defect) -> tuple[dict[str, tuple[Verdict, Verdict]], Mapping[str, Ended]]:
    """What a defect changes, with how the tests that it touches ended.

    A breach may bring about what the clean client has no occasion for: that this is decided then is no harm.
    """
    chosen = with_page() if defect.command else touched_cases(defect)
    after = run(defect.on, [defect.name], chosen, command=defect.command)
    found = differences(before(defect), after)
    brought_about = {name for name, (old, new) in found.items() if old in UNDECIDED and new in ("passed", "noted")}
    return {name: turn for name, turn in found.items() if name not in brought_about}, after


def reasons(ended: Mapping[str, Ended], requirements: Iterable[str]) -> str:
    """Why tests of some requirements ended as they did, for messages."""
    wanted = set(requirements)
    lines = [
        f"  {name}: {result.verdict}: {result.why}"
        for name, result in ended.items()
        if name.partition("::")[0] in wanted and result.verdict not in ("passed", "noted")
    ]
    return "\n".join(lines)


def declared_changes(variant: Variant) -> dict[str, str]:
    """What a variant declares, and that what its profile no longer claims is not applicable: the catalogue says it."""
    target = profile_of(variant.name).target
    before = by_requirement(clean())
    # What judges all that was recorded sends nothing, and is shown in the outlook.
    judged_anyway = {case.requirement for case in cases() if case.is_judged_last}
    left = {}
    for requirement in catalogue().requirements:
        out = not_applicable(requirement, target.features, {}, target.role) is not None
        out = out or (requirement.id not in judged_anyway and not target.claims.take(requirement))
        if out and before.get(requirement.id, "not applicable") != "not applicable":
            left[requirement.id] = "not applicable"
    return {**left, **variant.changes}
