"""Settings of all tests of the suite itself."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Look for garbage seldom: what has been imported stays, and looking through it costs a sixth of the matrices."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
