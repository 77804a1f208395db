"""Claims: what a profile says that its target keeps, each with the requirements that it takes.

Conclusion and gate are over the claims made. What is judged of other documents is an outlook.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from conformance.tally.catalogue import Requirement, Role, selects_place
from conformance.tally.verdicts import OUTSIDE_THE_CONCLUSION

FILE = Path(__file__).with_name("claims.toml")
EVERYTHING = "*"
CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: `takes` names requirements as `--only` does, `leaves` those of them that it doesn't take.

    `demands` are features that it is empty without; a certificate is `certified_with` more of them.

    An `implied` one is made by profiles that name no claims. An outlook `assumes` features.
    """

    name: str
    title: str
    says: str
    takes: tuple[str, ...]
    demands: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ("authorization-server",)
    implied: bool = False
    assumes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    certified_only: bool = False
    certified_with: tuple[str, ...] = ()

    def covers(self, identifier: str, document: str, section: str, role: str) -> bool:
        """Whether the claim takes a requirement."""
        if role not in self.roles or document in OUTSIDE_THE_CONCLUSION or identifier in self.leaves:
            return False
        place = (identifier, document, section)
        return any(selector == EVERYTHING or selects_place(selector, *place) for selector in self.takes)


@cache
def certifications() -> Mapping[str, Claim]:
    """All that can be certified, by name: every claim, and what takes several of them."""
    tables: Mapping[str, Mapping[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _claim(name, table) for name, table in tables.items()}


def _claim(name: str, table: Mapping[str, Any]) -> Claim:
    return Claim(name, **{key: _frozen(value) for key, value in table.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@cache
def claims() -> Mapping[str, Claim]:
    """All claims by name."""
    return {name: claim for name, claim in certifications().items() if not claim.certified_only}


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims that a target makes; `are_named` says that its profile names them, else they are implied.

    With an `outlook` what isn't claimed is tested as well.
    """

    names: tuple[str, ...] = ()
    are_named: bool = False
    outlook: bool = False

    def take(self, requirement: Requirement) -> bool:
        """Whether a requirement is claimed: by name, or because no claim that there is takes it."""
        names = takers_of(requirement)
        return not names or any(name in self.names for name in names)

    def conclude(self, requirement: Requirement) -> bool:
        """Whether a requirement has a part in the run's conclusion. One on a resource has where its claim is named."""
        if requirement.document in OUTSIDE_THE_CONCLUSION or not self.take(requirement):
            return False
        return requirement.role in ("authorization-server", "client") or (
            self.are_named and bool(takers_of(requirement))
        )


def takers_of(requirement: Requirement) -> list[str]:
    """The claims that take a requirement, made or not."""
    return [*_takers(requirement.id, requirement.document, requirement.section, requirement.role)]


@cache
def _takers(*place: str) -> tuple[str, ...]:
    """They are asked for often, of each requirement, and every time are the same."""
    return tuple(name for name, claim in claims().items() if claim.covers(*place))


def claims_of(named: Sequence[str] | None, features: Iterable[str], outlook: bool = False) -> Claims:
    """The claims of a profile: those that it names, or those that are implied where it names none.

    A feature that says no more than a claim does stands for it.
    """
    has = frozenset(features)
    stood_for = [name for name, claim in claims().items() if claim.assumes and has.issuperset(claim.assumes)]
    # A client's profile claims nothing of a server.
    own = {name: claim for name, claim in claims().items() if (CLIENT in claim.roles) == (CLIENT in has)}
    implied = [name for name, claim in own.items() if claim.implied]
    names = tuple(dict.fromkeys([*(implied if named is None else named), *stood_for]))
    return Claims(names, are_named=named is not None, outlook=outlook)
