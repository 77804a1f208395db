"""`requirements`, `defects`, `variants`: what the suite judges by, and what its own server can be given."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from conformance.base import exit_codes
from conformance.base.suggesting import did_you_mean, in_any_case
from conformance.commands import UsageFault

if TYPE_CHECKING:
    from conformance.bundled.edits import Defect
    from conformance.commands import Commands

SHOWN = ("id", "document", "section", "level", "role", "says", "statements", "needs", "untestable", "attest")


def add(commands: Commands) -> None:
    """Add the commands' parsers."""
    requirements = commands.add_parser("requirements", help="the catalogue, with the tests of each requirement")
    requirements.add_argument("--document", help="one document only, such as rfc7009")
    requirements.add_argument("--json", action="store_true", help="machine-readable")
    requirements.set_defaults(command=list_requirements)

    for name, what in (("defects", "deliberate breaches"), ("variants", "conformant differences")):
        listing = commands.add_parser(name, help=f"the {what} that the reference server can be given")
        listing.add_argument("--json", action="store_true", help="machine-readable")
        listing.set_defaults(command=list_defects if name == "defects" else list_variants)


def list_requirements(options: argparse.Namespace) -> int:
    """Print the catalogue. Raises UsageFault for an unknown document."""
    from conformance.running.collecting import tests_by_requirement
    from conformance.tally.catalogue import load_catalogue

    catalogue = load_catalogue()
    document = options.document and in_any_case(options.document, catalogue.documents)
    if document and document not in catalogue.documents:
        known = ", ".join(catalogue.documents)
        raise UsageFault(f"no document {document} ({known}){did_you_mean(document, catalogue.documents)}")
    tests = tests_by_requirement()
    chosen = [r for r in catalogue.requirements if document in (None, r.document)]
    if options.json:
        rows = [{**{name: getattr(r, name) for name in SHOWN}, "tests": tests.get(r.id, [])} for r in chosen]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return exit_codes.OK
    for r in chosen:
        print(f"{r.id}  [{r.level}, {r.role}]\n    {r.says}")
        for name in tests.get(r.id, []):
            print(f"    test: {name}")
        if r.untestable:
            print(f"    untestable: {r.untestable}")
        elif r.is_tested and r.id not in tests:
            print("    no test yet")
    return exit_codes.OK


def list_defects(options: argparse.Namespace) -> int:
    """Print the reference server's defects, and which of them show only with more than `--defect`."""
    from conformance.bundled.edits import DEFECTS

    shown = ("name", "says", "breaks", "blocks", "on", "fuzz")
    rows = [{name: getattr(defect, name) for name in shown} | {"needs": _flags_for(defect)} for defect in DEFECTS]
    code = _list(rows, options.json, ("needs", "breaks", "blocks"))
    if not options.json:
        fuzzed = sum(defect.fuzz for defect in DEFECTS)
        print(f"{len(DEFECTS)} defects: {len(DEFECTS) - fuzzed} show in directed tests, {fuzzed} only with --fuzz")
    return code


def _flags_for(defect: Defect) -> list[str]:
    """What has to stand beside `--defect` for a defect to show."""
    return [
        *([f"--variant {defect.on}"] if defect.on else []),
        *(["--fuzz quick"] if defect.fuzz else []),
    ]


def list_variants(options: argparse.Namespace) -> int:
    """Print the reference server's variants."""
    from conformance.bundled.edits import VARIANTS

    known = {variant.name: dict(variant.changes) for variant in VARIANTS}
    rows = [{"name": v.name, "says": v.says, "like": v.like or "", "changes": known[v.name]} for v in VARIANTS]
    if not options.json:
        rows = [{**row, "changes": _beside(known.get(str(row["like"]), {}), known[str(row["name"])])} for row in rows]
    return _list(rows, options.json, ("like", "changes"))


def _beside(shared: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """What a variant changes that the one which it is like doesn't, or changes otherwise."""
    return {name: word for name, word in changes.items() if shared.get(name) != word}


def _list(rows: Sequence[Mapping[str, object]], as_json: bool, details: Sequence[str]) -> int:
    if as_json:
        print(json.dumps(rows, indent=1))
        return exit_codes.OK
    for row in rows:
        print(f"{row['name']}\n    {row['says']}")
        for name in details:
            content = row[name]
            if isinstance(content, str):
                lines = [content] if content else []
            elif isinstance(content, dict):
                lines = [f"{key}: {value}" for key, value in content.items()]
            else:
                lines = list(content)  # type: ignore[call-overload]
            if lines:
                print(f"    {name}: " + ", ".join(lines))
    return exit_codes.OK
