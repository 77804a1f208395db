"""How the user agent came to the client: what a browser would have sent on."""

from __future__ import annotations

import pytest

from conformance.procedures.end_user_pages import hop_of
from tests.harness.fakes import Answering, trial_with

BACK = "https://client.example/cb?code=a-code-value&state=s"
LOGIN = """<form method=post action="/login"><input name=username><input type=password name=password>
<button>Log in</button></form>"""
CONSENT = "<form method=post action='/decide'><button name=d value=yes>Allow</button></form>"


@pytest.mark.parametrize(
    ("status", "asks", "told"),
    [
        (302, False, "POST answered with status 302, sent on by Location with no body"),
        (307, False, "POST answered with status 307, sent on by Location with a body with the password"),
        (308, True, "POST answered with status 308, sent on by Location with the form's body"),
    ],
)
def test_the_last_hop_tells_what_goes_along(status: int, asks: bool, told: str) -> None:
    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        if path == "/oauth/authorize":
            return 200, {}, LOGIN
        return (200, {}, CONSENT) if asks and path == "/login" else (status, {"Location": BACK}, "")

    answer = trial_with(handle).send.authorize()

    assert str(hop_of(answer, "alice-password")) == told
