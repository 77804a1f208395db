"""How tests are spread over workers: one each, but those that guess at the same account all to one.

Guesses of two workers would lock the account under each other. The name tells: pytest 9.2 has no node ids any more that
pytest-xdist could mark with a group.
"""

from __future__ import annotations

from xdist.scheduler import LoadGroupScheduling

GUESSING = "guessing"
# Other ways to spread tests are somebody's own choice, for a suite that ours runs beside.
INSTEAD_OF = ("load", "loadgroup")


class Spreading(LoadGroupScheduling):  # type: ignore[misc,unused-ignore]
    """pytest-xdist's own scheduling, which finds a group in the node id."""

    def _split_scope(self, nodeid: str) -> str:
        return GUESSING if GUESSING in nodeid else str(super()._split_scope(nodeid))
