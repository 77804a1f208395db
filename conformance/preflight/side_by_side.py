"""Whether tests of several processes would meet at the target: what one of them is given may end what another has."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.harness import effects
from conformance.harness.session import Session
from conformance.harness.tokens import ActiveToken, Code, Tokens
from conformance.harness.trial import Trial
from conformance.preflight.free_requests import BY_USER_AGENT, ways_to_ask

UNDECIDED = (Inconclusive, NotApplicable, Untested, Vacuous)
GRANTS = ("client_credentials", "password")


def why_alone(session: Session) -> str:
    """Why one process has to run all tests, however many were asked for; empty where several don't meet.

    It takes two tokens of each kind, and two sign-ins of the main account. What can't be arranged tells nothing.
    """
    for question in (_newer_tokens, _newer_sign_ins, _replays):
        trial = Trial(session)
        trial.phase = "given"
        with contextlib.suppress(*UNDECIDED):
            answer = question(trial)
            if answer:
                return answer
    return ""


# Tokens


def _newer_tokens(trial: Trial) -> str:
    """What becomes of a client's token when the same client gets another one for the same owner."""
    for issue in _issues(trial):
        first = issue()
        seen = _seen(trial, first)
        second = issue()
        if second.access_token == first.access_token:
            return "two requests of one client get the same token: what ends one ends the other"
        if any(not _is_active(trial, token) for token in seen):
            return "a second token of the same client and owner ends the first"
    return ""


def _issues(trial: Trial) -> Iterator[Callable[[], Tokens]]:
    """Ways to tokens that ask nobody at a browser; by codes where there is none for an owner."""
    claimed = [grant for grant in GRANTS if trial.given.claims(grant)]
    by_code = ["authorization_code"] if "password" not in claimed and trial.given.claims("authorization_code") else []
    for grant in (*claimed, *by_code):
        yield lambda grant=grant: trial.given.tokens(grant)  # type: ignore[misc]


def _seen(trial: Trial, tokens: Tokens) -> list[ActiveToken]:
    """The tokens that are seen active, each by its first witness; the resource, where nobody else tells of them."""
    found = []
    for kind in ("access_token", "refresh_token"):
        value = tokens.access_token if kind == "access_token" else tokens.refresh_token
        witnesses = [each for each in effects.possible_witnesses(trial.target, kind) if each != "refresh"]
        witnesses += ["protected_resource"] if kind == "access_token" and _may_open(trial, tokens) else []
        for witness in witnesses:
            if value and effects.says_active(trial.send, witness, value, kind, tokens):
                found.append(ActiveToken(value, kind, tokens, (witness,)))
                break
    return found


def _may_open(trial: Trial, tokens: Tokens) -> bool:
    return trial.given.claims("protected_resource") and tokens.grant != "client_credentials"


def _is_active(trial: Trial, token: ActiveToken) -> bool:
    return effects.says_active(trial.send, token.witnesses[0], token.value, token.kind, token.tokens)


# Sign-ins


def _newer_sign_ins(trial: Trial) -> str:
    """Whether a browser is still signed in after the same account has signed in with another one."""
    way = next((way for way in ways_to_ask(trial.target) if way.grant in BY_USER_AGENT), None)
    if way is None:
        return ""
    request = trial.send.authorization_request(way.client, "code" if way.grant == "authorization_code" else "token")
    one, other = (trial.given.user_agent(fresh=True) for _ in range(2))
    answers = [trial.send.authorization(request, user_agent=agent, decision="wait") for agent in (one, one, other, one)]
    first, again, _, last = (answer.signed_in for answer in answers)
    return "a second sign-in of the same account ends the first session" if first and not again and last else ""


# Replays


def _replays(trial: Trial) -> str:
    """What becomes of other tokens of the same client and owner when a used code or refresh token comes again."""
    given = trial.given
    by_password = given.claims("password") and given.claims("refresh_token")
    replayed = given.refreshable(grant="password") if by_password else given.authorization_code()
    seen = _seen(trial, given.tokens("password" if by_password else "authorization_code"))
    for _ in range(2):
        _use(trial, replayed)
    if any(not _is_active(trial, token) for token in seen):
        return "a code or refresh token that comes twice ends all tokens of the same client and owner"
    return ""


def _use(trial: Trial, credential: Code | Tokens) -> None:
    if isinstance(credential, Code):
        trial.send.code_exchange(credential)
    else:
        trial.send.refresh(credential)
