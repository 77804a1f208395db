"""Asks a deployment for grants in the ways that it might want, and says what came of each try."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from conformance.base.outcomes import Inconclusive
from conformance.browser.answer import Answer
from conformance.harness.refusals import refuses_client, why_not_back, why_refused
from conformance.harness.send import OMIT
from conformance.harness.session import Session
from conformance.harness.tokens import Tokens
from conformance.harness.trial import Trial
from conformance.procedures.code_exchanges import made_up_code
from conformance.procedures.pkce import SHORTEST, verifier_of
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

METHODS = ("client_secret_basic", "client_secret_post")
MOST_SCOPES = 8
# Errors of a token request that come after the client has authenticated.
PAST_AUTHENTICATION = (
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_grant",
    "invalid_target",
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one try: tokens (or, for the implicit grant, an access token), else why not."""

    tokens: Tokens | None
    why: str = ""
    error: str = ""

    @property
    def works(self) -> bool:
        """Whether the grant was given."""
        return self.tokens is not None


@dataclass(frozen=True, slots=True)
class ScopeFinding:
    """The scopes that a grant gives, the attempt that shows it, and whether a scope has to be asked for."""

    scopes: tuple[str, ...]
    attempt: Attempt
    is_demanded: bool = False


class Asker:
    """Tries things out at one deployment, through the recorder; every try is a trial of its own."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.trials: list[Trial] = []

    def trial(self) -> Trial:
        """A fresh trial."""
        trial = Trial(self.session)
        trial.phase = "given"
        self.trials.append(trial)
        return trial

    @property
    def requests(self) -> int:
        """How many requests went out so far."""
        return sum(len(trial.exchanges) for trial in self.trials)

    def _failed(self, why: str, error: object = None) -> Attempt:
        return Attempt(None, self.session.redactor.text(why), error if isinstance(error, str) else "")

    def by_token_request(self, grant: str, client: Client, scope: str | None) -> Attempt:
        """Ask for a token by client_credentials or password."""
        trial = self.trial()
        try:
            reply = trial.send.grant(grant, client, scope=scope or OMIT)
            if not reply.is_success:
                return self._failed(why_refused(reply), reply.members.get("error"))
            return Attempt(trial.given.tokens_in(reply, client, grant, scope))
        except Inconclusive as error:
            return self._failed(str(error))

    def by_code(self, client: Client, scope: str | None, **changes: Any) -> Attempt:
        """Ask for a code as the account and exchange it."""
        trial = self.trial()
        try:
            answer = trial.send.authorize(client, scope=scope or OMIT, **changes)
            if not answer.get("code"):
                return self._failed(why_not_back(answer), answer.get("error"))
            code = trial.given.code_in(answer)
            reply = trial.send.code_exchange(code)
            if not reply.is_success:
                return self._failed(f"the code is not exchanged: {why_refused(reply)}", reply.members.get("error"))
            return Attempt(trial.given.tokens_in(reply, client, "authorization_code", scope))
        except Inconclusive as error:
            return self._failed(str(error))

    def checks_verifier(self, client: Client, scope: str | None) -> bool:
        """Whether the verifier of another code is refused for a code with a challenge."""
        trial = self.trial()
        try:
            code = trial.given.code_in(trial.send.authorize(client, scope=scope or OMIT))
            return trial.send.code_exchange(code, code_verifier=verifier_of(SHORTEST)).is_refusal
        except Inconclusive:
            return False

    def asks(self, client: Client, redirect_uri: str) -> bool:
        """Whether an authorization request to a redirect URI is put to the account, which declines it.

        A server may ask for the decision before it looks at the URI: where denials of what is registered come back,
        this one has to.
        """
        answer = self._declined(client, redirect_uri)
        if answer is None or answer.destination is not None or not answer.consented:
            return answer is not None and answer.destination is not None
        registered = self._declined(client, client.redirect_uris[0])
        return registered is None or registered.destination is None

    def _declined(self, client: Client, redirect_uri: str) -> Answer | None:
        try:
            return self.trial().send.authorize(client, decision="decline", redirect_uri=redirect_uri)
        except Inconclusive:
            return None

    def by_implicit(self, client: Client, scope: str | None) -> Attempt:
        """Ask for an access token in the fragment."""
        trial = self.trial()
        try:
            answer = trial.send.authorize(client, "token", scope=scope or OMIT)
            if not answer.get("access_token"):
                return self._failed(why_not_back(answer), answer.get("error"))
            return Attempt(
                Tokens(answer.get("access_token") or "", None, client, "implicit", scope, answer.get("scope"))
            )
        except Inconclusive as error:
            return self._failed(str(error))

    def refreshes(self, tokens: Tokens) -> str:
        """Why a refresh token doesn't refresh; empty when it does."""
        trial = self.trial()
        try:
            reply = trial.send.refresh(tokens)
        except Inconclusive as error:
            return self._failed(str(error)).why
        works = reply.is_success and reply.members.get("access_token")
        return "" if works else self._failed(why_refused(reply)).why


