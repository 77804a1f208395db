"""Which tests run in one process when they are spread over several.

Those of a file, which share what they observed. Those that guess at the same account too, wherever they stand: guesses
of two processes would lock it under each other.
"""

from __future__ import annotations

from collections.abc import Iterable

GUESSING = "guessing"
# Each of those takes a while, and none rests on what another has observed.
ALONE = "/fuzz/"
# But those that share one survey, and those of what takes long to begin.
TOGETHER = ("lifecycle", "openapi", "combinations")
# More processes than these begin with the largest groups, or they would wait for one at the end. Fewer go by the
# documents, whose tests share what they observe, and do so with the last groups alone.
FEW, LAST = 2, 20


def group_of(nodeid: str) -> str:
    """What a test shares with those of its process: a word, its file, or nothing but its own name."""
    if GUESSING in nodeid:
        return GUESSING
    file = nodeid.partition("::")[0]
    if ALONE not in f"/{file}":
        return file
    return next((word for word in TOGETHER if word in file), nodeid)


def groups_of(nodeids: Iterable[str]) -> list[list[str]]:
    """Tests by group, groups in the order of their first test."""
    groups: dict[str, list[str]] = {}
    for nodeid in nodeids:
        groups.setdefault(group_of(nodeid), []).append(nodeid)
    return list(groups.values())


def groups_to_run(nodeids: Iterable[str], processes: int) -> list[list[str]]:
    """Tests by group, in the order in which so many processes take them; one process keeps the order of the tests."""
    if processes == 1:
        return [list(nodeids)]
    groups = groups_of(nodeids)
    by_size = 0 if processes > FEW else -LAST
    groups[by_size:] = sorted(groups[by_size:], key=len, reverse=True)
    return groups
