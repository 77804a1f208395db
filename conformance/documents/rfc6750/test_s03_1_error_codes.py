"""RFC 6750 section 3.1: error codes."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.bearer import (
    Procedure,
    by_bad_token,
    by_excess,
    by_place,
    by_unknown_scheme,
    codes_told,
    of_other_scope,
    posted_without_credentials,
    refusal_of,
    values,
    without_credentials,
)

DETAILS = ("error", "error_description", "error_uri")


@requirement("rfc6750-3.1-excess-refused")
@by_excess
def test_one_token_too_many_is_refused(given: Given, send: Send, expect: Expect, excess: Procedure) -> None:
    expect(excess(given, send)).is_refused()


@requirement("rfc6750-3.1-invalid-request-code")
@by_excess
def test_one_token_too_many_is_an_invalid_request(given: Given, send: Send, expect: Expect, excess: Procedure) -> None:
    codes = given.present(codes_told(refusal_of(excess(given, send))), "error code")

    expect.that(
        set(codes) <= {"invalid_request"}, "error invalid_request", ", ".join(codes), about="error invalid_request"
    )


@requirement("rfc6750-3.1-invalid-request-status")
@by_excess
def test_an_invalid_request_has_status_400(given: Given, send: Send, expect: Expect, excess: Procedure) -> None:
    expect(refusal_of(excess(given, send))).has_status(400)


@requirement("rfc6750-3.1-invalid-token-code")
@by_bad_token
def test_a_bad_token_is_an_invalid_token(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    codes = given.present(codes_told(refusal(given, send)), "error code")

    expect.that(set(codes) <= {"invalid_token"}, "error invalid_token", ", ".join(codes), about="error invalid_token")


@requirement("rfc6750-3.1-invalid-token-status")
@by_bad_token
def test_an_invalid_token_has_status_401(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    expect(refusal(given, send)).has_status(401)


@requirement("rfc6750-3.1-insufficient-scope-code")
@by_place
def test_a_scope_too_few_is_insufficient_scope(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    codes = given.present(codes_told(refusal(given, send)), "error code")

    expect.that(
        set(codes) <= {"insufficient_scope"},
        "error insufficient_scope",
        ", ".join(codes),
        about="error insufficient_scope",
    )


@requirement("rfc6750-3.1-insufficient-scope-status")
@by_place
def test_insufficient_scope_has_status_403(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    expect(refusal(given, send)).has_status(403)


@requirement("rfc6750-3.1-insufficient-scope-names-scope")
def test_whether_the_scope_is_named_is_noted(given: Given, send: Send) -> None:
    given.note(f"the scope that would do: {', '.join(values(of_other_scope(given, send), 'scope')) or 'not told'}")


@requirement("rfc6750-3.1-no-error-without-credentials")
@pytest.mark.parametrize(
    "request_made",
    [
        pytest.param(without_credentials, id="none"),
        pytest.param(posted_without_credentials, id="posted", marks=needs("bearer_form_body")),
        pytest.param(by_unknown_scheme, id="unknown-scheme"),
    ],
)
def test_without_credentials_there_is_no_error_to_tell(
    given: Given, send: Send, expect: Expect, request_made: Procedure
) -> None:
    reply = request_made(given, send)

    found = [name for name in DETAILS if values(reply, name)]
    expect.that(not found, "no information on an error", ", ".join(found), breach="act", about="refusal")
