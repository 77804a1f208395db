"""A test to whose request no answer came is tried again, a few times in a run: silence costs the time limit."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.session import REQUESTS_TO_A_SILENCE, SILENCES
from conformance.preflight.controls import Examiner
from conformance.running.single_test import Execution, execute
from conformance.wire.asgi import AsgiTransport
from conformance.wire.exchange import Reply, Request
from conformance.wire.transport import NoAnswer
from tests.harness.fakes import BASE, app_of, trial_with
from tests.preflight.worlds import document, profile_of
from tests.reporting import synthetic

REQUIREMENT = next(each for each in synthetic.catalogue().requirements if each.id == "rfc6749-4.1.2-reused-code-denied")
OPEN = "inconclusive"


class Faltering(AsgiTransport):
    """A way to a server on which the first requests get lost."""

    def __init__(self, lost: int) -> None:
        super().__init__({BASE: app_of(lambda method, path, parameters: (400, {}, ""))})
        self.lost = lost
        self.asked = 0

    def send(self, request: Request) -> Reply:
        self.asked += 1
        if self.asked <= self.lost:
            raise NoAnswer("no complete answer within 10 s", "late")
        return super().send(request)

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        return [self.send(request) for request in requests]


def ran(way: Faltering, times: int = 1) -> Execution:
    """How the last of some tests ends that ask once, by an observation."""
    trial = trial_with(lambda method, path, parameters: (400, {}, ""))
    trial.session.transport = way

    def asks(given: Given, send: Send, number: int) -> None:
        given.observed(f"answer {number}", lambda: send.raw("GET", f"{BASE}/"))

    parameters = [{"given": ..., "send": ..., "number": number} for number in range(times)]
    return [execute(asks, each, REQUIREMENT, (), trial.session) for each in parameters][-1]


def test_a_request_that_got_lost_is_sent_anew() -> None:
    way = Faltering(lost=1)

    ended = ran(way)

    assert (ended.outcome.word, way.asked) == ("kept", 2)
    assert [bool(exchange.failure) for exchange in ended.trial.exchanges] == [True, False]


def test_what_goes_on_where_something_cannot_be_arranged_is_tried_again_all_the_same() -> None:
    trial = trial_with(lambda method, path, parameters: (400, {}, ""))
    trial.session.transport = way = Faltering(lost=1)

    def asks(send: Send) -> None:
        with suppress(Inconclusive):
            send.raw("GET", f"{BASE}/")

    execute(asks, {"send": ...}, REQUIREMENT, (), trial.session)

    assert way.asked == 2


def test_a_second_silence_leaves_it_open() -> None:
    way = Faltering(lost=2)

    ended = ran(way)

    assert (ended.outcome.word, way.asked) == ("inconclusive", 2)
    assert "no complete answer within 10 s" in ended.outcome.reason


def test_a_server_that_is_silent_for_good_is_soon_asked_once() -> None:
    way = Faltering(lost=1000)

    ran(way, times=10)

    assert way.asked == 10 + SILENCES


def test_a_server_that_answers_most_requests_may_lose_more_of_them() -> None:
    trial = trial_with(lambda method, path, parameters: (400, {}, ""))
    trial.session.silences = SILENCES

    assert not trial.session.bears_silence
    trial.session.sent = REQUESTS_TO_A_SILENCE
    assert trial.session.bears_silence


def test_parallel_requests_of_which_one_got_lost_are_sent_anew() -> None:
    trial = trial_with(lambda method, path, parameters: (400, {}, ""))
    trial.session.transport = way = Faltering(lost=1)

    def races(send: Send) -> None:
        request = Request("GET", f"{BASE}/")
        assert len(send.recorder.exchange_together([request, request], request)) == 2

    ended = execute(races, {"send": ...}, REQUIREMENT, (), trial.session)

    assert (ended.outcome.word, way.asked) == ("kept", 3)


@pytest.mark.parametrize(("lost", "words", "asked"), [(2, ["inconclusive", "kept", "kept"], 3), (9, [OPEN] * 5, 6)])
def test_what_got_no_answer_is_observed_anew_for_the_next_test(lost: int, words: list[str], asked: int) -> None:
    trial = trial_with(lambda method, path, parameters: (400, {}, ""))
    trial.session.transport = way = Faltering(lost)

    def asks(given: Given, send: Send) -> None:
        given.observed("an answer", lambda: send.raw("GET", f"{BASE}/"))

    ended = [execute(asks, {"given": ..., "send": ...}, REQUIREMENT, (), trial.session) for _ in words]

    assert ([each.outcome.word for each in ended], way.asked) == (words, asked)


def test_a_control_whose_request_got_lost_blames_no_profile() -> None:
    trial = trial_with(lambda method, path, parameters: (400, {}, ""))
    trial.session.transport = way = Faltering(lost=1)
    examiner = Examiner(profile_of(document()), trial.session)

    control = examiner.try_out("the server answers", ("target",), lambda it: str(it.send.raw("GET", f"{BASE}/").status))

    assert (control.state, control.says, way.asked) == ("holds", "400", 2)
    assert len(control.exchanges) == 2
