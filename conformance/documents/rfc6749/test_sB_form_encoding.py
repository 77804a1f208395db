"""RFC 6749 appendix B: use of the application/x-www-form-urlencoded media type."""

from __future__ import annotations

import pytest

from conformance.documents.rfc6749.form_encoding import (
    answers_in_fragment,
    answers_in_query,
    by_each_credential,
    by_each_fault,
    came_whole,
    is_utf8,
    scope_control,
    scope_read,
    with_octets,
    written_parameters,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures import implicit_answers
from conformance.procedures.authorization_answers import granted_answer
from conformance.procedures.authorization_requests import is_granted, ordinary_request
from conformance.procedures.odd_characters import right_account, wrong_account
from conformance.procedures.token_requests import escaped_form, good_request, reply_to_request, with_everything_escaped

by_each_credential_of_owner = pytest.mark.parametrize("name", ["username", "password"])


@requirement("rfc6749-B-query-response-is-utf8")
def test_what_is_put_into_the_query_is_utf8(given: Given, send: Send, expect: Expect) -> None:
    answers = answers_in_query(given, send)

    others = [answer for answer in answers if not is_utf8(written_parameters(answer))]
    expect.that(not others, "UTF-8 once escapes are undone", "; ".join(map(str, others)), breach="act")


@requirement("rfc6749-B-fragment-response-is-utf8")
def test_what_is_put_into_the_fragment_is_utf8(given: Given, send: Send, expect: Expect) -> None:
    answers = answers_in_fragment(given, send)

    others = [answer for answer in answers if not is_utf8(written_parameters(answer))]
    expect.that(not others, "UTF-8 once escapes are undone", "; ".join(map(str, others)), breach="act")


@requirement("rfc6749-B-query-response-escaped")
def test_values_arrive_whole_in_the_query(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect.that(
        came_whole(answer),
        "a form-encoded query that decodes to the values meant",
        answer,
        breach="act",
        about=("place", "state"),
    )


@requirement("rfc6749-B-fragment-response-escaped")
def test_values_arrive_whole_in_the_fragment(given: Given, send: Send, expect: Expect) -> None:
    answer = implicit_answers.granted_with_special_state(given, send)

    expect.that(
        came_whole(answer),
        "a form-encoded fragment that decodes to the values meant",
        answer,
        breach="act",
        about="state",
    )


@requirement("rfc6749-B-escaped-token-request-understood")
def test_a_token_request_of_escapes_alone_is_understood(given: Given, send: Send, expect: Expect) -> None:
    request = good_request(given, send)

    reply = reply_to_request(send, with_everything_escaped(request))

    expect(reply).issues_a_token()


@requirement("rfc6749-B-escaped-authorization-request-understood")
def test_an_authorization_request_of_escapes_alone_is_understood(given: Given, send: Send, expect: Expect) -> None:
    good = ordinary_request(given, send)
    request = send.authorization_request(good.client, good.response_type)

    answer = send.authorization(request, encoded=escaped_form(request.pairs))

    expect.that(is_granted(answer), "the request granted, as when it is written plainly", answer)


@requirement("rfc6749-B-plus-reads-as-space")
def test_a_plus_sign_is_read_as_a_space(given: Given, send: Send, expect: Expect) -> None:
    wanted = scope_control(given, send)

    came = scope_read(given, send, "+")

    expect.that(came == wanted, f"what scopes with escaped spaces get ({' '.join(wanted[2])})", came)


@requirement("rfc6749-B-non-ascii-values-decoded")
@by_each_credential_of_owner
def test_right_credentials_beyond_ascii_are_taken(given: Given, send: Send, expect: Expect, name: str) -> None:
    reply = right_account(given, send, name)

    expect(reply).issues_a_token()


@requirement("rfc6749-B-non-ascii-values-decoded")
@by_each_credential_of_owner
def test_wrong_credentials_beyond_ascii_are_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    reply = wrong_account(given, send, name)

    expect(reply).is_refused()


@requirement("rfc6749-B-invalid-utf8-refused")
@by_each_credential
@by_each_fault
def test_octets_that_are_no_utf8_are_refused(given: Given, send: Send, expect: Expect, how: str, name: str) -> None:
    reply = with_octets(given, send, name, how)

    expect(reply).issues_nothing()
