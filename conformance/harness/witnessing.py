"""Tokens that were seen to be good: access tokens by their witnesses, refresh tokens by a sibling that refreshes."""

from __future__ import annotations

from functools import partial
from typing import Any

from conformance.base.outcomes import Inconclusive, Stale, Untested
from conformance.harness import effects
from conformance.harness.issuing import Issuing
from conformance.harness.tokens import ActiveToken, TokenKind, Tokens
from conformance.profile.target import Client


class Witnessing(Issuing):
    """Tokens of which it is known that they work, and what can show later that they no longer do."""

    def refreshable(self, client: Client | None = None, grant: str | None = None, **changes: Any) -> Tokens:
        """Fresh tokens with a refresh token among them: by the first grant that gives one, unless told."""
        self.feature("refresh_token")
        if client is not None and not client.may_use("refresh_token"):
            raise Untested(f"[clients.{client.name}] may not use the grant refresh_token")
        for each in [grant] if grant else self._refreshable_grants(client):
            self._siblings_refresh(client or self.client_for(each), each)
            tokens = self.tokens(each, client, **changes)
            if tokens.refresh_token is not None:
                return tokens
        if client is not None and client.name != "confidential":
            raise Untested(f"no refresh token comes for [clients.{client.name}], as a server may decide")
        raise Inconclusive("the profile claims refresh_token, but none came with the access token")

    def _refreshable_grants(self, client: Client | None) -> list[str]:
        grants = [grant for grant in ("password", "authorization_code") if self.claims(grant)]
        usable = [grant for grant in grants if client is None or client.may_use(grant)]
        # A refresh token for an app is unusual, but some servers give no other.
        return usable or [self.any_grant(client)]

    def active_token(self, tokens: Tokens, kind: TokenKind = "access_token") -> ActiveToken:
        """A token seen active by at least one witness; only those witnesses can show later that it no longer is."""
        with self.arranging():
            return self._seen_active(tokens, kind)

    def witnessed(self, tokens: Tokens) -> ActiveToken:
        """An access token with the witnesses that see it active: none where nobody can be asked about it."""
        try:
            return self.active_token(tokens)
        except (Untested, Inconclusive):
            return ActiveToken(tokens.access_token, "access_token", tokens, ())

    def still_active(self, token: ActiveToken, *, settled: bool = True) -> tuple[str, ...]:
        """The witnesses that still see a token active, once the declared revocation delay is over; or right now.

        For shared observations, whose tests judge several things at once; a test of its own asks `expect(token)`.
        """
        if settled:
            return effects.last_active(self._send, token)
        active = partial(effects.says_active, self._send, value=token.value, kind=token.kind, tokens=token.tokens)
        return tuple(witness for witness in token.witnesses if active(witness))

    def _seen_active(self, tokens: Tokens, kind: TokenKind) -> ActiveToken:
        """A token with the witnesses that see it active now. Inconclusive when none does, Untested without any."""
        value = tokens.access_token if kind == "access_token" else tokens.refresh_token
        if value is None:
            raise Inconclusive("no refresh token came with the access token")
        possible = effects.possible_witnesses(self._recorder.target, kind)
        if not possible:
            raise Untested(
                "the profile offers no way to ask whether a token is active: claim introspection or token_info, "
                "or set `resource_checks_tokens = true`"
            )
        candidates = self._outlived(possible, kind)
        problems: list[Inconclusive] = []

        def sees(witness: str) -> bool:
            try:
                return effects.says_active(self._send, witness, value, kind, tokens)
            except Inconclusive as problem:  # the others may do: one that refuses to answer blocks nothing
                problems.append(problem)
                return False

        # Refreshing would use the token up: that refresh tokens of this client work is shown on a sibling.
        siblings_refresh = "refresh" in candidates and self._seen_to_refresh_before(tokens)
        seen = tuple(each for each in candidates if (siblings_refresh if each == "refresh" else sees(each)))
        if not seen and problems:
            raise problems[0]
        if not seen:
            raise Inconclusive(f"a fresh {kind.replace('_', ' ')} is not seen active by {' or '.join(candidates)}")
        live = ActiveToken(value, kind, tokens, seen)
        self._see_again(live, candidates)
        return live

    def _outlived(self, possible: tuple[str, ...], kind: TokenKind) -> tuple[str, ...]:
        """The witnesses that may be asked twice: whose first look, as far as is known, ends no token."""
        known = self._recorder.session.outlived
        lasting = tuple(each for each in possible if known.get((kind, each), True))
        if not lasting:
            raise Inconclusive(
                f"{kind.replace('_', ' ')}s of this server end when they are used: none can be asked twice"
            )
        return lasting

    def _see_again(self, live: ActiveToken, candidates: tuple[str, ...]) -> None:
        """The control for later looks: the first token that a witness sees active outlives that look.

        RFC 6819 section 5.1.5.4: a server may let a token be used once. Where the token is over already, something
        else may have ended it, so fresh ones show which looks end tokens, and the test is tried again.
        """
        known = self._recorder.session.outlived
        unknown = [each for each in live.witnesses if each != "refresh" and (live.kind, each) not in known]
        if all(self._still_sees(each, live) for each in unknown):
            known |= {(live.kind, each): True for each in unknown}
            return
        for each in candidates:
            known[live.kind, each] = each == "refresh" or self._leaves_alive(each, live)
        problem = "the token that is judged was over at the second look"
        raise Stale(problem) if self._recorder.is_first else Inconclusive(problem)

    def _leaves_alive(self, witness: str, like: ActiveToken) -> bool:
        """Whether a fresh token outlives a look by one witness, in the eyes of those who saw such a token active."""
        tokens = self.tokens(like.tokens.grant, like.tokens.client)
        value = tokens.access_token if like.kind == "access_token" else tokens.refresh_token or ""
        fresh = ActiveToken(value, like.kind, tokens, like.witnesses)
        # What it says matters not: who refuses a token may have used it up all the same.
        self._still_sees(witness, fresh)
        return all(each == "refresh" or self._still_sees(each, fresh) for each in like.witnesses)

    def _still_sees(self, witness: str, live: ActiveToken) -> bool:
        """Whether a witness sees a token active; one that breaks down says nothing against it."""
        try:
            return effects.says_active(self._send, witness, live.value, live.kind, live.tokens)
        except Inconclusive:
            return True

    def _seen_to_refresh_before(self, tokens: Tokens) -> bool:
        """Whether siblings refresh. Stale where that is seen only now: the sibling may have ended the token."""
        known = _key(tokens.client, tokens.grant) in self._recorder.session.observations
        works = self._siblings_refresh(tokens.client, tokens.grant)
        if not known and self._recorder.is_first:
            raise Stale("another refresh token was issued after the one that is judged, and may have ended it")
        return works

    def _siblings_refresh(self, client: Client, grant: str) -> bool:
        """Whether refresh tokens that a client gets by a grant refresh: seen once, before others come."""

        def procedure() -> bool:
            sibling = self.tokens(grant, client)
            return sibling.refresh_token is not None and bool(self._send.refresh(sibling).members.get("access_token"))

        return self._recorder.observed(_key(client, grant), procedure)


def _key(client: Client, grant: str) -> str:
    return f"refreshing works for {client.name} by {grant}"
