"""Sequences of steps in the lives of tokens, drawn by a rule-based state machine.

Its rules only write steps down; `lifecycle.Life` carries the whole list out, so that it can be stored and sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, precondition, rule

from conformance.base.outcomes import NotApplicable
from conformance.fuzz.lifecycle_model import NARROWED, WIDENED_TO_ALL, Step
from conformance.profile.target import Target

CLIENTS = ("confidential", "other", "public")
GRANT_TYPES = ("client_credentials", "password", "authorization_code")
# Few grants with many steps each find more than many with few, and so does what may end a grant when it comes late.
FEW_GRANTS = 2
MOST_GRANTS = 3
LATE = 5
OWNERS = ("resource_owner", "resource_owner_other")
# With these the latest token of a grant can be lost: what goes on after it is what the sequences are about.
HINTS = ("right", "wrong", "absent")


@dataclass(frozen=True, slots=True)
class Way:
    """A way to get a grant: a grant type, a client, and for whom."""

    how: str
    client: str
    owner: str


@dataclass(frozen=True, slots=True)
class Possible:
    """What a target lets be done."""

    ways: tuple[Way, ...]
    thieves: tuple[str, ...]
    revoke: bool
    age: bool
    introspect: bool

    @property
    def hows(self) -> frozenset[str]:
        """The grant types that there are ways by."""
        return frozenset(way.how for way in self.ways)

    @property
    def any_grant_goes_on(self) -> bool:
        """Whether something can be done with a grant that has no refresh token."""
        return self.revoke or self.age or self.introspect


def possible_steps(target: Target) -> Possible:
    """What the profile's grants, clients and accounts allow. NotApplicable when no grant is there."""
    clients = {name: target.clients[name] for name in CLIENTS if name in target.clients}
    ways = []
    for name, client in clients.items():
        usable = [how for how in GRANT_TYPES if client.may_use(how)]
        for how in usable:
            owners = {"client_credentials": ("",), "password": OWNERS}.get(how, OWNERS[:1])
            known = [owner for owner in owners if owner in target.owners or not owner]
            if how in target.features and not (how == "client_credentials" and client.is_public):
                ways += [Way(how, name, owner) for owner in known]
    if not ways:
        raise NotApplicable("the profile claims no grant that its clients can use at the token endpoint")
    thieves = tuple(name for name, client in clients.items() if client.may_use("refresh_token"))
    can = Possible(
        tuple(ways),
        thieves,
        revoke="revocation" in target.features,
        age=target.control_url is not None,
        introspect="introspection" in target.features,
    )
    if can.hows == {"client_credentials"} and not can.any_grant_goes_on:
        raise NotApplicable("nothing can be done with a token here but use it: there is no refresh and no revocation")
    return can


def machine(can: Possible, lead: Callable[[list[Step]], None]) -> type[RuleBasedStateMachine]:
    """The state machine for a target; `lead` carries a finished sequence out."""

    ways = {
        how: st.sampled_from([way for way in can.ways if way.how == how]) if how in can.hows else st.nothing()
        for how in GRANT_TYPES
    }

    class Lives(RuleBasedStateMachine):
        grants = Bundle("grants")
        refreshable = Bundle("refreshable")
        codes = Bundle("codes")

        def __init__(self) -> None:
            super().__init__()
            self.steps: list[Step] = []
            self.issued = 0
            self.refreshable_ones = 0

        def add(self, do: str, grant: int, **about: str) -> None:
            self.steps.append(Step(do, grant, **about))

        def may_issue(self) -> bool:
            return self.issued < self.most()

        def most(self) -> int:
            return MOST_GRANTS if self.is_late() else FEW_GRANTS

        def may_issue_to_app(self) -> bool:
            """Whether a step is left afterwards: one with this grant, or with another that can be refreshed."""
            goes_on = can.any_grant_goes_on or self.refreshable_ones > 0
            return self.may_issue() and (goes_on or self.issued + 1 < self.most())

        def is_late(self) -> bool:
            return len(self.steps) >= LATE

        def issue(self, way: Way, token: str) -> int:
            self.add("issue", self.issued, how=way.how, client=way.client, owner=way.owner, token=token)
            self.issued += 1
            self.refreshable_ones += way.how != "client_credentials"
            return self.issued - 1

        @precondition(lambda self: self.may_issue_to_app())
        @rule(target=grants, way=ways["client_credentials"])
        def issue_to_app(self, way: Way) -> int:
            return self.issue(way, "")

        @precondition(lambda self: self.may_issue())
        @rule(targets=(grants, refreshable), way=ways["password"], token=st.sampled_from(("", NARROWED)))
        def issue_by_password(self, way: Way, token: str) -> int:
            return self.issue(way, token)

        @precondition(lambda self: self.may_issue())
        @rule(
            targets=(grants, refreshable, codes), way=ways["authorization_code"], token=st.sampled_from(("", NARROWED))
        )
        def issue_by_code(self, way: Way, token: str) -> int:
            return self.issue(way, token)

        # Several at once: what goes wrong with refreshing goes wrong after some.
        @rule(grant=refreshable, hows=st.lists(st.sampled_from(("", NARROWED, WIDENED_TO_ALL)), min_size=1, max_size=4))
        def refresh(self, grant: int, hows: list[str]) -> None:
            for how in hows:
                self.add("refresh", grant, how=how)

        @precondition(lambda self: self.is_late())
        @rule(grant=refreshable)
        def replay_refresh(self, grant: int) -> None:
            self.add("replay refresh", grant)

        @precondition(lambda self: self.is_late())
        @rule(grant=codes)
        def replay_code(self, grant: int) -> None:
            self.add("replay code", grant)

        @precondition(lambda self: bool(can.thieves))
        @rule(grant=refreshable, client=st.sampled_from(can.thieves or ("",)))
        def steal_refresh(self, grant: int, client: str) -> None:
            self.add("steal refresh", grant, client=client)

        @precondition(lambda self: can.revoke)
        @rule(grant=grants, do=st.sampled_from(("revoke", "revoke elder")), how=st.sampled_from(HINTS))
        def revoke_access(self, grant: int, do: str, how: str) -> None:
            self.add(do, grant, token="access_token", how=how)

        @precondition(lambda self: can.revoke and self.is_late())
        @rule(grant=refreshable, do=st.sampled_from(("revoke", "revoke elder")), how=st.sampled_from(HINTS))
        def revoke_refresh(self, grant: int, do: str, how: str) -> None:
            self.add(do, grant, token="refresh_token", how=how)

        @precondition(lambda self: can.revoke and bool(can.thieves))
        @rule(
            grant=grants,
            token=st.sampled_from(("access_token", "refresh_token")),
            client=st.sampled_from(can.thieves or ("",)),
        )
        def revoke_foreign(self, grant: int, token: str, client: str) -> None:
            self.add("revoke foreign", grant, token=token, client=client)

        @precondition(lambda self: can.age)
        @rule(grant=grants)
        def age(self, grant: int) -> None:
            self.add("age", grant)

        @precondition(lambda self: can.introspect)
        @rule(grant=grants)
        def inspect(self, grant: int) -> None:
            self.add("inspect", grant)

        def teardown(self) -> None:
            if self.steps:
                lead(self.steps)

    return Lives
