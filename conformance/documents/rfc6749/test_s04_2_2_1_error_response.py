"""RFC 6749 section 4.2.2.1: error response of the implicit grant."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from conformance.base.uris import urljoin
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import (
    HOSTILE,
    SPECIAL_STATE,
    expect_error_if_told,
    in_words,
    is_form_encoded,
    not_granted,
    other_redirect_uri,
    told_of,
    told_to_client,
    unfit_in_uris,
    values,
)
from conformance.procedures.implicit_answers import (
    ERROR_PARAMETERS,
    UNREGISTERED,
    all_decided,
    answer_to_faulty_request,
    declined_answer,
    errors,
    failed_answers,
    granted_answer,
    misplaced_parameters,
    tells_of_an_error,
    unregistered_uri,
    was_moved_to,
    with_changes,
)
from conformance.procedures.long_states import asked_with, by_length, declined_with, expect_whole
from conformance.profile.target import Target
from conformance.wire.registries import AUTHORIZATION_ERRORS


@requirement("rfc6749-4.2.2.1-owner-told-of-bad-redirect-uri")
def test_a_missing_redirect_uri_is_told_to_the_owner(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    client = given.client_for("implicit")
    other_redirect_uri(client)

    answer = not_granted(send.authorize(client, "token", redirect_uri=OMIT))

    expect.that(tells_of_an_error(answer), "a page that tells of an error", answer, about="refusal")


@pytest.mark.parametrize("how", ["no URI at all", *UNREGISTERED])
@requirement("rfc6749-4.2.2.1-owner-told-of-bad-redirect-uri")
def test_a_bad_redirect_uri_is_told_to_the_owner(given: Given, send: Send, expect: Expect, how: str) -> None:
    granted_answer(given, send)
    client = given.client_for("implicit")

    answer = send.authorize(client, "token", redirect_uri=unregistered_uri(client, how))

    expect.that(tells_of_an_error(answer), "a page that tells of an error", answer, about="refusal")


@pytest.mark.parametrize("client_id", [OMIT, "client-that-nobody-registered"], ids=["missing", "unknown"])
@requirement("rfc6749-4.2.2.1-owner-told-of-bad-client")
def test_a_bad_client_is_told_to_the_owner(given: Given, send: Send, expect: Expect, client_id: Any) -> None:
    granted_answer(given, send)

    answer = send.authorize(given.client_for("implicit"), "token", client_id=client_id)

    expect.that(tells_of_an_error(answer), "a page that tells of an error", answer, about="refusal")


@pytest.mark.parametrize("how", UNREGISTERED)
@requirement("rfc6749-4.2.2.1-no-redirect-to-bad-uri")
def test_a_bad_redirect_uri_is_not_redirected_to(given: Given, send: Send, expect: Expect, how: str) -> None:
    granted_answer(given, send)
    client = given.client_for("implicit")
    uri = unregistered_uri(client, how)

    answer = send.authorize(client, "token", redirect_uri=uri)

    expect.that(not was_moved_to(answer, uri), "the user agent not sent to the unregistered URI", answer, breach="act")


@pytest.mark.parametrize("client_id", [OMIT, "client-that-nobody-registered"], ids=["missing", "unknown"])
@requirement("rfc6749-4.2.2.1-no-redirect-for-bad-client")
def test_a_bad_client_is_not_redirected_to(given: Given, send: Send, expect: Expect, client_id: Any) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token", client_id=client_id)

    answer = send.authorization(request)

    uri = request.get("redirect_uri") or ""
    expect.that(
        not was_moved_to(answer, uri), "the user agent not sent to the URI in the request", answer, breach="act"
    )


@requirement("rfc6749-4.2.2.1-denial-in-the-fragment")
def test_a_denial_comes_in_the_fragment(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    answer = declined_answer(given, send)

    expect.that("error" in dict(answer.fragment), "error in the fragment", answer, about=("refusal", "client"))
    expect.that(
        not misplaced_parameters(answer, ERROR_PARAMETERS),
        "no response parameter in the query",
        answer,
        breach="act",
        about="place",
    )


@requirement("rfc6749-4.2.2.1-fault-in-the-fragment")
def test_other_failures_come_in_the_fragment(given: Given, send: Send, expect: Expect) -> None:
    answers = failed_answers(given, send)

    astray = [
        each for each in answers if "error" not in dict(each.fragment) or misplaced_parameters(each, ERROR_PARAMETERS)
    ]

    expect.that(not astray, "the client told in the fragment of every failure", in_words(astray), about="client")
    all_decided(given, send)


@requirement("rfc6749-4.2.2.1-fragment-form-encoded")
def test_the_fragment_of_an_error_is_form_encoded(given: Given, send: Send, expect: Expect) -> None:
    answers = errors(given, send)

    odd = [each for each in answers if not is_form_encoded(urlsplit(each.destination or "").fragment)]
    harmed = [each for each in answers if not {*values(each, "state")} <= {each.request.get("state")}]

    expect.that(not odd, "a form-encoded fragment", in_words(odd), breach="act")
    expect.that(not harmed, "every parameter unharmed", in_words(harmed), breach="act")


@requirement("rfc6749-4.2.2.1-error-required")
def test_one_error_comes(given: Given, send: Send, expect: Expect) -> None:
    answers = errors(given, send)

    lacking = [each for each in answers if len(list(filter(None, values(each, "error")))) != 1]

    expect.that(not lacking, "exactly one error, not empty", in_words(lacking), about="refusal")


@requirement("rfc6749-4.2.2.1-error-code-listed")
def test_the_error_is_a_listed_code(given: Given, send: Send, expect: Expect) -> None:
    answers = errors(given, send)

    others = [answer for answer in answers if values(answer, "error") not in [[code] for code in AUTHORIZATION_ERRORS]]
    expect.that(not others, "one error, a code of the section's list", in_words(others), breach="act", about="refusal")


@requirement("rfc6749-4.2.2.1-missing-parameter-invalid-request")
def test_a_missing_response_type_is_an_invalid_request(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token")

    answer = send.authorization(with_changes(request, response_type=OMIT))

    expect_error_if_told(expect, answer, "invalid_request")


@pytest.mark.parametrize("name", ["scope", "state", "response_type"])
@requirement("rfc6749-4.2.2.1-repeated-parameter-invalid-request")
def test_a_repeated_parameter_is_an_invalid_request(given: Given, send: Send, expect: Expect, name: str) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token")
    value = request.get(name) or given.invented(name)

    answer = send.authorization(with_changes(request, **{name: [value, value]}))

    expect_error_if_told(expect, answer, "invalid_request")


@requirement("rfc6749-4.2.2.1-malformed-invalid-request")
def test_a_value_that_cannot_be_decoded_is_an_invalid_request(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token", state=OMIT)

    answer = send.authorization(request, encoded=f"{urlencode(request.pairs)}&state=%FF%FE")

    expect_error_if_told(expect, answer, "invalid_request")


@requirement("rfc6749-4.2.2.1-unauthorized-client")
def test_a_barred_client_is_unauthorized(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)

    answer = send.authorize(given.barred_client("implicit"), "token")

    expect(answer).grants_nothing()
    expect_error_if_told(expect, answer, "unauthorized_client")


@requirement("rfc6749-4.2.2.1-access-denied")
def test_a_declined_request_is_denied(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    answer = told_to_client(declined_answer(given, send))

    expect(answer).is_an_error("access_denied")


@requirement("rfc6749-4.2.2.1-unsupported-response-type")
def test_an_unknown_response_type_is_unsupported(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    request = send.authorization_request(given.client_for("implicit"), "token")

    answer = send.authorization(with_changes(request, response_type=given.invented("response_type").replace("-", "_")))

    expect_error_if_told(expect, answer, "unsupported_response_type")


@pytest.mark.parametrize("scope", ["scope-that-nobody-defined", 'mal"formed'], ids=["unknown", "malformed"])
@requirement("rfc6749-4.2.2.1-invalid-scope")
def test_a_refused_scope_is_invalid(given: Given, send: Send, expect: Expect, scope: str) -> None:
    granted_answer(given, send)

    answer = send.authorize(given.client_for("implicit"), "token", scope=scope)

    expect_error_if_told(expect, answer, "invalid_scope")


@pytest.mark.parametrize(
    ("name", "value"),
    [("scope", "nul\0"), ("scope", HOSTILE), ("state", "line\r\nbreak"), ("state", "\U0001f600" * 400)],
    ids=["NUL in scope", "hostile scope", "line break in state", "long state beyond ASCII"],
)
@requirement("rfc6749-4.2.2.1-server-error")
def test_hostile_values_cause_no_status_500(given: Given, send: Send, expect: Expect, name: str, value: str) -> None:
    granted_answer(given, send)

    answer = answer_to_faulty_request(given, send, **{name: value})

    expect.that(answer.reply.status < 500, "the client told, or a page that explains", answer)


@requirement("rfc6749-4.2.2.1-error-characters")
def test_the_error_has_permitted_characters(given: Given, send: Send, expect: Expect) -> None:
    answers = errors(given, send)

    expect.syntax("error", [code for answer in answers for code in values(answer, "error") if code])


@requirement("rfc6749-4.2.2.1-error-description-optional")
def test_whether_errors_are_described(given: Given, send: Send) -> None:
    described = [answer for answer in errors(given, send) if values(answer, "error_description")]

    given.note(f"{len(described)} of {len(errors(given, send))} errors have an error_description")


@requirement("rfc6749-4.2.2.1-error-description-is-text")
def test_an_error_description_is_text_beside_an_error(given: Given, send: Send, expect: Expect) -> None:
    found = told_of(given, errors(given, send), "error_description")
    described = [answer for answer in errors(given, send) if values(answer, "error_description")]

    readable = all(text.isascii() and text.strip() for texts in found for text in texts)
    expect.that(readable, "readable ASCII text", [ascii(text) for texts in found for text in texts], breach="act")
    expect.that(
        all(answer.get("error") for answer in described), "an error beside it", in_words(described), about="refusal"
    )


@requirement("rfc6749-4.2.2.1-error-description-characters")
def test_an_error_description_has_permitted_characters(given: Given, send: Send, expect: Expect) -> None:
    answers = errors(given, send)

    expect.syntax(
        "error_description", [text for answer in answers for text in values(answer, "error_description") if text]
    )


@requirement("rfc6749-4.2.2.1-error-uri-optional")
def test_whether_errors_have_a_uri(given: Given, send: Send) -> None:
    linked = [answer for answer in errors(given, send) if values(answer, "error_uri")]

    given.note(f"{len(linked)} of {len(errors(given, send))} errors have an error_uri")


@requirement("rfc6749-4.2.2.1-error-uri-is-a-page")
def test_an_error_uri_is_the_address_of_a_page(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = told_of(given, errors(given, send), "error_uri")

    schemes = {urlsplit(urljoin(target.url("authorization"), uri)).scheme for uris in found for uri in uris}
    expect.that(
        schemes <= {"http", "https"},
        "the URI of a web page",
        f"URIs of the scheme {' and '.join(schemes)}",
        breach="act",
    )


@requirement("rfc6749-4.2.2.1-error-uri-syntax")
def test_an_error_uri_is_a_uri_reference(given: Given, send: Send, expect: Expect) -> None:
    uris = [uri for answer in errors(given, send) for uri in values(answer, "error_uri")]

    expect.syntax("error_uri", uris)


@requirement("rfc6749-4.2.2.1-error-uri-characters")
def test_an_error_uri_has_permitted_characters(given: Given, send: Send, expect: Expect) -> None:
    answers = errors(given, send)

    unfit = unfit_in_uris(uri for answer in answers for uri in values(answer, "error_uri"))
    expect.that(
        not unfit, "visible ASCII without space, double quote and backslash", " ".join(map(ascii, unfit)), breach="act"
    )


@requirement("rfc6749-4.2.2.1-state-required")
def test_state_comes_with_every_error(given: Given, send: Send, expect: Expect) -> None:
    forgetful = [answer for answer in errors(given, send) if not values(answer, "state")]

    expect.that(not forgetful, "state beside every error", in_words(forgetful), about=("refusal", "state"))


@requirement("rfc6749-4.2.2.1-state-exact")
def test_state_comes_with_errors_as_it_was_sent(given: Given, send: Send, expect: Expect) -> None:
    changed = [answer for answer in errors(given, send) if {*values(answer, "state")} != {SPECIAL_STATE}]

    expect.that(not changed, "state as it was sent", in_words(changed), breach="act", about="state")


@requirement("rfc6749-4.2.2.1-state-exact")
@by_length
def test_a_long_state_comes_whole_with_an_error(given: Given, send: Send, expect: Expect, length: int) -> None:
    answer = not_granted(asked_with(given, send, "token", length, scope=given.invented("scope")))

    expect_whole(expect, answer, length)


@requirement("rfc6749-4.2.2.1-state-exact")
def test_a_long_state_comes_whole_with_a_denial(given: Given, send: Send, expect: Expect) -> None:
    answer = declined_with(given, send, "token")

    expect_whole(expect, answer)
