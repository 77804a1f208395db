"""Which tests are the suite's, and which of them run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest

from conformance.base import budgets
from conformance.base.documents import is_in_document
from conformance.plugin.stashes import CATALOGUE, COLLECTED, SELECTED
from conformance.profile.client_role import CLIENT
from conformance.running.collecting import RECORDED, is_of_clients
from conformance.tally.catalogue import Catalogue, Requirement

SUITE = Path(__file__).resolve().parent.parent
FUZZ = SUITE / "fuzz"
# A mark whose requirement is made up from names in the file.
COMPUTED_MARK = re.compile(r"""\brequirement\((?!["'])""")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Tests that fuzz are collected on demand only: until then what they judge rests on the directed tests.

    Files without a test that is selected would only cost their time.
    """
    # The files too: a folder named on the command line is never ignored.
    fuzzes = FUZZ in (collection_path, *collection_path.parents)
    if fuzzes and config.option.fuzz == budgets.OFF:
        return True
    of_suite = _is_in_suite(collection_path) and collection_path.name.startswith("test_")
    if of_suite and is_of_clients(collection_path) != (config.option.role == CLIENT):
        return True
    if config.option.only and of_suite and not may_test(collection_path, config.stash[SELECTED]):
        return True
    return None


def may_test(file: Path, identifiers: frozenset[str]) -> bool:
    """Whether a file may hold tests of some requirements, from what stands in it."""
    text = file.read_text(encoding="utf-8")
    return bool(COMPUTED_MARK.search(text)) or any(f'"{identifier}"' in text for identifier in identifiers)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test of the suite carries one known requirement; those not selected go. Others' tests stay theirs."""
    catalogue = config.stash[CATALOGUE]
    _refuse_another_copy(items)
    items.sort(key=is_judged_last)
    of_suite = [item for item in items if is_of_suite(item)]
    for item in of_suite:
        found = requirement_of(item, catalogue)
        config.stash[COLLECTED].setdefault(found.id, []).append(item.name)
    if not config.option.only and not config.option.exclude:
        return
    selected = config.stash[SELECTED]
    left_out = {item for item in of_suite if requirement_of(item, catalogue).id not in selected}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _refuse_another_copy(items: Sequence[pytest.Item]) -> None:
    """Raise UsageError for tests of a copy of the suite that isn't the installed one: nothing would run them."""
    copies: dict[Path, Path | None] = {}
    for item in items:
        if item.path not in copies:
            folders = (each for each in item.path.parents if each.name == SUITE.name and each != SUITE)
            copies[item.path] = next(folders, None)
        copy = copies[item.path]
        if copy is not None and not is_of_suite(item) and (copy / "plugin" / "collection.py").exists():
            raise pytest.UsageError(
                f"{item.path}: is a test of another copy of the suite than the installed one, {SUITE}: "
                f"install that one by `pip install -e {copy.parent}`, or name modules: `--pyargs {_module(item, copy)}`"
            )


def _module(item: pytest.Item, copy: Path) -> str:
    return ".".join(item.path.relative_to(copy.parent).with_suffix("").parts)


def is_of_suite(item: pytest.Item) -> TypeGuard[pytest.Function]:
    """Whether a test is ours, and not one of a project that runs the suite beside its own tests."""
    return isinstance(item, pytest.Function) and _is_in_suite(item.path)


def _is_in_suite(path: Path) -> bool:
    """Whether a file lies in the package, or in a document that was named beside it."""
    return _is_below_suite(path) or is_in_document(path)


# It is asked several times for every test.
@cache
def _is_below_suite(path: Path) -> bool:
    return SUITE in path.parents


def is_judged_last(item: pytest.Item) -> bool:
    """Whether a test judges what all others have recorded."""
    return is_of_suite(item) and RECORDED in item.fixturenames


def requirement_of(item: pytest.Item, catalogue: Catalogue) -> Requirement:
    """The requirement that a test is marked with. Raises UsageError for a missing, double or unknown mark."""
    marks = list(item.iter_markers("requirement"))
    if len(marks) != 1:
        raise pytest.UsageError(f"{item.nodeid}: carries {len(marks)} requirement marks, exactly one is due")
    identifier = marks[0].args[0]
    if identifier not in catalogue.by_id:
        raise pytest.UsageError(f"{item.nodeid}: no requirement {identifier} in the catalogue")
    return catalogue.by_id[identifier]
