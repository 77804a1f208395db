"""RFC 6749 section 5.2: error response. What each error code means stands in a module of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.base.uris import urljoin
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.client_authentication import UNDECODABLE, told_as_failed, undecodable_refused
from conformance.procedures.token_refusals import (
    BY_BODY,
    BY_HEADER,
    ORDINARY,
    STRANGE,
    WITHOUT_AUTHENTICATION,
    by_each_refusal,
    client_by,
    decided_refusal,
    empty_secret,
    present_in_refusals,
    refusal,
    refusal_for_a_browser,
    refusals,
    request_as,
    text_in_refusal,
    wrong_secret,
)
from conformance.procedures.token_responses import (
    invented_credentials,
    leads_to_a_page,
    nested_only,
    occurrences,
    parameter,
    parameters,
)
from conformance.profile.target import Client
from conformance.wire.challenges import schemes
from conformance.wire.content import is_json
from conformance.wire.registries import TOKEN_ERRORS

STRINGS = ("error", "error_description", "error_uri")
Appearing = Callable[[Given, Client], Client]
wrong_or_unknown = pytest.mark.parametrize(
    "appearing", [wrong_secret, empty_secret, invented_credentials], ids=["secret", "empty-secret", "client"]
)


@requirement("rfc6749-5.2-error-status-400")
@by_each_refusal(*WITHOUT_AUTHENTICATION)
def test_the_status_is_400(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = refusal(given, send, kind)

    expect(reply).has_status(400)


@requirement("rfc6749-5.2-error-member-present")
@by_each_refusal()
def test_there_is_one_error_code(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = decided_refusal(given, send, kind)

    error = str(parameters(reply).get("error", ""))
    expect.that(bool(error) and error.isascii(), "an error code in ASCII", reply, about="refusal")
    expect.that(
        occurrences(reply, "error") <= 1,
        "one error code",
        "several members of the name error",
        breach="act",
        about="refusal",
    )
    expect.that(
        sum(code in error.split() for code in TOKEN_ERRORS) <= 1, "one error code", reply, breach="act", about="refusal"
    )


@requirement("rfc6749-5.2-error-code-defined")
@by_each_refusal()
def test_the_error_code_is_a_defined_one(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = decided_refusal(given, send, kind)

    expect.that(
        parameter(reply, "error") in TOKEN_ERRORS, f"one of {', '.join(TOKEN_ERRORS)}", reply, about="error code"
    )


@requirement("rfc6749-5.2-invalid-client-may-be-401")
def test_failed_authentication_in_the_body_may_be_401(given: Given, send: Send) -> None:
    client = client_by(given, BY_BODY)

    reply = request_as(given, send, wrong_secret(given, client), client)

    given.note(f"a wrong secret in the body: status {reply.status}")


@requirement("rfc6749-5.2-header-authentication-failed-401")
@wrong_or_unknown
def test_failed_authentication_in_the_header_is_401(
    given: Given, send: Send, expect: Expect, appearing: Appearing
) -> None:
    client = client_by(given, BY_HEADER)

    reply = request_as(given, send, appearing(given, client), client)

    expect(reply).has_status(401)


@requirement("rfc6749-5.2-header-authentication-failed-401")
@pytest.mark.parametrize("how", UNDECODABLE)
def test_undecodable_authentication_in_the_header_is_401(given: Given, send: Send, expect: Expect, how: str) -> None:
    reply = told_as_failed(undecodable_refused(given, send, how))

    expect(reply).has_status(401)


@requirement("rfc6749-5.2-header-authentication-failed-challenge")
@wrong_or_unknown
def test_failed_authentication_in_the_header_is_challenged(
    given: Given, send: Send, expect: Expect, appearing: Appearing
) -> None:
    client = client_by(given, BY_HEADER)

    reply = request_as(given, send, appearing(given, client), client)

    expect.that("basic" in schemes(reply), "a WWW-Authenticate challenge of the scheme Basic", reply)


@requirement("rfc6749-5.2-header-authentication-failed-challenge")
@pytest.mark.parametrize("how", UNDECODABLE)
def test_undecodable_authentication_in_the_header_is_challenged(
    given: Given, send: Send, expect: Expect, how: str
) -> None:
    reply = told_as_failed(undecodable_refused(given, send, how))

    expect.that("basic" in schemes(reply), "a WWW-Authenticate challenge of the scheme Basic", reply)


@requirement("rfc6749-5.2-error-characters")
@by_each_refusal(*ORDINARY, *STRANGE)
def test_an_error_code_keeps_to_its_characters(given: Given, send: Send, expect: Expect, kind: str) -> None:
    error = text_in_refusal(given, send, kind, "error")

    expect.syntax("error", error)


@requirement("rfc6749-5.2-error-description-optional")
def test_a_description_may_come(given: Given, send: Send) -> None:
    having = [kind for kind, reply in refusals(given, send).items() if "error_description" in parameters(reply)]

    given.note(f"error_description in answers to: {', '.join(having) or 'none'}")


@requirement("rfc6749-5.2-error-description-is-text")
@by_each_refusal()
def test_a_description_is_ascii_text(given: Given, send: Send, expect: Expect, kind: str) -> None:
    text = text_in_refusal(given, send, kind, "error_description")

    expect.that(
        bool(text) and text.isascii(),
        "an error_description in ASCII, not empty",
        ascii(text),
        about="error_description",
    )


@requirement("rfc6749-5.2-error-description-characters")
@by_each_refusal(*ORDINARY, *STRANGE)
def test_a_description_keeps_to_its_characters(given: Given, send: Send, expect: Expect, kind: str) -> None:
    text = text_in_refusal(given, send, kind, "error_description")

    # An empty one holds no characters at all: that it is no text is another sentence's matter.
    expect.syntax("error_description", text or "-")


@requirement("rfc6749-5.2-error-uri-optional")
def test_a_uri_may_come(given: Given, send: Send) -> None:
    having = [kind for kind, reply in refusals(given, send).items() if "error_uri" in parameters(reply)]

    given.note(f"error_uri in answers to: {', '.join(having) or 'none'}")


@requirement("rfc6749-5.2-error-uri-names-web-page")
def test_a_uri_is_a_web_address(given: Given, send: Send, expect: Expect) -> None:
    endpoint = refusal(given, send, "no grant_type").request.url

    uris = present_in_refusals(given, send, "error_uri")
    others = [uri for uri in uris if not leads_to_a_page(urljoin(endpoint, str(uri)))]
    expect.that(
        not others,
        "the address of a web page in each error_uri",
        ", ".join(map(ascii, others)),
        breach="act",
        about="error_uri",
    )


@requirement("rfc6749-5.2-error-uri-syntax")
def test_a_uri_is_a_uri_reference(given: Given, send: Send, expect: Expect) -> None:
    uris = present_in_refusals(given, send, "error_uri")

    expect.syntax("error_uri", map(str, uris))


@requirement("rfc6749-5.2-error-media-type-json")
@by_each_refusal()
def test_the_answer_is_json(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = decided_refusal(given, send, kind)

    expect(reply).has_media_type("application/json")
    expect.that(is_json(reply.body), "a body that is JSON", reply)


@requirement("rfc6749-5.2-error-media-type-json")
def test_the_answer_is_json_for_those_who_like_pages_better(given: Given, send: Send, expect: Expect) -> None:
    reply = refusal_for_a_browser(given, send)

    expect(reply).has_media_type("application/json")
    expect.that(is_json(reply.body), "a body that is JSON", reply)


@requirement("rfc6749-5.2-error-top-level-members")
@by_each_refusal()
def test_parameters_stand_at_the_top_level(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = decided_refusal(given, send, kind)

    expect(reply).is_a_json_object()
    below = nested_only(reply, *STRINGS)
    expect.that(
        not below, "every parameter at the top level", f"{', '.join(below)} below it", breach="act", about=tuple(below)
    )


@requirement("rfc6749-5.2-error-strings-as-strings")
@by_each_refusal()
def test_strings_are_json_strings(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = decided_refusal(given, send, kind)

    others = [name for name in STRINGS if name in parameters(reply) and not isinstance(reply.members.get(name), str)]
    expect.that(
        not others,
        f"{', '.join(STRINGS)} as JSON strings",
        f"{', '.join(others)} as something else",
        breach="act",
        about=tuple(others),
    )


@requirement("rfc6749-5.2-error-numbers-as-numbers")
def test_numbers_are_json_numbers(given: Given, send: Send, expect: Expect) -> None:
    values = present_in_refusals(given, send, "expires_in")

    others = [value for value in values if type(value) not in (int, float)]
    expect.that(
        not others, "expires_in as a JSON number", ", ".join(map(ascii, others)), breach="act", about="expires_in"
    )
