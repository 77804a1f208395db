"""RFC 6749 section 1.9: notational conventions. Names and values of parameters are case-sensitive."""

from __future__ import annotations

from dataclasses import replace

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.procedures.authorization_requests import expect_alike, is_granted, ordinary_request
from conformance.procedures.bearer import refusal_of
from conformance.procedures.client_authentication import client_served
from conformance.procedures.introspection import active_token_described
from conformance.procedures.introspection_callers import ask_as_other, expect_nothing_told
from conformance.procedures.revocation import client_let_in
from conformance.procedures.token_requests import code_exchange_seen, outcome, token_request


@requirement("rfc6749-1.9-authorization-parameter-names-exact")
def test_response_type_in_capitals_is_no_response_type(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    lacking = request.changed(response_type=OMIT)

    answer = request.changed(response_type=OMIT, RESPONSE_TYPE=request.response_type)

    expect.that(not is_granted(answer) or is_granted(lacking), f"the same as without response_type: {lacking}", answer)


@requirement("rfc6749-1.9-response-type-values-exact")
def test_a_response_type_in_capitals_is_refused(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)

    answer = request.changed(response_type=request.response_type.upper())

    expect(answer).is_refused()


@requirement("rfc6749-1.9-client-id-exact")
def test_a_client_id_in_the_other_case_is_unknown(given: Given, send: Send, expect: Expect) -> None:
    request = ordinary_request(given, send)
    unknown = request.changed(client_id=given.invented("client_id"))

    answer = request.changed(client_id=in_other_case(given, request.client.client_id))

    expect_alike(expect, unknown, answer, request.client.redirect_uris, "an unknown client")


@requirement("rfc6749-1.9-client-id-exact")
@needs("client_password")
def test_a_client_id_in_the_other_case_gets_no_token(given: Given, send: Send, expect: Expect) -> None:
    client = client_served(given, send, given.client_with_secret())
    other = replace(client, client_id=in_other_case(given, client.client_id))

    reply = token_request(given, send, None, client, other)

    expect(reply).is_refused()


@requirement("rfc6749-1.9-client-id-exact")
@needs("client_password", "revocation")
def test_a_client_id_in_the_other_case_revokes_nothing(given: Given, send: Send, expect: Expect) -> None:
    client = client_let_in(given, send, given.client_with_secret())
    token, other = given.invented("token"), replace(client, client_id=in_other_case(given, client.client_id))
    # Where whoever asks is told of success, the other case is nothing special.
    refusal_of(send.revocation(token, replace(client, client_id=given.invented("client_id"))))

    reply = send.revocation(token, other)

    expect(reply).is_refused()


@requirement("rfc6749-1.9-client-id-exact")
@needs("introspection")
def test_a_client_id_in_the_other_case_is_told_nothing(given: Given, send: Send, expect: Expect) -> None:
    active_token_described(given, send)
    caller = given.introspecting_client()
    other = replace(caller, client_id=in_other_case(given, caller.client_id))

    reply = ask_as_other(given, send, other)

    expect_nothing_told(expect, reply)


@requirement("rfc6749-1.9-token-parameter-names-exact")
def test_grant_type_in_capitals_is_no_grant_type(given: Given, send: Send, expect: Expect) -> None:
    grant = given.any_grant()
    client_served(given, send, given.client_for(grant))
    lacking = token_request(given, send, grant, grant_type=OMIT)

    reply = token_request(given, send, grant, grant_type=OMIT, GRANT_TYPE=grant)

    expect.that(outcome(reply) == outcome(lacking), f"the same as without grant_type ({lacking})", reply)


@requirement("rfc6749-1.9-grant-type-values-exact")
def test_a_grant_type_in_capitals_is_refused(given: Given, send: Send, expect: Expect) -> None:
    grant = given.any_grant()
    client_served(given, send, given.client_for(grant))

    reply = token_request(given, send, grant, grant_type=grant.upper())

    expect(reply).is_refused()


@requirement("rfc6749-1.9-code-value-exact")
def test_a_code_in_the_other_case_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(replace(code, value=in_other_case(given, code.value)))

    expect(reply).is_refused()
    given.control(code)


def in_other_case(given: Given, text: str) -> str:
    """A text with its letters in the other case; some invented one where it has none, which a note tells."""
    if text.swapcase() != text:
        return text.swapcase()
    given.note("the value has no letters, so an invented one was tried")
    return given.invented("value")
