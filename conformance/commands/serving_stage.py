"""`serve --stage`: one stage, opened for looking at it by hand, which tells what arrives.

It isn't a command of its own: `serve` is the reference server's, and this is that server as clients under test meet it.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.base import exit_codes
from conformance.base.suggesting import did_you_mean
from conformance.commands import Parser, UsageFault

if TYPE_CHECKING:
    from conformance.profile.loading import Profile
    from conformance.wire.stages import Arrived, Stage

FLAG = "--stage"
PROG = "oauth2-conformance serve"
# Where a client listens, unless the profile says so; the stage takes any port.
REDIRECT_URI = "http://127.0.0.1:8912/callback"
# Seconds between two looks at what has arrived.
PAUSE = 0.05
WITHOUT_PROFILE = f"""
[target]
name = "a client"
role = "client"
[driver]
command = ["by hand"]
[registration]
redirect_uri = "{REDIRECT_URI}"
"""


def argument_parser() -> argparse.ArgumentParser:
    """The arguments of `serve --stage`."""
    parser = Parser(
        prog=PROG,
        description="Open a stage, as a client under test meets it: it approves without asking, and tells what comes.",
    )
    parser.add_argument(FLAG, action="store_true", required=True, help="open a stage instead of the reference server")
    parser.add_argument(
        "--profile", type=Path, metavar="FILE", help="a client's profile: its [registration] and [stage]"
    )
    parser.add_argument(
        "--misbehavior", action="append", default=[], metavar="NAME", help="what the stage does otherwise; repeatable"
    )
    parser.add_argument("--misbehaviors", action="store_true", help="list what a stage can do otherwise, and end")
    parser.add_argument("--trust", type=Path, metavar="FILE", help="write the certificates to trust into this file too")
    return parser


def main(words: Sequence[str]) -> int:
    """Serve a stage until interrupted; returns the exit code. Raises UsageFault."""
    from conformance.bundled.reference_stages import KNOWN

    options = argument_parser().parse_args(list(words))
    if options.misbehaviors:
        for name, misbehavior in sorted(KNOWN.items()):
            print(f"{name}: {misbehavior.says}")
        return exit_codes.OK
    for name in options.misbehavior:
        if name not in KNOWN:
            raise UsageFault(
                f"there is no misbehavior {name!r}{did_you_mean(name, KNOWN)} (`--misbehaviors` lists them)"
            )
    try:
        _serve(_profile(options.profile), options.misbehavior, options.trust)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return exit_codes.OK


def _profile(file: Path | None) -> Profile:
    from conformance.profile.loading import ProfileError, parse_profile, read_profile

    try:
        profile = parse_profile(WITHOUT_PROFILE, "the profile of no file") if file is None else read_profile(file)
    except ProfileError as error:
        raise UsageFault(str(error)) from error
    if not profile.target.is_client:
        raise UsageFault(f'{file}: a stage is for a client: its profile has `role = "client"`')
    return profile


def _serve(profile: Profile, misbehaviors: Sequence[str], trust: Path | None) -> None:
    from conformance.bundled.reference_stages import Playhouse, stages_of_a_while
    from conformance.clients.playing import credentials_of
    from conformance.profile.loading import ProfileError

    try:
        with stages_of_a_while(profile) as open_house, closing(open_house()) as house:
            assert isinstance(house, Playhouse)
            stage = house.open(credentials_of(profile.target), misbehaviors)
            if trust is not None:
                shutil.copyfile(house.certificates, trust)
            says = "; ".join(map(house.says, misbehaviors)) or "it is honest"
            print(f"# A stage until Ctrl-C: {says}.")
            for name, value in _variables(stage, str(trust or house.certificates)).items():
                print(f"export {name}={shlex.quote(value)}")
            print("# What arrives:", flush=True)
            _tell(stage)
    except ProfileError as error:
        raise UsageFault(str(error)) from error


def _variables(stage: Stage, certificates: str) -> Mapping[str, str]:
    """What a command gets of a login."""
    from conformance.clients.context import context_of, variables

    return variables(context_of(stage, frozenset(), certificates, str))


def _tell(stage: Stage) -> None:
    """Say what arrives, until interrupted."""
    told = 0
    while True:
        for arrived in stage.arrived[told:]:
            told += 1
            print(_in_words(arrived), flush=True)
        time.sleep(PAUSE)


def _in_words(arrived: Arrived) -> str:
    """One request in a line: no value of a parameter, since many are secrets."""
    from conformance.clients.played import Sent

    request, sent = arrived.reply.request, Sent(arrived.endpoint, arrived.reply, arrived.at)
    names = " ".join(dict.fromkeys(name for name, _ in (*sent.query, *sent.told)))
    scheme = (request.header("Authorization") or "").partition(" ")[0]
    with_header = f" Authorization: {scheme}" if scheme else ""
    asked = f"{request.method} {urlsplit(request.url).path}"
    return f"# {arrived.reply.status} {asked}{with_header} ({names or 'no parameters'})"
