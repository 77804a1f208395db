"""What `given` hands out: codes and tokens, with what is known of their origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from conformance.profile.target import Client
from conformance.wire.exchange import Reply

TokenKind = Literal["access_token", "refresh_token"]


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code; `redirect_uri` is None when the authorization request carried none."""

    value: str
    client: Client
    redirect_uri: str | None
    verifier: str | None
    scope: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token, the refresh token beside it if one came, and the whole answer.

    `asked_scope` is what the request asked for, `scope` what the answer said.
    """

    access_token: str
    refresh_token: str | None
    client: Client
    grant: str
    asked_scope: str | None
    scope: str | None
    members: Mapping[str, object] = field(default_factory=dict)
    reply: Reply | None = None

    @property
    def granted(self) -> frozenset[str]:
        """The scopes of the access token, as far as they are known (section 5.1: as asked, unless said otherwise)."""
        return frozenset((self.scope if self.scope is not None else self.asked_scope or "").split())


@dataclass(frozen=True, slots=True)
class ActiveToken:
    """A token that was seen active, and by which witnesses: those alone can show later that it isn't any more."""

    value: str
    kind: TokenKind
    tokens: Tokens
    witnesses: tuple[str, ...]
