"""RFC 6749 appendix A.5: "state" syntax."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.procedures.authorization_answers import arrived_answer, values
from conformance.procedures.authorization_requests import is_granted, ordinary_request
from conformance.procedures.odd_characters import ODD_STATES, odd_states
from conformance.procedures.redirects import GRANT_OF, ResponseType

# The space inside: a server may trim what it reads.
PRINTABLE = "".join(map(chr, (*range(0x21, 0x50), 0x20, *range(0x50, 0x7F))))
by_each_response_type = pytest.mark.parametrize(
    "response_type", [pytest.param(name, marks=needs(grant)) for name, grant in GRANT_OF.items()]
)


@requirement("rfc6749-A.5-returned-state-never-empty")
@pytest.mark.parametrize("state", [OMIT, ""], ids=["none", "empty"])
@by_each_response_type
def test_no_state_comes_for_none(
    given: Given, send: Send, expect: Expect, response_type: ResponseType, state: Any
) -> None:
    request = ordinary_request(given, send, response_type=response_type)

    answer = arrived_answer(given, request.changed(state=state))

    expect.that(not values(answer, "state"), "no state sent to the client", answer, breach="act", about="state")


@requirement("rfc6749-A.5-returned-state-never-empty")
@by_each_response_type
def test_a_returned_state_is_printable(given: Given, send: Send, expect: Expect, response_type: ResponseType) -> None:
    request = ordinary_request(given, send, response_type=response_type)

    answer = given.came_back(request.changed())

    expect.syntax("state", values(answer, "state"))


@requirement("rfc6749-A.5-any-printable-state-taken")
@by_each_response_type
def test_a_state_of_every_printable_character_is_taken(
    given: Given, send: Send, expect: Expect, response_type: ResponseType
) -> None:
    request = ordinary_request(given, send, response_type=response_type)

    answer = arrived_answer(given, request.changed(state=PRINTABLE))

    expect.that(
        is_granted(answer), "the request granted, whatever printable characters its state has", answer, about="state"
    )
    expect.that(
        {*values(answer, "state")} == {PRINTABLE}, "the state back as it was", answer, breach="act", about="state"
    )


@requirement("rfc6749-A.5-nonprintable-state-not-mangled")
@pytest.mark.parametrize("what", ODD_STATES)
@by_each_response_type
def test_a_state_that_is_not_printable_is_not_mangled(
    given: Given, send: Send, expect: Expect, response_type: ResponseType, what: str
) -> None:
    answer = odd_states(given, send, response_type)[what]

    expect.that(
        {*values(answer, "state")} <= {ODD_STATES[what]},
        "the state as it was, or none",
        answer,
        breach="act",
        about="state",
    )
