"""What holds of any request at any endpoint, however absurd: an answer, in time, and no lasting harm."""

from __future__ import annotations

import pytest

from conformance.fuzz.engine import for_any
from conformance.fuzz.messages import Message
from conformance.fuzz.requests import ENDPOINTS, any_batch, any_message
from conformance.fuzz.sending import (
    SERVED,
    good_request_to,
    is_decided,
    no_answer_to,
    reply_to_message,
    seen_served,
    why_unanswered,
)
from conformance.harness import Expect, Given, Send, requirement

by_each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)


@requirement("robustness-1-no-server-error")
@by_each_endpoint
@for_any(message=any_message)
def test_no_request_brings_up_a_server_error(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    reply = reply_to_message(given, send, message)

    expect.that(
        is_decided(message, reply), f"an answer of the {endpoint} endpoint, no server error", reply, about="refusal"
    )


@requirement("robustness-1-answer-in-time")
@by_each_endpoint
@for_any(message=any_message)
def test_every_request_is_answered(given: Given, send: Send, expect: Expect, endpoint: str, message: Message) -> None:
    nothing = no_answer_to(given, send, message)

    expect.that(nothing is None, f"a whole answer of the {endpoint} endpoint, in time", nothing)


@requirement("robustness-1-works-afterwards")
@by_each_endpoint
@for_any(cost=3, lasting=True, batch=any_batch)
def test_a_good_request_is_served_after_any_others(
    given: Given, send: Send, expect: Expect, endpoint: str, batch: list[Message]
) -> None:
    seen_served(given, send, endpoint)

    for message in batch:
        why_unanswered(given, send, message)

    came = good_request_to(given, send, endpoint)
    expect.that(came == SERVED, f"a good request to the {endpoint} endpoint served", came)
