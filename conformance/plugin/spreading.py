"""How pytest-xdist spreads the suite's tests over its workers: as our own processes do it, group by group."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

from conformance.running.grouping import group_of

# Other ways to spread tests are somebody's own choice, for a suite that ours runs beside.
INSTEAD_OF = ("load", "loadgroup")


class Spreading(LoadScopeScheduling):  # type: ignore[misc,unused-ignore]
    """pytest-xdist's own scheduling by scope, where a scope is a group."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
