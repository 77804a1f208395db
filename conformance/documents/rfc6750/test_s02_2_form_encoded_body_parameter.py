"""RFC 6750 section 2.2: form-encoded body parameter."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.bearer import form_opened, in_body_of_get, in_form, in_other_body


@requirement("rfc6750-2.2-form-body-may-be-supported")
def test_whether_a_form_is_read_is_noted(given: Given, send: Send) -> None:
    reply = in_form(given, send)

    given.note(f"a good token in a form: {reply}")


@requirement("rfc6750-2.2-body-of-get-not-taken")
def test_whether_the_body_of_a_get_is_read_is_noted(given: Given, send: Send) -> None:
    reply = in_body_of_get(given, send)

    given.note(f"a good token in the body of a GET request: {reply}")


@requirement("rfc6750-2.2-only-form-body-taken")
@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream"])
def test_another_body_is_not_read(given: Given, send: Send, expect: Expect, media_type: str) -> None:
    reply = in_other_body(given, send, media_type)

    expect.that(reply.is_refusal, "a refusal", reply, breach="act", about="refusal")


@requirement("rfc6750-2.2-other-form-parameters")
def test_whether_other_parameters_may_stand_beside_is_noted(given: Given, send: Send) -> None:
    form_opened(given, send)

    reply = in_form(given, send, ("p", "q"))

    given.note(f"a good token in a form, behind another parameter: {reply}")
