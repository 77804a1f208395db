"""The record of the matrices: for one catalogue, how each defect and each variant ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.certification.matrix import EXACT, FILE
from conformance.tally.catalogue import load_catalogue
from reference_server.defects import DEFECTS, Defect
from reference_server.variants import VARIANTS, Variant

IN_PROCESS = "test_defects.py::test_defect_breaks_exactly_what_it_declares"
OVER_SOCKETS = "test_transport.py::test_transport_defect_breaks_exactly_what_it_declares"
# What only fuzzing finds has no part in the matrices.
DIRECTED = tuple(defect for defect in DEFECTS if not defect.fuzz)
OF_VARIANTS = "test_variants.py::test_variant_changes_exactly_what_it_declares"


def is_whole(outcomes: Mapping[str, str]) -> bool:
    """Whether every defect and every variant has its outcome."""
    return {*map(_test_of_defect, DIRECTED), *map(_test_of_variant, VARIANTS)} <= set(outcomes)


def write(outcomes: Mapping[str, str], path: Path = FILE) -> None:
    """Write the record: pytest's outcomes by test, `test_file.py::test_name[parameter]`."""
    path.write_text(json.dumps(record_of(outcomes), indent=1) + "\n", encoding="utf-8")


def record_of(outcomes: Mapping[str, str]) -> dict[str, Any]:
    """The record as data: what each defect and variant declares, and whether the matrix found exactly that."""
    return {
        "suite": __version__,
        "catalogue": load_catalogue().digest,
        "defects": [{**_declared(each), "result": _result(outcomes[_test_of_defect(each)])} for each in DIRECTED],
        "variants": [{**_named(each), "result": _result(outcomes[_test_of_variant(each)])} for each in VARIANTS],
    }


def declared() -> dict[str, Any]:
    """What a record of the defects and variants that are there now declares, results left out."""
    return {"defects": [_declared(each) for each in DIRECTED], "variants": [_named(each) for each in VARIANTS]}


def _declared(defect: Defect) -> dict[str, Any]:
    return {"name": defect.name, "breaks": list(defect.breaks), "blocks": list(defect.blocks)}


def _named(variant: Variant) -> dict[str, Any]:
    return {"name": variant.name, "changes": dict(variant.changes)}


def _test_of_defect(defect: Defect) -> str:
    return f"{OVER_SOCKETS if defect.transport else IN_PROCESS}[{defect.name}]"


def _test_of_variant(variant: Variant) -> str:
    return f"{OF_VARIANTS}[{variant.name}]"


def _result(outcome: str) -> str:
    return EXACT if outcome == "passed" else "not exact"
