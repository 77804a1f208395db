"""RFC 6749 section 4.1.2.1: error response to an authorization request for a code."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from conformance.base.uris import urljoin
from conformance.browser.answer import Answer
from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import (
    HOSTILE,
    SPECIAL_STATE,
    arrived_answer,
    declined_answer,
    declined_without_state,
    expect_error_if_told,
    in_words,
    is_back,
    is_encoded_well,
    lost_from_query,
    not_granted,
    other_redirect_uri,
    refused_answers,
    refused_code_requests,
    seen_granted,
    told_of,
    told_to_client,
    unfit_in_uris,
    values,
    with_own_query,
)
from conformance.procedures.implicit_answers import tells_of_an_error
from conformance.procedures.long_states import by_length, declined_with, expect_whole, unknown_type_with
from conformance.procedures.redirects import expect_not_moved, has_error_in_query_alone, missed_request, moved_to
from conformance.profile.target import Target
from conformance.wire.registries import AUTHORIZATION_ERRORS

BAD_CLIENTS = pytest.mark.parametrize("client_id", [OMIT, "client-that-nobody-registered"], ids=["missing", "unknown"])
# Raw values: what is valid nowhere, or means something to an HTTP header, a page or a store.
RAW_VALUES = {
    "line-break-in-state": ("state", "line%0D%0Abreak"),
    "nul-in-state": ("state", "nul%00"),
    "not-utf-8-in-state": ("state", "%FF%FE"),
    "broken-escape-in-state": ("state", "%zz"),
    "nul-in-scope": ("scope", "nul%00"),
    "hostile-scope": ("scope", quote(HOSTILE)),
    "hostile-response-type": ("response_type", quote(HOSTILE)),
    "long-scope": ("scope", "long" * 200),
}


def expect_error_at_client(expect: Expect, answer: Answer) -> None:
    """The user agent is sent back to the client, with an error."""
    expected = "the user agent sent to the client's redirection URI"
    expect.that(is_back(answer), expected, answer, about=("client", "place"))
    expect(answer).is_an_error()


# Told to the resource owner


@requirement("rfc6749-4.1.2.1-bad-redirect-uri-shown")
def test_a_missing_redirect_uri_is_shown(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)
    other_redirect_uri(given.client_for("authorization_code"))

    answer = not_granted(send.authorize(redirect_uri=OMIT))

    expect(answer).stays_on_a_page()
    expect.that(tells_of_an_error(answer), "a page that tells of an error", answer, about="refusal")


@requirement("rfc6749-4.1.2.1-bad-redirect-uri-shown")
@pytest.mark.parametrize("how", ["foreign-host", "extra-path"])
def test_an_unregistered_redirect_uri_is_shown(given: Given, send: Send, expect: Expect, how: str) -> None:
    found = missed_request(given, send, how, response_type="code")

    expect.that(tells_of_an_error(found.answer), "a page that tells of an error", found.answer, about="refusal")


@requirement("rfc6749-4.1.2.1-bad-client-id-shown")
@BAD_CLIENTS
def test_a_bad_client_id_is_shown(given: Given, send: Send, expect: Expect, client_id: Any) -> None:
    seen_granted(given)

    answer = send.authorize(client_id=client_id)

    expect.that(tells_of_an_error(answer), "a page that tells of an error", answer, about="refusal")


@requirement("rfc6749-4.1.2.1-bad-redirect-uri-not-followed")
@pytest.mark.parametrize("how", ["foreign-host", "other-web-scheme", "host-as-subdomain", "extra-path"])
def test_an_unregistered_redirect_uri_is_not_followed(given: Given, send: Send, expect: Expect, how: str) -> None:
    expect_not_moved(expect, missed_request(given, send, how, response_type="code"))


@requirement("rfc6749-4.1.2.1-bad-client-id-not-redirected")
@BAD_CLIENTS
def test_a_bad_client_id_is_not_redirected(given: Given, send: Send, expect: Expect, client_id: Any) -> None:
    redirect_uri = seen_granted(given).request.get("redirect_uri") or ""

    answer = send.authorize(client_id=client_id)

    expected = f"the user agent not to be moved to {redirect_uri}"
    expect.that(not moved_to(answer, redirect_uri), expected, answer, breach="act", about="place")


# Told to the client


@requirement("rfc6749-4.1.2.1-denial-told-to-client")
def test_a_denial_is_told_to_the_client(given: Given, send: Send, expect: Expect) -> None:
    answer = declined_answer(given, send)

    expect_error_at_client(expect, answer)


@requirement("rfc6749-4.1.2.1-denial-told-to-client")
def test_a_denial_is_told_to_the_client_without_state(given: Given, send: Send, expect: Expect) -> None:
    answer = declined_without_state(given, send)

    expect_error_at_client(expect, answer)


@requirement("rfc6749-4.1.2.1-error-state-unchanged")
def test_a_denial_brings_no_state_where_none_was_sent(given: Given, send: Send, expect: Expect) -> None:
    answer = told_to_client(declined_without_state(given, send))

    expect.that(not any(values(answer, "state")), "no state, as none was sent", answer, breach="act", about="state")


@requirement("rfc6749-4.1.2.1-other-failures-told-to-client")
@pytest.mark.parametrize(
    "fault",
    [
        {"response_type": OMIT},
        {"response_type": "unknown_response_type"},
        {"scope": ["twice", "twice"]},
        {"scope": "scope-that-nobody-defined"},
    ],
    ids=["response_type-missing", "response_type-unknown", "scope-twice", "scope-unknown"],
)
def test_other_failures_are_told_to_the_client(given: Given, send: Send, expect: Expect, fault: dict[str, Any]) -> None:
    seen_granted(given)

    answer = not_granted(arrived_answer(given, send.authorize(**fault)))

    expect_error_at_client(expect, answer)


@requirement("rfc6749-4.1.2.1-other-failures-told-to-client")
def test_that_a_client_is_barred_is_told_to_it(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = not_granted(send.authorize(given.barred_client("authorization_code")))

    expect_error_at_client(expect, answer)


@requirement("rfc6749-4.1.2.1-error-in-query")
def test_the_error_stands_in_the_query(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_code_requests(given, send)

    astray = [answer for answer in answers if not has_error_in_query_alone(answer)]
    expect.that(
        not astray, "error in the query, not in the fragment", in_words(astray), about=("refusal", "client", "place")
    )


@requirement("rfc6749-4.1.2.1-error-form-encoded")
def test_the_error_response_is_form_encoded(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    harmed = [answer for answer in answers if not is_encoded_well(answer)]
    expect.that(
        not harmed,
        "a form-encoded query that decodes to the values meant",
        in_words(harmed),
        breach="act",
        about=("place", "state"),
    )


@requirement("rfc6749-4.1.2.1-error-keeps-redirect-query")
def test_the_query_of_the_redirect_uri_is_kept(given: Given, send: Send, expect: Expect) -> None:
    answers = with_own_query(*refused_answers(given, send))

    harmed = [answer for answer in answers if lost_from_query(answer)]
    expect.that(
        not harmed, "the query of the redirection URI kept", in_words(harmed), breach="act", about=("client", "place")
    )


# Codes


@requirement("rfc6749-4.1.2.1-error-code-listed")
def test_the_error_is_one_listed_code(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    others = [answer for answer in answers if values(answer, "error") not in [[code] for code in AUTHORIZATION_ERRORS]]
    expect.that(not others, "one error, a code of the section's list", in_words(others), breach="act", about="refusal")


@requirement("rfc6749-4.1.2.1-missing-parameter-invalid-request")
def test_a_missing_response_type_is_an_invalid_request(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorize(response_type=OMIT)

    expect_error_if_told(expect, answer, "invalid_request")


@requirement("rfc6749-4.1.2.1-repeated-parameter-invalid-request")
@pytest.mark.parametrize("name", ["response_type", "scope", "state"])
def test_a_repeated_parameter_is_an_invalid_request(given: Given, send: Send, expect: Expect, name: str) -> None:
    value = seen_granted(given).request.get(name) or given.invented(name)
    repeated: dict[str, Any] = {name: [value, value]}

    answer = arrived_answer(given, send.authorize(**repeated))

    expect_error_if_told(expect, answer, "invalid_request")


@requirement("rfc6749-4.1.2.1-barred-client-unauthorized-client")
def test_a_barred_client_is_unauthorized(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorize(given.barred_client("authorization_code"))

    expect(answer).grants_nothing()
    expect_error_if_told(expect, answer, "unauthorized_client")


@requirement("rfc6749-4.1.2.1-denial-access-denied")
def test_a_denial_is_access_denied(given: Given, send: Send, expect: Expect) -> None:
    answer = told_to_client(declined_answer(given, send))

    expect(answer).is_an_error("access_denied")


@requirement("rfc6749-4.1.2.1-unknown-type-unsupported-response-type")
def test_an_unknown_response_type_is_unsupported(given: Given, send: Send, expect: Expect) -> None:
    seen_granted(given)

    answer = send.authorize(response_type=given.invented("response_type").replace("-", "_"))

    expect_error_if_told(expect, answer, "unsupported_response_type")


@requirement("rfc6749-4.1.2.1-refused-scope-invalid-scope")
@pytest.mark.parametrize("scope", ["scope-that-nobody-defined", 'mal"formed'], ids=["unknown", "malformed"])
def test_a_refused_scope_is_an_invalid_scope(given: Given, send: Send, expect: Expect, scope: str) -> None:
    seen_granted(given)

    answer = arrived_answer(given, send.authorize(scope=scope))

    expect_error_if_told(expect, answer, "invalid_scope")


@requirement("rfc6749-4.1.2.1-no-bare-server-error")
@pytest.mark.parametrize("what", RAW_VALUES)
def test_hostile_values_are_no_server_error(given: Given, send: Send, expect: Expect, what: str) -> None:
    seen_granted(given)
    name, value = RAW_VALUES[what]
    others: dict[str, Any] = {name: OMIT}
    request = send.authorization_request(**others)

    answer = send.authorization(request, encoded=f"{urlencode(request.pairs)}&{name}={value}")

    expect.that(
        answer.reply.status < 500,
        "an error at the redirection URI, or a page, but no status 500",
        answer,
        about=("refusal", "place"),
    )


# Characters, and what is optional


@requirement("rfc6749-4.1.2.1-error-characters")
def test_the_error_has_permitted_characters(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    expect.syntax("error", [value for answer in answers for value in values(answer, "error")])


@requirement("rfc6749-4.1.2.1-error-description-present")
def test_whether_errors_are_described(given: Given, send: Send) -> None:
    described = [answer for answer in refused_answers(given, send) if answer.get("error_description")]

    given.note(f"{len(described)} of {len(refused_answers(given, send))} errors carried an error_description")


@requirement("rfc6749-4.1.2.1-error-description-is-text")
def test_an_error_description_is_text(given: Given, send: Send, expect: Expect) -> None:
    found = told_of(given, refused_answers(given, send), "error_description")

    readable = all(text.isascii() and text.strip() for texts in found for text in texts)
    expect.that(
        max(map(len, found)) <= 1,
        "error_description once",
        f"{max(map(len, found))} times",
        breach="act",
        about="error_description",
    )
    expect.that(readable, "readable ASCII text", [ascii(text) for texts in found for text in texts], breach="act")


@requirement("rfc6749-4.1.2.1-error-description-characters")
def test_an_error_description_has_permitted_characters(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    expect.syntax(
        "error_description", [value for answer in answers for value in values(answer, "error_description") if value]
    )


@requirement("rfc6749-4.1.2.1-error-uri-present")
def test_whether_errors_name_a_page(given: Given, send: Send) -> None:
    named = [answer for answer in refused_answers(given, send) if answer.get("error_uri")]

    given.note(f"{len(named)} of {len(refused_answers(given, send))} errors carried an error_uri")


@requirement("rfc6749-4.1.2.1-error-uri-names-page")
def test_an_error_uri_names_a_page(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = told_of(given, refused_answers(given, send), "error_uri")

    schemes = {urlsplit(urljoin(target.url("authorization"), uri)).scheme for uris in found for uri in uris}
    expect.that(
        max(map(len, found)) <= 1, "error_uri once", f"{max(map(len, found))} times", breach="act", about="error_uri"
    )
    expect.that(
        schemes <= {"http", "https"},
        "the URI of a web page",
        f"URIs of the scheme {' and '.join(schemes)}",
        breach="act",
    )


@requirement("rfc6749-4.1.2.1-error-uri-syntax")
def test_an_error_uri_is_a_uri_reference(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    expect.syntax("error_uri", [value for answer in answers for value in values(answer, "error_uri")])


@requirement("rfc6749-4.1.2.1-error-uri-characters")
def test_an_error_uri_has_permitted_characters(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    unfit = unfit_in_uris(uri for answer in answers for uri in values(answer, "error_uri"))
    expect.that(
        not unfit, "visible ASCII without space, double quote and backslash", " ".join(map(ascii, unfit)), breach="act"
    )


@requirement("rfc6749-4.1.2.1-error-state-returned")
def test_state_comes_with_every_error(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    without = [answer for answer in answers if len(values(answer, "state")) != 1]
    expect.that(not without, "state once with every error", in_words(without), about=("refusal", "state"))


@requirement("rfc6749-4.1.2.1-error-state-unchanged")
def test_state_comes_with_every_error_unchanged(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    changed = [answer for answer in answers if set(values(answer, "state")) - {SPECIAL_STATE}]
    expect.that(
        not changed,
        f"the state {SPECIAL_STATE} with every error",
        in_words(changed),
        breach="act",
        about=("refusal", "state"),
    )


@requirement("rfc6749-4.1.2.1-error-state-unchanged")
@by_length
def test_a_long_state_comes_whole_with_an_error(given: Given, send: Send, expect: Expect, length: int) -> None:
    answer = not_granted(unknown_type_with(given, send, length))

    expect_whole(expect, answer, length)


@requirement("rfc6749-4.1.2.1-error-state-unchanged")
def test_a_long_state_comes_whole_with_a_denial(given: Given, send: Send, expect: Expect) -> None:
    answer = declined_with(given, send, "code")

    expect_whole(expect, answer)
