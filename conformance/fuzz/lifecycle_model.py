"""What the lifecycle of tokens is made of: steps, grants, tokens, and the requirements that each of them may break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from conformance.harness.tokens import Code, TokenKind, Tokens

REVOKED: Mapping[tuple[str, str], str] = {
    ("access_token", "right"): "rfc7009-2.1-revoked-access-token-invalid",
    ("refresh_token", "right"): "rfc7009-2.1-revoked-refresh-token-invalid",
    ("access_token", "absent"): "rfc7009-2.1-revoked-access-token-invalid",
    ("refresh_token", "absent"): "rfc7009-2.1-revoked-refresh-token-invalid",
    ("access_token", "wrong"): "rfc7009-2.1-wrong-hint-access-token-revoked",
    ("refresh_token", "wrong"): "rfc7009-2.1-wrong-hint-refresh-token-revoked",
}
STAYS_UNUSABLE = "rfc7009-2.1-revoked-token-stays-unusable"
SURVIVES: Mapping[str, str] = {
    "access_token": "rfc7009-2.1-foreign-access-token-survives",
    "refresh_token": "rfc7009-2.1-foreign-refresh-token-survives",
}
EXPIRED = "rfc7662-2.2-expired-token-inactive"
LIVE = "rfc7662-2.2-live-token-active"
SCOPE_TOLD = "rfc7662-2.2-scope-within-token"
CLIENT_TOLD = "rfc7662-2.2-client-id-true"
CODE_REUSED = "rfc6749-4.1.2-reused-code-denied"
BOUND = "rfc6749-6-refresh-token-bound-to-client"
WIDENED = "rfc6749-6-scope-never-widened"
FULL_AGAIN = "rfc6749-6-omitted-scope-is-full-grant"
SAME_SCOPE = "rfc6749-6-new-refresh-token-same-scope"
WORKS = "rfc6749-10.4-issued-refresh-token-works"
NEW_WORKS = "rfc6749-6-new-refresh-token-redeemable"
UNHARMED = "robustness-2-others-unharmed"
STAYS_ENDED = "robustness-2-ended-stays-ended"
JUDGED = (
    *dict.fromkeys(REVOKED.values()),
    STAYS_UNUSABLE,
    *SURVIVES.values(),
    *(EXPIRED, LIVE, SCOPE_TOLD, CLIENT_TOLD, CODE_REUSED, BOUND, WIDENED, FULL_AGAIN, SAME_SCOPE, WORKS, NEW_WORKS),
    *(UNHARMED, STAYS_ENDED),
)
OTHER_KIND: Mapping[str, TokenKind] = {"access_token": "refresh_token", "refresh_token": "access_token"}
# A token that ends so soon may end by itself between two looks, in seconds.
SHORT = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done. `grant` counts the grants of a sequence from 0; the rest says what the verb needs."""

    do: str
    grant: int
    token: str = ""
    how: str = ""
    client: str = ""
    owner: str = ""

    def __str__(self) -> str:
        return WORDS[self.do].format(
            grant=chr(ord("A") + self.grant),
            token=self.token.replace("_token", " token"),
            how=self.how,
            client=self.client,
            owner=f" for {self.owner}" if self.owner else "",
        )


WORDS: Mapping[str, str] = {
    "issue": "issue {grant} to {client} by {how}{owner}{token}",
    "refresh": "refresh {grant}{how}",
    "replay refresh": "present the refresh token of {grant} before the last again",
    "replay code": "present the code of {grant} again",
    "steal refresh": "present the refresh token of {grant} as {client}",
    "revoke": "revoke the {token} of {grant} with {how} hint",
    "revoke elder": "revoke the {token} of {grant} before the last with {how} hint",
    "revoke foreign": "ask as {client} to revoke the {token} of {grant}",
    "age": "let the access token of {grant} expire",
    "inspect": "introspect the access token of {grant}",
}
# Scopes that a token request asks for, beside all of the grant's.
NARROWED = " with one scope"
WIDENED_TO_ALL = " with every scope of its client"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where the server and the model part: the requirement that it breaks, what was expected and what was observed."""

    requirement: str
    expected: str
    observed: str


@dataclass(frozen=True, slots=True)
class Arose:
    """The situation that a requirement speaks of came up; whether the server kept the requirement is told elsewhere."""

    requirement: str


@dataclass(slots=True)
class Token:
    """One token. `if_seen` and `if_lost` are the requirements broken when the next look finds it alive, or not.

    `hint` says how it was revoked, if it was.
    """

    value: str
    kind: TokenKind
    tokens: Tokens
    witnesses: tuple[str, ...]
    state: Literal["active", "ended", "open"] = "active"
    if_seen: str = STAYS_ENDED
    hint: str = ""
    if_lost: str = UNHARMED


@dataclass(slots=True)
class Grant:
    """One authorization and the tokens that came of it, the latest last."""

    client: str
    owner: str
    scope: frozenset[str]
    code: Code | None
    access: list[Token] = field(default_factory=list)
    refresh: list[Token] = field(default_factory=list)
    narrowed: bool = False
    rotated: bool = False

    def of(self, kind: str) -> list[Token]:
        """Its tokens of a kind."""
        return self.access if kind == "access_token" else self.refresh
