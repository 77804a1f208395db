"""Which files `--only` leaves out: none that holds a test of a selected requirement. Where tests stand."""

from __future__ import annotations

import contextlib
import io

import pytest

from conformance.plugin.collection import may_test
from conformance.plugin.pytest_reports import location_of
from conformance.running.collecting import PACKAGE, collect_cases


def test_every_file_is_read_that_tests_a_requirement() -> None:
    missed = [case.name for case in collect_cases(fuzz=True) if not may_test(case.file, frozenset({case.requirement}))]
    assert missed == []


def test_few_files_are_read_in_vain() -> None:
    files = {case.file for case in collect_cases(fuzz=True)}
    assert len(files) > 50
    assert len([file for file in files if may_test(file, frozenset({"rfc9999-1-unknown"}))]) <= len(files) / 10


class _Places:
    def __init__(self) -> None:
        self.said: list[tuple[object, object]] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        items = (item for item in session.items if isinstance(item, pytest.Function))
        self.said = [(location_of(item), item.location) for item in items]


def test_a_tests_place_is_the_one_that_pytest_says() -> None:
    places = _Places()
    folder = PACKAGE / "documents" / "rfc7009"
    words = ["-c", str(PACKAGE / "run.ini"), "--rootdir", str(PACKAGE), "--noconftest", "--collect-only"]
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*words, "-p", "conformance.plugin", "-p", "no:cacheprovider", str(folder)], [places])
    assert len(places.said) > 50
    assert [own for own, pytests in places.said if own != pytests] == []
