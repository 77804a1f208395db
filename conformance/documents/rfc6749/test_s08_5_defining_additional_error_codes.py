"""RFC 6749 section 8.5: defining additional error codes."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.documents.rfc6749.extensions import value_in
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.token_refusals import HOSTILE, expect_code_if_refused, present_in_refusals
from conformance.procedures.token_responses import by_each_grant, valid_request
from conformance.wire.registries import EXTENSION_ERRORS, RFC6749_ERRORS

RESPONSE_TYPES = {"authorization_code": "code", "implicit": "token"}


@requirement("rfc6749-8.5-extension-grant-error-registered")
def test_a_failed_extension_grant_has_a_known_error(given: Given, send: Send, expect: Expect) -> None:
    granted = valid_request(given, send, "extension_grant")
    given.accepted(granted.reply)
    good = given.extension_grant()
    bad = {name: given.invented(name) for name in good if name != "grant_type"}

    reply = send.token(good["grant_type"], granted.client, bad)

    expect_code_if_refused(expect, reply)
    known = reply.members.get("error", RFC6749_ERRORS[0]) in (*RFC6749_ERRORS, *EXTENSION_ERRORS)
    expect.that(known, "an error that RFC 6749 defines, or one that is known to be registered", reply, about="refusal")


@requirement("rfc6749-8.5-error-code-characters")
@needs("token_endpoint")
def test_error_codes_of_the_token_endpoint(given: Given, send: Send, expect: Expect) -> None:
    codes = present_in_refusals(given, send, "error")

    expect.syntax("error", map(str, codes))


@requirement("rfc6749-8.5-error-code-characters")
@by_each_grant("authorization_code", "implicit")
@pytest.mark.parametrize("spoiled", ["scope", "response_type"])
def test_error_codes_of_the_authorization_endpoint(
    given: Given, send: Send, expect: Expect, grant: str, spoiled: str
) -> None:
    changes: dict[str, Any] = {"response_type": RESPONSE_TYPES[grant], spoiled: HOSTILE}

    answer = send.authorize(given.client_for(grant), **changes)

    expect.syntax("error", value_in(answer, "error"))
