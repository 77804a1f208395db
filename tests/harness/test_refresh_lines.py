"""How many refreshes the answers of one instant are."""

from __future__ import annotations

import json

import pytest

from conformance.documents.rfc9700.refresh_lines import refreshes_in
from conformance.wire.exchange import Reply, Request

REQUEST = Request("POST", "https://as.example/token")
REFUSED = Reply(REQUEST, 400, (), b'{"error": "invalid_grant"}')


def served(access_token: str, **members: str) -> Reply:
    """Tokens as an answer gives them."""
    return Reply(REQUEST, 200, (), json.dumps({"access_token": access_token, **members}).encode())


@pytest.mark.parametrize(
    ("replies", "number"),
    [
        ([REFUSED, REFUSED], 0),
        ([served("a", refresh_token="r"), REFUSED], 1),
        ([served("a", refresh_token="r"), served("a", refresh_token="r"), REFUSED], 1),
        ([served("a", refresh_token="r"), served("a", refresh_token="s")], 2),
        ([served("a", refresh_token="r"), served("b", refresh_token="r")], 2),
        ([served("a"), served("b")], 2),
    ],
)
def test_the_same_tokens_are_those_of_one_refresh(replies: list[Reply], number: int) -> None:
    assert len(refreshes_in(replies)) == number
