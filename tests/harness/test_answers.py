"""What an answer says: which fault it names, whether it serves, refuses or broke down, whatever its status."""

from __future__ import annotations

import json

import pytest

from conformance.base.outcomes import Violation
from conformance.harness.expected_answers import is_at
from conformance.harness.expected_replies import ReplyExpectation
from conformance.wire.exchange import Reply, Request

REQUEST = Request("POST", "https://as.test/oauth/token")
JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html")


def answer(status: int, body: object, *headers: tuple[str, str]) -> Reply:
    """A made-up reply; what is no text becomes JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(REQUEST, status, headers or (JSON,), text.encode())


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (answer(200, {"access_token": "x"}), "served"),
        (answer(200, {"error": "invalid_grant"}), "refused"),
        (answer(400, {"error": "invalid_grant"}), "refused"),
        (answer(404, "", HTML), "refused"),
        (answer(302, "", ("Location", "/login")), "refused"),
        (answer(501, {"error": "unsupported_grant_type"}), "refused"),
        (answer(501, "", HTML), "refused"),
        (answer(500, {"error": "unsupported_grant_type"}), "refused"),
        (answer(500, "<h1>invalid_request</h1>", HTML), "refused"),
        (answer(500, "", ("WWW-Authenticate", 'Bearer error="invalid_token"')), "refused"),
        (answer(500, {"error": "server_error"}), "broken"),
        (answer(503, {"error": "temporarily_unavailable"}), "broken"),
        (answer(500, {"timestamp": 1, "status": 500, "error": "Internal Server Error"}), "broken"),
        (answer(500, {"error": {"code": 500}}), "broken"),
        (answer(500, "Traceback: " + "invalid_request " * 1000, HTML), "broken"),
        (answer(500, "", HTML), "broken"),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, Reply) else value,
)
def test_what_an_answer_comes_to(reply: Reply, word: str) -> None:
    found = {"served": reply.is_served, "refused": reply.is_refusal, "broken": reply.is_breakdown}
    assert [name for name, holds in found.items() if holds] == [word]


@pytest.mark.parametrize(
    "reply",
    [
        answer(415, {"code": "UNSUPPORTED_MEDIA_TYPE"}),
        answer(400, {"code": "E1042", "error": "invalid_request"}),
        answer(200, {"code": 7, "error": "invalid_request"}),
        answer(302, "", ("Location", "https://client.example/cb?error_code=5#error=denied")),
    ],
    ids=["media-type", "numbered", "numbered-with-200", "redirect"],
)
def test_the_code_of_an_error_is_no_authorization_code(reply: Reply) -> None:
    ReplyExpectation(reply).issues_nothing()


@pytest.mark.parametrize(
    "reply",
    [
        answer(200, {"code": "abc"}),
        answer(400, {"error": "invalid_request", "access_token": "abc"}),
        answer(302, "", ("Location", "https://client.example/cb?code=abc")),
        answer(302, "", ("Location", "https://client.example/cb#access_token=abc")),
    ],
    ids=["code", "token", "query", "fragment"],
)
def test_what_is_issued_is_seen_wherever_it_stands(reply: Reply) -> None:
    with pytest.raises(Violation):
        ReplyExpectation(reply).issues_nothing()


@pytest.mark.parametrize(
    ("destination", "is_there"),
    [
        ("https://client.example/cb?app=1&code=x", True),
        ("https://client.example/cb?session_state=x&app=1&code=x", True),
        ("https://client.example/cb?code=x&app=1#", True),
        ("https://client.example/cb?app=1", True),
        ("https://client.example/cb?code=x", False),
        ("https://client.example/cb?app=2&code=x", False),
        ("https://client.example/cb/?app=1&code=x", False),
        ("https://client.example:443/cb?app=1&code=x", False),
    ],
)
def test_a_query_is_retained_wherever_it_stands(destination: str, is_there: bool) -> None:
    assert is_at(destination, "https://client.example/cb?app=1") is is_there
