"""Tokens that don't outlive being asked about: which looks end them, and what is said of later looks then."""

from __future__ import annotations

import json

import pytest

from conformance.base.outcomes import Inconclusive, Stale, Violation
from conformance.harness.trial import Trial
from tests.harness.fakes import FEATURES, Answering, trial_with

ASKING = FEATURES | {"token_info", "client_credentials"}


class Server:
    """A server whose tokens end at the looks named; `refusing` are looks that never see a token."""

    def __init__(self, *ending: str, refusing: tuple[str, ...] = ()) -> None:
        self.ending = ending
        self.refusing = refusing
        self.live: set[str] = set()
        self.issued = 0

    def __call__(self, method: str, path: str, parameters: dict[str, str]) -> Answering:
        if path == "/oauth/token":
            self.issued += 1
            self.live.add(f"token-{self.issued}")
            return _json({"access_token": f"token-{self.issued}", "token_type": "bearer"})
        look = "introspection" if "introspect" in path else "token_info"
        # The fake reads no headers: token info is asked about the newest token.
        value = parameters.get("token", f"token-{self.issued}")
        active = value in self.live
        if look in self.ending:
            self.live.discard(value)
        if look == "introspection":
            return _json({"active": active})
        return _json({}) if active and look not in self.refusing else (401, {}, "")


def _json(members: dict[str, object]) -> Answering:
    return 200, {"Content-Type": "application/json"}, json.dumps(members)


def second(trial: Trial) -> Trial:
    """The second try of the same test."""
    return Trial(trial.session)


def test_tokens_that_outlive_looks_have_all_witnesses_and_cost_one_look_more_each() -> None:
    server = Server()
    trial = trial_with(server, ASKING)
    first = trial.given.active_token(trial.given.tokens("client_credentials"))
    sent = len(trial.exchanges)
    trial.given.active_token(trial.given.tokens("client_credentials"))
    assert (first.witnesses, server.issued) == (("introspection", "token_info"), 2)
    assert (sent, len(trial.exchanges) - sent) == (5, 3)


@pytest.mark.parametrize("refusing", [(), ("token_info",)], ids=["seen", "refused"])
def test_a_witness_whose_look_ends_tokens_is_not_asked_again(refusing: tuple[str, ...]) -> None:
    trial = trial_with(Server("token_info", refusing=refusing), ASKING)
    with pytest.raises(Stale):
        trial.given.active_token(trial.given.tokens("client_credentials"))
    again = second(trial)
    token = again.given.active_token(again.given.tokens("client_credentials"))
    assert token.witnesses == ("introspection",)
    again.expect(token).is_active()


def test_nothing_is_said_of_tokens_that_every_look_ends() -> None:
    trial = trial_with(Server("introspection", "token_info"), ASKING)
    with pytest.raises(Stale):
        trial.given.active_token(trial.given.tokens("client_credentials"))
    again = second(trial)
    with pytest.raises(Inconclusive, match="none can be asked twice"):
        again.given.active_token(again.given.tokens("client_credentials"))


def test_a_token_that_something_else_ended_takes_no_witness_away() -> None:
    server = Server()
    trial = trial_with(server, ASKING)
    tokens = trial.given.tokens("client_credentials")
    looks = iter([True, True, False])

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        if path != "/oauth/token" and not next(looks, True):
            server.live.clear()
        return server(method, path, parameters)

    disturbed = trial_with(handle, ASKING)
    with pytest.raises(Stale):
        disturbed.given.active_token(tokens)
    again = second(disturbed)
    token = again.given.active_token(again.given.tokens("client_credentials"))
    assert token.witnesses == ("introspection", "token_info")
    server.live.clear()
    with pytest.raises(Violation, match="inactive by introspection, token_info"):
        again.expect(token).is_active()
