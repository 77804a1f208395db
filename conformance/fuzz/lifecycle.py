"""A model of the lives of tokens: what is done to them step by step, and what the server must say of each after it.

The model knows a token as active, ended or open. Open is what an RFC leaves to the server (whether a refresh ends the
old access token, whether a replay ends the whole grant): the next look learns it, and from then on it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from conformance.base.outcomes import Inconclusive
from conformance.fuzz.lifecycle_model import (
    BOUND,
    CLIENT_TOLD,
    CODE_REUSED,
    EXPIRED,
    FULL_AGAIN,
    LIVE,
    NARROWED,
    NEW_WORKS,
    OTHER_KIND,
    REVOKED,
    SAME_SCOPE,
    SCOPE_TOLD,
    SHORT,
    STAYS_ENDED,
    STAYS_UNUSABLE,
    SURVIVES,
    UNHARMED,
    WIDENED,
    WIDENED_TO_ALL,
    WORKS,
    Grant,
    Mismatch,
    Step,
    Token,
)
from conformance.harness import effects
from conformance.harness.send import OMIT
from conformance.harness.tokens import ActiveToken, TokenKind, Tokens
from conformance.harness.trial import Trial
from conformance.wire.exchange import Reply


class Life:
    """The grants of one sequence, as the model has them."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.grants: dict[int, Grant] = {}
        self.mismatches: list[Mismatch] = []

    def lead(self, steps: Sequence[Step]) -> list[Mismatch]:
        """Carry out steps. A step that lacks what it needs does nothing.

        After each one witness is asked about the tokens of the grant, in the end all are asked about all tokens.
        """
        for step in steps:
            if step.do == "issue" or step.grant in self.grants:
                VERBS[step.do](self, step)
                grant = self.grants[step.grant]
                self.look((*grant.access, *grant.refresh), 1)
        self.look(tuple(self.tokens()), None)
        return self.mismatches

    def blame(self, requirement: str, expected: str, observed: str) -> None:
        """Note that a requirement is broken."""
        self.mismatches.append(Mismatch(requirement, expected, observed))

    def blame_use(self, token: Token, observed: str) -> None:
        """Note that a token which was over is good. What a fresh one is as good after, directed tests judge."""
        if not token.hint or self.is_ended_by_revocation(token):
            self.blame(token.if_seen, f"the {_named(token.kind)} to be over for good", observed)

    def is_ended_by_revocation(self, like: Token) -> bool:
        """Whether a fresh token of a kind ends when its client revokes it with such a hint: the positive control."""
        given, client, grant = self.trial.given, like.tokens.client, like.tokens.grant

        def procedure() -> bool:
            fresh = given.active_token(given.tokens(grant, client), like.kind)
            with given.arranging():
                _ask_to_revoke(self.trial, fresh, like.hint)
            return not given.still_active(fresh)

        key = f"revocation of an {_named(like.kind)} of {client.name} by {grant} with {like.hint} hint"
        return given.observed(key, procedure)

    def tokens(self) -> Iterator[Token]:
        """All tokens of all grants."""
        for grant in self.grants.values():
            yield from (*grant.access, *grant.refresh)

    def leave_open(self, grant: Grant, *, at_all_clients: bool = False) -> None:
        """What no RFC forbids: this step may end any token that the client, or any, holds for the resource owner."""
        for each in self.grants.values():
            anywhere = at_all_clients and grant.owner != ""
            if each.owner == grant.owner and (anywhere or each.client == grant.client):
                for token in (*each.access, *each.refresh):
                    token.state = "open" if token.state == "active" else token.state

    def take_in(self, grant: Grant, tokens: Tokens) -> None:
        """Remembers the tokens of an answer and who can see each; a value that is known already is the same token.

        A refresh token beside them is none of a client that the profile says can't refresh.
        """
        refresh_token = tokens.refresh_token if tokens.client.may_use("refresh_token") else None
        for kind, value in (("access_token", tokens.access_token), ("refresh_token", refresh_token)):
            if value is None:
                continue
            known = next((token for token in self.tokens() if token.value == value), None)
            if known is not None:
                known.state, known.tokens = "active", tokens
                continue
            token = self._born(value, kind, tokens)  # type: ignore[arg-type]
            grant.of(kind).append(token)

    def _born(self, value: str, kind: TokenKind, tokens: Tokens) -> Token:
        possible = effects.possible_witnesses(self.trial.target, kind)
        token = Token(value, kind, tokens, tuple(witness for witness in possible if witness != "refresh"))
        seeing = tuple(witness for witness in token.witnesses if self._sees(witness, token))
        # Introspection may be silent about refresh tokens, and about what isn't the asking client's own.
        own = (
            tokens.client.client_id == self.trial.target.introspecting_client().client_id if token.witnesses else False
        )
        if kind == "access_token" and own and "introspection" in set(token.witnesses) - set(seeing):
            self.blame(LIVE, "a fresh access token introspected as active", "it is told to be inactive")
        token.witnesses = seeing
        return token

    def _sees(self, witness: str, token: Token) -> bool:
        try:
            return effects.says_active(self.trial.send, witness, token.value, token.kind, token.tokens)
        except Inconclusive:  # the others may do: one that breaks down over some kind of token blocks nothing
            return False

    def look(self, tokens: Sequence[Token], most: int | None = 1) -> None:
        """Ask so many witnesses of each token about it, note what they contradict, and learn from them; None: all."""
        for token in tokens:
            if not token.witnesses:
                continue
            seen = self._seen(token, token.witnesses[:most])
            if token.state == "ended" and seen:
                self.blame_use(token, f"{' and '.join(seen)} took it for active")
            if token.state == "active" and not seen and not _is_short(token):
                self.blame(token.if_lost, f"the {_named(token.kind)} to live on", "it is taken for inactive")
            self._learn(token, bool(seen))

    def _seen(self, token: Token, witnesses: tuple[str, ...]) -> tuple[str, ...]:
        live = ActiveToken(token.value, token.kind, token.tokens, witnesses)
        return self.trial.given.still_active(live, settled=token.state == "ended")

    def _learn(self, token: Token, seen: bool) -> None:
        if token.state == "ended" and not seen and token.if_seen in REVOKED.values():
            token.if_seen = STAYS_UNUSABLE
        token.state = "active" if seen else "ended"
        token.if_lost = UNHARMED


