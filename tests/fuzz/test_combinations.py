"""The rows of conditions hold every pair, or every three, that goes together, and nothing else."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from conformance.fuzz.combinations import FAULTS, RULES, TABLES, Conditions, Rule, Table

Together = frozenset[tuple[str, str]]


def goes_together(rules: tuple[Rule, ...], row: Conditions) -> bool:
    """Whether a row keeps all rules."""
    return all(rule(row[one], row[other]) for (one, other), rule in rules)


def held_by(rows: list[Conditions], strength: int) -> set[Together]:
    """All combinations of so many conditions that occur in rows."""
    return {frozenset(chosen) for row in rows for chosen in combinations(row.items(), strength)}


def possible(table: Table, rules: tuple[Rule, ...]) -> list[Conditions]:
    """All rows that keep some rules."""
    every = (dict(zip(table.factors, values, strict=True)) for values in product(*table.factors.values()))
    return [row for row in every if goes_together(rules, row)]


@pytest.mark.parametrize("strength", [2, 3])
@pytest.mark.parametrize("endpoint", TABLES)
def test_rows_hold_all_that_goes_together(endpoint: str, strength: int) -> None:
    table = Table(endpoint, TABLES[endpoint])
    rows = table.rows(strength, seed=1)
    assert held_by(rows, strength) == held_by(possible(table, table.rules), strength)
    assert all(goes_together(table.rules, row) for row in rows)


@pytest.mark.parametrize("endpoint", TABLES)
def test_every_two_faults_come_together(endpoint: str) -> None:
    table = Table(endpoint, TABLES[endpoint])
    rows = list(table.twice_faulty())
    faults = {(name, value) for name, values in FAULTS[endpoint].items() for value in values}
    wanted = {pair for pair in held_by(possible(table, RULES[endpoint]), 2) if pair <= faults}
    assert {pair for pair in held_by(rows, 2) if pair <= faults} == wanted
    assert all(goes_together(RULES[endpoint], row) for row in rows)


def test_another_seed_brings_other_rows() -> None:
    table = Table("token", TABLES["token"])
    assert table.rows(2, seed=1) == table.rows(2, seed=1) != table.rows(2, seed=2)


@pytest.mark.parametrize("endpoint", TABLES)
def test_a_row_is_told_by_what_is_odd_about_it(endpoint: str) -> None:
    table = Table(endpoint, TABLES[endpoint])
    for row in table.rows(2, seed=1):
        assert table.whole(table.odd(row)) == row
