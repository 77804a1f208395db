"""RFC 7662 section 2.1: introspection request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.harness.send import FORM
from conformance.procedures.client_authentication import (
    BY_BASIC,
    BY_BODY,
    as_nobody,
    undecodable_credentials,
    with_scheme,
)
from conformance.procedures.introspection import (
    INVENTED_HINT,
    NO_HINT,
    REGISTERED_HINTS,
    active_in_words,
    active_token_described,
    ask,
    best_grant,
    encoded_throughout,
    fresh_token_described,
    let_in,
    live_token,
    parameters_that_work,
    refresh_token_under_hints,
    refreshed_access_token,
    says_active,
    send_form,
    still_live,
)
from conformance.procedures.introspection_callers import (
    caller_by_basic,
    expect_nothing_told,
    reply_without_credentials,
)

hints = pytest.mark.parametrize("hint", REGISTERED_HINTS)
NO_HINT_MATTERS = "the same of a refresh token, whatever the hint"
tokens_asked_about = pytest.mark.parametrize("token", ["live", "invented"])


@requirement("rfc7662-2.1-post-form-accepted")
@pytest.mark.parametrize(
    "media_type", [FORM, f"{FORM};charset=UTF-8", FORM.title()], ids=["plain", "charset", "other-case"]
)
def test_a_posted_form_is_answered(given: Given, send: Send, expect: Expect, media_type: str) -> None:
    fresh_token_described(given, send)
    token = given.tokens(best_grant(given)).access_token

    reply = let_in(given, send_form(given, send, {"token": token, **parameters_that_work(given, send)}, media_type))

    expect(reply).succeeds()
    expect(reply).has_member("active")


@requirement("rfc7662-2.1-post-form-accepted")
def test_the_scheme_may_be_written_in_lower_case(given: Given, send: Send, expect: Expect) -> None:
    caller = caller_by_basic(given)
    token = live_token(given, send)

    reply = ask(given, send, token, **with_scheme(caller, "basic"))

    expect.that(says_active(reply), "a live token answered as active, as for Basic", reply)


@requirement("rfc7662-2.1-percent-encoded-token-decoded")
def test_a_token_encoded_throughout_is_recognized(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = send_form(
        given, send, {"token": token, **parameters_that_work(given, send)}, FORM, encode=encoded_throughout
    )

    expect.that(says_active(reply), "a token recognized whose characters were all percent-encoded", reply)


@requirement("rfc7662-2.1-token-required")
def test_a_request_without_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, token=OMIT)

    expect_nothing_told(expect, reply)


@requirement("rfc7662-2.1-access-token-value-recognized")
def test_an_access_token_is_recognized_by_its_value(given: Given, send: Send, expect: Expect) -> None:
    reply = fresh_token_described(given, send).reply

    expect.that(
        says_active(reply),
        "the value of `access_token` recognized as a live token",
        active_in_words(reply),
        about="access_token",
    )


@requirement("rfc7662-2.1-access-token-value-recognized")
@needs("refresh_token")
def test_an_access_token_of_a_refresh_is_recognized(given: Given, send: Send, expect: Expect) -> None:
    reply = refreshed_access_token(given, send)

    expect.that(
        says_active(reply),
        "the value of `access_token` recognized as a live token",
        active_in_words(reply),
        about="access_token",
    )


@requirement("rfc7662-2.1-refresh-token-value-accepted")
def test_a_refresh_token_gets_an_answer(given: Given, send: Send, expect: Expect) -> None:
    active_token_described(given, send)
    tokens = given.refreshable()

    reply = ask(given, send, tokens.refresh_token or "")

    expect(reply).succeeds()
    expect(reply).has_member("active")


@requirement("rfc7662-2.1-hint-not-needed")
def test_a_live_token_is_active_without_a_hint(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, token_type_hint=OMIT)

    expect.that(says_active(reply), "a live token answered as active without `token_type_hint`", reply)


@requirement("rfc7662-2.1-hint-not-needed")
@needs("refresh_token")
def test_a_refresh_token_is_found_without_a_hint(given: Given, send: Send, expect: Expect) -> None:
    found = refresh_token_under_hints(given, send)

    expect.that(found.is_the_same(NO_HINT), NO_HINT_MATTERS, str(found), at=found.replies[NO_HINT])


@requirement("rfc7662-2.1-matching-hint-accepted")
def test_a_live_token_is_active_with_the_matching_hint(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, token_type_hint="access_token")

    expect.that(
        says_active(reply), "a live token answered as active with the hint access_token", reply, about="access_token"
    )


@requirement("rfc7662-2.1-wrong-hint-access-token-found")
def test_an_access_token_is_found_under_the_wrong_hint(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, token_type_hint="refresh_token")

    expect.that(
        says_active(reply),
        "a live access token answered as active with the hint refresh_token",
        reply,
        about="refresh_token",
    )


@requirement("rfc7662-2.1-wrong-hint-refresh-token-found")
def test_a_refresh_token_is_found_under_the_wrong_hint(given: Given, send: Send, expect: Expect) -> None:
    found = refresh_token_under_hints(given, send)

    expect.that(found.is_the_same("access_token"), NO_HINT_MATTERS, str(found), at=found.replies["access_token"])


@requirement("rfc7662-2.1-matching-hint-accepted")
@needs("refresh_token")
def test_a_refresh_token_is_found_under_the_matching_hint(given: Given, send: Send, expect: Expect) -> None:
    found = refresh_token_under_hints(given, send)

    expect.that(found.is_the_same("refresh_token"), NO_HINT_MATTERS, str(found), at=found.replies["refresh_token"])


@requirement("rfc7662-2.1-unknown-hint-token-found")
@needs("refresh_token")
def test_a_refresh_token_is_found_under_an_invented_hint(given: Given, send: Send, expect: Expect) -> None:
    found = refresh_token_under_hints(given, send)

    expect.that(found.is_the_same(INVENTED_HINT), NO_HINT_MATTERS, str(found), at=found.replies[INVENTED_HINT])


@requirement("rfc7662-2.1-unknown-hint-token-found")
def test_a_token_is_found_under_an_invented_hint(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, token_type_hint=given.invented("hint"))

    expect.that(says_active(reply), "a live token answered as active with an invented hint", reply)


@requirement("rfc7662-2.1-hint-may-be-ignored")
def test_the_difference_that_a_hint_makes_is_noted(given: Given, send: Send) -> None:
    token = live_token(given, send)

    plain, *hinted = (ask(given, send, token, token_type_hint=hint) for hint in (OMIT, *REGISTERED_HINTS))

    different = [hint for hint, reply in zip(REGISTERED_HINTS, hinted, strict=True) if reply.members != plain.members]
    given.note(f"hints that change the answer about an access token: {', '.join(different) or 'none'}")


@requirement("rfc7662-2.1-registered-hints-understood")
@hints
def test_a_registered_hint_causes_no_error(given: Given, send: Send, expect: Expect, hint: str) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, token_type_hint=hint)

    expect(reply).succeeds()


@requirement("rfc7662-2.1-other-parameters-may-be-taken")
def test_how_another_parameter_is_received_is_noted(given: Given, send: Send) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, unregistered_parameter=given.invented("value"))

    given.note(f"a request with a parameter of an unknown name: {reply}")


@requirement("rfc7662-2.1-other-parameters-not-demanded")
def test_token_and_authorization_are_enough(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    # The hint is optional as well, which is another test's matter.
    replies = [send.introspection(token, token_type_hint=hint) for hint in (None, "access_token")]

    expect.that(any(map(says_active, replies)), "a live token answered as active without more parameters", replies[0])


@requirement("rfc7662-2.1-undeterminable-token-inactive")
@pytest.mark.parametrize(
    "garble",
    [
        pytest.param(lambda token: token[: max(4, len(token) // 2)], id="truncated"),
        pytest.param(lambda token: token[:4] + "!\"#$%&'()*,;<>?@[]^`{|}", id="garbled"),
    ],
)
def test_a_senseless_token_is_inactive(given: Given, send: Send, expect: Expect, garble: Callable[[str], str]) -> None:
    token = live_token(given, send)

    reply = ask(given, send, garble(token))
    still_live(given, send, token, reply)

    expect(reply).succeeds()
    expect.that("active" in reply.members and not says_active(reply), "an answer that the token is inactive", reply)


@requirement("rfc7662-2.1-authorization-required")
@tokens_asked_about
def test_a_call_without_authorization_is_refused(given: Given, send: Send, expect: Expect, token: str) -> None:
    reply = reply_without_credentials(given, send, token)

    expect_nothing_told(expect, reply)


@requirement("rfc7662-2.1-authorization-required")
def test_a_call_by_get_without_authorization_opens_nothing(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, authentication="absent", client_id=None, method="GET")

    expect.that(not says_active(reply), "no word of a live token", reply, breach="act")


@requirement("rfc7662-2.1-authorization-required")
@pytest.mark.parametrize("nobody", [as_nobody(), undecodable_credentials("no-base64")], ids=["empty", "no-base64"])
def test_credentials_of_nobody_are_no_authorization(
    given: Given, send: Send, expect: Expect, nobody: dict[str, Any]
) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, **nobody, client_id=None)

    expect_nothing_told(expect, reply)


@requirement("rfc7662-2.1-public-client-id-no-authorization")
@pytest.mark.parametrize("method", [BY_BASIC, BY_BODY])
def test_a_public_client_id_with_an_invented_secret_is_no_authorization(
    given: Given, send: Send, expect: Expect, method: str
) -> None:
    token = live_token(given, send)
    public = replace(given.client("public"), client_secret=given.invented("client_secret"))

    reply = ask(given, send, token, public, authentication=method)

    expect_nothing_told(expect, reply)


@requirement("rfc7662-2.1-public-client-id-no-authorization")
def test_a_public_client_id_is_no_authorization(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, given.client("public"), authentication="none")

    expect_nothing_told(expect, reply)


@requirement("rfc7662-2.1-public-client-id-no-authorization")
@needs("authorization_code")
def test_a_public_client_id_opens_not_even_its_own_tokens(given: Given, send: Send, expect: Expect) -> None:
    active_token_described(given, send)
    public = given.client("public")
    tokens = given.tokens("authorization_code", public)

    reply = ask(given, send, tokens.access_token, public, authentication="none")

    expect_nothing_told(expect, reply)
