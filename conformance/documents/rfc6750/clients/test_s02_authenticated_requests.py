"""RFC 6750 section 2: how a client sends its token to the resource."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.serve import Serve
from conformance.documents.rfc6750.clients.token_requests import (
    avoidable_form,
    avoidable_query,
    by_several_methods,
    in_form,
    in_query,
    login_with_token_use,
    login_with_tokens_carried,
    not_in_header,
    unseparated_parameters,
    without_no_store,
    wrongly_in_form,
)

requirement, needs = pytest.mark.requirement, pytest.mark.needs
OCCASIONS = [
    "login",
    *(
        pytest.param(name, marks=needs(feature))
        for name, feature in (
            ("refresh", "refresh_token"),
            ("client_credentials", "client_credentials"),
            ("password", "password"),
        )
    ),
    "refused",
    "second_login",
    "second_issuer",
]


@requirement("rfc6750-2-one-method-per-request")
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_a_request_carries_its_token_in_one_way(serve: Serve, expect: Expect, occasion: str) -> None:
    login = login_with_token_use(serve, occasion)

    expect(login).every("resource", "one way of sending the token", by_several_methods)


@requirement("rfc6750-2.1-client-uses-header")
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_the_token_is_in_the_header(serve: Serve, expect: Expect, occasion: str) -> None:
    login = login_with_token_use(serve, occasion)

    expect(login).every("resource", "Authorization: Bearer", not_in_header(login))


@requirement("rfc6750-2.2-form-conditions")
def test_a_form_may_carry_a_token(serve: Serve, expect: Expect) -> None:
    login = login_with_tokens_carried(serve, in_form, "body")

    expect(login).every("resource", "a single form in a request whose body has a meaning", wrongly_in_form)


@requirement("rfc6750-2.2-form-parameters-separated")
def test_the_token_is_a_parameter_of_the_form(serve: Serve, expect: Expect) -> None:
    login = login_with_tokens_carried(serve, in_form, "body")

    expect(login).every("resource", "access_token by itself", unseparated_parameters(login, lambda sent: sent.form))


@requirement("rfc6750-2.2-form-body-avoided")
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_the_token_is_in_no_form(serve: Serve, expect: Expect, occasion: str) -> None:
    login = login_with_token_use(serve, occasion)

    expect(login).every("resource", "a token in the header, not in a form", avoidable_form)


@requirement("rfc6750-2.3-query-parameters-separated")
def test_the_token_is_a_parameter_of_the_query(serve: Serve, expect: Expect) -> None:
    login = login_with_tokens_carried(serve, in_query, "URL")

    expect(login).every("resource", "access_token by itself", unseparated_parameters(login, lambda sent: sent.query))


@requirement("rfc6750-2.3-client-sends-no-store")
def test_a_token_in_the_query_is_kept_out_of_caches(serve: Serve, expect: Expect) -> None:
    login = login_with_tokens_carried(serve, in_query, "URL")

    expect(login).every("resource", "Cache-Control: no-store", without_no_store)


@requirement("rfc6750-2.3-query-avoided")
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_the_token_is_in_no_query(serve: Serve, expect: Expect, occasion: str) -> None:
    login = login_with_token_use(serve, occasion)

    expect(login).every("resource", "a token in the header, not in the URL", avoidable_query)