def _is_short(token: Token) -> bool:
    lifetime = token.tokens.members.get("expires_in")
    return isinstance(lifetime, int | float) and lifetime < SHORT


def is_taken(reply: Reply) -> bool:
    """Whether a token request was granted. Inconclusive when the server didn't decide."""
    if reply.is_breakdown:
        raise Inconclusive(f"the token endpoint did not decide: {reply}")
    return reply.is_success and bool(reply.members.get("access_token"))


# The verbs


def issue(life: Life, step: Step) -> None:
    """A new grant. A server may let a resource owner have only so many sessions at a time."""
    given = life.trial.given
    client = given.client(step.client)
    scope = {"scope": client.scopes_for(step.how)[0]} if step.token and client.scopes_for(step.how) else {}
    code = given.authorization_code(client, **scope) if step.how == "authorization_code" else None
    by_password = {"owner": step.owner} if step.how == "password" else {}
    tokens = given.tokens_for(code) if code else given.tokens(step.how, client, **scope, **by_password)
    grant = Grant(step.client, step.owner, tokens.granted, code)
    life.grants[step.grant] = grant
    life.leave_open(grant, at_all_clients=True)
    life.take_in(grant, tokens)


def refresh(life: Life, step: Step) -> None:
    """A refresh by the grant's own client with its latest refresh token."""
    grant = life.grants[step.grant]
    if not grant.refresh:
        return
    old = grant.refresh[-1]
    asked = _asked_scope(life, grant, step.how)
    reply = life.trial.send.refresh(old.tokens, refresh_token=old.value, scope=OMIT if asked is None else asked)
    if not is_taken(reply):
        if old.state == "active" and step.how != WIDENED_TO_ALL:
            life.blame(WORKS if len(grant.refresh) == 1 else NEW_WORKS, "the refresh token to work", str(reply))
        # A server may take a refresh token that isn't good any more for a stolen one.
        life.leave_open(grant)
        return
    if old.state == "ended":
        life.blame_use(old, f"it was exchanged: {reply}")
    whole = " ".join(sorted(grant.scope)) if asked is None else asked
    _refreshed(life, grant, life.trial.given.tokens_in(reply, old.tokens.client, old.tokens.grant, whole), asked)


def _asked_scope(life: Life, grant: Grant, how: str) -> str | None:
    if how == NARROWED and len(grant.scope) > 1:
        return min(grant.scope)
    if how == WIDENED_TO_ALL:
        return " ".join(life.trial.given.client(grant.client).scopes) or None
    return None


def _refreshed(life: Life, grant: Grant, tokens: Tokens, asked: str | None) -> None:
    if grant.scope and not tokens.granted <= grant.scope:
        life.blame(WIDENED, f"no scope beyond {_scopes(grant.scope)}", f"{_scopes(tokens.granted)} was granted")
    if asked is None and grant.narrowed and tokens.granted < grant.scope:
        requirement = SAME_SCOPE if grant.rotated else FULL_AGAIN
        life.blame(requirement, f"all of {_scopes(grant.scope)} again", f"{_scopes(tokens.granted)} was granted")
    grant.narrowed |= asked is not None
    grant.rotated |= tokens.refresh_token not in (None, grant.refresh[-1].value)
    life.leave_open(grant)
    life.take_in(grant, tokens)


