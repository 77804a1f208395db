"""What only the user knows comes from flags, then variables, then questions; secrets never from flags."""

from __future__ import annotations

import argparse

import pytest

from conformance.discovery import user_inputs
from conformance.discovery.user_inputs import Inputs, Item, MissingInput, add_flags, gather

VARIABLES = {"OAUTH2_CLIENT_ID": "from-variable", "OAUTH2_CLIENT_SECRET": "s3cret"}


def gathered(*words: str, environment: dict[str, str] | None = None, may_ask: bool = False) -> Inputs:
    """What is gathered from a command line and an environment."""
    parser = argparse.ArgumentParser()
    add_flags(parser)
    return gather(parser.parse_args(words), environment or {}, may_ask=may_ask)


def test_a_flag_comes_before_a_variable() -> None:
    assert gathered(environment=VARIABLES).clients["confidential"]["client_id"] == "from-variable"
    found = gathered("--client-id", "from-flag", environment=VARIABLES)
    assert found.clients["confidential"]["client_id"] == "from-flag"


def test_a_secret_is_named_by_its_variable() -> None:
    found = gathered("--client-secret-env", "MINE", "--client-id", "a", environment={"MINE": "s3cret"})
    assert found.clients["confidential"]["client_secret"] == "env:MINE"
    assert "s3cret" not in repr(found)


def test_what_is_missing_is_asked_for_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"client_id": "typed", "client_secret": "typed-secret", "username": "alice", "password": "typed-password"}
    asked: list[str] = []

    def answer(item: Item, *, is_optional: bool) -> str:
        asked.append(item.name)
        return answers.get(item.name, "")

    monkeypatch.setattr(user_inputs, "_asked", answer)
    found = gathered(may_ask=True)
    assert found.clients["confidential"]["client_secret"] == "env:OAUTH2_CLIENT_SECRET"
    assert found.typed == {"OAUTH2_CLIENT_SECRET": "typed-secret", "OAUTH2_PASSWORD": "typed-password"}
    # Of a client that isn't there nothing more is asked.
    assert "other_client_id" in asked
    assert "other_client_secret" not in asked


def test_nothing_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_inputs, "_asked", lambda *_, **__: pytest.fail("asked"))
    with pytest.raises(MissingInput, match=r"give --client-id or \$OAUTH2_CLIENT_ID"):
        gathered()


def test_several_redirect_uris_come_by_repeated_flags_or_one_variable() -> None:
    by_flags = gathered("--redirect-uri", "https://a/1", "--redirect-uri", "https://a/2", environment=VARIABLES)
    by_variable = gathered(environment={**VARIABLES, "OAUTH2_REDIRECT_URI": "https://a/1 https://a/2"})
    assert by_flags.clients == by_variable.clients
