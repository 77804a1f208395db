"""Finds the suite's tests through pytest's own collection: for listings and for the matrices."""

from __future__ import annotations

import contextlib
import inspect
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parent.parent
FIXTURES = frozenset({"given", "send", "expect", "target", "trial"})


@dataclass(frozen=True, slots=True)
class Case:
    """One test: its file, its function, its requirement, and what it is called with (`...` stands for a fixture)."""

    file: Path
    name: str
    requirement: str
    needs: tuple[str, ...]
    function: Callable[..., Any]
    parameters: dict[str, Any]


class _Catcher:
    def __init__(self) -> None:
        self.cases: list[Case] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.cases = [case_of(item) for item in session.items if isinstance(item, pytest.Function)]


def case_of(item: pytest.Function) -> Case:
    """What pytest collected, as a case."""
    known = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    names = [name for name in item.fixturenames if name in FIXTURES or name in known]
    wanted = inspect.signature(item.function).parameters
    return Case(
        file=item.path,
        name=item.name,
        requirement=next(item.iter_markers("requirement")).args[0],
        needs=tuple(name for mark in item.iter_markers("needs") for name in mark.args),
        function=item.function,
        parameters={name: known.get(name, ...) for name in names if name in wanted},
    )


def collect_cases(files: str = "*/test_*.py", *, fuzz: bool = False) -> list[Case]:
    """The suite's tests in collection order, of the files that a glob names; those that fuzz only on demand.

    Raises RuntimeError when that fails.
    """
    catcher = _Catcher()
    # A file that is named is collected, whatever the options say.
    paths = sorted(str(path) for path in PACKAGE.glob(files) if fuzz or path.parent.name != "fuzz")
    output = io.StringIO()
    arguments = ["-c", str(PACKAGE / "pytest.ini"), "--rootdir", str(PACKAGE), "--noconftest", "--collect-only", "-q"]
    arguments += ["--fuzz", "quick"] if fuzz else []
    with contextlib.redirect_stdout(output):
        code = pytest.main([*arguments, "-p", "conformance.plugin", "-p", "no:cacheprovider", *paths], [catcher])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the suite's tests could not be collected:\n{output.getvalue()}")
    return catcher.cases


def tests_by_requirement() -> dict[str, list[str]]:
    """Names of tests by requirement id."""
    found: dict[str, list[str]] = {}
    for case in collect_cases(fuzz=True):
        found.setdefault(case.requirement, []).append(case.name)
    return found
