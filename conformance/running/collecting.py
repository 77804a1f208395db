"""Finds the suite's tests through pytest's own collection: for listings and for the matrices."""

from __future__ import annotations

import contextlib
import inspect
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance.base.documents import documents

# The files with tests, below the package.
EVERY_FILE = "**/test_*.py"
PACKAGE = Path(__file__).resolve().parent.parent
FIXTURES = frozenset({"given", "send", "serve", "expect", "target", "trial", "recorded"})
# The folder of a document with its tests of clients.
OF_CLIENTS = "clients"
# What a test names that judges all that a run has recorded: it runs behind the others.
RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Case:
    """One test: its file, its function, its requirement, and what it is called with (`...` stands for a fixture)."""

    file: Path
    name: str
    requirement: str
    needs: tuple[str, ...]
    function: Callable[..., Any]
    parameters: dict[str, Any]

    @property
    def is_judged_last(self) -> bool:
        """Whether the test judges what all others have recorded, and sends nothing itself."""
        return RECORDED in self.parameters


class _Catcher:
    def __init__(self) -> None:
        self.cases: list[Case] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.cases = [case_of(item) for item in session.items if isinstance(item, pytest.Function)]


def case_of(item: pytest.Function) -> Case:
    """What pytest collected, as a case."""
    known = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    names = [name for name in item.fixturenames if name in FIXTURES or name in known]
    wanted = _arguments(item.function)
    return Case(
        file=item.path,
        name=item.name,
        requirement=next(item.iter_markers("requirement")).args[0],
        needs=tuple(name for mark in item.iter_markers("needs") for name in mark.args),
        function=item.function,
        parameters={name: known.get(name, ...) for name in names if name in wanted},
    )


# Many tests are one function with other parameters.
@cache
def _arguments(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def collect_cases(files: str = EVERY_FILE, *, fuzz: bool = False, of_clients: bool = False) -> list[Case]:
    """The suite's tests in collection order, of the files that a glob names; those that fuzz only on demand.

    Tests of servers, unless it is those of clients that are wanted.

    Raises RuntimeError when that fails.
    """
    catcher = _Catcher()
    # A file that is named is collected, whatever the options say.
    found = [path for path in sorted(PACKAGE.glob(files)) if is_of_clients(path) == of_clients]
    paths = [str(path) for path in found if fuzz or path.parent.name != "fuzz"]
    if files == EVERY_FILE:
        own = (path for document in documents().values() for path in document.tests_of(clients=of_clients))
        paths += [str(path) for path in own if PACKAGE not in path.parents]
    output = io.StringIO()
    arguments = ["-c", str(PACKAGE / "run.ini"), "--rootdir", str(PACKAGE), "--noconftest", "--collect-only", "-q"]
    # Plugins that happen to be installed find no more tests, and take a second to import.
    arguments += ["--disable-plugin-autoload"]
    arguments += ["--fuzz", "quick"] if fuzz else []
    arguments += ["--role", "client"] if of_clients else []
    with contextlib.redirect_stdout(output):
        code = pytest.main([*arguments, "-p", "conformance.plugin", "-p", "no:cacheprovider", *paths], [catcher])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the suite's tests could not be collected:\n{output.getvalue()}")
    return catcher.cases


def is_of_clients(file: Path) -> bool:
    """Whether the tests in a file are those of clients: any other's are of servers."""
    return file.parent.name == OF_CLIENTS


def tests_by_requirement() -> dict[str, list[str]]:
    """Names of tests by requirement id."""
    found: dict[str, list[str]] = {}
    for case in (*collect_cases(fuzz=True), *collect_cases(of_clients=True)):
        found.setdefault(case.requirement, []).append(case.name)
    return found
