"""A finding says whether the server did what it mustn't, or didn't do what it must."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.base.outcomes import Violation
from conformance.harness.expect import Expect
from conformance.wire.exchange import Reply, Request
from tests.harness.fakes import trial_with

JSON = (("Content-Type", "application/json"),)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
Judgment = Callable[[Expect, Reply], object]


def reply(status: int, body: str = "", headers: tuple[tuple[str, str], ...] = JSON) -> Reply:
    return Reply(Request("GET", "https://as.test/"), status, headers, body.encode(), 0.0)


TOKEN = reply(200, '{"access_token": "value", "token_type": 1}')
REFUSAL = reply(400, '{"error": "invalid_grant"}')
BROKEN = reply(500)


@pytest.mark.parametrize(
    ("judge", "subject", "breach"),
    [
        pytest.param(lambda expect, it: expect(it).is_refused(), TOKEN, "act", id="issued"),
        pytest.param(lambda expect, it: expect(it).is_refused(), BROKEN, "omission", id="undecided"),
        pytest.param(lambda expect, it: expect(it).is_not_served(), reply(204, ""), "act", id="served"),
        pytest.param(lambda expect, it: expect(it).is_refused(), reply(200, "\n", HTML), "act", id="served-blank"),
        pytest.param(lambda expect, it: expect(it).issues_a_token(), REFUSAL, "omission", id="refused"),
        pytest.param(lambda expect, it: expect(it).is_an_error("invalid_request"), REFUSAL, "omission", id="code"),
        pytest.param(lambda expect, it: expect(it).has_header("Cache-Control"), TOKEN, "omission", id="no-header"),
        pytest.param(lambda expect, it: expect(it).lacks_header("Content-Type"), TOKEN, "act", id="header"),
        pytest.param(lambda expect, it: expect(it).has_member("scope"), TOKEN, "omission", id="no-member"),
        pytest.param(lambda expect, it: expect(it).has_member("token_type", str), TOKEN, "act", id="type"),
        pytest.param(lambda expect, it: expect(it).member_is("access_token", "other"), TOKEN, "act", id="value"),
        pytest.param(lambda expect, it: expect(it).member_is("scope", "other"), TOKEN, "omission", id="no-value"),
        pytest.param(lambda expect, it: expect(it).body_lacks("value", "it"), TOKEN, "act", id="text"),
        pytest.param(lambda expect, it: expect.syntax("scope", "\n"), TOKEN, "act", id="syntax"),
        pytest.param(lambda expect, it: expect.that(False, "x", it), TOKEN, "omission", id="that"),
        pytest.param(lambda expect, it: expect.that(False, "x", it, breach="act"), TOKEN, "act", id="that-act"),
        pytest.param(lambda expect, it: expect.that(False, "x", it, breach="act"), BROKEN, "omission", id="that-500"),
    ],
)
def test_what_was_done_is_told_from_what_was_not(judge: Judgment, subject: Reply, breach: str) -> None:
    expect = trial_with(lambda method, path, parameters: (200, {}, "")).expect

    with pytest.raises(Violation) as caught:
        judge(expect, subject)

    assert caught.value.breach == breach
