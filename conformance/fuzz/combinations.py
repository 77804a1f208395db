"""Tables of the conditions of a request at each endpoint, and rows that hold every two or three of them together.

What is ordinary stands first in each list: a row is told by what isn't. Rules say whether conditions go together; what
a server must make of them is the matter of `combined_requests`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TypeAlias

import covertable

from conformance.profile.target import Target

Conditions: TypeAlias = Mapping[str, str]
Factors: TypeAlias = Mapping[str, tuple[str, ...]]

RIGHT, WRONG, BY_ID, NOBODY = "right", "wrong secret", "client_id alone", "empty Basic"
OWN, ANOTHER, PUBLIC = "its own", "another", "a public one"
LIVE, USED, REVOKED, EXPIRED, INVENTED = "live", "used", "revoked", "expired", "invented"
ONCE, EMPTY, LEFT_OUT, TWICE = "once", "empty", "left out", "twice"
PART, ALL, UNKNOWN = "one name", "every name", "an unknown name"
NOTHING, STRANGE = "nothing", "an unknown parameter"
REFRESH, CODE, PASSWORD, APP = "refresh_token", "authorization_code", "password", "client_credentials"

TOKEN: Factors = {
    "grant": (REFRESH, CODE, PASSWORD, APP),
    "client": (OWN, ANOTHER, PUBLIC),
    "authentication": (RIGHT, WRONG, BY_ID, NOBODY),
    "credential": (LIVE, USED, REVOKED, INVENTED),
    "parameter": (ONCE, EMPTY, LEFT_OUT, TWICE),
    "scope": (LEFT_OUT, PART, ALL, UNKNOWN, TWICE),
    "beside": (NOTHING, STRANGE, CODE, REFRESH, PASSWORD),
}
REVOCATION: Factors = {
    "kind": ("access_token", "refresh_token"),
    "client": (OWN, ANOTHER, PUBLIC),
    "authentication": (RIGHT, WRONG, BY_ID, NOBODY),
    "token": (LIVE, REVOKED, INVENTED),
    "parameter": (ONCE, EMPTY, LEFT_OUT),
    "hint": (LEFT_OUT, "right", "wrong", "invented"),
    "beside": (NOTHING, STRANGE, "scope", "redirect_uri"),
}
INTROSPECTION: Factors = {
    "grant": (PASSWORD, CODE, APP),
    "authentication": (RIGHT, WRONG, BY_ID, NOBODY),
    "token": (LIVE, REVOKED, EXPIRED, INVENTED),
    "parameter": (ONCE, EMPTY, LEFT_OUT),
    "hint": (LEFT_OUT, "right", "wrong", "invented"),
    "beside": (NOTHING, STRANGE, "scope", "redirect_uri"),
}
TABLES: Mapping[str, Factors] = {"token": TOKEN, "revocation": REVOCATION, "introspection": INTROSPECTION}


# What goes together: for some factors, a rule that their values have to keep.
Rule: TypeAlias = tuple[tuple[str, str], Callable[[str, str], bool]]
STATES = {REFRESH: (LIVE, REVOKED, INVENTED), CODE: (LIVE, USED, INVENTED), PASSWORD: (LIVE, INVENTED), APP: (LIVE,)}
# A public client's identifier is all its authentication; what it says beside it is left open.
IDENTIFIED: Rule = (("client", "authentication"), lambda client, how: client != PUBLIC or how == RIGHT)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "token": (
        IDENTIFIED,
        (("grant", "credential"), lambda grant, state: state in STATES[grant]),
        (("grant", "scope"), lambda grant, scope: grant != CODE or scope == LEFT_OUT),
        (("grant", "beside"), lambda grant, beside: grant != beside),
    ),
    "revocation": (IDENTIFIED,),
    "introspection": (),
}
# What makes a server refuse, or leaves it nothing to do: two of these hide each other, and whatever else there is.
FAULTS: Mapping[str, Factors] = {
    "token": {
        "client": (ANOTHER, PUBLIC),
        "authentication": (WRONG, BY_ID, NOBODY),
        "credential": (USED, REVOKED, INVENTED),
        "parameter": (EMPTY, LEFT_OUT, TWICE),
        "scope": (UNKNOWN, TWICE),
    },
    "revocation": {
        "client": (ANOTHER, PUBLIC),
        "authentication": (WRONG, BY_ID, NOBODY),
        "token": (REVOKED, INVENTED),
        "parameter": (EMPTY, LEFT_OUT),
    },
    "introspection": {
        "authentication": (WRONG, BY_ID, NOBODY),
        "token": (REVOKED, EXPIRED, INVENTED),
        "parameter": (EMPTY, LEFT_OUT),
    },
}


@dataclass(frozen=True, slots=True)
class Table:
    """The conditions of one endpoint that a target knows."""

    endpoint: str
    factors: Factors

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What goes together, with one fault at most."""
        faults = FAULTS[self.endpoint]
        return (*RULES[self.endpoint], *(_not_both(faults, names) for names in combinations(faults, 2)))

    def rows(self, strength: int, seed: int) -> list[Conditions]:
        """Rows in which every combination of so many conditions occurs that goes together, with one fault at most.

        The seed decides which.
        """
        rules = [_constraint(*rule) for rule in self.rules]
        factors = {name: list(values) for name, values in self.factors.items()}
        rows: list[Conditions] = covertable.make(factors, strength=strength, salt=str(seed), constraints=rules)
        return rows

    def twice_faulty(self) -> Iterator[Conditions]:
        """A row for every two faults that can be in one request; nothing else in it is odd, unless a fault needs it."""
        faults = FAULTS[self.endpoint]
        each = [(name, value) for name in faults for value in self.factors[name] if value in faults[name]]
        for (one, first), (other, second) in combinations(each, 2):
            if one != other:
                yield from islice(self._resting_on({one: first, other: second}), 1)

    def _resting_on(self, conditions: Conditions) -> Iterator[Conditions]:
        leading = next(iter(self.factors))
        for value in self.factors[leading]:
            row = self.whole([(leading, value), *conditions.items()])
            if self.goes_together(row):
                yield row

    def goes_together(self, row: Conditions) -> bool:
        """Whether there is such a request at all, with however many faults."""
        return all(rule(row[one], row[other]) for (one, other), rule in RULES[self.endpoint])

    def odd(self, row: Conditions) -> list[tuple[str, str]]:
        """What isn't ordinary in a row."""
        return [(name, row[name]) for name, values in self.factors.items() if row[name] != values[0]]

    def whole(self, odd: Sequence[tuple[str, str]]) -> Conditions:
        """The row of which this is odd."""
        return {name: values[0] for name, values in self.factors.items()} | dict(odd)