def workable_scopes(attempt: Callable[[str | None], Attempt], candidates: Iterable[str]) -> ScopeFinding:
    """Which scopes a grant gives: all candidates at once, else one by one; what it gives unasked where there are none.

    A server may grant less than was asked and say so: then that counts.
    """
    wanted = tuple(candidates)[:MOST_SCOPES]
    unasked = attempt(None)
    if not wanted:
        return ScopeFinding(_granted(unasked, ()), unasked)
    if not unasked.works and unasked.error not in ("invalid_scope", "invalid_request", "access_denied", ""):
        return ScopeFinding((), unasked)
    together = attempt(" ".join(wanted))
    if together.works:
        return ScopeFinding(_granted(together, wanted), together, not unasked.works)
    singly = {scope: attempt(scope) for scope in wanted} if len(wanted) > 1 else {}
    kept = tuple(scope for scope, each in singly.items() if each.works and scope in _granted(each, (scope,)))
    if kept:
        return ScopeFinding(kept, singly[kept[0]], not unasked.works)
    if unasked.works:
        return ScopeFinding(_granted(unasked, ()), unasked)
    return ScopeFinding((), together)


def _granted(attempt: Attempt, asked: tuple[str, ...]) -> tuple[str, ...]:
    if attempt.tokens is None:
        return ()
    said = attempt.tokens.scope
    if said is None:
        return asked
    scopes = tuple(said.split())
    return tuple(scope for scope in asked if scope in scopes) if asked else scopes


def authentication_methods(asker: Asker, client: Client) -> tuple[tuple[str, ...], str]:
    """The ways in which a client's secret is taken, and why none is.

    An answer counts when it comes after authentication. Where a made-up secret gets the same answer, nothing is shown:
    then a made-up code is presented, and a server that doesn't mind there either is taken by its word.
    """
    why = ""
    for presents in (_client_credentials, _made_up_code):
        replies = {method: _reply(asker, replace(client, authentication=(method,)), presents) for method in METHODS}
        taken = tuple(method for method, reply in replies.items() if reply is not None and _is_past(reply))
        refused = [reply for reply in replies.values() if reply is not None and not _is_past(reply)]
        why = why or (why_refused(refused[0]) if refused else "no answer")
        if not taken:
            continue
        issued = tuple(method for method in taken if (reply := replies[method]) is not None and reply.is_success)
        forged = replace(client, client_secret=asker.trial().invented("client_secret"), authentication=(taken[0],))
        control = None if issued else _reply(asker, forged, presents)
        if issued or (control is not None and refuses_client(control)):
            return taken, ""
        why = "unproven"
    return (METHODS[:1], why) if why == "unproven" else ((), why)


def _client_credentials(trial: Trial, client: Client) -> Reply:
    return trial.send.client_credentials(client)


def _made_up_code(trial: Trial, client: Client) -> Reply:
    return trial.send.token("authorization_code", client, made_up_code(trial, client))


def _reply(asker: Asker, client: Client, presents: Callable[[Trial, Client], Reply]) -> Reply | None:
    try:
        return presents(asker.trial(), client)
    except Inconclusive:
        return None


def _is_past(reply: Reply) -> bool:
    """Whether the answer comes from behind the authentication of the client."""
    return reply.is_success or reply.members.get("error") in PAST_AUTHENTICATION
