"""Requests that say the same come to the same, however they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from conformance.fuzz.engine import for_any
from conformance.fuzz.rewriting import (
    additions,
    cases,
    claimed_grants,
    deciding_reply,
    enlarged_form,
    expect_as_usual,
    grant_of_most_scopes,
    orders,
    pairs_of,
    reordered,
    respelled_form,
    revocable_token,
    scope_subsets,
    served_request,
    unknown_hints,
    usual_outcome,
    ways,
    with_cases,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.send import FORM
from conformance.procedures.authorization_requests import expect_alike, ordinary_request, taken_by_post
from conformance.procedures.introspection import ask, live_token
from conformance.procedures.redirects import first_uri_served
from conformance.procedures.scopes import obtained_scope
from conformance.procedures.token_refusals import client_with_both_methods
from conformance.procedures.token_requests import outcome, reply_to_request, token_request

More = Sequence[tuple[int, str, str]]

# At the token endpoint


@requirement("rfc6749-5-valid-request-gets-token")
@for_any(grant=claimed_grants, order=orders)
def test_the_order_of_token_request_parameters_says_nothing(
    given: Given, send: Send, expect: Expect, grant: str, order: list[int]
) -> None:
    usual = usual_outcome(given, send, grant)
    request = served_request(given, send, grant)

    reply = reply_to_request(
        send, replace(request, body=respelled_form(reordered(pairs_of(request), order), ["plain"]).encode())
    )

    expect_as_usual(expect, usual, reply)


@requirement("rfc6749-5-valid-request-gets-token")
@for_any(grant=claimed_grants, case=cases)
def test_the_case_of_header_names_and_schemes_says_nothing(
    given: Given, send: Send, expect: Expect, grant: str, case: str
) -> None:
    usual = usual_outcome(given, send, grant)

    reply = reply_to_request(send, with_cases(served_request(given, send, grant), case))

    expect_as_usual(expect, usual, reply)


@requirement("rfc6749-3.2-unrecognized-parameter-ignored")
@for_any(grant=claimed_grants, more=additions)
def test_unknown_parameters_of_a_token_request_say_nothing(
    given: Given, send: Send, expect: Expect, grant: str, more: More
) -> None:
    usual = usual_outcome(given, send, grant)
    request = served_request(given, send, grant)

    reply = reply_to_request(
        send, replace(request, body=respelled_form(enlarged_form(pairs_of(request), more), ["plain"]).encode())
    )

    expect_as_usual(expect, usual, reply)


@requirement("rfc6749-B-escaped-token-request-understood")
@for_any(grant=claimed_grants, spellings=ways)
def test_escapes_in_a_token_request_say_nothing(
    given: Given, send: Send, expect: Expect, grant: str, spellings: list[str]
) -> None:
    usual = usual_outcome(given, send, grant)
    request = served_request(given, send, grant)

    reply = reply_to_request(send, replace(request, body=respelled_form(pairs_of(request), spellings).encode()))

    expect_as_usual(expect, usual, reply)


@requirement("rfc6749-3.3-order-of-scopes-irrelevant")
@for_any(cost=2, names=scope_subsets)
def test_the_order_of_scopes_says_nothing(given: Given, send: Send, expect: Expect, names: list[str]) -> None:
    grant = grant_of_most_scopes(given)
    usual = obtained_scope(given, send, " ".join(sorted(names)), grant)

    other = obtained_scope(given, send, " ".join(names), grant)

    deciding_reply(other.reply)
    expect.that(usual.granted == other.granted, f"what the same scopes get in order ({usual})", other)


@requirement("rfc6749-2.3.1-body-parameters-authenticate")
@for_any(cost=2, order=orders, spellings=ways)
def test_credentials_in_the_body_are_worth_those_in_the_header(
    given: Given, send: Send, expect: Expect, order: list[int], spellings: list[str]
) -> None:
    client = client_with_both_methods(given)
    by_header = given.issued(token_request(given, send, None, client, authentication="client_secret_basic"))
    in_body = token_request(given, send, None, client, authentication="client_secret_post").request

    reply = reply_to_request(
        send,
        replace(
            in_body,
            headers=(("Content-Type", FORM),),
            body=respelled_form(reordered(pairs_of(in_body), order), spellings).encode(),
        ),
    )

    expect_as_usual(expect, outcome(by_header), reply)


# At the authorization endpoint


@requirement("rfc6749-3.1-get-supported")
@for_any(order=orders)
def test_the_order_of_authorization_request_parameters_says_nothing(
    given: Given, send: Send, expect: Expect, order: list[int]
) -> None:
    plain = ordinary_request(given, send)
    request = send.authorization_request(plain.client, plain.response_type)

    answer = send.authorization(request, encoded=respelled_form(reordered(request.pairs, order), ["plain"]))

    deciding_reply(answer.reply)
    usual = first_uri_served(given, plain.client, plain.response_type)
    expect_alike(expect, usual, answer, plain.client.redirect_uris, "the usual order")


@requirement("rfc6749-3.1-unknown-parameter-ignored")
@for_any(cost=2, more=additions)
def test_unknown_parameters_of_an_authorization_request_say_nothing(
    given: Given, send: Send, expect: Expect, more: More
) -> None:
    plain = ordinary_request(given, send)
    request = send.authorization_request(plain.client, plain.response_type)

    answer = send.authorization(request, encoded=respelled_form(enlarged_form(request.pairs, more), ["plain"]))

    deciding_reply(answer.reply)
    usual = first_uri_served(given, plain.client, plain.response_type)
    expect_alike(expect, usual, answer, plain.client.redirect_uris, "a request without them")


@requirement("rfc6749-B-escaped-authorization-request-understood")
@for_any(cost=2, spellings=ways)
def test_escapes_in_an_authorization_request_say_nothing(
    given: Given, send: Send, expect: Expect, spellings: list[str]
) -> None:
    plain = ordinary_request(given, send)
    request = send.authorization_request(plain.client, plain.response_type)

    answer = send.authorization(request, encoded=respelled_form(request.pairs, spellings))

    deciding_reply(answer.reply)
    usual = first_uri_served(given, plain.client, plain.response_type)
    expect_alike(expect, usual, answer, plain.client.redirect_uris, "the plain spelling")


@requirement("rfc6749-3.1-post-served-like-get")
@for_any(cost=3, order=orders, more=additions)
def test_an_authorization_request_by_post_is_worth_one_by_get(
    given: Given, send: Send, expect: Expect, order: list[int], more: More
) -> None:
    plain = ordinary_request(given, send)
    taken_by_post(given, plain)
    request = send.authorization_request(plain.client, plain.response_type)
    encoded = respelled_form(enlarged_form(reordered(request.pairs, order), more), ["plain"])

    answer = send.authorization(request, method="POST", encoded=encoded)

    deciding_reply(answer.reply)
    expect_alike(
        expect, send.authorization(request, encoded=encoded), answer, plain.client.redirect_uris, "the same by GET"
    )


# At introspection and revocation


@requirement("rfc7662-2.1-unknown-hint-token-found")
@for_any(hint=unknown_hints)
def test_a_live_token_is_active_under_any_unknown_hint(given: Given, send: Send, expect: Expect, hint: str) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, token_type_hint=hint)

    expect(deciding_reply(reply)).member_is("active", True)


@requirement("rfc7662-2.1-percent-encoded-token-decoded")
@for_any(order=orders, spellings=ways, more=st.one_of(st.just([]), additions))
def test_a_live_token_is_active_however_it_is_written(
    given: Given, send: Send, expect: Expect, order: list[int], spellings: list[str], more: More
) -> None:
    asked = ask(given, send, live_token(given, send), token_type_hint="access_token").request
    body = respelled_form(enlarged_form(reordered(pairs_of(asked), order), more), spellings)

    reply = reply_to_request(send, replace(asked, body=body.encode()))

    expect(deciding_reply(reply)).member_is("active", True)


@requirement("rfc7009-2.2-invalid-hint-ignored")
@for_any(cost=2, hint=unknown_hints)
def test_a_token_is_revoked_under_any_unknown_hint(given: Given, send: Send, expect: Expect, hint: str) -> None:
    token = revocable_token(given, send)

    deciding_reply(send.revocation(token.value, token.tokens.client, token_type_hint=hint))

    expect(token).is_inactive()


@requirement("rfc7009-2.1-percent-encoded-token-decoded")
@for_any(cost=2, order=orders, spellings=ways, more=st.one_of(st.just([]), additions))
def test_a_token_is_revoked_however_it_is_written(
    given: Given, send: Send, expect: Expect, order: list[int], spellings: list[str], more: More
) -> None:
    token = revocable_token(given, send)
    client = token.tokens.client
    pairs, headers = send.authenticated({"token": token.value}, client, None, {})
    body = respelled_form(enlarged_form(reordered(pairs, order), more), spellings)

    deciding_reply(send.raw("POST", send.form_request("revocation", ()).url, [("Content-Type", FORM), *headers], body))

    expect(token).is_inactive()
