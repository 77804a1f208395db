"""What the introspection tests read out of tokens and answers."""

from __future__ import annotations

import pytest

from conformance.documents.rfc7662.caching import declared_freshness
from conformance.procedures.inactive_tokens import with_altered_end, without_end
from conformance.procedures.introspection import holds_active_alone, says_active, says_inactive
from conformance.procedures.introspection_members import (
    is_integer,
    is_scope,
    is_text_or_list,
    is_time,
    texts,
)
from conformance.wire.content import is_json_object
from conformance.wire.exchange import Reply, Request

NOW = 1_800_000_000.0
TOKENS = [
    "2YotnFZFEjr1zCsicMWpAA",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "123456789012345678901234567890",
    "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiIxIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
    "eyJhbGciOiJub25lIn0.eyJqdGkiOiIxIn0.",
    "a",
]


def reply(body: str = "", *headers: tuple[str, str], status: int = 200) -> Reply:
    return Reply(Request("POST", "https://server.example/introspect"), status, headers, body.encode())


@pytest.mark.parametrize("forge", [with_altered_end, without_end])
@pytest.mark.parametrize("token", TOKENS)
def test_a_forged_token_is_another_one_in_any_case(forge: object, token: str) -> None:
    assert callable(forge)
    assert forge(token).lower() != token.lower()


def test_the_signature_of_a_signed_token_is_what_is_forged() -> None:
    token = TOKENS[3]
    head = token.rpartition(".")[0]
    assert with_altered_end(token).startswith(head + ".")
    assert len(with_altered_end(token)) == len(token)
    assert without_end(token) == head + "."


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], 0),
        ([("Cache-Control", "no-store")], 0),
        ([("Cache-Control", "max-age=600, no-cache")], 0),
        ([("Cache-Control", "private"), ("cache-control", 'MAX-AGE="600"')], 600),
        ([("Cache-Control", "max-age=60, s-maxage=900")], 900),
        ([("Cache-Control", "max-age=60"), ("Expires", "Fri, 15 Jan 2027 10:00:00 GMT")], 60),
        ([("Expires", "Fri, 15 Jan 2027 09:00:00 GMT")], 3600),
        ([("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")], 0),
        ([("Expires", "0")], 0),
    ],
)
def test_declared_freshness(headers: list[tuple[str, str]], seconds: float) -> None:
    assert declared_freshness(reply("", *headers), NOW) == seconds


@pytest.mark.parametrize(
    ("body", "active", "inactive"),
    [
        ('{"active": true}', True, False),
        ('{"active": "true"}', True, False),
        ('{"active": 1}', True, False),
        ('{"active": false}', False, True),
        ('{"active": "false"}', False, True),
        ('{"active": null}', False, True),
        ('{"error": "invalid_request"}', False, False),
        ("[true]", False, False),
        ("", False, False),
    ],
)
def test_answers_are_read_as_a_careless_caller_would(body: str, active: bool, inactive: bool) -> None:
    assert (says_active(reply(body)), says_inactive(reply(body))) == (active, inactive)


def test_only_an_inactive_answer_is_held_to_active_alone() -> None:
    assert holds_active_alone(reply('{"active": false}'))
    assert holds_active_alone(reply('{"active": true, "scope": "me"}'))
    assert holds_active_alone(reply('{"error": "invalid_request"}'))
    assert not holds_active_alone(reply('{"active": false, "reason": "expired"}'))


@pytest.mark.parametrize(("body", "holds"), [('{"a": 1}', True), ("[]", False), ('{"a": NaN}', False), ("{", False)])
def test_one_json_object_to_the_letter(body: str, holds: bool) -> None:
    assert is_json_object(reply(body).body) is holds


def test_types_of_members() -> None:
    assert is_integer(1.0)
    assert not any(map(is_integer, (True, 1.5, "1", None)))
    assert is_time(1_800_000_000)
    assert not is_time(1_800_000_000_000)
    assert is_scope("")
    assert is_scope("me profile")
    assert not any(map(is_scope, ("me  profile", " me", ["me"], None)))
    assert is_text_or_list(["a", "b"])
    assert not any(map(is_text_or_list, ([1], {"a": 1}, None)))


def test_identifiers_are_found_as_words_and_as_values() -> None:
    assert "alice" in texts(reply('{"error_description": "The token of alice is not yours."}'))
    assert "alice@example.com" in texts(reply('{"detail": [{"user": "alice@example.com"}]}'))
    assert "42" in texts(reply('{"sub": 42}'))
    assert "bob" in texts(reply("<p>bob's token</p>"))
    assert "alice" not in texts(reply('{"alice": "malice", "active": false}'))
