"""`doctor`: proves a profile, thing by thing, before a run rests on it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.base import exit_codes
from conformance.commands import UsageFault
from conformance.options import BASE_URL_VARIABLE

if TYPE_CHECKING:
    from conformance.commands import Commands
    from conformance.harness.session import Session
    from conformance.profile.loading import Profile

EXIT_CODES = """exit codes of doctor:
  0 a run would leave nothing inconclusive   6 something of the profile is disproved
  4 bad profile, wrong usage, or nothing answers at the target"""


def add(commands: Commands) -> None:
    """Add the command's parser."""
    doctor = commands.add_parser(
        "doctor",
        help="prove a profile: what works, what will be tested, what it takes",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    doctor.add_argument("profile", type=Path, metavar="PROFILE.toml", help="the target's profile")
    doctor.add_argument("--base-url", metavar="URL", help=f"point the profile elsewhere (or {BASE_URL_VARIABLE})")
    doctor.add_argument("--exchanges", action="store_true", help="show every exchange, not those of failures alone")
    doctor.add_argument("--json", action="store_true", help="machine-readable, with every exchange")
    doctor.add_argument("--leave", action="store_true", help="keep the tokens that the controls were given")
    doctor.set_defaults(command=carry_out)


def carry_out(options: argparse.Namespace) -> int:
    """Examine the profile; returns the exit code. Raises UsageFault."""
    from conformance.browser.drivers import UnusableDriver, check_driver
    from conformance.preflight.reaching import why_silent
    from conformance.profile.loading import ProfileError, read_profile
    from conformance.running.whole_run import open_session

    base_url = options.base_url or os.environ.get(BASE_URL_VARIABLE)
    try:
        profile = read_profile(options.profile, base_url)
        check_driver(profile.target)
    except (ProfileError, UnusableDriver) as error:
        raise UsageFault(str(error)) from error
    if profile.target.is_client:
        try:
            return _examine_client(profile, options)
        except ProfileError as error:
            raise UsageFault(str(error)) from error
    silence = why_silent(profile)
    if silence is not None:
        raise UsageFault(silence)
    with closing(open_session(profile)) as session:
        return _examine(profile, session, options)


def _examine_client(profile: Profile, options: argparse.Namespace) -> int:
    """The same for a client: a login of each kind, against stages."""
    from conformance.bundled.reference_stages import stages_of_a_while
    from conformance.preflight import terminal_text
    from conformance.preflight.client_logins import examine_client
    from conformance.preflight.controls import as_dict
    from conformance.running.whole_run import open_session

    with stages_of_a_while(profile) as open_house, closing(open_session(profile, open_house=open_house)) as session:
        examiner = examine_client(profile, session)
        is_sound = all(control.state != "fails" for control in examiner.controls)
        if options.json:
            controls = [as_dict(control, session) for control in examiner.controls]
            content = {"profile": str(options.profile), "sound": is_sound, "controls": controls}
            print(json.dumps(content, indent=1, ensure_ascii=False))
        else:
            terminal_text.print_controls(examiner.controls, session, sys.stdout, every_exchange=options.exchanges)
            terminal_text.print_conclusion(examiner.controls, options.profile, sys.stdout)
    return exit_codes.OK if is_sound else exit_codes.INCOMPLETE


def _examine(profile: Profile, session: Session, options: argparse.Namespace) -> int:
    from conformance.harness.clearing import Cleared, revoke_all
    from conformance.preflight import terminal_text
    from conformance.preflight.controls import as_dict
    from conformance.preflight.examination import examine
    from conformance.preflight.forecast import foresee

    examiner = examine(profile, session)
    footprint = session.watch.take()
    outlook = foresee(profile, examiner, footprint)
    cleared = Cleared() if options.leave else revoke_all(session, footprint.issued.values())
    is_sound = all(control.state != "fails" for control in examiner.controls)
    if options.json:
        content = {
            "profile": str(options.profile),
            "sound": is_sound,
            "controls": [as_dict(control, session) for control in examiner.controls],
            "outlook": outlook.as_dict(),
            "revoked": cleared.revoked,
        }
        print(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        terminal_text.print_controls(examiner.controls, session, sys.stdout, every_exchange=options.exchanges)
        terminal_text.print_outlook(outlook, profile.target, sys.stdout)
        terminal_text.print_conclusion(examiner.controls, options.profile, sys.stdout)
    return exit_codes.OK if is_sound else exit_codes.INCOMPLETE
