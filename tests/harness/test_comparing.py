"""How a request differs from its control, in words."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.tally.comparing import differences

FORM = ("Content-Type", "application/x-www-form-urlencoded")
BASIC = ("Authorization", "Basic {basic credentials of confidential}")


def request(body: str = "a=1", *headers: tuple[str, str], method: str = "POST", query: str = "") -> dict[str, Any]:
    own = (FORM,) if not any(name == "Content-Type" for name, _ in headers) else ()
    url = f"https://as.test/oauth/token{query}"
    return {"method": method, "url": url, "headers": [list(pair) for pair in (*own, *headers)], "body": body}


@pytest.mark.parametrize(
    ("control", "odd", "words"),
    [
        (request("a=1&b=2"), request("a=1&b=2"), []),
        (request("a=1"), request("a=1&a=1"), ["`a` twice"]),
        (request("a=1"), request("a=1&a=2&a=3"), ["`a` 3 times"]),
        (request("a=1&b=2"), request("a=1"), ["without `b`"]),
        (request("a=1"), request("a=1&b=2"), ["with `b=2`"]),
        (request("a=1&b=2"), request("a=1&b="), ["with an empty `b`"]),
        (request("a=1"), request("a=2"), ["`a=2` in place of `1`"]),
        (request("a=1"), request("a=1", query="?c=3"), ["with `c=3`"]),
        (request("code={code#1}&state=x"), request("code={code#2}&state=y"), []),
        (
            request("code={code#1}"),
            request("code=invented-code-0123456789abcdef"),
            ["`code={invented}` in place of `{code}`"],
        ),
        (request("a=1", BASIC), request("a=1"), ["without an Authorization header"]),
        (request("a=1", BASIC), request("a=1", BASIC, BASIC), ["with 2 Authorization headers"]),
        (request("a=1"), request("", query="?a=1", method="GET"), ["by GET in place of POST"]),
        (request("a=1"), request("{}", ("Content-Type", "application/json")), ["without `a`", "as application/json"]),
        (request("a=1"), request("a=1", ("Origin", "https://x")), ["with the header `origin: https://x`"]),
        (request("a=1"), request("a=1", ("User-Agent", "x"), ("Cookie", "y")), []),
        (request("a=`"), request("a=1`"), ['"a=1\\u0060" in place of "\\u0060"']),
    ],
)
def test_the_difference_is_told(control: dict[str, Any], odd: dict[str, Any], words: list[str]) -> None:
    assert differences(control, odd) == words
