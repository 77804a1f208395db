"""Puts what a branch wrote into a `consequences.toml` beside the modules of the defects and variants it speaks of.

    python -m tests.matrix.distribute [BASE]

BASE is where the branch began: by default, after a rebase, what it and `HEAD` have in common. What the branch added to
the file as it stood there is added beside the modules, what it took out is taken out; then the file is removed.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {"reference_server": "tests/matrix/reconcile.py", "reference_client": "tests/matrix_clients/reconcile.py"}
WORDS: Mapping[str, str] = {"breaks": "broken", "blocks": "blocked"}


def distribute(party: str, base: str) -> None:
    """Distribute the file of one reference party."""
    old = ROOT / party / "consequences.toml"
    was = tomllib.loads(_git("show", f"{base}:{party}/consequences.toml"))
    now = tomllib.loads(old.read_text(encoding="utf-8"))
    # Nothing of the party can be imported beside a file that is read no more.
    old.unlink()
    from tests.matrix.reconciling import Seen, files_of, write

    files = files_of(party)
    found = [
        Seen(kind, name, more, fewer, "")
        for kind in ("defect", "variant")
        for name, more, fewer in _changes(was.get(kind, {}), now.get(kind, {}))
    ]
    for seen in found:
        print(f"{seen.kind} {seen.name}" + ("" if seen.name in files[seen.kind] else ": is gone, left out"))
    write(files, COMMANDS[party], [seen for seen in found if seen.name in files[seen.kind]])


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str], tuple[str, ...]]]:
    """What was added to the entry of each name, and what was taken out."""
    for name in sorted({*was, *now}):
        before, after = _turned(was.get(name, {})), _turned(now.get(name, {}))
        if before != after:
            more = {each: word for each, word in after.items() if before.get(each) != word}
            yield name, more, tuple(sorted(before.keys() - after.keys()))


def _turned(entry: Mapping[str, Any]) -> dict[str, str]:
    """What an entry turns, by requirement: a defect's lists, or a variant's verdicts."""
    lists = {each: word for key, word in WORDS.items() for each in entry.get(key, ())}
    return lists or {name: word for name, word in entry.items() if isinstance(word, str)}


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    start = sys.argv[1] if len(sys.argv) > 1 else _git("merge-base", "ORIG_HEAD", "HEAD").strip()
    for each in COMMANDS:
        if (ROOT / each / "consequences.toml").exists():
            distribute(each, start)
