"""Settings of all tests of the suite itself."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest


def pytest_collection_finish() -> None:
    """Look for garbage seldom: what has been imported stays, and looking through it costs a sixth of the matrices."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def roomily(test: Callable[[], object]) -> None:
    """Call a test from a frame so large that the frames above it fit into the memory which is taken for it.

    CPython up to 3.13 keeps frames in chunks of 16 KB and hands back the last one whenever it is empty. Where the
    end of a chunk falls below a busy loop, each turn maps and unmaps memory (python/cpython#142183): that made the
    tests that fuzz take twice their time.
    """
    test()


roomily.__code__ = roomily.__code__.replace(co_stacksize=2**17)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Call each test roomily, else as pytest does."""
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    roomily(lambda: pyfuncitem.obj(**arguments))
    return True
