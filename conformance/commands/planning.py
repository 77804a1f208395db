"""`run --list`: what would run and what it would take. The target is sent nothing."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pytest

from conformance.base import budgets, exit_codes
from conformance.bundled import server_arguments, start_bundled
from conformance.commands import UsageFault
from conformance.harness.footprint import Footprint
from conformance.harness.fuzzing import fuzzing_of
from conformance.plugin.opening import check_selectors
from conformance.preflight.controls import Examiner
from conformance.preflight.forecast import REQUESTS_OF_A_JOURNEY, ForecastEntry, Outlook, foresee
from conformance.preflight.rehearsal import FUZZ
from conformance.preflight.terminal_text import duration
from conformance.profile.client_role import CLIENT
from conformance.profile.loading import Profile, ProfileError, parse_profile, read_profile, with_all_probes
from conformance.reporting.summary import counted
from conformance.reporting.text import document_name
from conformance.running.collecting import Case, collect_cases
from conformance.running.whole_run import open_session
from conformance.tally.catalogue import Catalogue, Requirement, load_catalogue

# Seconds that an answer is taken to need, since none has been seen: a server of some distance.
ROUND_TRIP = 0.02


@dataclass(frozen=True, slots=True)
class Planned:
    """A selected requirement, what will become of it, and the names of its tests."""

    requirement: Requirement
    prospect: str
    reason: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do. `properties` get generated input, each for as long as `seconds_each`."""

    target: str
    planned: tuple[Planned, ...]
    outlook: Outlook
    properties: int
    seconds_each: float

    @property
    def tested(self) -> list[Planned]:
        """What would be tested."""
        return [each for each in self.planned if each.prospect == "tested"]

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "target": self.target,
            "requests": self.outlook.requests,
            "seconds": round(self.outlook.seconds, 1),
            "assumed_round_trip_ms": round(self.outlook.round_trip * 1000, 1),
            "waits": round(self.outlook.waits, 1),
            "fuzzing": {"properties": self.properties, "most_seconds": self.properties * self.seconds_each},
            "requirements": [
                {
                    "id": each.requirement.id,
                    "document": each.requirement.document,
                    "section": each.requirement.section,
                    "level": each.requirement.level,
                    "prospect": each.prospect,
                    "reason": each.reason,
                    "tests": list(each.tests),
                }
                for each in self.planned
            ],
        }


def list_plan(chosen: argparse.Namespace) -> int:
    """Print what a run with these options would do; returns the exit code. Raises UsageFault."""
    catalogue = load_catalogue()
    try:
        check_selectors(chosen.only, chosen.exclude, catalogue)
    except pytest.UsageError as error:
        raise UsageFault(str(error)) from error
    selected = catalogue.selected(chosen.only, chosen.exclude)
    profile = _profile(chosen)
    is_client = profile.target.is_client
    collected = collect_cases(fuzz=chosen.fuzz != budgets.OFF and not is_client, of_clients=is_client)
    cases = [case for case in collected if case.requirement in selected]
    if is_client:
        return _list_of_client(profile, catalogue, cases, chosen)
    plan = plan_of(profile, catalogue, selected, cases, chosen)
    if chosen.json:
        print(json.dumps(plan.as_dict(), indent=1, ensure_ascii=False))
    else:
        _print(plan, with_requirements=not chosen.quiet, with_tests=chosen.verbose)
    return exit_codes.OK if cases else exit_codes.NOTHING_SELECTED


def _list_of_client(profile: Profile, catalogue: Catalogue, cases: Sequence[Case], chosen: argparse.Namespace) -> int:
    """Print what a run of a client would do: nobody knows how long its logins take."""
    target = profile.target
    tests: dict[str, list[str]] = {}
    for case in cases:
        if set(case.needs) <= target.features:
            tests.setdefault(case.requirement, []).append(case.name)
    planned = [
        Planned(requirement, "tested", "", tuple(tests[requirement.id]))
        for requirement in catalogue.requirements
        if requirement.id in tests and (target.claims.outlook or target.claims.take(requirement))
    ]
    if chosen.json:
        listed = [{"id": each.requirement.id, "tests": list(each.tests)} for each in planned]
        print(json.dumps({"target": target.name, "requirements": listed}, indent=1))
    else:
        _print_requirements([] if chosen.quiet else planned, with_tests=chosen.verbose)
        number = sum(len(each.tests) for each in planned)
        print(f"{target.name}: {counted(len(planned), 'requirement')} would be tested, by {counted(number, 'test')}.")
    return exit_codes.OK if planned else exit_codes.NOTHING_SELECTED


