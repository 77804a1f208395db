"""What changed in this checkout since it left a branch, by git; whatever git doesn't know means: everything."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path

from tests.matrix.touched import ROOT, Touched, all_of_it, touched_by

# Where a change touches everything, one server in so many is run; which, changes with each commit.
ONE_IN = 30
# Where a change usually comes from: the first one that is there.
BASES = ("origin/HEAD", "origin/main", "main")


def is_drawn(name: str, now: str) -> bool:
    """Whether a defect or variant is among those that are run at a commit where not all of them are.

    They stand in as many parts, the same ones always; the commit draws the part.
    """
    return part_of(name) == part_of(now)


def part_of(name: str) -> int:
    """The part of what has a name: a defect, a variant, or the commit that draws."""
    return zlib.crc32(name.encode()) % ONE_IN


def touched_since(base: str, environment: Mapping[str, str], root: Path = ROOT) -> Touched:
    """What changed since the merge base with `base`, uncommitted and new files included; empty: with a usual branch."""
    if environment.get("CI"):
        return all_of_it("continuous integration knows no base")
    known = [name for name in ((base,) if base else BASES) if _git(root, "rev-parse", "--verify", f"{name}^{{commit}}")]
    if not known:
        return all_of_it(f"no base to compare with: git knows no {base or ', '.join(BASES)}")
    forked = (_git(root, "merge-base", known[0], "HEAD") or "").strip()
    if not forked:
        return all_of_it(f"HEAD has no common ancestor with {known[0]}")
    changed = _git(root, "diff", "--name-only", "--no-renames", "-z", forked)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    if changed is None or new is None:
        return all_of_it("git doesn't say what changed")
    paths = {path for path in (changed + new).split("\0") if path}
    since = f"since {forked[:10]}, the merge base with {known[0]}"
    if not paths:
        return all_of_it(f"nothing changed {since}: then all of it is looked at")
    head = Touched((f"{len(paths)} files changed {since}",))
    return head | touched_by(paths, lambda path: _git(root, "show", f"{forked}:{path}"))


def commit(root: Path = ROOT) -> str:
    """The commit that is checked out; empty where git doesn't say."""
    return (_git(root, "rev-parse", "HEAD") or "").strip()


def _git(root: Path, *words: str) -> str | None:
    """What git prints; None where it fails, or isn't there."""
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
