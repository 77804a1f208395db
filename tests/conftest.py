"""Settings of all tests of the suite itself."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Mapping
from itertools import groupby, islice

import pytest

# The modules that take longest, by the beginning of their names, dearest first.
DEAR = ("leaks/", "cli/", "hostile/", "reporting/", "preflight/", "harness/drivers/", "clients/", "fuzz/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal the dear modules to all processes, each of which takes a share of the list, and begins with them.

    What is left for those that are done first is short then: at the end nobody waits for a long one.
    """
    hands = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    modules = [list(group) for _, group in groupby(items, lambda item: item.nodeid.partition("::")[0])]
    dear = sorted((module for module in modules if _rank(module) < len(DEAR)), key=_rank)
    others = iter([item for module in modules if _rank(module) == len(DEAR) for item in module])
    dealt = [[item for module in dear[hand::hands] for item in module] for hand in range(hands)]
    share = len(items) // hands
    items[:] = [item for hand in dealt for item in (*hand, *islice(others, max(0, share - len(hand))))] + [*others]


def _rank(module: list[pytest.Item]) -> int:
    return next((rank for rank, name in enumerate(DEAR) if module[0].nodeid.startswith(name)), len(DEAR))


def pytest_collection_finish() -> None:
    """Look for garbage seldom: what has been imported stays, and looking through it costs a sixth of the matrices."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def roomily(test: Callable[..., object], arguments: Mapping[str, object]) -> object:
    """Call a test from a frame so large that the frames above it fit into the memory which is taken for it.

    CPython up to 3.13 keeps frames in chunks of 16 KB and hands back the last one whenever it is empty. Where the
    end of a chunk falls below a busy loop, each turn maps and unmaps memory (python/cpython#142183): that made the
    tests that fuzz take twice their time.
    """
    return test(**arguments)


roomily.__code__ = roomily.__code__.replace(co_stacksize=2**17)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Let pytest call each test roomily."""
    test = pyfuncitem.obj
    pyfuncitem.obj = lambda **arguments: roomily(test, arguments)
    return (yield)
