"""What a request for a scope comes to, by whatever grant: refused, or a token with a scope that is told or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.harness.tokens import Tokens
from conformance.procedures.token_requests import token_request
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

# Characters that no scope name has: section 3.3 permits the others of printable ASCII.
UNFIT = {"quote": '"', "backslash": "\\", "control": "\x07", "non-ascii": "\u00e9"}


@dataclass(frozen=True, slots=True)
class Obtained:
    """The end of a request for a scope; `tokens` is None when no access token came of it."""

    reply: Reply
    tokens: Tokens | None
    error: str | None

    @property
    def issued(self) -> bool:
        """Whether an access token came."""
        return self.tokens is not None

    @property
    def told(self) -> frozenset[str] | None:
        """The names in the `scope` of the answer; None when it has none."""
        if self.tokens is None or self.tokens.scope is None:
            return None
        return frozenset(self.tokens.scope.split())

    @property
    def granted(self) -> frozenset[str]:
        """The scope of the token: as told, else as asked (section 5.1); empty when no token came."""
        return frozenset() if self.tokens is None else self.tokens.granted

    @property
    def words(self) -> frozenset[str]:
        """The granted names, whatever stands between them."""
        return frozenset(word for name in self.granted for word in name.split(","))

    @property
    def text(self) -> str:
        """The `scope` of the answer as it stands; empty when it has none."""
        return (self.tokens.scope or "") if self.tokens else ""

    @property
    def has_text(self) -> bool:
        """Whether the answer has a `scope`."""
        return self.tokens is not None and self.tokens.scope is not None

    @property
    def token(self) -> Tokens:
        """The token, where one is sure to have come."""
        if self.tokens is None:
            raise Inconclusive(f"no access token came of a request for a scope: {self}")
        return self.tokens

    def lacks(self, *names: str) -> bool:
        """Refused, or granted a scope that is told and holds none of these names."""
        if self.tokens is None:
            return not self.reply.is_breakdown
        return self.told is not None and not self.told & set(names)

    def lacks_text(self, text: str) -> bool:
        """Refused, or granted a scope that is told and has no such text in it."""
        return self.lacks() and text not in self.text

    def __str__(self) -> str:
        if self.tokens is None:
            return f"no token: {self.error or self.reply}"
        told = "no word of its scope" if self.tokens.scope is None else f"scope {self.tokens.scope!r}"
        return f"a token with {told}"


def obtained_scope(
    given: Given, send: Send, scope: Any, grant: str | None = None, client: Client | None = None
) -> Obtained:
    """Ask for a scope (a text, or OMIT) by a grant, the cheapest claimed one unless told."""
    grant = grant or given.any_grant(client)
    given.feature(grant)
    asked = None if scope is OMIT else str(scope)
    if grant != "authorization_code":
        reply = token_request(given, send, grant, client, scope=scope)
    else:
        answer = send.authorize(client, scope=scope)
        if not answer.get("code"):
            return Obtained(answer.reply, None, answer.get("error"))
        reply = send.code_exchange(given.code_in(answer))
    if not reply.is_success or not reply.members.get("access_token"):
        return Obtained(reply, None, str(reply.members.get("error") or ""))
    owner = client or given.client_for(grant)
    return Obtained(reply, given.tokens_in(reply, owner, grant, asked), None)


def in_full(given: Given, grant: str | None = None) -> str:
    """All scopes that the main client of a grant may ask for, in one text."""
    return " ".join(given.scopes(grant or given.any_grant()))


def seen_alone(given: Given, send: Send, names: tuple[str, ...], grant: str | None = None) -> None:
    """Positive control: each scope can be had by itself."""
    for name in names:
        with given.arranging():
            given.issued(obtained_scope(given, send, name, grant).reply, f"a request for the scope {name} alone")


def oddly_asked(given: Given, send: Send) -> Mapping[str, Obtained]:
    """What requests with an odd scope come to, by what is odd; a good name stands in each."""
    return given.observed("oddly written scopes", lambda: _oddly_asked(given, send))


def _oddly_asked(given: Given, send: Send) -> Mapping[str, Obtained]:
    good = in_full(given)
    last = good.split()[-1]
    given.issued(obtained_scope(given, send, good).reply)
    odd = {name: f"{good} mal{character}formed" for name, character in UNFIT.items()}
    odd |= {
        "two spaces": f"{good}  {last}",
        "space before": f" {good}",
        "space behind": f"{good} ",
        "same twice": f"{good} {last}",
        "unknown": f"{good} {given.invented('scope')}",
    }
    return {what: obtained_scope(given, send, scope) for what, scope in odd.items()}


def with_token(found: Obtained) -> Obtained:
    """What brought a token. Vacuous where none came of it: then another request can't be held against it."""
    if not found.issued:
        raise Vacuous(f"a request that another one could be held against brings no token: {found}")
    return found


def told_alike(one: Obtained, other: Obtained) -> bool:
    """Whether two requests brought tokens alike, by the scopes that are told of them."""
    told = (one.told, other.told)
    return one.issued == other.issued and (None in told or one.told == other.told)


def is_processed_or_invalid_scope(reply: Reply) -> bool:
    """The two ways that section 3.3 leaves a server when no scope was asked for."""
    issued = reply.is_success and bool(reply.members.get("access_token"))
    return issued or (not reply.is_breakdown and reply.members.get("error") == "invalid_scope")


def is_list_of(names: tuple[str, ...], told: object) -> bool:
    """Whether a `scope` is one string that isn't seen to separate these names by anything but spaces."""
    if not isinstance(told, str):
        return False
    return bool({*told.split(" ")} & {*names}) or not {*re.split(r"[,;|+\s]+", told)} & {*names}


def scope_by_introspection(given: Given, send: Send, tokens: Tokens) -> frozenset[str] | None:
    """The scope that introspection tells of an access token; None when it isn't offered or tells none."""
    if not given.claims("introspection"):
        return None
    reply = send.introspection(tokens.access_token, token_type_hint="access_token")
    scope = reply.members.get("scope")
    return frozenset(scope.split()) if isinstance(scope, str) else None


def in_other_case(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names with upper and lower case swapped, as far as that makes names that the profile doesn't know."""
    swapped = tuple(name.swapcase() for name in names if name.swapcase() not in names)
    if not swapped:
        raise Untested("no scope of the profile has letters that could change case")
    return swapped
