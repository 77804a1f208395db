"""The three consequences: given is inconclusive, send only records, expect alone finds a breach."""

from __future__ import annotations

import json

import pytest

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous, Violation
from conformance.harness.send import OMIT, Send, basic, changed
from conformance.running.single_test import execute
from conformance.tally.catalogue import load_catalogue
from conformance.wire.exchange import Reply, Request
from tests.harness.fakes import CLIENT, Answering, trial_with

REQUEST = Request("POST", "https://as.test/oauth/token")


def reply(status: int, body: object = "", **headers: str) -> Reply:
    """A made-up reply; a dict becomes JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    shown = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(REQUEST, status, shown, text.encode())


def always(status: int, body: str = "", headers: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
    """A server that answers everything alike."""

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        return status, headers or {}, body

    return handle


def test_what_cannot_be_arranged_is_inconclusive_with_its_exchange() -> None:
    trial = trial_with(always(401, '{"error": "invalid_client"}'), frozenset({"client_credentials"}))
    with pytest.raises(Inconclusive, match="no access token by the grant client_credentials: status 401"):
        trial.given.tokens()
    assert [exchange.phase for exchange in trial.exchanges] == ["given"]


def test_what_is_not_claimed_is_not_applicable_and_what_is_not_provided_untested() -> None:
    trial = trial_with(always(200))
    with pytest.raises(NotApplicable):
        trial.given.tokens("password")
    with pytest.raises(Untested, match=r"\[clients\.other\]"):
        trial.given.other_client()
    with pytest.raises(Untested, match=r"code_lifetime"):
        trial.given.limit("code_lifetime")


@pytest.mark.parametrize(
    ("judged", "kept"),
    [
        (reply(400, {"error": "invalid_grant"}), True),
        (reply(401, ""), True),
        (reply(200, {"access_token": "x"}), False),
        (reply(200, {"ok": True}), False),
        (reply(500, {"error": "server_error"}), False),
        (reply(302, "", Location="https://client.example/cb?code=x"), False),
        (reply(302, "", Location="https://client.example/cb#access_token=x"), False),
        (reply(302, "", Location="https://client.example/cb?error=x"), True),
    ],
)
def test_a_refusal_is_decided_and_carries_nothing(judged: Reply, kept: bool) -> None:
    expectation = trial_with(always(200)).expect(judged)
    if kept:
        expectation.is_refused()
        return
    with pytest.raises(Violation):
        expectation.is_refused()


def test_an_error_code_is_one_of_those_named() -> None:
    expect = trial_with(always(200)).expect
    expect(reply(400, {"error": "invalid_grant"})).is_an_error("invalid_request", "invalid_grant")
    with pytest.raises(Violation, match="'invalid_client'"):
        expect(reply(400, {"error": "invalid_grant"})).is_an_error("invalid_client")
    with pytest.raises(Violation):
        expect(reply(400, "no json")).is_an_error()


def test_members_headers_and_schemas_are_judged_in_words() -> None:
    expect = trial_with(always(200)).expect
    good = reply(200, {"access_token": "x", "token_type": "bearer", "expires_in": 3600}, Cache_Control="no-store")
    expect(good).fits_schema("token_response")
    expect(good).has_header("cache-control", directive="no-store")
    with pytest.raises(Violation, match="Cache-Control with 'no-store'"):
        expect(reply(200, Cache_Control="max-age=0; no-store")).has_header("Cache-Control", "no-store")
    expect(good).has_member("expires_in", int)
    with pytest.raises(Violation, match=r"expires_in: is a string, must be integer"):
        expect(reply(200, {"access_token": "x", "token_type": "b", "expires_in": "9"})).fits_schema("token_response")
    with pytest.raises(Violation, match="a Pragma header"):
        expect(good).has_header("Pragma")
    with pytest.raises(Violation, match="'expires_in' as string"):
        expect(good).has_member("expires_in", str)


def test_syntax_violations_show_the_characters_not_the_value() -> None:
    with pytest.raises(Violation) as caught:
        trial_with(always(200)).expect.syntax("access_token", "secret-part-\u00e9")
    assert "'\\xe9'" in str(caught.value)
    assert "secret-part" not in str(caught.value)


def test_changes_replace_repeat_leave_out_and_empty() -> None:
    pairs = changed({"a": "1", "b": "2", "c": None}, {"a": ["x", "y"], "b": OMIT, "d": ""})
    assert pairs == [("a", "x"), ("a", "y"), ("d", "")]


def test_basic_credentials_are_form_encoded() -> None:
    assert basic("a b", "c:d%") == ("Authorization", "Basic YStiOmMlM0FkJTI1")


def test_both_authentication_methods_can_be_sent_at_once() -> None:
    trial = trial_with(always(200), frozenset({"client_credentials"}))
    trial.send.client_credentials(CLIENT, "both")
    request = trial.exchanges[0].request
    assert request.header("Authorization") is not None
    assert b"client_secret=client-secret-value" in request.body


def test_requests_go_to_the_hosts_of_the_profile_only() -> None:
    trial = trial_with(always(200))
    with pytest.raises(Inconclusive, match="the profile's hosts only"):
        trial.send.raw("GET", "https://elsewhere.example/")


def test_an_observation_runs_once_and_is_evidence_of_each_test() -> None:
    trial = trial_with(always(200))
    runs: list[int] = []

    def procedure() -> int:
        runs.append(1)
        trial.send.raw("GET", "https://as.test/x")
        return 7

    assert trial.given.observed("key", procedure) == 7
    later = type(trial)(trial.session)
    assert later.given.observed("key", procedure) == 7
    assert len(runs) == 1
    assert len(later.exchanges) == 1


def test_an_observation_may_be_vacuous_for_all_that_share_it() -> None:
    trial = trial_with(always(200))

    def procedure() -> None:
        raise Vacuous("no refusal came")

    for each in (trial, type(trial)(trial.session)):
        with pytest.raises(Vacuous, match="no refusal came"):
            each.given.observed("key", procedure)


@pytest.mark.parametrize(("sends", "word"), [(True, "vacuous"), (False, "error")], ids=["sent", "unsent"])
def test_what_is_vacuous_has_its_stimulus_in_the_evidence(sends: bool, word: str) -> None:
    trial = trial_with(always(200))
    own = (each for each in load_catalogue().requirements if each.role == "authorization-server")
    requirement = next(each for each in own if each.is_tested and not each.needs)

    def function(send: Send) -> None:
        _ = sends and send.raw("GET", "https://as.test/x")
        raise Vacuous("it did not arise")

    ended = execute(function, {"send": ...}, requirement, (), trial.session)
    assert ended.outcome.word == word
    assert "it did not arise" in ended.outcome.reason


def test_a_token_that_no_witness_sees_active_proves_nothing() -> None:
    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        body = '{"active": false}' if path == "/oauth/introspect" else '{"access_token": "some-token"}'
        return 200, {"Content-Type": "application/json"}, body

    trial = trial_with(handle, frozenset({"client_credentials", "introspection"}))
    with pytest.raises(Inconclusive, match="is not seen active by introspection"):
        trial.given.active_token(trial.given.tokens())


def test_two_procedures_never_share_a_result() -> None:
    trial = trial_with(lambda method, path, parameters: (200, {}, ""))
    trial.given.observed("key", lambda: 7)
    with pytest.raises(RuntimeError, match="two procedures share the key 'key'"):
        trial.given.observed("key", len)  # type: ignore[arg-type]
