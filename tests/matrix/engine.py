"""Runs the suite's tests in this process against reference servers with edits, over ASGI, and compares verdicts.

On the clean server each test's steps are recorded: a defect that edits a step can only change tests that ran it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from conformance.base.outcomes import Breach
from conformance.base.verdict_words import Verdict
from conformance.harness.run_record import Record
from conformance.harness.session import Session
from conformance.profile.loading import Profile, parse_profile
from conformance.running.collecting import Case, collect_cases
from conformance.running.single_test import execute
from conformance.tally.applicability import not_applicable
from conformance.tally.catalogue import Catalogue, load_catalogue
from conformance.tally.confirming import repeat_of_finding
from conformance.tally.verdicts import FINDINGS, combine, verdict_of
from conformance.wire.asgi import AsgiTransport
from conformance.wire.exchange import Reply, Request
from conformance.wire.vault import Vault
from reference_server import Settings, build, demo
from reference_server.defects import DEFECTS, Defect
from reference_server.federation import in_process
from reference_server.pipeline import Edit
from reference_server.profile import profile_for
from reference_server.provider.bundled import bundled_provider
from reference_server.provider.signing import Signer
from reference_server.server import control_app, public_app
from reference_server.store import Store
from reference_server.variants import VARIANTS, Variant

BASE = "https://127.0.0.1:8443"
PLAIN = "http://127.0.0.1:8080"
CONTROL = "http://127.0.0.1:8999"
PROVIDER = "https://127.0.0.1:8444"
# Real hashing has no part in what the matrices show.
SETTINGS = Settings(issuer=BASE, password_cost=2, external_provider=demo.external_provider(PROVIDER))

# What a defect may do to a requirement that it doesn't break: its precondition can't be arranged any more.
UNDECIDED: tuple[Verdict, ...] = ("inconclusive", "vacuous", "untested", "not applicable")

# What the clean server has no occasion for, and what becomes of it without harm where a breach is an occasion.
NO_OCCASION: tuple[Verdict, ...] = ("vacuous", "not applicable")
HARMLESS: tuple[Verdict, ...] = ("passed", "noted", "vacuous")

Step = tuple[str, str]


@dataclass(frozen=True)
class Ended:
    """How one test ended on one server, and the steps that its requests ran (on clean servers)."""

    verdict: Verdict
    why: str
    steps: frozenset[Step] = frozenset()
    breach: Breach | None = None
    once: str = ""


class Deaf(Vault):
    """A vault that learns no secrets: nothing is written down here."""

    def learn(self, request: Request, reply: Reply | None) -> None:
        """Pass over what an exchange holds."""


@dataclass
class World:
    """One in-process server with its profile and the session of the suite with it."""

    profile: Profile
    session: Session
    steps: set[Step] = field(default_factory=set)
    store: Store | None = None


@cache
def catalogue() -> Catalogue:
    """The requirement catalogue."""
    return load_catalogue()


@cache
def cases() -> tuple[Case, ...]:
    """All tests of the suite; `MATRIX_FILES`, a glob below the package, narrows them while one works on a section."""
    return tuple(collect_cases(os.environ.get("MATRIX_FILES", "**/test_*.py")))


@cache
def signer() -> Signer:
    """The provider's key: made once, since that takes longer than most tests."""
    return Signer()


def variant_named(name: str | None) -> Variant | None:
    """A variant by its name; None for the default server."""
    return None if name is None else next(variant for variant in VARIANTS if variant.name == name)


@cache
def profile_of(variant: str | None) -> Profile:
    """The profile that fits a server with a variant."""
    chosen = variant_named(variant)
    server = build(SETTINGS, chosen.edits if chosen else ())
    return parse_profile(
        profile_for(server, BASE, PLAIN, CONTROL, None, chosen.profile if chosen else None), "the server's profile"
    )


def open_world(variant: str | None, edits: Sequence[Edit] = (), *, traced: bool = False) -> World:
    """A fresh server with a variant and more edits, and a session with it; `steps` grows if it is traced."""
    steps: set[Step] = set()
    trace = (lambda pipeline, step: steps.add((pipeline, step))) if traced else None
    chosen = variant_named(variant)
    all_edits = [*(chosen.edits if chosen else ()), *edits]
    server = build(SETTINGS, all_edits, trace=trace)
    profile = profile_of(variant)
    apps = {BASE: public_app(server), PLAIN: public_app(server), CONTROL: control_app(server)}
    provider = bundled_provider(server.settings, signer())
    if provider is not None and server.federation is not None:
        server.federation.reach = in_process(provider.app)
        apps[PROVIDER] = provider.app
    transport = AsgiTransport(apps)
    session = Session.open(profile.target, transport, profile.secrets)
    session.vault = Deaf(profile.secrets)
    return World(profile, session, steps, server.store)


def run_case(case: Case, world: World) -> Ended:
    """Run one test in a world."""
    requirement = catalogue().by_id[case.requirement]
    execution = execute(case.function, case.parameters, requirement, case.needs, world.session)
    world.session.record.take(execution.trial.exchanges, execution.trial.returns)
    outcome = execution.outcome
    why = outcome.reason or f"expected {outcome.expected}; observed {outcome.observed}"
    return Ended(verdict_of(requirement.level, outcome.word), why, breach=outcome.breach, once=execution.trial.once)


