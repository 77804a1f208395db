"""What was learned of a deployment: its clients as they work, and its features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from conformance.harness.tokens import Tokens
from conformance.profile.target import Client


@dataclass
class LearnedClient:
    """A client as it works: with its authentication, PKCE, scopes and grants; why grants don't; what else was seen.

    The server says that it is `barred` from some of those that it doesn't get.
    """

    client: Client
    refused: dict[str, str] = field(default_factory=dict)
    barred: list[str] = field(default_factory=list)
    demands: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    is_pkce_demanded: bool = False
    is_verifier_checked: bool = False
    tokens: dict[str, Tokens] = field(default_factory=dict)

    @property
    def grants(self) -> tuple[str, ...]:
        """The grants that were seen to work."""
        return self.client.grants or ()

    def works(self, grant: str, tokens: Tokens, scopes: tuple[str, ...] = ()) -> None:
        """A grant works, with these scopes."""
        self.client = replace(
            self.client,
            grants=(*self.grants, grant),
            grant_scopes={**self.client.grant_scopes, **({grant: scopes} if grant != "refresh_token" else {})},
        )
        self.tokens.setdefault(grant, tokens)


@dataclass
class LearnedFeatures:
    """Features that were seen to work, why others aren't claimed, and remarks by key of the profile."""

    claimed: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    resource_checks_tokens: bool = False
    insufficient_scope: str = ""
    introspection_tells_whole_scope: bool = False
    issuer: str = ""
    has_full_redirect_uris: bool = True


def union_of_grants(clients: Mapping[str, LearnedClient]) -> tuple[str, ...]:
    """The grants that work for any client, in the RFC's order."""
    order = ("authorization_code", "implicit", "password", "client_credentials", "refresh_token")
    return tuple(grant for grant in order if any(grant in learned.grants for learned in clients.values()))


def all_demands(clients: Mapping[str, LearnedClient]) -> Iterator[tuple[str, str]]:
    """Parameters beside the RFC that were named in refusals, each once, with the refusal."""
    seen: dict[str, str] = {}
    for learned in clients.values():
        for name, why in learned.demands.items():
            seen.setdefault(name, why)
    return iter(seen.items())
