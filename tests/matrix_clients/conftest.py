"""Draws some of the reference client's defects and variants where not all of them are to be run."""

from __future__ import annotations

import pytest

from tests.matrix.changes import ONE_IN, commit, is_drawn


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that draws."""
    parser.addoption("--sampled", action="store_true", help=f"one client in {ONE_IN}, others for each commit")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the clients that aren't drawn."""
    if not config.getoption("--sampled"):
        return
    now = commit()
    kept = [item for item in items if not hasattr(item, "callspec") or is_drawn(item.callspec.id, now)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept
