"""Settings of all tests of the suite itself."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Mapping

import pytest


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
