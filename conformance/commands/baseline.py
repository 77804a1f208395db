"""`baseline update`: writes the known deviations of a target from the results of a run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance import exit_codes
from conformance.commands import UsageFault
from conformance.commands.results_file import read_results
from conformance.harness.baseline import KEPT, Baseline, Deviation, as_toml, entry_as_toml, read_unfinished
from conformance.harness.toml_files import FileFault

if TYPE_CHECKING:
    from conformance.commands import Commands

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


@dataclass
class Update:
    """A baseline brought up to date: its entries, which of them are new, and the others that it left behind."""

    entries: list[Deviation] = field(default_factory=list)
    new: list[Deviation] = field(default_factory=list)
    dropped: list[tuple[Deviation, str]] = field(default_factory=list)


def update_baseline(options: argparse.Namespace) -> int:
    """Carry out `baseline update`. Raises UsageFault."""
    content = _results(options.results)
    try:
        known = read_unfinished(options.output) if options.output.exists() else Baseline(str(options.output), ())
    except FileFault as error:
        raise UsageFault(str(error)) from error
    updated = brought_up_to_date(known, content, options.fail_on or content["fail_on"])
    says = {entry["id"]: f"{entry['level']}: {entry['says']}" for entry in content["requirements"]}
    try:
        options.output.write_text(as_toml(updated.entries, says), encoding="utf-8")
    except OSError as error:
        raise UsageFault(f"{options.output}: can't be written: {error.strerror}") from error
    _tell(updated, says, options.output, content["started"][:10])
    return exit_codes.OK


def _results(path: Path) -> Mapping[str, Any]:
    """The content of a `results.json` that a baseline can be made from. Raises UsageFault."""
    content = read_results(path)
    if content["interrupted"]:
        raise UsageFault(f"{path}: the run was interrupted: a baseline is made from a run that went to its end")
    return content


def brought_up_to_date(known: Baseline, content: Mapping[str, Any], fail_on: str) -> Update:
    """The baseline that fits a run's results: in the catalogue's order, entries of what is kept or gone left out."""
    entries = {entry["id"]: entry for entry in content["requirements"]}
    of_before = {entry.id: entry for entry in known.entries}
    found = ("failed", "warned") if fail_on == "should" else ("failed",)
    updated = Update()
    for identifier, entry in entries.items():
        if identifier in of_before and not _is_kept(entry):
            updated.entries.append(of_before[identifier])
        elif identifier not in of_before and entry["verdict"] in found:
            updated.entries.append(Deviation(identifier))
            updated.new.append(Deviation(identifier))
    for identifier, deviation in of_before.items():
        if identifier not in entries:
            updated.dropped.append((deviation, "the catalogue has no such requirement"))
        elif _is_kept(entries[identifier]):
            updated.dropped.append((deviation, "the target keeps it now"))
    return updated


def _is_kept(entry: Mapping[str, Any]) -> bool:
    return entry["verdict"] in KEPT and not entry["left_out"]


def _tell(updated: Update, says: Mapping[str, str], path: Path, today: str) -> None:
    """Print what changed, ready entries first: they are what a person has to work on."""
    for deviation in updated.new:
        print(entry_as_toml(deviation, says[deviation.id]))
    for deviation, why in updated.dropped:
        print(f"dropped  {deviation.id}: {why}")
    for deviation in _expired(updated.entries, today):
        print(f"expired  {deviation.id}, on {deviation.expires} ({deviation.owner}): mend it, or give it a new day")
    kept = len(updated.entries) - len(updated.new)
    print(f"{path}: {len(updated.new)} new, {kept} kept, {len(updated.dropped)} dropped")
    if any(not (entry.reason and entry.owner and entry.expires) for entry in updated.entries):
        print("Fill in what stands empty: a run refuses a baseline with gaps.")


def _expired(entries: Iterable[Deviation], today: str) -> Sequence[Deviation]:
    return [entry for entry in entries if entry.expires and entry.expires < today]
