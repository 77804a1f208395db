"""Whose name introspection tells for tokens whose resource owner is known: by password, or by a refresh behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.browser.returns import parameters_of
from conformance.harness.record import Recorded
from conformance.wire.exchange import Reply

MEMBERS = ("access_token", "refresh_token")


@dataclass(frozen=True, slots=True)
class Named:
    """An answer that names somebody, and the account that authorized the token; both by the names to sign in with."""

    reply: Reply
    told: str
    owner: str
    accounts: frozenset[str]

    @property
    def is_another(self) -> bool:
        """Whether the name is that of another account of the profile. One that nobody signs in with may be anybody."""
        return self.told != self.owner and self.told in self.accounts


def names_on_record(recorded: Recorded) -> list[Named]:
    """The names that a run was told, of tokens whose owner it knows."""
    accounts, owners = recorded.account_names(), dict(_owned(recorded))
    return [
        Named(reply, username, owners[token], accounts)
        for reply in recorded.introspection_responses()
        for token in _values(reply, "token")
        if token in owners and isinstance(username := reply.members.get("username"), str)
    ]


def _owned(recorded: Recorded) -> Iterator[tuple[str, str]]:
    """Tokens with their owners, in the order in which they were issued."""
    owners: dict[str, str] = {}
    for reply in recorded.token_responses():
        owner = _owner(reply, owners, recorded.account_names())
        for token in (reply.members.get(name) for name in MEMBERS):
            if owner is not None and isinstance(token, str):
                owners[token] = owner
                yield token, owner


def _owner(reply: Reply, owners: dict[str, str], accounts: frozenset[str]) -> str | None:
    """Who authorized what an answer issues; None where it doesn't show, or may be read in two ways."""
    grants = _values(reply, "grant_type")
    if grants == ["password"] and not _values(reply, "code"):
        names = _values(reply, "username")
        return names[0] if len(names) == 1 and names[0] in accounts else None
    if grants == ["refresh_token"]:
        tokens = _values(reply, "refresh_token")
        return owners.get(tokens[0]) if len(tokens) == 1 else None
    return None


def _values(reply: Reply, name: str) -> list[str]:
    return [value for key, value in parameters_of(reply.request) if key == name]
