"""Runs the suite's tests in this process against reference servers with edits, over ASGI, and compares verdicts.

On the clean server each test's steps are recorded: a defect that edits a step can only change tests that ran it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from conformance.harness.asgi import AsgiTransport
from conformance.harness.catalogue import Catalogue, load_catalogue
from conformance.harness.collecting import Case, collect_cases
from conformance.harness.exchange import Reply, Request
from conformance.harness.profile import Profile, parse_profile
from conformance.harness.redaction import Vault
from conformance.harness.results import not_applicable
from conformance.harness.running import execute
from conformance.harness.session import Session
from conformance.harness.verdicts import Verdict, combine, verdict_of
from reference_server import Settings, build, demo
from reference_server.defects import DEFECTS, Defect
from reference_server.federation import in_process
from reference_server.pipeline import Edit
from reference_server.profile import profile_for
from reference_server.provider.signing import Signer
from reference_server.variants import VARIANTS, Variant

BASE = "https://127.0.0.1:8443"
PLAIN = "http://127.0.0.1:8080"
CONTROL = "http://127.0.0.1:8999"
PROVIDER = "https://127.0.0.1:8444"
# Real hashing has no part in what the matrices show.
SETTINGS = Settings(issuer=BASE, password_cost=2, external_provider=demo.external_provider(PROVIDER))

# What a defect may do to a requirement that it doesn't break: its precondition can't be arranged any more.
UNDECIDED: tuple[Verdict, ...] = ("inconclusive", "untested", "not applicable")

Step = tuple[str, str]


@dataclass(frozen=True)
class Ended:
    """How one test ended on one server, and the steps that its requests ran (on clean servers)."""

    verdict: Verdict
    why: str
    steps: frozenset[Step] = frozenset()


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


@cache
def catalogue() -> Catalogue:
    """The requirement catalogue."""
    return load_catalogue()


@cache
def cases() -> tuple[Case, ...]:
    """All tests of the suite; `MATRIX_FILES`, a glob below the package, narrows them while one works on a section."""
    return tuple(collect_cases(os.environ.get("MATRIX_FILES", "*/test_*.py")))


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
    apps = {BASE: server.app, PLAIN: server.app, CONTROL: server.control_app}
    provider = demo.bundled_provider(server.settings, signer())
    if provider is not None and server.federation is not None:
        server.federation.reach = in_process(provider.app)
        apps[PROVIDER] = provider.app
    transport = AsgiTransport(apps)
    session = Session.open(profile.target, transport, profile.secrets)
    session.vault = Deaf(profile.secrets)
    return World(profile, session, steps)


def run_case(case: Case, world: World) -> Ended:
    """Run one test in a world."""
    requirement = catalogue().by_id[case.requirement]
    outcome = execute(case.function, case.parameters, requirement, case.needs, world.session).outcome
    why = outcome.reason or f"expected {outcome.expected}; observed {outcome.observed}"
    return Ended(verdict_of(requirement.level, outcome.word), why)


@cache
def clean(variant: str | None) -> Mapping[str, Ended]:
    """How every test ends on a clean server. On the default one each has a world of its own: its steps are known."""
    if variant is not None:
        return with_edits(variant, (), cases())
    ended = {}
    for case in cases():
        world = open_world(None, traced=True)
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
    try:
        return {key(case): run_case(case, world) for case in chosen}
    finally:
        world.session.close()


def touched_cases(edits: Sequence[Edit], variant: str | None) -> list[Case]:
    """The tests that a list of edits can change: those that ran an edited step; all of them for a setting.

    On a variant these are the tests that ran the step on the default server, and those that end otherwise there; all
    of them when the step is the variant's own. The full matrix runs every test.
    """
    steps: set[Step] = set()
    for edit in edits:
        touches = edit.touches()
        if touches is None or os.environ.get("MATRIX_FULL"):
            return list(cases())
        steps |= touches
    default = clean(None)
    if variant is None:
        return [case for case in cases() if default[key(case)].steps & steps]
    if not steps <= frozenset().union(*(ended.steps for ended in default.values())):
        return list(cases())
    there = clean(variant)
    return [case for case in cases() if default[key(case)].steps & steps or _differs(default, there, key(case))]


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


def defect_differences(defect: Defect) -> tuple[dict[str, tuple[Verdict, Verdict]], Mapping[str, Ended]]:
    """What a defect changes, with how the tests that it touches ended."""
    after = with_edits(defect.on, defect.edits, touched_cases(defect.edits, defect.on))
    return differences(clean(defect.on), after), after


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
    return {**left, **variant.changes}
