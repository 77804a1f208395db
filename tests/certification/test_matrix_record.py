"""The record of the matrices that the wheel ships belongs to the catalogue, defects and variants that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.certification import matrix
from conformance.tally.catalogue import load_catalogue
from reference_client.defects import DEFECTS as DEFECTS_OF_CLIENT
from reference_server.variants import VARIANTS
from tests.matrix import record
from tests.matrix_clients import record as of_clients

REMEDY = "run `tox -e matrix` to its end: it writes conformance/certification/matrix.json; commit that"


def outcomes(outcome: str = "passed") -> dict[str, str]:
    """What pytest says when every test of the matrices ends alike."""
    ends = [f"{record.OVER_SOCKETS if d.transport else record.IN_PROCESS}[{d.name}]" for d in record.DIRECTED]
    return dict.fromkeys([*ends, *(f"{record.OF_VARIANTS}[{variant.name}]" for variant in VARIANTS)], outcome)


@pytest.mark.skipif(not matrix.FILE.exists(), reason=f"no record yet: {REMEDY}")
def test_the_record_is_up_to_date() -> None:
    shipped = matrix.read_record()
    without_results = {
        kind: [{key: value for key, value in each.items() if key != "result"} for each in shipped[kind]]
        for kind in ("defects", "variants")
    }
    assert shipped["catalogue"] == load_catalogue().digest, REMEDY
    assert without_results == record.declared(), REMEDY
    assert matrix.vouches_for(shipped, shipped["catalogue"])


@pytest.mark.skipif(not matrix.FILES[matrix.CLIENT].exists(), reason=f"no record yet: {REMEDY}")
def test_the_record_of_clients_is_up_to_date() -> None:
    shipped = matrix.record_for(matrix.CLIENT)
    without_results = {
        kind: [{key: value for key, value in each.items() if key != "result"} for each in shipped[kind]]
        for kind in ("defects", "variants")
    }
    assert shipped["catalogue"] == load_catalogue().digest, REMEDY
    assert without_results == of_clients.declared(), REMEDY
    assert matrix.vouches_for(shipped, shipped["catalogue"])


def test_the_record_of_clients_speaks_of_clients_alone(tmp_path: Path) -> None:
    whole = dict.fromkeys(of_clients.tests(), "passed")
    first = next(iter(whole))
    assert of_clients.is_whole(whole)
    assert not of_clients.is_whole({key: value for key, value in whole.items() if key != first})
    of_clients.write({**whole, first: "failed"}, tmp_path / "matrix.json")
    read, number, digest = matrix.read_record(tmp_path / "matrix.json"), len(DEFECTS_OF_CLIENT), load_catalogue().digest
    told = matrix.in_words(read, digest, matrix.CLIENT)
    assert not matrix.vouches_for(read, digest)
    assert f"{number - 1} of {number} deliberate defects of the reference client" in told
    assert "ships no result" in matrix.in_words(read, digest)
    assert "ships no result" in matrix.in_words(record.record_of(outcomes()), digest, matrix.CLIENT)


def test_a_whole_matrix_is_recorded_and_no_part_of_one(tmp_path: Path) -> None:
    whole = outcomes()
    assert record.is_whole(whole)
    for name in whole:
        assert not record.is_whole({key: value for key, value in whole.items() if key != name})
        break
    record.write(whole, tmp_path / "matrix.json")
    read = matrix.read_record(tmp_path / "matrix.json")
    digest = load_catalogue().digest
    assert matrix.vouches_for(read, digest)
    assert f"{len(record.DIRECTED)} of {len(record.DIRECTED)} deliberate defects" in matrix.in_words(read, digest)


def test_a_record_vouches_for_its_own_catalogue_and_for_exact_results_only(tmp_path: Path) -> None:
    digest = load_catalogue().digest
    good, bad = record.record_of(outcomes()), record.record_of(outcomes("failed"))
    none = matrix.read_record(tmp_path / "missing.json")
    assert not matrix.vouches_for(good, "0" * 64)
    assert "is for another catalogue" in matrix.in_words(good, "0" * 64)
    assert not matrix.vouches_for(bad, digest)
    assert f"0 of {len(record.DIRECTED)} deliberate defects" in matrix.in_words(bad, digest)
    assert not matrix.vouches_for(none, "")
    assert "ships no result" in matrix.in_words(none, digest)
