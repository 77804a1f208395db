"""RFC 6749 section 3.1: authorization endpoint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.harness.send import Change
from conformance.procedures.authorization_answers import code_client, is_form_encoded, refused_answers, values
from conformance.procedures.authorization_requests import (
    answer_to_post,
    expect_alike,
    is_granted,
    ordinary_request,
    repeated_parameter,
    repeated_parameters,
    spare_owner,
    taken_by_post,
)
from conformance.procedures.code_exchanges import verifiable_code
from conformance.procedures.consent_reach import of_two_people, posted_in_another_browser
from conformance.procedures.endpoint_uris import endpoint_uris
from conformance.procedures.plain_http import authorization_request_in_the_clear, expect_unserved
from conformance.procedures.redirects import ATTACKER, GRANT_OF, ResponseType, any_response_type, first_uri_served
from conformance.procedures.scopes import obtained_scope, told_alike, with_token
from conformance.profile.target import Target

LONG_STATE = 400
NO_SUCH_METHOD = (404, 405, 501)
FAULTS = [
    pytest.param({}, id="none"),
    pytest.param({"response_type": OMIT}, id="no-response_type"),
    pytest.param({"response_type": "other"}, id="unknown-response_type"),
    pytest.param({"redirect_uri": f"https://{ATTACKER}/"}, id="unregistered-redirect_uri"),
    pytest.param({"client_id": "other"}, id="unknown-client"),
    pytest.param({"redirect_uri": OMIT}, id="no-redirect_uri"),
    pytest.param({"code_challenge_method": "none-of-them"}, id="unknown-code_challenge_method"),
]
# What makes a request one without PKCE (RFC 7636 section 4.3).
WITHOUT_CHALLENGE: dict[str, Change] = {"code_challenge": OMIT, "code_challenge_method": OMIT}


@requirement("rfc6749-3.1-resource-owner-signs-in-first")
def test_nobody_gets_nothing(given: Given, send: Send, expect: Expect) -> None:
    request, nobody = ordinary_request(given, send), given.nobodys_user_agent()

    first, again = request.changed(user_agent=nobody), request.changed(user_agent=nobody)

    expect(first).grants_nothing()
    expect(again).grants_nothing()


@requirement("rfc6749-3.1-resource-owner-signs-in-first")
def test_nobody_gets_nothing_by_post(given: Given, send: Send, expect: Expect) -> None:
    request, nobody = ordinary_request(given, send), given.nobodys_user_agent()
    taken_by_post(given, request)

    answer = request.changed(user_agent=nobody, method="POST")

    expect(answer).grants_nothing()


@requirement("rfc6749-3.1-resource-owner-signs-in-first")
@pytest.mark.parametrize("name", ["login_hint", "username"])
def test_who_is_only_named_is_not_signed_in(given: Given, send: Send, expect: Expect, name: str) -> None:
    request, nobody = ordinary_request(given, send), given.nobodys_user_agent()

    answer = request.changed({name: given.owner().username}, user_agent=nobody)

    expect(answer).grants_nothing()


@requirement("rfc6749-3.1-resource-owner-signs-in-first")
@needs("authorization_code", "introspection")
def test_a_page_of_one_person_grants_nothing_of_theirs_in_anothers_browser(
    given: Given, send: Send, expect: Expect
) -> None:
    shown_to, with_token = posted_in_another_browser(given, send)

    is_own = with_token is None or with_token != shown_to
    expect.that(is_own, "no token of somebody who isn't signed in there", "a token of whom the page was shown to")


@requirement("rfc6749-3.1-resource-owner-signs-in-first")
@needs("authorization_code", "introspection")
def test_each_person_gets_their_own_tokens(given: Given, send: Send, expect: Expect) -> None:
    one, other = of_two_people(given, send)

    expect.that(one != other, "tokens of two people", "tokens of the same one for both", breach="act")


@requirement("rfc6749-3.1-failed-sign-in-grants-nothing")
def test_a_wrong_password_grants_nothing(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    pretender = replace(spare_owner(given), password=given.invented("password"))

    answer = request.changed(user_agent=UserAgent(pretender, most_passwords=1))

    expect(answer).grants_nothing()


@requirement("rfc6749-3.1-endpoint-uri-query")
def test_the_endpoint_uri_may_have_a_query(given: Given, send: Send, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "authorization")

    given.note(f"the authorization endpoint is {' and '.join(uris)}")


@requirement("rfc6749-3.1-endpoint-uri-query-form-encoded")
def test_the_query_of_the_endpoint_uri_is_a_form(given: Given, send: Send, expect: Expect, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "authorization")

    queries = [uri.partition("#")[0].partition("?")[2] for uri in uris]
    expect.that(all(map(is_form_encoded, queries)), "form-encoded query components", " and ".join(uris), breach="act")


@requirement("rfc6749-3.1-endpoint-uri-query-kept")
def test_parameters_may_follow_another_query(given: Given, send: Send, expect: Expect) -> None:
    usual = ordinary_request(given, send)
    request = send.authorization_request(usual.client, usual.response_type)

    answer = send.authorization(replace(request, pairs=((given.invented("parameter"), "1"), *request.pairs)))

    expect.that(is_granted(answer), "the request to be served", answer)


@requirement("rfc6749-3.1-endpoint-uri-no-fragment")
def test_the_endpoint_uri_has_no_fragment(given: Given, send: Send, expect: Expect, target: Target) -> None:
    uris = endpoint_uris(given, send, target, "authorization")

    expect.that(not any("#" in uri for uri in uris), "no fragment component", " and ".join(uris), breach="act")


@requirement("rfc6749-3.1-tls-required")
def test_an_authorization_request_over_plain_http_is_not_served(given: Given, send: Send, expect: Expect) -> None:
    probe = authorization_request_in_the_clear(given, send, any_response_type(given))

    expect_unserved(expect, probe, "an authorization request")


@requirement("rfc6749-3.1-get-supported")
def test_get_is_served(given: Given, send: Send, expect: Expect) -> None:
    response_type = any_response_type(given)

    answer = send.authorize(given.client_for(GRANT_OF[response_type]), response_type)

    expect.that(answer.reply.status not in NO_SUCH_METHOD, "GET to be served", answer)
    given.came_back(answer, "an ordinary authorization request")


@requirement("rfc6749-3.1-get-supported")
def test_a_longer_get_is_served(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(state="s" * LONG_STATE)

    expect.that(is_granted(answer), f"GET with a state of {LONG_STATE} characters to be served", answer, about="state")


@requirement("rfc6749-3.1-post-supported")
def test_post_may_be_served(given: Given, send: Send) -> None:
    request = ordinary_request(given, send)

    answer = answer_to_post(given, request)

    given.note(f"an authorization request by POST: {answer}")


@requirement("rfc6749-3.1-post-served-like-get")
@pytest.mark.parametrize("fault", FAULTS)
def test_post_is_served_like_get(given: Given, send: Send, expect: Expect, fault: dict[str, Change]) -> None:
    request = ordinary_request(given, send)
    taken_by_post(given, request)
    by_get = request.changed(fault)

    by_post = request.changed(fault, method="POST")

    expect_alike(expect, by_get, by_post, request.client.redirect_uris, "the same request by GET")


@requirement("rfc6749-3.1-post-served-like-get")
@needs("authorization_code")
def test_post_without_a_challenge_is_served_like_get(given: Given, send: Send, expect: Expect) -> None:
    taken_by_post(given, ordinary_request(given, send))
    request = ordinary_request(given, send, code_client(given, "public"), "code")
    by_get = request.changed(WITHOUT_CHALLENGE)

    by_post = request.changed(WITHOUT_CHALLENGE, method="POST")

    expect_alike(expect, by_get, by_post, request.client.redirect_uris, "the same request by GET")


@requirement("rfc6749-3.1-post-served-like-get")
@needs("authorization_code", "implicit")
@pytest.mark.parametrize("barred", ["code", "token"])
def test_post_of_a_barred_client_is_served_like_get(
    given: Given, send: Send, expect: Expect, barred: ResponseType
) -> None:
    taken_by_post(given, ordinary_request(given, send))
    client = given.barred_client(GRANT_OF[barred])
    by_get = send.authorize(client, barred)

    by_post = send.authorize(client, barred, method="POST")

    expect_alike(expect, by_get, by_post, client.redirect_uris, "the same request by GET")


@requirement("rfc6749-3.1-post-served-like-get")
def test_state_comes_back_after_post_as_after_get(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    by_post = taken_by_post(given, request)

    by_get = request.changed()

    expect.that(state_returned(by_post) == state_returned(by_get), f"state as by GET: {by_get}", by_post, about="state")


@requirement("rfc6749-3.1-empty-required-parameter-as-missing")
@pytest.mark.parametrize("name", ["response_type", "client_id"])
def test_an_empty_required_parameter_is_missing(given: Given, send: Send, expect: Expect, name: str) -> None:
    request = ordinary_request(given, send)
    without = request.changed({name: OMIT})

    answer = request.changed({name: ""})

    expect_alike(expect, without, answer, request.client.redirect_uris, f"a request without {name}")


@requirement("rfc6749-3.1-empty-optional-parameter-as-omitted")
@pytest.mark.parametrize(
    ("client", "name"),
    [
        pytest.param(None, "scope", marks=needs("scopes"), id="scope"),
        pytest.param(None, "redirect_uri", id="redirect_uri-of-several"),
        pytest.param("single_redirect", "redirect_uri", id="redirect_uri-of-one"),
    ],
)
def test_an_empty_optional_parameter_is_omitted(
    given: Given, send: Send, expect: Expect, client: str | None, name: str
) -> None:
    request = ordinary_request(given, send, given.client(client) if client else None)
    without = request.changed({name: OMIT})

    answer = request.changed({name: ""})

    expect_alike(expect, without, answer, request.client.redirect_uris, f"a request without {name}")


@requirement("rfc6749-3.1-empty-optional-parameter-as-omitted")
@needs("authorization_code")
@pytest.mark.parametrize("name", ["code_challenge", "code_challenge_method"])
def test_an_empty_challenge_or_method_is_omitted(given: Given, send: Send, expect: Expect, name: str) -> None:
    request = ordinary_request(given, send, response_type="code")
    without = request.changed(WITHOUT_CHALLENGE)

    answer = request.changed({**WITHOUT_CHALLENGE, name: ""})

    expect_alike(expect, without, answer, request.client.redirect_uris, f"a request without {name}")


@requirement("rfc6749-3.1-empty-optional-parameter-as-omitted")
@needs("authorization_code", "scopes")
def test_an_empty_scope_brings_what_an_omitted_one_brings(given: Given, send: Send, expect: Expect) -> None:
    without = with_token(obtained_scope(given, send, OMIT, "authorization_code"))

    with_empty = obtained_scope(given, send, "", "authorization_code")

    expect.that(
        told_alike(without, with_empty),
        f"the same as for a request without scope ({without})",
        with_empty,
        about="scope",
    )


@requirement("rfc6749-3.1-empty-state-as-omitted")
def test_an_empty_state_is_omitted(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    without = request.changed(state=OMIT)

    answer = request.changed(state="")

    expect_alike(expect, without, answer, request.client.redirect_uris, "a request without state")
    expect.that(values(answer, "state") == [], "no state in the response", answer, breach="act", about="state")


@requirement("rfc6749-3.1-unknown-parameter-ignored")
def test_an_unknown_parameter_is_ignored(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed({given.invented("parameter"): "1"})

    expect.that(is_granted(answer), "the request to be served", answer)


@requirement("rfc6749-3.1-repeated-parameter-refused")
@pytest.mark.parametrize("how", ["equal", "different"])
@pytest.mark.parametrize("name", ["response_type", "client_id", "redirect_uri", "scope", "state"])
def test_a_repeated_parameter_is_refused(given: Given, send: Send, expect: Expect, name: str, how: str) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(repeated_parameter(request, name, how))

    expect(answer).is_refused()


@requirement("rfc6749-3.1-repeated-parameter-refused")
@pytest.mark.parametrize("name", ["response_type", "client_id", "redirect_uri", "scope", "state"])
def test_a_parameter_repeated_by_post_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    request = ordinary_request(given, send)
    taken_by_post(given, request)

    answer = request.changed(repeated_parameter(request, name, "equal"), method="POST")

    expect(answer).is_refused()


@requirement("rfc6749-3.1-repeated-parameter-refused")
@needs("implicit")
@pytest.mark.parametrize("name", ["response_type", "client_id", "redirect_uri", "scope", "state"])
def test_a_parameter_repeated_by_an_implicit_request_is_refused(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    request = ordinary_request(given, send, response_type="token")

    answer = request.changed(repeated_parameter(request, name, "equal"))

    expect(answer).is_refused()


@requirement("rfc6749-3.1-repeated-parameter-refused")
@needs("authorization_code")
@pytest.mark.parametrize("name", ["code_challenge", "code_challenge_method"])
def test_a_repeated_challenge_is_refused(given: Given, send: Send, expect: Expect, name: str) -> None:
    verifiable_code(given, send)
    request = ordinary_request(given, send)
    sent = send.authorization_request(request.client).get(name)

    answer = request.changed({name: [sent or "", sent or ""]})

    expect(answer).is_refused()


@requirement("rfc6749-3.1-response-parameters-once")
@pytest.mark.parametrize(
    "response_type",
    [pytest.param("code", marks=needs("authorization_code")), pytest.param("token", marks=needs("implicit"))],
)
def test_no_parameter_of_a_grant_is_repeated(
    given: Given, send: Send, expect: Expect, response_type: ResponseType
) -> None:
    answer = first_uri_served(given, given.client_for(GRANT_OF[response_type]), response_type)

    expect.that(
        not repeated_parameters(answer),
        "each parameter once",
        f"{repeated_parameters(answer)} twice",
        breach="act",
        about=tuple(repeated_parameters(answer)),
    )


@requirement("rfc6749-3.1-response-parameters-once")
@needs("authorization_code")
def test_no_parameter_of_an_error_is_repeated(given: Given, send: Send, expect: Expect) -> None:
    answers = refused_answers(given, send)

    twice = sorted({name for answer in answers for name in repeated_parameters(answer)})
    expect.that(not twice, "each parameter once", f"{twice} twice", breach="act", about=tuple(twice))


def state_returned(answer: Answer) -> list[bool]:
    """For each state that came back, whether it is the one that was sent."""
    return [value == answer.request.get("state") for value in values(answer, "state")]
