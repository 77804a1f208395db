"""`replay`: whether a finding of an earlier run still stands, its preconditions arranged anew."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.base import exit_codes
from conformance.base.suggesting import did_you_mean, in_any_case
from conformance.commands import UsageFault
from conformance.options import BUNDLED
from conformance.profile.client_role import CLIENT, SERVER

if TYPE_CHECKING:
    from conformance.commands import Commands
    from conformance.harness.session import Session
    from conformance.profile.loading import Profile
    from conformance.running.collecting import Case
    from conformance.running.single_test import Execution
    from conformance.wire.stages import OpenHouse

EPILOG = """A test with generated input sends the stored input, any other test runs as it is.

exit codes:
  0 it stands no more   1 it still stands   3 a fault in the suite
  4 wrong usage, bad profile, or nothing answers   6 it could not be decided"""
# What a replayed test comes to, the worst first: its exit code, and how it is told.
ENDS: Mapping[str, tuple[int, str]] = {
    "error": (exit_codes.FAULT, "a fault in the suite"),
    "broken": (exit_codes.FINDINGS, "still stands"),
    "inconclusive": (exit_codes.INCOMPLETE, "undecided"),
    "vacuous": (exit_codes.INCOMPLETE, "undecided"),
    "untested": (exit_codes.INCOMPLETE, "undecided"),
    "not applicable": (exit_codes.INCOMPLETE, "undecided"),
    "kept": (exit_codes.OK, "stands no more"),
}


def add(commands: Commands) -> None:
    """Add the command's parser."""
    replay = commands.add_parser(
        "replay",
        help="try a finding of an earlier run again",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    replay.add_argument("profile", metavar="PROFILE.toml", help=f"the target's profile, or `{BUNDLED}`")
    replay.add_argument("results", type=Path, metavar="RESULTS", help="a results.json, or the folder of a run")
    replay.add_argument("id", metavar="ID", help="a requirement with a finding, or REQUIREMENT::TEST")
    replay.add_argument("--base-url", metavar="URL", help="point the profile elsewhere")
    replay.add_argument("--variant", metavar="NAME", help="run the bundled server as this conformant variant")
    replay.add_argument(
        "--defect", action="append", default=[], metavar="NAME", help="give the bundled server a defect"
    )
    replay.set_defaults(command=carry_out)


def carry_out(options: argparse.Namespace) -> int:
    """Run the finding's tests again; returns the exit code. Raises UsageFault."""
    from conformance.commands.results_file import read_results
    from conformance.commands.run import checked_edits

    edited = None if options.profile == BUNDLED else options.profile
    if edited is not None:
        checked_edits(options.variant, options.defect, edited)
    content = read_results(options.results)
    role = content["target"].get("role", SERVER)
    options.variant, options.defect = checked_edits(options.variant, options.defect, edited, role)
    found = findings(content, options.id)
    cases = {(case.requirement, case.name): case for case in _cases_of(role)}
    missing = [name for requirement, name, _ in found if (requirement, name) not in cases]
    if missing:
        raise UsageFault(f"this version of the suite has no test {', '.join(missing)}")
    ended = []
    with _target(options, role) as loaded, _stages(role, loaded) as open_house:
        _tell_another(content["target"], loaded, options)
        session = _opened(loaded, open_house)
        for requirement, name, stored in found:
            execution = _again(cases[requirement, name], stored, session)
            _tell(f"{requirement}::{name}", stored, execution, loaded)
            ended.append(execution.outcome.word)
        session.close()
    return next(code for word, (code, _) in ENDS.items() if word in ended)


def _stages(role: str, profile: Profile) -> AbstractContextManager[OpenHouse | None]:
    """How to open stages, where a client is tried again."""
    if role != CLIENT:
        return nullcontext()
    from conformance.bundled.reference_stages import stages_of_a_while

    return stages_of_a_while(profile)


def _cases_of(role: str) -> list[Case]:
    """The tests of what has a role."""
    from conformance.running.collecting import collect_cases

    return collect_cases(of_clients=True) if role == CLIENT else collect_cases(fuzz=True)


def _tell_another(known: Mapping[str, Any], loaded: Profile, options: argparse.Namespace) -> None:
    """Say so where the target isn't the one that the results are of: the bundled server has another port each time."""
    target = loaded.target
    is_same = known["bundled"] if options.profile == BUNDLED else known["base_url"] == target.base_url
    if not is_same:
        print(
            f"oauth2-conformance: these results are of {known['name']} at {known['base_url']}; "
            f"what follows is of {target.name} at {target.base_url}",
            file=sys.stderr,
        )


def findings(content: Mapping[str, Any], identifier: str) -> list[tuple[str, str, Mapping[str, Any] | None]]:
    """The tests of a requirement that found something, and the stored input of each that has one. Raises UsageFault."""
    word, _, name = identifier.partition("::")
    entries = {entry["id"]: entry for entry in content["requirements"]}
    requirement = in_any_case(word, entries)
    if requirement not in entries:
        raise UsageFault(f"no requirement {word} in these results{did_you_mean(word, entries)}")
    entry = entries[requirement]
    tests = [test for test in entry["tests"] if name in ("", test["name"])]
    if not tests:
        raise UsageFault(f"{requirement} has no test {name or 'at all'} in these results: {entry['reason']}")
    found = [test for test in tests if test["outcome"] == "broken" or _input(test) is not None]
    if not found:
        raise UsageFault(f"{identifier}: no finding in these results: {entry['verdict']}")
    return [(requirement, test["name"], _input(test)) for test in found]


def _input(test: Mapping[str, Any]) -> Mapping[str, Any] | None:
    fuzz = test.get("fuzz") or {}
    return fuzz if "input" in fuzz else None


@contextmanager
def _target(options: argparse.Namespace, role: str) -> Iterator[Profile]:
    """The target's profile, for as long as the target is needed. Raises UsageFault where it can't be had."""
    from conformance.bundled import ServerDidNotStart, server_arguments, start_bundled
    from conformance.profile.loading import ProfileError, parse_profile, read_profile

    try:
        if options.profile != BUNDLED:
            yield read_profile(Path(options.profile), options.base_url)
            return
        if role == CLIENT:
            from conformance.bundled.clients import profile_of_client

            yield parse_profile(profile_of_client(options.variant, options.defect), "the bundled client's profile")
            return
        with start_bundled(server_arguments(options.variant, options.defect)) as server:
            yield parse_profile(server.profile, "the bundled server's profile")
    except (ProfileError, ServerDidNotStart) as error:
        raise UsageFault(str(error)) from error


def _opened(loaded: Profile, open_house: OpenHouse | None) -> Session:
    from conformance.base.budgets import BUDGETS
    from conformance.harness.fuzzing import Fuzzing
    from conformance.preflight.reaching import why_silent
    from conformance.running.whole_run import open_session

    if loaded.target.is_client:
        return open_session(loaded, fuzzing=Fuzzing(BUDGETS["quick"]), open_house=open_house)
    silence = why_silent(loaded)
    if silence:
        raise UsageFault(silence)
    return open_session(loaded, fuzzing=Fuzzing(BUDGETS["quick"]))


def _again(case: Any, stored: Mapping[str, Any] | None, session: Session) -> Execution:
    from conformance.running.single_test import execute
    from conformance.tally.catalogue import load_catalogue

    assert session.fuzzing is not None
    session.fuzzing.replay = stored
    requirement = load_catalogue().by_id[case.requirement]
    return execute(case.function, case.parameters, requirement, case.needs, session)


def _tell(name: str, stored: Mapping[str, Any] | None, execution: Execution, loaded: Profile) -> None:
    """Print how a test ended, and what it sent as curl lines."""
    from conformance.reporting.curl import curl_line
    from conformance.reporting.summary import shell_variables
    from conformance.reporting.text import visible
    from conformance.wire.evidence import rendered

    outcome, redactor = execution.outcome, execution.trial.session.redactor
    why = f"expected {outcome.expected}; observed {outcome.observed}" if outcome.expected else outcome.reason
    print(name)
    if stored is not None:
        print(f"  input: {visible(stored['shown'])}")
    print(f"  {ENDS[outcome.word][1]}: {visible(redactor.text(why)) or 'kept'}")
    variables = shell_variables({"target": {"profile": loaded.shown}})
    for exchange in execution.trial.exchanges:
        if exchange.phase == "send":
            print(f"    {curl_line(rendered(exchange, redactor), variables)}")
