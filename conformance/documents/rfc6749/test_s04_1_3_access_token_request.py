"""RFC 6749 section 4.1.3: access token request with an authorization code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.harness.send import FORM
from conformance.procedures.authorization_answers import code_client, other_redirect_uri, served_without_redirect_uri
from conformance.procedures.code_exchanges import (
    altered,
    code_of,
    in_the_name_of_another,
    presented_by_another,
    seen_exchanged,
)
from conformance.procedures.redirects import second_uri
from conformance.procedures.token_requests import (
    code_exchange_seen,
    good_request,
    reply_to_request,
    with_content_type,
    with_everything_escaped,
)

# Redirection URIs that differ from the one of the authorization request as little as can be.
DIFFERENCES: dict[str, Callable[[str], str]] = {
    "character-more": lambda uri: f"{uri}x",
    "character-less": lambda uri: uri[:-1],
    "letter-case": lambda uri: uri.swapcase(),
    "query-added": lambda uri: f"{uri}{'&' if '?' in uri else '?'}more=1",
    "slash-added": lambda uri: f"{uri}/",
    "dot-replaced": lambda uri: uri.replace(".", "x", 1),
    "character-replaced": lambda uri: f"{uri[:-1]}{'x' if uri[-1] != 'x' else 'y'}",
    "letter-escaped": lambda uri: f"{uri[:-1]}%{ord(uri[-1]):02X}",
    "space-behind": lambda uri: f"{uri} ",
    "fragment-added": lambda uri: f"{uri}#more",
    "port-added": lambda uri: re.sub(r"(?<=[^/:])(?=/)", ":8442", uri, count=1),
}
# Clients that a server may check less of than of others: without a secret, and with one place to go back to.
OTHER_KINDS = ["public", "single_redirect"]


# The form


@requirement("rfc6749-4.1.3-form-body-served")
@pytest.mark.parametrize("content_type", [FORM, f"{FORM};charset=UTF-8", f"{FORM}; charset=utf-8"])
def test_a_form_encoded_body_is_served(given: Given, send: Send, expect: Expect, content_type: str) -> None:
    request = good_request(given, send, "authorization_code")

    reply = reply_to_request(send, with_content_type(request, content_type))

    expect(reply).issues_a_token()


@requirement("rfc6749-4.1.3-form-encoding-decoded")
def test_escapes_in_the_body_are_undone(given: Given, send: Send, expect: Expect) -> None:
    request = good_request(given, send, "authorization_code")

    reply = reply_to_request(send, with_everything_escaped(request))

    expect(reply).issues_a_token()


# grant_type and code


@requirement("rfc6749-4.1.3-grant-type-required")
def test_an_exchange_without_grant_type_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, grant_type=OMIT)

    expect(reply).is_not_served()
    given.control(code)


@requirement("rfc6749-4.1.3-grant-type-served")
@pytest.mark.parametrize("name", ["confidential", "public", "single_redirect"])
def test_the_grant_type_is_served(given: Given, send: Send, expect: Expect, name: str) -> None:
    code = given.authorization_code(code_client(given, name))

    reply = send.code_exchange(code, grant_type="authorization_code")

    expect(reply).issues_a_token()


@requirement("rfc6749-4.1.3-grant-type-exact")
@pytest.mark.parametrize("grant_type", ["AUTHORIZATION_CODE", "Authorization_Code", "authorization-code", "code"])
def test_a_similar_grant_type_is_refused(given: Given, send: Send, expect: Expect, grant_type: str) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, grant_type=grant_type)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-code-required")
def test_an_exchange_without_code_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, code=OMIT)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-invalid-code-refused")
def test_an_invented_code_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, code=given.invented("code"))

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-invalid-code-refused")
def test_an_altered_code_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(altered(code))

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-invalid-code-refused")
def test_an_access_token_is_no_code(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    tokens = given.tokens("authorization_code")
    code = given.authorization_code()

    reply = send.code_exchange(code, code=tokens.access_token)

    expect(reply).is_refused()
    given.control(code)


# redirect_uri


@requirement("rfc6749-4.1.3-redirect-uri-required")
def test_an_exchange_without_redirect_uri_is_refused(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, redirect_uri=OMIT)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-redirect-uri-required")
def test_the_only_redirect_uri_is_not_put_in_for_one_that_is_owed(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(seen_exchanged(given, given.client("single_redirect")))

    reply = send.code_exchange(code, redirect_uri=OMIT)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-redirect-uri-identical")
@pytest.mark.parametrize("difference", DIFFERENCES)
def test_a_redirect_uri_that_differs_is_refused(given: Given, send: Send, expect: Expect, difference: str) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, redirect_uri=DIFFERENCES[difference](code.redirect_uri or ""))

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-redirect-uri-identical")
def test_a_redirect_uri_that_differs_is_refused_each_time(given: Given, send: Send, expect: Expect) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()
    different = f"{code.redirect_uri}x"

    send.code_exchange(code, redirect_uri=different)
    reply = send.code_exchange(code, redirect_uri=different)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.3-redirect-uri-identical")
def test_the_first_redirect_uri_is_refused_where_the_second_was_asked_for(
    given: Given, send: Send, expect: Expect
) -> None:
    code_exchange_seen(given)
    client = given.client_for("authorization_code")
    code = given.authorization_code(client, redirect_uri=second_uri(client))

    reply = send.code_exchange(code, redirect_uri=client.redirect_uris[0])

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-redirect-uri-identical")
@pytest.mark.parametrize("name", OTHER_KINDS)
def test_a_redirect_uri_that_differs_is_refused_to_any_client(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    code = code_of(given, name)

    reply = send.code_exchange(code, redirect_uri=f"{code.redirect_uri}x")

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-redirect-uri-identical")
@pytest.mark.parametrize("name", ["public", "other"])
def test_another_registered_redirect_uri_is_refused_to_any_client(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    code = code_of(given, name)

    reply = send.code_exchange(code, redirect_uri=other_redirect_uri(code.client))

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-redirect-uri-required")
def test_an_exchange_of_a_public_client_without_redirect_uri_is_refused(
    given: Given, send: Send, expect: Expect
) -> None:
    code = code_of(given, "public")

    reply = send.code_exchange(code, redirect_uri=OMIT)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-redirect-uri-not-owed")
def test_a_redirect_uri_that_was_not_sent_is_not_owed(given: Given, send: Send, expect: Expect) -> None:
    client = code_client(given, "single_redirect")
    seen_exchanged(given, client)
    with given.arranging():
        answer = served_without_redirect_uri(send.authorize(client, redirect_uri=OMIT))

    reply = send.code_exchange(given.code_in(answer))

    expect(reply).issues_a_token()


# The client


@requirement("rfc6749-4.1.3-client-id-required")
def test_a_public_client_without_client_id_is_refused(given: Given, send: Send, expect: Expect) -> None:
    client = code_client(given, "public")
    seen_exchanged(given, client)
    code = given.authorization_code(client)

    reply = send.code_exchange(code, authentication="absent")

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-client-id-identifies")
def test_a_public_client_with_client_id_is_served(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(code_client(given, "public"))

    reply = send.code_exchange(code, authentication="none")

    expect(reply).issues_a_token()


@requirement("rfc6749-4.1.3-authentication-required")
@pytest.mark.parametrize("authentication", ["none", "absent"], ids=["client_id-alone", "nothing"])
def test_a_client_with_a_secret_has_to_authenticate(
    given: Given, send: Send, expect: Expect, authentication: str
) -> None:
    client = given.client_with_secret("authorization_code")
    seen_exchanged(given, client)
    code = given.authorization_code(client)

    reply = send.code_exchange(code, authentication=authentication)

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-authentication-verified")
@pytest.mark.parametrize("wrong", ["client_secret", "client_id"])
def test_wrong_client_authentication_is_refused(given: Given, send: Send, expect: Expect, wrong: str) -> None:
    client = given.client_with_secret("authorization_code")
    seen_exchanged(given, client)
    code = given.authorization_code(client)
    invented: dict[str, Any] = {wrong: given.invented(wrong)}

    reply = send.code_exchange(code, client=replace(client, **invented))

    expect(reply).is_refused()
    given.control(code)


@requirement("rfc6749-4.1.3-other-confidential-client-refused")
def test_a_code_of_another_client_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = presented_by_another(given, send, "other", "confidential")

    expect(reply).is_refused()


@requirement("rfc6749-4.1.3-other-confidential-client-refused")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_code_of_another_client_is_refused_by_each_method(
    given: Given, send: Send, expect: Expect, method: str
) -> None:
    presenter = given.client_authenticating_by(method, "authorization_code")

    reply = presented_by_another(given, send, "other", presenter.name, method)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.3-other-confidential-client-refused")
def test_who_authenticates_takes_no_other_clients_name(given: Given, send: Send, expect: Expect) -> None:
    reply = in_the_name_of_another(given, send)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.3-public-client-id-matches")
@pytest.mark.parametrize(
    ("issued_to", "presented_by"),
    [("confidential", "public"), ("public", "confidential")],
    ids=["by-public", "of-public"],
)
def test_a_code_of_a_public_client_is_its_own(
    given: Given, send: Send, expect: Expect, issued_to: str, presented_by: str
) -> None:
    reply = presented_by_another(given, send, issued_to, presented_by)

    expect(reply).is_refused()


@requirement("rfc6749-4.1.3-public-client-id-matches")
def test_a_code_of_a_public_client_is_refused_to_an_unknown_one(given: Given, send: Send, expect: Expect) -> None:
    client = code_client(given, "public")
    seen_exchanged(given, client)
    code = given.authorization_code(client)

    reply = send.code_exchange(code, client_id=given.invented("client_id"))

    expect(reply).is_refused()
    given.control(code)
