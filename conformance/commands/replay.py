"""`replay`: whether a finding of an earlier run still stands, its preconditions arranged anew."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance import exit_codes
from conformance.commands import UsageFault

if TYPE_CHECKING:
    from conformance.commands import Commands
    from conformance.harness.profile import Profile
    from conformance.harness.running import Execution
    from conformance.harness.session import Session

BUNDLED = "bundled"
EPILOG = """A test with generated input sends the stored input, any other test runs as it is.

exit codes:
  0 it stands no more   1 it still stands   3 a fault in the suite
  4 wrong usage, bad profile, or nothing answers   6 it could not be decided"""
# What a replayed test comes to, the worst first: its exit code, and how it is told.
ENDS: Mapping[str, tuple[int, str]] = {
    "error": (exit_codes.FAULT, "a fault in the suite"),
    "broken": (exit_codes.FINDINGS, "still stands"),
    "inconclusive": (exit_codes.INCOMPLETE, "undecided"),
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
    from conformance.harness.collecting import collect_cases

    found = findings(read_results(options.results), options.id)
    cases = {(case.requirement, case.name): case for case in collect_cases(fuzz=True)}
    missing = [name for requirement, name, _ in found if (requirement, name) not in cases]
    if missing:
        raise UsageFault(f"this version of the suite has no test {', '.join(missing)}")
    ended = []
    with _target(options) as loaded:
        session = _opened(loaded)
        for requirement, name, stored in found:
            execution = _again(cases[requirement, name], stored, session)
            _tell(f"{requirement}::{name}", stored, execution, loaded)
            ended.append(execution.outcome.word)
        session.close()
    return next(code for word, (code, _) in ENDS.items() if word in ended)


def findings(content: Mapping[str, Any], identifier: str) -> list[tuple[str, str, Mapping[str, Any] | None]]:
    """The tests of a requirement that found something, and the stored input of each that has one. Raises UsageFault."""
    requirement, _, name = identifier.partition("::")
    entry = next((entry for entry in content["requirements"] if entry["id"] == requirement), None)
    if entry is None:
        raise UsageFault(f"no requirement {requirement} in these results")
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
def _target(options: argparse.Namespace) -> Iterator[Profile]:
    """The target's profile, for as long as the target is needed. Raises UsageFault where it can't be had."""
    from conformance.bundled import ServerDidNotStart, server_arguments, start_bundled
    from conformance.harness.profile import ProfileError, parse_profile, read_profile

    try:
        if options.profile != BUNDLED:
            yield read_profile(Path(options.profile), options.base_url)
            return
        with start_bundled(server_arguments(options.variant, options.defect)) as server:
            yield parse_profile(server.profile, "the bundled server's profile")
    except (ProfileError, ServerDidNotStart) as error:
        raise UsageFault(str(error)) from error


def _opened(loaded: Profile) -> Session:
    from conformance.budgets import BUDGETS
    from conformance.harness.fuzzing import Fuzzing
    from conformance.harness.run import open_session
    from conformance.preflight.reaching import why_silent

    silence = why_silent(loaded)
    if silence:
        raise UsageFault(f"nothing answers at the target {loaded.target.base_url}: {silence}")
    return open_session(loaded, fuzzing=Fuzzing(BUDGETS["quick"]))


def _again(case: Any, stored: Mapping[str, Any] | None, session: Session) -> Execution:
    from conformance.harness.catalogue import load_catalogue
    from conformance.harness.running import execute

    assert session.fuzzing is not None
    session.fuzzing.replay = stored
    requirement = load_catalogue().by_id[case.requirement]
    return execute(case.function, case.parameters, requirement, case.needs, session)


def _tell(name: str, stored: Mapping[str, Any] | None, execution: Execution, loaded: Profile) -> None:
    """Print how a test ended, and what it sent as curl lines."""
    from conformance.harness.session import rendered
    from conformance.reporting.curl import curl_line
    from conformance.reporting.summary import shell_variables
    from conformance.reporting.text import visible

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
