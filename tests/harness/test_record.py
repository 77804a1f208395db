"""What a run recorded, and which of it a rule speaks of."""

from __future__ import annotations

import pytest

from conformance.base.outcomes import NotApplicable, Violation
from conformance.browser.returns import Return
from conformance.harness.expected_answers import ReturnExpectation
from conformance.harness.record import Recorded
from conformance.harness.run_record import Record, is_well_formed
from conformance.harness.trial import Trial
from conformance.wire.exchange import Exchange, Reply, Request
from tests.harness.fakes import BASE, trial_with

FORM = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
TOKEN = f"{BASE}/oauth/token"


def trial() -> Trial:
    """A trial of a run that has recorded nothing yet."""
    return trial_with(lambda method, path, parameters: (200, {}, ""))


def posted(body: bytes, status: int = 200, answer: bytes = b'{"access_token": "a"}', url: str = TOKEN) -> Exchange:
    request = Request("POST", url, FORM, body)
    return Exchange(request, Reply(request, status, (), answer), 0.0)


@pytest.mark.parametrize(
    ("body", "well_formed"),
    [
        (b"grant_type=password&username=%C3%A9", True),
        (b"", True),
        (b"scope=%zz", False),
        (b"scope=%C3", False),
        (b"scope=\xc3\xa9", False),
    ],
)
def test_only_what_every_server_can_decode_is_well_formed(body: bytes, well_formed: bool) -> None:
    assert is_well_formed(Request("POST", TOKEN, FORM, body)) == well_formed


def test_other_methods_and_bodies_are_no_forms() -> None:
    assert not is_well_formed(Request("GET", TOKEN))
    assert not is_well_formed(Request("POST", TOKEN, (("Content-Type", "application/json"),), b"{}"))


def test_a_rule_sees_the_answers_it_speaks_of() -> None:
    refused = posted(b"a=2", 400, b'{"error": "invalid_scope"}')
    elsewhere = posted(b"a=3", url=f"{BASE}/oauth/revoke")
    judging = trial()
    judging.session.record.take([posted(b"a=1"), refused, elsewhere, posted(b"a=%zz")], [])

    recorded = Recorded(judging)

    assert [reply.request.body for reply in recorded.token_responses()] == [b"a=1"]
    assert [reply.request.body for reply in recorded.token_errors()] == [b"a=2"]


def test_an_endpoint_that_the_profile_leaves_to_the_documented_layout_is_heard() -> None:
    judging = trial()
    judging.session.record.take([posted(b"a=1"), posted(b"a=2", 405, b"", f"{BASE}/oauth/revoke")], [])

    recorded = Recorded(judging)

    assert "revocation" not in judging.target.endpoints
    assert [reply.request.body for reply in recorded.answers_of("revocation")] == [b"a=2"]


def test_a_reply_that_is_let_go_of_is_kept() -> None:
    exchange = posted(b"a=1")
    record = Record()
    record.take([exchange], [])
    exchange.reply = None
    record.take([exchange], [])
    assert [each.reply is not None for each in record.exchanges.values()] == [True]


def test_the_first_breach_is_told_with_how_many_there_are() -> None:
    exchanges = [posted(b"a=1"), posted(b"a=2"), posted(b"a=3")]
    judging = trial()
    judging.session.record.take(exchanges, [])
    recorded = Recorded(judging)

    def judge(reply: Reply) -> None:
        if reply.request.body != b"a=2":
            raise Violation("something", "something else")

    with pytest.raises(Violation, match=r"something else \(so in 2 of 3 answers\)"):
        recorded.each(recorded.token_responses(), judge)
    assert [each.request.body for each in judging.exchanges] == [b"a=1", b"a=3"]
    assert judging.once


def test_without_such_an_answer_nothing_is_judged() -> None:
    with pytest.raises(NotApplicable, match="no answer of this run"):
        Recorded(trial()).each([], lambda reply: None)


@pytest.mark.parametrize(
    ("sent", "came", "kept"),
    [
        ("a%2Bb", "a%2Bb", True),
        ("a%2Bb", "a+b", False),
        ("x", "x&state=x", False),
    ],
)
def test_a_state_comes_back_once_and_exact(sent: str, came: str, kept: bool) -> None:
    opened = Request("GET", f"https://as.example/oauth/authorize?response_type=code&state={sent}")
    back = Return(opened, f"https://client.example/cb?code=c&state={came}", Reply(opened, 302))
    broken = False
    try:
        ReturnExpectation(back).brings_its_state()
    except Violation:
        broken = True
    assert broken != kept


@pytest.mark.parametrize("body", [b"&".join([b"p=1"] * 101), b"code=" + b"a" * 8192], ids=["many", "long"])
def test_what_frameworks_refuse_for_its_size_is_no_request_to_the_endpoint(body: bytes) -> None:
    assert not is_well_formed(Request("POST", TOKEN, FORM, body))
