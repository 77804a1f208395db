"""RFC 9207 sections 2, 2.4 and 4: the parameter `iss` in authorization responses."""

from __future__ import annotations

import pytest

from conformance.base.uris import urlsplit
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.record import Recorded
from conformance.procedures.authorization_answers import is_form_encoded
from conformance.procedures.issuer_parameter import (
    encoded_issuers,
    is_in_place,
    issuers_of,
    named_issuers,
    names_issuer_itself,
    responses,
)

CODE = pytest.param("code", marks=needs("authorization_code"))
TOKEN = pytest.param("token", marks=needs("implicit"))
CODE_ERROR = pytest.param("code-error", marks=needs("authorization_code"))
TOKEN_ERROR = pytest.param("token-error", marks=needs("implicit"))


@requirement("rfc9207-2-iss-in-response")
@pytest.mark.parametrize("kind", [CODE, TOKEN])
def test_a_response_names_its_issuer(given: Given, send: Send, expect: Expect, kind: str) -> None:
    nameless = [answer for answer in responses(given, send, kind) if not issuers_of(answer)]

    expect.that(not nameless, "a response with iss", next(iter(nameless), None))


@requirement("rfc9207-2-iss-in-error-response")
@pytest.mark.parametrize("kind", [CODE_ERROR, TOKEN_ERROR])
def test_an_error_response_names_its_issuer(given: Given, send: Send, expect: Expect, kind: str) -> None:
    nameless = [answer for answer in responses(given, send, kind) if not issuers_of(answer)]

    expect.that(not nameless, "an error response with iss", next(iter(nameless), None), about="refusal")


@requirement("rfc9207-2-iss-in-place")
@pytest.mark.parametrize("kind", [CODE, TOKEN, CODE_ERROR, TOKEN_ERROR])
def test_the_issuer_stands_once_and_in_its_place(given: Given, send: Send, expect: Expect, kind: str) -> None:
    named = given.present([each for each in responses(given, send, kind) if issuers_of(each)], "iss")

    odd = [each for each in named if len(issuers_of(each)) > 1 or not is_in_place(each)]
    expect.that(not odd, "iss once, in the component of the other parameters", next(iter(odd), None), breach="act")


@requirement("rfc9207-2-iss-is-issuer")
@pytest.mark.parametrize("kind", [CODE, TOKEN, CODE_ERROR, TOKEN_ERROR])
def test_the_issuer_is_the_one_of_the_profile(given: Given, send: Send, expect: Expect, kind: str) -> None:
    answers = given.present([each for each in responses(given, send, kind) if issuers_of(each)], "iss")
    issuer = given.issuer()

    others = [each for each in answers if set(issuers_of(each)) != {issuer}]
    expect.that(not others, f"iss {issuer}", next(iter(others), None), breach="act")


@requirement("rfc9207-2-iss-https")
def test_the_issuer_is_an_https_url(given: Given, send: Send, expect: Expect) -> None:
    found = named_issuers(given, send)

    secure = all(urlsplit(each).scheme == "https" and urlsplit(each).netloc for each in found)
    expect.that(secure, "https URLs", ", ".join(found), breach="act")


@requirement("rfc9207-2-iss-without-query-and-fragment")
@pytest.mark.parametrize("mark", ["?", "#"], ids=["query", "fragment"])
def test_the_issuer_has_no_query_and_no_fragment(given: Given, send: Send, expect: Expect, mark: str) -> None:
    found = named_issuers(given, send)

    expect.that(not any(mark in each for each in found), f"no {mark} in iss", ", ".join(found), breach="act")


@requirement("rfc9207-2.4-iss-form-encoded")
@pytest.mark.parametrize("kind", [CODE, TOKEN])
def test_one_decoding_gives_a_url(given: Given, send: Send, expect: Expect, kind: str) -> None:
    answers = given.present([each for each in responses(given, send, kind) if issuers_of(each)], "iss")

    encoded = all(is_form_encoded(text) for answer in answers for text in encoded_issuers(answer))
    decoded = all("://" in value or "%3a" not in value.lower() for answer in answers for value in issuers_of(answer))
    expect.that(encoded and decoded, "iss encoded once", answers[0], breach="act")


@requirement("rfc9207-4-issuer-named-otherwise")
@pytest.mark.parametrize("kind", [CODE, TOKEN])
def test_the_issuer_may_be_named_otherwise(given: Given, send: Send, kind: str) -> None:
    answers = responses(given, send, kind)

    itself = any(map(names_issuer_itself, answers))
    given.note(f"a response ({kind}) {'has' if itself else 'has not'} the issuer in a JWT")


@requirement("rfc9207-2-iss-in-response")
@pytest.mark.parametrize(
    ("parameter", "response_type"),
    [
        pytest.param("code", "code", marks=needs("authorization_code")),
        pytest.param("access_token", "token", marks=needs("implicit")),
    ],
)
def test_every_response_names_its_issuer(
    recorded: Recorded, expect: Expect, parameter: str, response_type: str
) -> None:
    answers = [each for each in recorded.returns(parameter, response_type) if not each.all("id_token")]

    recorded.each(answers, lambda back: expect.that(bool(back.all("iss")), "a response with iss", back))


@requirement("rfc9207-2-iss-is-issuer")
def test_every_issuer_is_the_one_of_the_profile(recorded: Recorded, expect: Expect, given: Given) -> None:
    answers = [each for each in recorded.all_returns() if each.all("iss")]
    issuer = given.issuer()

    recorded.each(
        answers, lambda back: expect.that(set(back.all("iss")) == {issuer}, f"iss {issuer}", back, breach="act")
    )


@requirement("rfc9207-2-iss-in-error-response")
@pytest.mark.parametrize("response_type", ["code", "token"])
def test_every_error_response_names_its_issuer(recorded: Recorded, expect: Expect, response_type: str) -> None:
    answers = recorded.returns("error", response_type)

    recorded.each(
        answers, lambda back: expect.that(bool(back.all("iss")), "an error response with iss", back, about="refusal")
    )
