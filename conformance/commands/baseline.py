"""`baseline update`: writes the known deviations of a target from the results of a run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.base import exit_codes
from conformance.commands import UsageFault

if TYPE_CHECKING:
    from conformance.commands import Commands
    from conformance.tally.baseline import Deviation
    from conformance.tally.baseline_update import Update

LATEST = Path("reports", "latest", "results.json")


def add(commands: Commands) -> None:
    """Add the command's parser."""
    baseline = commands.add_parser("baseline", help="keep the file of known deviations, for `run --baseline`")
    actions = baseline.add_subparsers(required=True, metavar="ACTION", parser_class=type(baseline))
    update = actions.add_parser(
        "update",
        help="write it from a run: new findings come in, what is kept now goes out",
        description="Entries that are there keep their reason, owner and day. New ones have to be filled in by hand: "
        "a run refuses a baseline with gaps.",
    )
    update.add_argument("results", nargs="?", type=Path, default=LATEST, help=f"default: {LATEST}")
    update.add_argument("-o", dest="output", type=Path, required=True, metavar="FILE", help="the baseline")
    update.add_argument("--fail-on", choices=["must", "should"], help="which findings it takes (default: the run's)")
    update.set_defaults(command=update_baseline)


def update_baseline(options: argparse.Namespace) -> int:
    """Carry out `baseline update`. Raises UsageFault."""
    from conformance.base.toml_files import FileFault
    from conformance.base.toml_writing import rewritten
    from conformance.tally.baseline import Baseline, as_toml, read_unfinished
    from conformance.tally.baseline_update import brought_up_to_date

    content = _results(options.results)
    try:
        known = read_unfinished(options.output) if options.output.exists() else Baseline(str(options.output), ())
    except FileFault as error:
        raise UsageFault(str(error)) from error
    updated = brought_up_to_date(known, content, options.fail_on or content["fail_on"])
    says = {entry["id"]: f"{entry['level']}: {entry['says']}" for entry in content["requirements"]}
    try:
        text = as_toml(updated.entries, says, updated.decided)
        if options.output.exists():
            text = rewritten(options.output.read_text(encoding="utf-8-sig"), text)
        options.output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageFault(f"{options.output}: can't be written: {error.strerror}") from error
    _tell(updated, says, options.output, content["started"][:10])
    return exit_codes.OK


def _results(path: Path) -> Mapping[str, Any]:
    """The content of a `results.json` that a baseline can be made from. Raises UsageFault."""
    from conformance.commands.results_file import read_results

    content = read_results(path)
    if content["interrupted"]:
        raise UsageFault(f"{path}: the run was interrupted: a baseline is made from a run that went to its end")
    return content


def _tell(updated: Update, says: Mapping[str, str], path: Path, today: str) -> None:
    """Print what changed, ready entries first: they are what a person has to work on."""
    from conformance.tally.baseline import entry_as_toml

    for deviation in updated.new:
        print(entry_as_toml(deviation, says[deviation.id]))
    for deviation, why in updated.dropped:
        print(f"dropped  {deviation.id}: {why}")
    for name in updated.vanished:
        print(f"dropped  {name} from what was decided: vacuous now")
    for deviation in _expired(updated.entries, today):
        print(f"expired  {deviation.id}, on {deviation.expires} ({deviation.owner}): mend it, or give it a new day")
    kept = len(updated.entries) - len(updated.new)
    print(f"{path}: {len(updated.new)} new, {kept} kept, {len(updated.dropped)} dropped")
    if any(not (entry.reason and entry.owner and entry.expires) for entry in updated.entries):
        print("Fill in what stands empty: a run refuses a baseline with gaps.")


def _expired(entries: Iterable[Deviation], today: str) -> Sequence[Deviation]:
    return [entry for entry in entries if entry.expires and entry.expires < today]
