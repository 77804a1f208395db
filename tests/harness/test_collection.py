"""Which files `--only` leaves out: none that holds a test of a selected requirement."""

from __future__ import annotations

from conformance.plugin.collection import may_test
from conformance.running.collecting import collect_cases


def test_every_file_is_read_that_tests_a_requirement() -> None:
    missed = [case.name for case in collect_cases(fuzz=True) if not may_test(case.file, frozenset({case.requirement}))]
    assert missed == []


def test_few_files_are_read_in_vain() -> None:
    files = {case.file for case in collect_cases(fuzz=True)}
    assert len(files) > 50
    assert len([file for file in files if may_test(file, frozenset({"rfc9999-1-unknown"}))]) <= len(files) / 10
