"""What holds of any answer, whatever was asked: it is well-formed, does no harm, and gives nothing away."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import strategies as st

from conformance.base.outcomes import Inconclusive
from conformance.base.uris import urlsplit
from conformance.documents.rfc6749.hostile_input import harm_in
from conformance.documents.rfc6749.texts_in_answers import strings
from conformance.fuzz.engine import for_any
from conformance.fuzz.mangling import ODD_HEADERS
from conformance.fuzz.messages import Message
from conformance.fuzz.requests import any_form, any_markup, any_message, messages_of_strangers
from conformance.fuzz.rewriting import (
    additions,
    claimed_grants,
    enlarged_form,
    pairs_of,
    respelled_form,
    served_request,
    usual_outcome,
)
from conformance.fuzz.sending import reply_to_message
from conformance.fuzz.strategies import alterations, altered
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures import token_requests
from conformance.procedures.introspection import ask, live_token
from conformance.procedures.refreshing import refreshable_tokens
from conformance.procedures.resource_access import opening_token
from conformance.procedures.token_requests import code_exchange_seen
from conformance.wire.challenges import schemes
from conformance.wire.exchange import Reply

Alteration = tuple[int, str, bool]
HARMLESS = "an answer to which the input adds nothing"


def at_endpoint(endpoint: str) -> pytest.MarkDecorator:
    """The one endpoint that a test is about."""
    return pytest.mark.parametrize("endpoint", [endpoint])


# Errors


@requirement("rfc6749-5.2-error-member-present")
@at_endpoint("token")
@for_any(message=any_form)
def test_a_proper_form_is_refused_with_an_error_code(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    reply = refused_reply(reply_to_message(given, send, message))

    expect(reply).has_member("error", str)


@requirement("rfc6749-5.2-error-media-type-json")
@at_endpoint("token")
@for_any(message=any_form)
def test_an_error_is_json(given: Given, send: Send, expect: Expect, endpoint: str, message: Message) -> None:
    reply = refused_reply(reply_to_message(given, send, message))

    expect(reply).has_media_type("application/json")


@requirement("rfc6749-5.2-error-characters")
@at_endpoint("token")
@for_any(message=any_message)
def test_an_error_code_has_its_characters(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    expect.syntax("error", given.present(strings(reply_to_message(given, send, message), "error"), "error code"))


@requirement("rfc6749-5.2-error-description-characters")
@at_endpoint("token")
@for_any(message=any_form)
def test_an_error_description_has_its_characters(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    told = given.present(strings(reply_to_message(given, send, message), "error_description"), "error_description")

    expect.syntax("error_description", told)


@requirement("rfc7009-2.2.1-error-members-well-formed")
@at_endpoint("revocation")
@for_any(message=any_form)
def test_an_error_of_revocation_has_its_characters(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    reply = reply_to_message(given, send, message)
    names = ("error", "error_description", "error_uri")

    told = given.present(((name, value) for name in names for value in strings(reply, name)), "error")

    for element, value in told:
        expect.syntax(element, value)


@requirement("rfc6749-A.8-authorization-error-description-characters")
@at_endpoint("authorization")
@for_any(message=any_form)
def test_an_error_that_comes_back_has_its_characters(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    back = brought_back(reply_to_message(given, send, message))
    told = given.present((value for name, value in back if name == "error_description"), "error_description")

    expect.syntax("error_description", told)


@requirement("rfc6749-5.2-header-authentication-failed-challenge")
@needs("client_password")
@for_any(cost=3, batch=messages_of_strangers)
def test_every_failed_authentication_is_challenged(
    given: Given, send: Send, expect: Expect, batch: list[Message]
) -> None:
    given.intrusive()

    for reply in [reply_to_message(given, send, message) for message in batch]:
        expect.that(reply.status != 401 or "basic" in schemes(reply), "a challenge of the scheme Basic", reply)


# Harm


@requirement("rfc6749-10.14-hostile-token-request-harmless")
@at_endpoint("token")
@for_any(message=any_markup)
def test_no_text_breaks_out_of_a_token_response(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    harm = harm_in(reply_to_message(given, send, message))

    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")


@requirement("rfc6749-10.14-hostile-page-input-harmless")
@at_endpoint("authorization")
@for_any(message=any_markup)
def test_no_text_breaks_out_of_a_page(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    harm = harm_in(reply_to_message(given, send, message))

    expect.that(not harm, HARMLESS, " and ".join(harm), breach="act")


# Tokens and codes


@requirement("rfc6749-3.1-resource-owner-signs-in-first")
@at_endpoint("authorization")
@for_any(message=any_message)
def test_nobody_signed_in_gets_nothing(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    expect(reply_to_message(given, send, message)).issues_nothing()


@requirement("rfc6749-5-invalid-request-gets-error")
@at_endpoint("token")
@for_any(message=any_message)
def test_an_invented_grant_brings_no_token(
    given: Given, send: Send, expect: Expect, endpoint: str, message: Message
) -> None:
    expect(reply_to_message(given, send, message)).issues_nothing()


@requirement("rfc6749-6-refresh-token-validated")
@for_any(cost=1.5, alteration=alterations)
def test_an_altered_refresh_token_is_refused(given: Given, send: Send, expect: Expect, alteration: Alteration) -> None:
    tokens = refreshable_tokens(given, send)

    reply = send.refresh(tokens, refresh_token=altered(tokens.refresh_token or "", alteration))

    expect(reply).issues_nothing()


@requirement("rfc6749-4.1.3-invalid-code-refused")
@for_any(cost=2, alteration=alterations)
def test_an_altered_code_is_refused(given: Given, send: Send, expect: Expect, alteration: Alteration) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, code=altered(code.value, alteration))

    expect(reply).issues_nothing()


@requirement("rfc7662-2.2-unknown-token-inactive")
@for_any(alteration=alterations)
def test_an_altered_token_is_not_active(given: Given, send: Send, expect: Expect, alteration: Alteration) -> None:
    reply = ask(given, send, altered(live_token(given, send), alteration))

    expect.that(reply.members.get("active") is not True, "a token that isn't active", reply, breach="act")


@requirement("rfc6749-7-invalid-token-refused")
@for_any(alteration=alterations)
def test_an_altered_token_opens_nothing(given: Given, send: Send, expect: Expect, alteration: Alteration) -> None:
    token = altered(opening_token(given, send).value, in_a_header(alteration))

    reply = send.resource(token)

    expect.that(not reply.is_served, "a refusal", reply, breach="act", about="refusal")


@requirement("rfc6749-5.1-token-response-no-store")
@for_any(grant=claimed_grants, more=additions, headers=st.lists(ODD_HEADERS, max_size=2))
def test_no_token_is_stored_by_a_cache(
    given: Given,
    send: Send,
    expect: Expect,
    grant: str,
    more: list[tuple[int, str, str]],
    headers: list[tuple[str, str]],
) -> None:
    usual_outcome(given, send, grant)
    request = served_request(given, send, grant)
    body = respelled_form(enlarged_form(pairs_of(request), more), ["plain"]).encode()

    reply = token_requests.reply_to_request(send, replace(request, headers=(*request.headers, *headers), body=body))

    expect(with_token(reply)).has_header("Cache-Control", "no-store")


# Reading answers


def refused_reply(reply: Reply) -> Reply:
    """The reply, where it is the refusal that section 5.2 describes; what a proxy refuses looks otherwise."""
    if reply.status not in (400, 401):
        raise Inconclusive(f"no error response: {reply}")
    return reply


def with_token(reply: Reply) -> Reply:
    """The reply, where it carries a token: that a header of no meaning is borne is another sentence's matter."""
    if not reply.members.get("access_token"):
        raise Inconclusive(f"no token came: {reply}")
    return reply


def brought_back(reply: Reply) -> list[tuple[str, str]]:
    """The parameters that a redirect has in its query and fragment."""
    parts = urlsplit(reply.header("Location") or "")
    return [pair for text in (parts.query, parts.fragment) for pair in parse_qsl(text, keep_blank_values=True)]


def in_a_header(alteration: Alteration) -> Alteration:
    """The alteration with what a header can have: nothing but visible characters, as octets."""
    keep, text, follows = alteration
    octets = text.encode().decode("latin-1")
    return keep, "".join(each for each in octets if each.isprintable() and not each.isspace()) or "*", follows
