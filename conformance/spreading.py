"""How tests are spread over workers: one each, but those that guess at the same account all to one."""

from __future__ import annotations

from xdist.scheduler import LoadGroupScheduling

# It stands in the name of the module or of the test. pytest 9.2 has no node ids any more that pytest-xdist could mark.
GUESSING = "guessing"


class Spreading(LoadGroupScheduling):  # type: ignore[misc,unused-ignore]
    """pytest-xdist's own scheduling, which finds the group in a test's node id."""

    def _split_scope(self, nodeid: str) -> str:
        return GUESSING if GUESSING in nodeid else str(super()._split_scope(nodeid))
