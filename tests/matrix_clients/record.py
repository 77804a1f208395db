"""The record of the matrices of clients: for one catalogue, how each defect and each variant ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.certification.matrix import CLIENT, EXACT, FILES
from conformance.tally.catalogue import load_catalogue
from reference_client.defects import DEFECTS
from reference_client.variants import VARIANTS

OF_DEFECTS = "test_defects.py::test_defect_breaks_exactly_what_it_declares"
OF_VARIANTS = "test_variants.py::test_variant_changes_exactly_what_it_declares"


def tests() -> list[str]:
    """The tests of a whole matrix, `test_file.py::test_name[parameter]`."""
    return [
        *(f"{OF_DEFECTS}[{each.name}]" for each in DEFECTS),
        *(f"{OF_VARIANTS}[{each.name}]" for each in VARIANTS),
    ]


def is_whole(outcomes: Mapping[str, str]) -> bool:
    """Whether every defect and every variant has its outcome."""
    return {*tests()} <= set(outcomes)


def write(outcomes: Mapping[str, str], path: Path = FILES[CLIENT]) -> None:
    """Write the record: pytest's outcomes by test."""
    path.write_text(json.dumps(record_of(outcomes), indent=1) + "\n", encoding="utf-8")


def record_of(outcomes: Mapping[str, str]) -> dict[str, Any]:
    """The record as data: what each defect and variant declares, and whether the matrix found exactly that."""

    def with_results(kind: str, test: str) -> list[dict[str, Any]]:
        return [{**each, "result": _result(outcomes[f"{test}[{each['name']}]"])} for each in declared()[kind]]

    return {
        "suite": __version__,
        "catalogue": load_catalogue().digest,
        "role": CLIENT,
        "defects": with_results("defects", OF_DEFECTS),
        "variants": with_results("variants", OF_VARIANTS),
    }


def declared() -> dict[str, Any]:
    """What a record of the defects and variants that are there now declares, results left out."""
    return {
        "defects": [{"name": each.name, "breaks": list(each.breaks), "blocks": list(each.blocks)} for each in DEFECTS],
        "variants": [{"name": each.name, "changes": dict(each.changes)} for each in VARIANTS],
    }


def _result(outcome: str) -> str:
    return EXACT if outcome == "passed" else "not exact"
