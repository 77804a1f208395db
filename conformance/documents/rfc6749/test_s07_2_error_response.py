"""RFC 6749 section 7.2: error response of a protected resource."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.resource_access import error_parameters, refused_access

# What a parameter might be called that tells an error code, other than `error`.
OTHER_NAMES = ("code", "error_code", "errorcode", "err")
CODES = ("invalid_request", "invalid_token", "insufficient_scope")


@requirement("rfc6749-7.2-client-told-of-error")
def test_the_client_is_told_by_an_error_status(given: Given, send: Send, expect: Expect) -> None:
    reply = refused_access(given, send)

    expect.that(reply.status >= 400 and not reply.is_breakdown, "an HTTP error status", reply, about="refusal")


@requirement("rfc6749-7.2-error-parameter-name")
def test_the_error_code_stands_under_error(given: Given, send: Send, expect: Expect) -> None:
    told = error_parameters(refused_access(given, send))

    named = [name for name, value in told.items() if value in CODES or name.lower() in (*OTHER_NAMES, "error")]
    others = [name for name in given.present(named, "error code") if name != "error"]
    expect.that(
        "error" in told,
        "the error code under the name error",
        f"it under {', '.join(others)}",
        breach="act",
        about="refusal",
    )


@requirement("rfc6749-7.2-error-details-parallel")
def test_details_accompany_an_error_and_keep_to_their_characters(given: Given, send: Send, expect: Expect) -> None:
    told = error_parameters(refused_access(given, send))

    details = given.present(
        (name for name in ("error_description", "error_uri") if name in told), "detail beside an error"
    )
    expect.that(
        "error" in told, "an error beside its details", f"{', '.join(details)} alone", breach="act", about="refusal"
    )
    expect.syntax("error_description", told.get("error_description", "-"))
    expect.syntax("error_uri", told.get("error_uri", "-"))