def _not_both(faults: Factors, names: tuple[str, str]) -> Rule:
    """That a row has no faults in two factors."""
    first, second = (faults[name] for name in names)
    return names, lambda one, other: one not in first or other not in second


def _constraint(names: tuple[str, str], rule: Callable[[str, str], bool]) -> Mapping[str, object]:
    """A rule as covertable has it: asked as soon as a row has values for these factors."""
    one, other = names
    return {"operator": "fn", "requires": list(names), "evaluate": lambda row: rule(row[one], row[other])}


def table_for(endpoint: str, target: Target) -> Table:
    """The table of an endpoint with those conditions that the profile allows to be brought about."""
    factors = {name: tuple(filter(_is_possible(name, target), values)) for name, values in TABLES[endpoint].items()}
    return Table(endpoint, factors)


def _is_possible(name: str, target: Target) -> Callable[[str], bool]:
    main = target.clients.get("confidential")
    other = target.clients.get("other")

    def is_possible(value: str) -> bool:
        if name in ("grant", "beside") and value in (REFRESH, CODE, PASSWORD, APP):
            return value in target.features and main is not None and main.may_use(value)
        return {
            # A wrong secret of a real client is a guess.
            ("authentication", WRONG): target.intrusive,
            ("client", ANOTHER): other is not None and other.may_use(REFRESH),
            ("client", PUBLIC): "public" in target.clients,
            ("credential", REVOKED): "revocation" in target.features,
            ("token", REVOKED): "revocation" in target.features,
            ("token", EXPIRED): target.control_url is not None,
            ("kind", "refresh_token"): REFRESH in target.features,
        }.get((name, value), True)

    return is_possible
