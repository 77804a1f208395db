"""Where most faults end on a page, those are looked for that the client is told of all the same."""

from __future__ import annotations

import pytest

from conformance.base.outcomes import Vacuous
from conformance.procedures.authorization_answers import refused_answers
from tests.harness.fakes import CLIENT, Answering, Handler, trial_with

CODES = frozenset({"authorization_code", "authorization_endpoint", "token_endpoint"})
URI = CLIENT.redirect_uris[0]


def server(*told: str) -> Handler:
    """A server at which every fault ends on a page but those that are `told`."""

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        faults = {
            "response_type": parameters.get("response_type") != "code",
            "scope": not set(parameters.get("scope", "").split()) <= set(CLIENT.scopes),
            "challenge": len(parameters.get("code_challenge", "x" * 43)) < 43,
        }
        found = [name for name, is_faulty in faults.items() if is_faulty]
        if not found:
            return 302, {"Location": f"{URI}?code=a-code-value"}, ""
        if set(found) & set(told):
            return 302, {"Location": f"{URI}?error=invalid_request"}, ""
        return 400, {"Content-Type": "text/html"}, "<p>This request is faulty.</p>"

    return handle


@pytest.mark.parametrize("told", ["scope", "challenge"])
def test_what_the_client_is_told_of_is_judged(told: str) -> None:
    trial = trial_with(server(told), CODES)

    answers = refused_answers(trial.given, trial.send)

    assert {answer.get("error") for answer in answers} == {"invalid_request"}


def test_challenges_are_faulty_only_where_nothing_else_is_told() -> None:
    trial = trial_with(server("scope"), CODES)

    refused_answers(trial.given, trial.send)

    assert not [each for each in trial.exchanges if "code_challenge=short" in each.request.url]


def test_where_the_client_is_told_of_nothing_it_is_vacuous() -> None:
    trial = trial_with(server(), CODES)

    with pytest.raises(Vacuous, match="none of the faulty or declined"):
        refused_answers(trial.given, trial.send)
