"""RFC 7009 section 2.3: cross-origin support."""

from __future__ import annotations

import pytest

from conformance.documents.rfc7009.revocation_cross_origin import (
    ALLOW_HEADERS,
    ALLOW_ORIGIN,
    by_script,
    call_of,
    cross_origin,
    handed_over,
    lets_read,
    lets_send_authorization,
    preflight_reply,
    seen_calling,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.revocation import fresh_token, revocable_kind

# The RFC's own example of a qualified name, and a simple one.
QUALIFIED, SIMPLE = "package.myCallback", "onRevocation"
HOSTILE = "alert(document.domain)//"


@requirement("rfc7009-2.3-cors-may-be-supported")
def test_whether_other_origins_may_read_answers(given: Given, send: Send) -> None:
    given.note(f"{ALLOW_ORIGIN}: {cross_origin(given, send, 'good').header(ALLOW_ORIGIN) or 'none'}")


@requirement("rfc7009-2.3-cors-answer-readable")
@pytest.mark.parametrize("kind", ["good", "bad"])
def test_another_origin_may_read_the_answer(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = cross_origin(given, send, kind)

    expect.that(lets_read(reply), f"one {ALLOW_ORIGIN} with the origin or *", reply.header_values(ALLOW_ORIGIN))


@requirement("rfc7009-2.3-cors-preflight-allows-post")
def test_a_preflight_is_answered(given: Given, send: Send, expect: Expect) -> None:
    reply = preflight_reply(given, send)

    expect(reply).succeeds()
    expect.that(lets_read(reply), f"one {ALLOW_ORIGIN} with the origin or *", reply.header_values(ALLOW_ORIGIN))
    expect.that(lets_send_authorization(reply), f"authorization in {ALLOW_HEADERS}", reply.header_values(ALLOW_HEADERS))


@requirement("rfc7009-2.3-jsonp-may-be-offered")
def test_whether_a_script_can_ask(given: Given, send: Send) -> None:
    reply = by_script(given, send, QUALIFIED)

    given.note(f"a GET with callback gets {reply}, {'with a' if call_of(reply, QUALIFIED) else 'without any'} call")


@requirement("rfc7009-2.3-jsonp-get-revokes")
def test_a_get_with_callback_revokes(given: Given, send: Send, expect: Expect) -> None:
    token = fresh_token(given, revocable_kind(given, send), given.client("public"))

    by_script(given, send, SIMPLE, token=token.value)

    expect(token).is_inactive()


@requirement("rfc7009-2.3-callback-wraps-success")
@pytest.mark.parametrize("callback", [QUALIFIED, SIMPLE])
def test_success_calls_the_function(given: Given, send: Send, expect: Expect, callback: str) -> None:
    reply = by_script(given, send, callback)

    expect.that(call_of(reply, callback) is not None, f"a script that calls {callback}", reply)
    expect.that("error" not in handed_over(reply, callback), "a call without an error", reply.text)


@requirement("rfc7009-2.3-callback-receives-error")
def test_an_error_is_handed_to_the_function(given: Given, send: Send, expect: Expect) -> None:
    reply = by_script(given, send, SIMPLE, token=None)

    error = handed_over(reply, SIMPLE).get("error")
    expect.that(isinstance(error, str), f"a script that calls {SIMPLE} with an error object", reply, about="refusal")


@requirement("rfc7009-2.3-callback-must-be-function-name")
def test_what_is_no_function_name_is_not_echoed_as_script(given: Given, send: Send, expect: Expect) -> None:
    seen_calling(given, send, SIMPLE)

    reply = by_script(given, send, HOSTILE)

    expect.that(call_of(reply, HOSTILE) is None, "an answer that doesn't run the text", reply, breach="act")
