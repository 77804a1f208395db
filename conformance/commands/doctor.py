"""`doctor`: proves a profile, thing by thing, before a run rests on it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import exit_codes
from conformance.commands import UsageFault
from conformance.commands.run import BASE_URL_VARIABLE

if TYPE_CHECKING:
    from conformance.commands import Commands
    from conformance.harness.profile import Profile
    from conformance.harness.session import Session

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
    doctor.set_defaults(command=carry_out)


def carry_out(options: argparse.Namespace) -> int:
    """Examine the profile; returns the exit code. Raises UsageFault."""
    from conformance.harness.drivers import UnusableDriver, check_driver
    from conformance.harness.profile import ProfileError, read_profile
    from conformance.harness.run import open_session
    from conformance.preflight.reaching import why_silent

    base_url = options.base_url or os.environ.get(BASE_URL_VARIABLE)
    try:
        profile = read_profile(options.profile, base_url)
        check_driver(profile.target)
    except (ProfileError, UnusableDriver) as error:
        raise UsageFault(str(error)) from error
    silence = why_silent(profile)
    if silence is not None:
        raise UsageFault(f"nothing answers at {profile.target.base_url}: {silence}")
    with closing(open_session(profile)) as session:
        return _examine(profile, session, options)


def _examine(profile: Profile, session: Session, options: argparse.Namespace) -> int:
    from conformance.preflight import telling
    from conformance.preflight.controls import as_dict
    from conformance.preflight.examination import examine
    from conformance.preflight.outlook import foresee

    examiner = examine(profile, session)
    outlook = foresee(profile, examiner.controls, examiner.faults)
    is_sound = all(control.state != "fails" for control in examiner.controls)
    if options.json:
        content = {
            "profile": str(options.profile),
            "sound": is_sound,
            "controls": [as_dict(control, session) for control in examiner.controls],
            "outlook": outlook.as_dict(),
        }
        print(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        telling.print_controls(examiner.controls, session, sys.stdout, every_exchange=options.exchanges)
        telling.print_outlook(outlook, sys.stdout)
        telling.print_conclusion(examiner.controls, options.profile, sys.stdout)
    return exit_codes.OK if is_sound else exit_codes.INCOMPLETE
