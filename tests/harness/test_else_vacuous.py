"""What a target need not have is vacuous where it has none, and inconclusive where it broke down over the question."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from conformance.base.outcomes import Inconclusive, Vacuous, WrongProfile
from conformance.harness.trial import Trial
from conformance.wire.asgi import AsgiTransport
from conformance.wire.exchange import Reply, Request
from conformance.wire.transport import NoAnswer
from tests.harness.fakes import Answering, trial_with

REFUSED: Answering = 400, {"Content-Type": "application/json"}, '{"error": "unauthorized_client"}'
BROKEN: Answering = 500, {}, "oops"
CREDENTIALS = frozenset({"client_credentials"})
THROTTLED: Answering = 429, {"Retry-After": "100000"}, ""


def trial_at(*answers: Answering) -> Trial:
    """A trial against a server that answers so, and with the last answer on."""
    left = list(answers)
    return trial_with(lambda method, path, parameters: left.pop(0) if len(left) > 1 else left[0], CREDENTIALS)


def extra_token(trial: Trial) -> object:
    with trial.given.else_vacuous("no such token"):
        return trial.given.tokens("client_credentials")


def seen_token(trial: Trial) -> object:
    return trial.given.observed("an extra token", lambda: trial.given.tokens("client_credentials"))


def test_what_is_refused_is_vacuous_with_both_reasons() -> None:
    with pytest.raises(Vacuous, match=r"^no such token: .*unauthorized_client"):
        extra_token(trial_at(REFUSED))


@pytest.mark.parametrize("answer", [BROKEN, THROTTLED], ids=["broken", "throttled"])
def test_a_breakdown_is_inconclusive(answer: Answering) -> None:
    with pytest.raises(Inconclusive):
        extra_token(trial_at(answer))


def test_no_answer_is_inconclusive() -> None:
    trial = Trial(trial_at(REFUSED).session)
    trial.session.transport = Silent({})

    with pytest.raises(Inconclusive, match="no complete answer"):
        extra_token(trial)


def test_a_breakdown_before_matters_not() -> None:
    trial = trial_at(BROKEN, REFUSED)
    trial.send.grant("client_credentials")

    with pytest.raises(Vacuous):
        extra_token(trial)


@pytest.mark.parametrize(("answer", "kind"), [(BROKEN, Inconclusive), (REFUSED, Vacuous)], ids=["broken", "refused"])
def test_what_was_seen_before_is_as_it_was_then(answer: Answering, kind: type[Exception]) -> None:
    trial = trial_at(answer)
    with pytest.raises(Inconclusive):
        seen_token(trial)
    # The evidence has them now.
    for exchange in trial.exchanges:
        exchange.reply = None
    later = Trial(trial.session)

    with pytest.raises(kind), later.given.else_vacuous("no such token"):
        seen_token(later)


def test_a_wrong_profile_is_no_target_without() -> None:
    with pytest.raises(WrongProfile), trial_at(REFUSED).given.else_vacuous("no such token"):
        raise WrongProfile("[clients.other] client_secret is wrong")


class Silent(AsgiTransport):
    """A way on which nothing comes back."""

    def __init__(self, applications: Mapping[str, object]) -> None:
        super().__init__({})

    def send(self, request: Request) -> Reply:
        raise NoAnswer("no complete answer within 10 s", "late")
