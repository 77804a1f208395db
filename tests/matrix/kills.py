"""Which defects turn each case red: the proof, case by case.

`--write-kills` with a run of the matrices, whole or narrowed, puts what was seen into `kills.json`. Of the defects that
turn a case red the file keeps those that turn the fewest others: they prove the most.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.running.collecting import Case
from conformance.tally.verdicts import BINDING, FINDINGS
from reference_server.defects import DEFECTS
from tests.matrix.engine import Ended, cases, catalogue, clean, key

FILE = Path(__file__).with_name("kills.json")
EXEMPTIONS = Path(__file__).with_name("exempt.toml")
# How many defects are kept for a case, and the share of cases that may go without one.
KEPT = 3
MOST_EXEMPT = 0.08
PROPERTY = "kills"


@dataclass(frozen=True, slots=True)
class Exemption:
    """A case that no defect turns red: which case shares its red on any server that we can think of, and why."""

    case: str
    neighbor: str
    why: str


def turned_red(ended: Mapping[str, Ended], before: Mapping[str, Ended] | None = None) -> list[str]:
    """The cases that ended in a finding, and don't on the server without the defect."""
    usual = clean(None) if before is None else before
    return [
        name
        for name, each in ended.items()
        if each.verdict in FINDINGS and (name not in usual or usual[name].verdict not in FINDINGS)
    ]


def read(path: Path = FILE) -> dict[str, list[str]]:
    """By case, the defects that turn it red."""
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def merged(
    known: Mapping[str, Sequence[str]],
    seen: Mapping[str, Sequence[str]],
    there: Collection[str] = tuple(defect.name for defect in DEFECTS),
) -> dict[str, list[str]]:
    """What is known of cases, with what a run of some defects (`seen`: their cases) adds and takes away.

    `there` are the defects that there are.
    """
    there = frozenset(there)
    pairs = [(case, name) for case, names in known.items() for name in names if name in there and name not in seen]
    pairs += [(case, name) for name, own in seen.items() for case in own]
    reach = Counter({name: len(own) for name, own in seen.items()})
    found: dict[str, list[str]] = {}
    for case, name in sorted(pairs, key=lambda pair: (pair[0], reach[pair[1]], pair[1])):
        found.setdefault(case, []).append(name)
    return {case: names[:KEPT] for case, names in found.items()}


def write(seen: Mapping[str, Sequence[str]], path: Path = FILE) -> None:
    """Put what a run has seen into the file."""
    path.write_text(json.dumps(merged(read(path), seen), indent=0) + "\n", encoding="utf-8")


def exemptions(path: Path = EXEMPTIONS) -> list[Exemption]:
    """The cases that may go without a defect of their own."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Exemption(**entry) for entry in content.get("exempt", [])]


def binding_cases() -> list[Case]:
    """The directed tests that can find a breach of a MUST or STATED requirement."""
    return [case for case in cases() if catalogue().by_id[case.requirement].level in BINDING]


def without_defect(known: Mapping[str, Sequence[str]], chosen: Iterable[Case]) -> list[str]:
    """The cases that no defect turns red."""
    return [key(case) for case in chosen if not known.get(key(case))]


def faults_of(exempt: Sequence[Exemption], known: Mapping[str, Sequence[str]], chosen: Iterable[Case]) -> list[str]:
    """What is wrong with exemptions, in words.

    A neighbor judges by the same sentence, and was seen red. A case that some defect turns red needs no exemption.
    """
    names = {key(case) for case in chosen}
    twice = [name for name, count in Counter(each.case for each in exempt).items() if count > 1]
    found = [f"{name} is exempt twice" for name in twice]
    for each in exempt:
        found += [f"there is no binding case {name}" for name in (each.case, each.neighbor) if name not in names]
        if each.case.partition("::")[0] != each.neighbor.partition("::")[0]:
            found.append(f"{each.case} and its neighbor belong to two requirements")
        if known.get(each.case):
            found.append(f"{each.case} needs no exemption: {', '.join(known[each.case])}")
        if not known.get(each.neighbor):
            found.append(f"the neighbor of {each.case} is turned red by no defect either")
    if len(exempt) > MOST_EXEMPT * len(names):
        found.append(f"{len(exempt)} of {len(names)} cases are exempt, more than {MOST_EXEMPT:.0%}")
    return found


def open_cases(known: Mapping[str, Sequence[str]], chosen: Iterable[Case], exempt: Iterable[Exemption]) -> list[str]:
    """The cases that no defect turns red, and that aren't exempt."""
    excused = {each.case for each in exempt}
    return [name for name in without_defect(known, chosen) if name not in excused]


def main() -> int:
    """Print how many binding cases some defect of the reference server turns red, and those that none does."""
    return report(read(), binding_cases(), exemptions())


def report(known: Mapping[str, Sequence[str]], every: Sequence[Case], exempt: Sequence[Exemption]) -> int:
    """Print it for one party; returns the exit code: 1 where a case is open."""
    left = open_cases(known, every, exempt)
    for each in exempt:
        print(f"exempt  {each.case}")
    for name in left:
        print(f"open  {name}")
    red = len(every) - len(without_defect(known, every))
    print(f"{len(every)} binding cases; {red} are turned red; {len(exempt)} exempt; {len(left)} open")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