def replay_refresh(life: Life, step: Step) -> None:
    """A refresh token that a newer one has replaced: it may live on or not, but once over it stays so."""
    grant = life.grants[step.grant]
    if len(grant.refresh) < 2:
        return
    old = grant.refresh[-2]
    reply = life.trial.send.refresh(old.tokens, refresh_token=old.value)
    if is_taken(reply):
        # Within a leeway it is taken once more, whatever introspection tells of it; one that was revoked is not.
        in_leeway = life.trial.target.limits.refresh_leeway > 0 and old.if_seen == STAYS_ENDED
        if old.state == "ended" and not in_leeway:
            life.blame_use(old, f"it was exchanged: {reply}")
        tokens = life.trial.given.tokens_in(reply, old.tokens.client, old.tokens.grant, " ".join(sorted(grant.scope)))
        _refreshed(life, grant, tokens, None)
    life.leave_open(grant)


def replay_code(life: Life, step: Step) -> None:
    """The code that the grant came from, once more."""
    grant = life.grants[step.grant]
    if grant.code is None:
        return
    reply = life.trial.send.code_exchange(grant.code)
    if is_taken(reply):
        life.blame(CODE_REUSED, "a used code to be denied", str(reply))
    life.leave_open(grant)


def steal_refresh(life: Life, step: Step) -> None:
    """Another client with the grant's refresh token."""
    grant = life.grants[step.grant]
    if not grant.refresh or step.client == grant.client:
        return
    reply = life.trial.send.refresh(
        grant.refresh[-1].tokens, life.trial.given.client(step.client), refresh_token=grant.refresh[-1].value
    )
    if is_taken(reply):
        life.blame(BOUND, "the refresh token of another client refused", str(reply))
    life.leave_open(grant)


def revoke(life: Life, step: Step) -> None:
    """A revocation by the grant's own client of the latest token of a kind, or of the one before it."""
    grant = life.grants[step.grant]
    own = grant.of(step.token)
    if len(own) < (2 if step.do == "revoke elder" else 1):
        return
    token = own[-2] if step.do == "revoke elder" else own[-1]
    reply = _ask_to_revoke(life.trial, token, step.how)
    if reply.is_breakdown:
        raise Inconclusive(f"the revocation endpoint did not decide: {reply}")
    life.leave_open(grant)
    if reply.is_served and token.state != "ended":
        token.state, token.if_seen, token.hint = "ended", REVOKED[token.kind, step.how], step.how


def _ask_to_revoke(trial: Trial, token: Token | ActiveToken, how: str) -> Reply:
    hint = {"right": token.kind, "wrong": OTHER_KIND[token.kind]}.get(how, OMIT)
    return trial.send.revocation(token.value, token.tokens.client, token_type_hint=hint)


def revoke_foreign(life: Life, step: Step) -> None:
    """Another client that asks to revoke a token of the grant: it must live on."""
    grant = life.grants[step.grant]
    if not grant.of(step.token) or step.client == grant.client:
        return
    token = grant.of(step.token)[-1]
    life.trial.send.revocation(token.value, life.trial.given.client(step.client))
    token.if_lost = SURVIVES[token.kind]


def age(life: Life, step: Step) -> None:
    """The latest access token is past its lifetime. A grant may have none: some servers hand one token out twice."""
    if not life.grants[step.grant].access:
        return
    token = life.grants[step.grant].access[-1]
    lifetime = token.tokens.members.get("expires_in")
    if not isinstance(lifetime, int | float):
        return
    life.trial.given.aged(token.value, lifetime + 1)
    if token.state != "ended":
        token.state, token.if_seen = "ended", EXPIRED


def inspect(life: Life, step: Step) -> None:
    """What introspection tells of a live token is true. A grant may have none, as in `age`."""
    if not life.grants[step.grant].access:
        return
    token = life.grants[step.grant].access[-1]
    if token.state != "active" or "introspection" not in token.witnesses:
        return
    told = life.trial.send.introspection(token.value).members
    scope, client = told.get("scope"), told.get("client_id")
    if isinstance(scope, str) and token.tokens.granted and not set(scope.split()) <= token.tokens.granted:
        life.blame(SCOPE_TOLD, f"no scope beyond {_scopes(token.tokens.granted)}", f"introspection told {scope!r}")
    if client is not None and told.get("active") is True and client != token.tokens.client.client_id:
        life.blame(CLIENT_TOLD, f"client_id {token.tokens.client.client_id!r}", f"introspection told {client!r}")


def _named(kind: TokenKind) -> str:
    return kind.replace("_", " ")


def _scopes(scopes: frozenset[str]) -> str:
    return repr(" ".join(sorted(scopes)))


VERBS: Mapping[str, Callable[[Life, Step], None]] = {
    "issue": issue,
    "refresh": refresh,
    "replay refresh": replay_refresh,
    "replay code": replay_code,
    "steal refresh": steal_refresh,
    "revoke": revoke,
    "revoke elder": revoke,
    "revoke foreign": revoke_foreign,
    "age": age,
    "inspect": inspect,
}
