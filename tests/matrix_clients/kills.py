"""Which defects of the reference client turn each case red; `python -m tests.matrix_clients.kills` lists the others.

A whole run of the matrices with `--write-kills` puts what was seen into `kills.json`, a narrowed one what it saw.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.running.collecting import Case
from conformance.tally.verdicts import BINDING, FINDINGS
from reference_client.defects import DEFECTS
from tests.clients.running import cases, catalogue
from tests.matrix.kills import Exemption, exemptions, merged, read, report
from tests.matrix_clients.engine import Ended

FILE = Path(__file__).with_name("kills.json")
EXEMPTIONS = Path(__file__).with_name("exempt.toml")


def turned_red(ended: Mapping[str, Ended], usual: Mapping[str, Ended]) -> list[str]:
    """The cases that ended in a finding, and don't on the client without the defect."""
    return [
        name
        for name, each in ended.items()
        if each.verdict in FINDINGS and (name not in usual or usual[name].verdict not in FINDINGS)
    ]


def write(seen: Mapping[str, Sequence[str]], path: Path = FILE) -> None:
    """Put what a run has seen into the file."""
    found = merged(read(path), seen, [defect.name for defect in DEFECTS])
    path.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")


def binding_cases() -> list[Case]:
    """The tests that can find a breach of a MUST or STATED requirement."""
    return [case for case in cases() if catalogue().by_id[case.requirement].level in BINDING]


def exempt() -> list[Exemption]:
    """The cases that may go without a defect of their own."""
    return exemptions(EXEMPTIONS)


def main() -> int:
    """Print how many binding cases some defect of the reference client turns red, and those that none does."""
    return report(read(FILE), binding_cases(), exempt())


if __name__ == "__main__":
    raise SystemExit(main())