def settled(case: Case, world: World, first: Ended) -> Ended:
    """What a finding comes to when its test is tried again, alone, at the end of a run: the same, or inconclusive."""
    if first.verdict not in FINDINGS or first.once:
        return first
    world.session.forget()
    requirement = catalogue().by_id[case.requirement]
    second = execute(case.function, case.parameters, requirement, case.needs, world.session).outcome
    repeat = repeat_of_finding(first.breach, second.word, second.reason)
    undone = repeat.state == "depends on what went before"
    return Ended("inconclusive", f"{repeat.words}: {first.why}") if undone else first


@cache
def clean(variant: str | None, only: frozenset[str] | None = None) -> Mapping[str, Ended]:
    """How every test ends on a clean server. On the default one each has a world of its own: its steps are known.

    `only` narrows it to the tests of some requirements, on variants.
    """
    if variant is not None:
        return with_edits(variant, (), within(only))
    ended = {}
    record = Record()
    for case in cases():
        world = open_world(None, traced=True)
        world.session.record = record
        result = run_case(case, world)
        world.session.close()
        ended[key(case)] = Ended(result.verdict, result.why, frozenset(world.steps))
    return ended


def key(case: Case) -> str:
    """What identifies a test: function names alone may repeat between modules."""
    return f"{case.requirement}::{case.name}"


def with_edits(variant: str | None, edits: Sequence[Edit], chosen: Iterable[Case]) -> dict[str, Ended]:
    """How the chosen tests end on a server with edits; they share one session, as in a run."""
    world = open_world(variant, edits)
    known = list(chosen)
    try:
        ended = {key(case): run_case(case, world) for case in known}
        if os.environ.get("MATRIX_REPEAT"):
            ended |= {key(case): settled(case, world, ended[key(case)]) for case in known}
        return ended
    finally:
        world.session.close()


def within(only: frozenset[str] | None) -> list[Case]:
    """The tests of some requirements; None: all tests."""
    return [case for case in cases() if only is None or case.requirement in only]


def within_scope(declared: Iterable[str], only: frozenset[str] | None) -> set[str]:
    """Those of some requirements that are looked at; None: all are."""
    return {name for name in declared if only is None or name in only}


def touched_cases(edits: Sequence[Edit], variant: str | None, only: frozenset[str] | None = None) -> list[Case]:
    """The tests, of all or of some requirements, that a list of edits can change.

    These are those that ran an edited step; all of them for a setting.

    On a variant these are the tests that ran the step on the default server, and those that end otherwise there; all
    of them when the step is the variant's own. The full matrix runs every test.
    """
    steps: set[Step] = set()
    for edit in edits:
        touches = edit.touches()
        if touches is None or os.environ.get("MATRIX_FULL"):
            return within(only)
        steps |= touches
    default = clean(None)
    if variant is None:
        return [case for case in within(only) if default[key(case)].steps & steps or case.is_judged_last]
    if not steps <= frozenset().union(*(ended.steps for ended in default.values())):
        return within(only)
    there = clean(variant, only)

    def is_touched(case: Case) -> bool:
        return bool(default[key(case)].steps & steps) or _differs(default, there, key(case)) or case.is_judged_last

    return [case for case in within(only) if is_touched(case)]


def _differs(one: Mapping[str, Ended], other: Mapping[str, Ended], name: str) -> bool:
    return one[name].verdict != other[name].verdict


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


def defect_differences(
    defect: Defect, only: frozenset[str] | None = None
) -> tuple[dict[str, tuple[Verdict, Verdict]], Mapping[str, Ended]]:
    """What a defect changes, of all or of some requirements, with how the tests that it touches ended.

    A breach may bring about what the clean server has no occasion for: that this is decided then is no harm.
    """
    chosen = touched_cases(defect.edits, defect.on, only)
    if not chosen:
        return {}, {}
    after = with_edits(defect.on, defect.edits, chosen)
    # What the touched tests recorded may hold no answer that a rule speaks of: then the clean run's stand for it.
    silent = {key(case) for case in chosen if case.is_judged_last and after[key(case)].verdict == "not applicable"}
    heard = {name: end for name, end in after.items() if name not in silent}
    found = differences(clean(defect.on, None if defect.on is None else only), heard)
    brought_about = {name for name, (old, new) in found.items() if old in NO_OCCASION and new in HARMLESS}
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


def in_process_defects() -> list[Defect]:
    """Defects that directed tests find over ASGI; those of the transport need sockets, others generated input."""
    return [defect for defect in DEFECTS if not defect.transport and not defect.fuzz]


def expected_not_applicable(features: frozenset[str]) -> set[str]:
    """Requirements that features leave out."""
    return {r.id for r in catalogue().requirements if not_applicable(r, features, {}) is not None}


def declared_changes(variant: Variant) -> dict[str, str]:
    """What a variant declares, and that what its profile no longer claims is not applicable: the catalogue says it."""
    left_out = expected_not_applicable(profile_of(variant.name).target.features)
    before = by_requirement(clean(None))
    left = {name: "not applicable" for name in left_out if before.get(name, "not applicable") != "not applicable"}
    # What a variant shares with another one holds as far as its own profile claims it.
    unclaimed = left_out - set(left) if variant.like else set()
    return {**left, **{name: word for name, word in variant.changes.items() if name not in unclaimed}}
