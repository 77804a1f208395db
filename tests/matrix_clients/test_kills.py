"""Each case that can find a breach of a client is turned red by some defect, or has a neighbor that is."""

from __future__ import annotations

from tests.matrix.kills import faults_of, open_cases, read
from tests.matrix_clients.kills import FILE, binding_cases, exempt

REMEDY = "write a defect, run it with `tests/matrix_clients -k NAME --write-kills`, commit kills.json"


def test_no_binding_case_goes_without_a_defect() -> None:
    assert open_cases(read(FILE), binding_cases(), exempt()) == [], REMEDY


def test_what_is_exempt_shares_its_red_with_a_neighbor() -> None:
    assert faults_of(exempt(), read(FILE), binding_cases()) == []
