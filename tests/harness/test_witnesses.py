"""Witnesses of a token: what is seen while one of them breaks down, and which tokens a resource owes an answer."""

from __future__ import annotations

import json

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.harness.effects import witnesses_of
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken, Tokens
from conformance.procedures.resource_access import lacks_some_of_each
from tests.harness.fakes import CLIENT, FEATURES, Answering, trial_with

TOKENS = Tokens("token", None, CLIENT, "authorization_code", "one", None)


def answering(introspection: int, token_info: int) -> Send:
    """What asks a server whose introspection and token info have these statuses; a 200 says active."""

    def handler(method: str, path: str, parameters: dict[str, str]) -> Answering:
        status = introspection if "introspect" in path else token_info
        return status, {"Content-Type": "application/json"}, json.dumps({"active": True}) if status == 200 else ""

    return trial_with(handler, FEATURES | {"token_info"}).send


def live(*witnesses: str) -> ActiveToken:
    """A token that these witnesses saw active."""
    return ActiveToken("token", "access_token", TOKENS, witnesses)


def test_a_witness_that_breaks_down_leaves_the_word_to_another() -> None:
    assert witnesses_of(answering(500, 401), live("introspection", "token_info")) == ()
    assert witnesses_of(answering(500, 200), live("introspection", "token_info")) == ("token_info",)


def test_nothing_is_decided_where_every_witness_breaks_down() -> None:
    with pytest.raises(Inconclusive, match="introspection answered"):
        witnesses_of(answering(500, 500), live("introspection", "token_info"))


@pytest.mark.parametrize(
    ("names", "lacking"), [((), True), (("one",), True), (("one", "two"), False), (("two", "one", "three"), False)]
)
def test_a_resource_owes_nothing_to_tokens_of_fewer_scopes(names: tuple[str, ...], lacking: bool) -> None:
    assert lacks_some_of_each(names, [("one", "two"), ("one", "two", "four")]) is lacking