def plan_of(
    profile: Profile,
    catalogue: Catalogue,
    selected: frozenset[str],
    cases: Sequence[Case],
    chosen: argparse.Namespace,
) -> Plan:
    """What becomes of the selected requirements and their tests, on a target that answers as its profile says."""
    session = open_session(profile)
    try:
        outlook = foresee(profile, Examiner(profile, session), Footprint(), cases, chosen.processes or 1)
    finally:
        session.close()
    tests: dict[str, list[str]] = {}
    for case in cases:
        tests.setdefault(case.requirement, []).append(case.name)
    fuzzed = [case for case in cases if case.file.parent.name == FUZZ]
    fuzzing = fuzzing_of(chosen.fuzz, chosen.fuzz_seed, chosen.fuzz_seconds)
    drawn = {case.requirement for case in fuzzed}
    foretold = [_with_fuzzing(each, drawn) for each in outlook.requirements if each.id in selected]
    return Plan(
        target=f"{profile.target.name} at {profile.target.base_url}" if chosen.profile else profile.target.name,
        planned=tuple(
            Planned(catalogue.by_id[each.id], each.prospect, each.reason, tuple(tests.get(each.id, ())))
            for each in foretold
        ),
        outlook=replace(outlook, round_trip=ROUND_TRIP, journey=REQUESTS_OF_A_JOURNEY * ROUND_TRIP),
        properties=len(fuzzed),
        seconds_each=fuzzing.budget.seconds if fuzzing else 0.0,
    )


def _with_fuzzing(foretold: ForecastEntry, drawn: set[str]) -> ForecastEntry:
    """Generated input tests what no other test does; it isn't rehearsed."""
    if foretold.prospect == "untested" and foretold.id in drawn:
        return replace(foretold, prospect="tested", reason="")
    return foretold


def _profile(chosen: argparse.Namespace) -> Profile:
    try:
        if chosen.profile is None and chosen.role == CLIENT:
            from conformance.bundled.clients import profile_of_client

            return parse_profile(profile_of_client(chosen.variant, chosen.defect), "the bundled client's profile")
        if chosen.profile is None:
            with start_bundled(server_arguments(chosen.variant, chosen.defect)) as server:
                announced = parse_profile(server.profile, "the bundled server's profile")
            # Its certificate goes with it.
            profile = replace(announced, target=replace(announced.target, ca_file=None))
        else:
            profile = read_profile(chosen.profile, chosen.base_url)
    except ProfileError as error:
        raise UsageFault(str(error)) from error
    return with_all_probes(profile) if chosen.all_probes else profile


def _print(plan: Plan, *, with_requirements: bool, with_tests: bool) -> None:
    _print_requirements(plan.tested if with_requirements else [], with_tests=with_tests)
    tested = plan.tested
    tests = sum(len(each.tests) for each in tested)
    print(f"{plan.target}: {counted(len(tested), 'requirement')} would be tested, by {counted(tests, 'test')}.")
    others = Counter(each.prospect for each in plan.planned if each.prospect != "tested")
    if others:
        told = ", ".join(f"{number} {prospect}" for prospect, number in others.most_common())
        print(f"Others that are selected: {told} (--list --json says why).")
    outlook = plan.outlook
    taking = f"{outlook.round_trip * 1000:.0f} ms"
    waiting = f", {duration(outlook.waits)} of it waiting" if outlook.waits else ""
    print(
        f"About {counted(outlook.requests, 'request')}, {duration(outlook.seconds)} with one process "
        f"if an answer takes {taking}{waiting}."
    )
    if plan.properties:
        most = duration(plan.properties * plan.seconds_each)
        kind = "property gets" if plan.properties == 1 else "properties get"
        print(f"{plan.properties} {kind} generated input besides, for {most} at most.")
    print("Nothing was sent to the target. `doctor` tries its profile out, and measures how long an answer takes.")


def _print_requirements(planned: Sequence[Planned], *, with_tests: bool) -> None:
    for document, of_document in groupby(planned, key=lambda each: each.requirement.document):
        print(document_name(document))
        for section, of_section in groupby(of_document, key=lambda each: each.requirement.section):
            print(f"  {section}")
            for each in of_section:
                _print_requirement(each, with_tests=with_tests)
    if planned:
        print()


def _print_requirement(planned: Planned, *, with_tests: bool) -> None:
    requirement = planned.requirement
    print(f"    {requirement.id}  [{requirement.level}]  {counted(len(planned.tests), 'test')}")
    if with_tests:
        for name in planned.tests:
            print(f"      {name}")
