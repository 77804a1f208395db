"""RFC 6750 section 3: the WWW-Authenticate response header field."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.bearer import (
    Procedure,
    bearer_challenges,
    by_ended_token,
    by_failed_token,
    by_refusal,
    challenging_refusal,
    most_often,
    reply_to_invented_token,
    values,
    without_credentials,
)
from conformance.procedures.resource_access import resource_answer, resource_grant
from conformance.wire.challenges import grammar_fault, schemes

DEFINED = ("realm", "scope", "error", "error_description", "error_uri")


@requirement("rfc6750-3-challenge-without-credentials")
def test_who_sends_no_credentials_is_challenged(given: Given, send: Send, expect: Expect) -> None:
    expect(without_credentials(given, send)).has_header("WWW-Authenticate")


@requirement("rfc6750-3-challenge-for-token-that-does-not-enable")
@by_failed_token
def test_who_sends_a_token_that_opens_nothing_is_challenged(
    given: Given, send: Send, expect: Expect, refusal: Procedure
) -> None:
    expect(refusal(given, send)).has_header("WWW-Authenticate")


@requirement("rfc6750-3-challenge-elsewhere")
def test_whether_a_success_has_a_challenge_is_noted(given: Given, send: Send) -> None:
    reply = resource_answer(given, send, resource_grant(given))

    given.note(f"challenges in a successful answer: {', '.join(schemes(reply)) or 'none'}")


@requirement("rfc6750-3-challenge-grammar")
@by_refusal
def test_challenges_keep_to_the_grammar(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    fault = grammar_fault(refusal(given, send))

    expect.that(fault is None, "a WWW-Authenticate header in the grammar of HTTP", fault, breach="act")


@requirement("rfc6750-3-scheme-is-bearer")
@by_refusal
def test_the_scheme_is_bearer(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    found = [each.scheme for each in bearer_challenges(challenging_refusal(refusal(given, send)))]

    expect.that("bearer" in found or not found, "a challenge of the scheme Bearer", ", ".join(found))


@requirement("rfc6750-3-attribute-follows-scheme")
@by_refusal
def test_an_attribute_follows_the_scheme(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    found = given.present(bearer_challenges(refusal(given, send)), "challenge")

    expect.that(all(each.attributes for each in found), "one attribute or more in each challenge", "a bare scheme")


@requirement("rfc6750-3-other-attributes")
def test_other_attributes_are_noted(given: Given, send: Send) -> None:
    names = [name for each in bearer_challenges(reply_to_invented_token(given, send)) for name, _ in each.attributes]

    given.note(f"other attributes: {', '.join(name for name in names if name not in DEFINED) or 'none'}")


@requirement("rfc6750-3-realm-attribute")
def test_whether_there_is_a_realm_is_noted(given: Given, send: Send) -> None:
    given.note(f"realm, without credentials: {', '.join(values(without_credentials(given, send), 'realm')) or 'none'}")


@requirement("rfc6750-3-realm-once")
@by_refusal
def test_realm_stands_once(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    times = most_often(refusal(given, send), "realm")

    expect.that(times <= 1, "realm at most once", f"it {times} times", breach="act")


@requirement("rfc6750-3-scope-attribute")
def test_whether_there_is_a_scope_is_noted(given: Given, send: Send) -> None:
    given.note(f"scope, without credentials: {', '.join(values(without_credentials(given, send), 'scope')) or 'none'}")


@requirement("rfc6750-3-scope-once")
@by_refusal
def test_scope_stands_once(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    times = most_often(refusal(given, send), "scope")

    expect.that(times <= 1, "scope at most once", f"it {times} times", breach="act", about="scope")


@requirement("rfc6750-3-error-included")
@by_failed_token
def test_a_failed_token_gets_an_error(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    reply = challenging_refusal(refusal(given, send))

    expect.that(bool(values(reply, "error")), "an error in the challenge", reply, about="refusal")


@requirement("rfc6750-3-error-included")
@by_ended_token
def test_a_token_that_is_over_gets_an_error(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    reply = challenging_refusal(refusal(given, send))

    expect.that(bool(values(reply, "error")), "an error in the challenge", reply, about="refusal")


@requirement("rfc6750-3-error-description-attribute")
def test_whether_there_is_a_description_is_noted(given: Given, send: Send) -> None:
    given.note(
        f"error_description: {', '.join(values(reply_to_invented_token(given, send), 'error_description')) or 'none'}"
    )


@requirement("rfc6750-3-error-uri-attribute")
def test_whether_there_is_a_uri_is_noted(given: Given, send: Send) -> None:
    given.note(f"error_uri: {', '.join(values(reply_to_invented_token(given, send), 'error_uri')) or 'none'}")


@requirement("rfc6750-3-error-attributes-once")
@by_failed_token
@pytest.mark.parametrize("attribute", ["error", "error_description", "error_uri"])
def test_what_tells_of_an_error_stands_once(
    given: Given, send: Send, expect: Expect, attribute: str, refusal: Procedure
) -> None:
    times = most_often(refusal(given, send), attribute)

    expect.that(times <= 1, f"{attribute} at most once", f"it {times} times", breach="act")


@requirement("rfc6750-3-scope-characters")
@by_refusal
def test_scope_keeps_to_its_characters(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    expect.syntax("scope", values(refusal(given, send), "scope"))


@requirement("rfc6750-3-error-characters")
@by_failed_token
def test_error_keeps_to_its_characters(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    expect.syntax("error", values(refusal(given, send), "error"))


@requirement("rfc6750-3-error-description-characters")
@by_failed_token
def test_error_description_keeps_to_its_characters(
    given: Given, send: Send, expect: Expect, refusal: Procedure
) -> None:
    expect.syntax("error_description", values(refusal(given, send), "error_description"))


@requirement("rfc6750-3-error-uri-syntax")
@by_failed_token
def test_error_uri_is_a_uri_reference(given: Given, send: Send, expect: Expect, refusal: Procedure) -> None:
    expect.syntax("error_uri", values(refusal(given, send), "error_uri"))
