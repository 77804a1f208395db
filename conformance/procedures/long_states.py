"""Authorization requests with a `state` that is longer than what most clients send.

A server may refuse a very long one, be it by its HTTP server. What it answers with a grant bears all of it.
"""

from __future__ import annotations

from typing import Any

import pytest

from conformance.base.outcomes import Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures import asking
from conformance.procedures.authorization_answers import arrived_answer, values
from conformance.procedures.authorization_requests import is_granted, ordinary_request
from conformance.procedures.detours import signed_in
from conformance.procedures.redirects import ResponseType

# Characters: beyond a column of 255, a limit of 1,000 or 1,024, and one of 4,000 or 4,096.
LENGTHS = (300, 1100, 4200)
# Long enough for what stands in a session, short enough for a cookie.
WAITING = 1100
by_length = pytest.mark.parametrize("length", LENGTHS)


def state_of(length: int) -> str:
    """A state in which each place can be told from the others; of letters and digits, which no encoding lengthens."""
    return "".join(f"n{number:05d}" for number in range(length))[:length]


def reached_answer(given: Given, answer: Answer) -> Answer:
    """The answer. Vacuous where the request leads to a page that can't be passed: the server can't bear its length."""
    with given.else_vacuous("a request with a long state comes to no end"):
        return arrived_answer(given, answer)


def asked_with(given: Given, send: Send, response_type: ResponseType, length: int, **changes: Any) -> Answer:
    """How a request with a state of so many characters ended: ordinary but for `changes`."""
    request = ordinary_request(given, send, response_type=response_type)
    return reached_answer(given, request.changed(state=state_of(length), **changes))


def unknown_type_with(given: Given, send: Send, length: int) -> Answer:
    """How a request for what no server has ended, with a state of so many characters."""
    request = ordinary_request(given, send, response_type="code")
    answer = send.authorize(request.client, given.invented("response_type"), state=state_of(length))
    return reached_answer(given, answer)


def asked_at_sign_in(given: Given, send: Send, response_type: ResponseType) -> Answer:
    """How such a request ended in a browser in which nobody had signed in. Vacuous where that comes to no end."""
    ordinary_request(given, send, response_type=response_type)
    agent = given.user_agent(fresh=True)
    return reached_answer(
        given, signed_in(send.authorize(None, response_type, user_agent=agent, state=state_of(WAITING)))
    )


def declined_with(given: Given, send: Send, response_type: ResponseType) -> Answer:
    """How such a request ended that the resource owner declined. Vacuous where nobody is asked, or can decline."""
    with given.else_vacuous("no request with a long state is declined"):
        return asking.declined_at_hand(given, send, response_type, lambda client: {"state": state_of(WAITING)})


def expect_whole(expect: Expect, answer: Answer, length: int = WAITING) -> None:
    """A Violation where `state` comes back as another one, or a grant without it. Vacuous for a refusal without it."""
    came = values(answer, "state")
    if not came and not is_granted(answer):
        raise Vacuous(f"a request with a state of {length} characters is refused: {answer}")
    told = ", ".join(f"one of {len(value)}" for value in came) or "none"
    is_whole = came == [state_of(length)]
    expect.that(
        is_whole,
        f"the state of {length} characters",
        told,
        breach="act" if came else "omission",
        at=answer,
        about="state",
    )
