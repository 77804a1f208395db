"""RFC 8414 section 2: whether the lists of the metadata tell what the server does."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from conformance.base.outcomes import NotApplicable
from conformance.documents.rfc8414.listed import (
    asked_by_mode,
    asked_where_named,
    caller_by,
    introspected_where_named,
    revoked_where_named,
    tokens_where_named,
)
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.harness.refusals import refuses_client
from conformance.procedures import authorization_answers
from conformance.procedures.client_authentication import own_request
from conformance.procedures.introspection import ask, live_token, says_active
from conformance.procedures.metadata import (
    BY_JWT,
    GRANT_NAMES,
    RESPONSE_TYPES,
    claimed_grants,
    declared_methods,
    document,
    listed_elsewhere,
    names,
    refused_grant_types,
    refused_response_types,
)
from conformance.procedures.pkce import Pair, expect_served, flow, plain_pair, s256_pair
from conformance.profile.target import Target

TOKEN_TYPES = ("Bearer", "DPoP", "PoP", "N_A")
ENDPOINTS = ("token", "revocation", "introspection")


def need_left_out(given: Given, send: Send, target: Target, name: str) -> None:
    """Go on where the metadata has no such member, which claims its default."""
    if name in document(given, send, target).members:
        raise NotApplicable(f"the metadata has {name}: its default isn't claimed")


def need_listed(given: Given, send: Send, target: Target, name: str, value: str) -> None:
    """Go on where a list claims a value."""
    if value not in names(given, send, target, name):
        raise NotApplicable(f"{value} isn't in {name}")


def need_claimed(methods: Collection[str], wanted: Collection[str]) -> None:
    """Go on where one of some methods is among those that a list claims."""
    if not set(methods) & set(wanted):
        raise NotApplicable(f"no {' or '.join(wanted)} is claimed")


@requirement("rfc8414-2-authorization-endpoint-is-url")
@needs("authorization_code")
def test_the_named_authorization_endpoint_grants(given: Given, send: Send, expect: Expect, target: Target) -> None:
    answer = asked_where_named(given, send, target)

    expect.that(bool(answer.get("code")), "an authorization endpoint where the metadata has it", answer)


@requirement("rfc8414-2-token-endpoint-is-url")
@needs("client_credentials")
def test_the_named_token_endpoint_issues(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = tokens_where_named(given, send, target)

    expect.that(reply.is_served, "a token endpoint where the metadata has it", reply)


@requirement("rfc8414-2-revocation-endpoint-is-url")
@needs("revocation")
def test_the_named_revocation_endpoint_revokes(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply, alive = revoked_where_named(given, send, target)

    expect.that(reply.is_served and not alive, "a revocation endpoint where the metadata has it", reply)


@requirement("rfc8414-2-introspection-endpoint-is-url")
@needs("introspection")
def test_the_named_introspection_endpoint_tells(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = introspected_where_named(given, send, target)

    expect.that(says_active(reply), "an introspection endpoint where the metadata has it", reply)


@requirement("rfc8414-2-response-types-served")
def test_no_listed_response_type_is_unsupported(given: Given, send: Send, expect: Expect, target: Target) -> None:
    refused = refused_response_types(given, send, target)

    expect.that(not refused, "each listed response type to be supported", next(iter(refused), None))


@requirement("rfc8414-2-response-types-complete")
@pytest.mark.parametrize(
    "name",
    [pytest.param("code", marks=needs("authorization_code")), pytest.param("token", marks=needs("implicit"))],
)
def test_a_served_response_type_is_listed(given: Given, send: Send, expect: Expect, target: Target, name: str) -> None:
    known = names(given, send, target, "response_types_supported")

    expect.that(name in known, f"{name} in response_types_supported", ", ".join(known))


@requirement("rfc8414-2-response-type-values")
def test_response_types_are_no_grants(given: Given, send: Send, expect: Expect, target: Target) -> None:
    others = [each for each in GRANT_NAMES if each not in RESPONSE_TYPES]
    odd = listed_elsewhere(given, send, target, "response_types_supported", others)

    expect.that(not odd, "response types as registered", ", ".join(odd), breach="act")


@requirement("rfc8414-2-response-modes-default")
def test_by_default_a_code_comes_in_the_query(given: Given, send: Send, expect: Expect, target: Target) -> None:
    need_left_out(given, send, target, "response_modes_supported")
    answer = authorization_answers.granted_answer(given, send)

    expect.that("code" in dict(answer.query), "the code in the query", answer, breach="act", about=("client", "place"))


@requirement("rfc8414-2-response-modes-served")
def test_a_listed_form_post_is_served(given: Given, send: Send, expect: Expect, target: Target) -> None:
    need_listed(given, send, target, "response_modes_supported", "form_post")

    answer = asked_by_mode(given, send, "form_post")
    in_url = [name for name, _ in (*answer.query, *answer.fragment) if name == "code"]
    expect.that(not in_url, "no code in a URL, as by form_post", answer, breach="act")


@requirement("rfc8414-2-grant-types-served")
def test_no_listed_grant_type_is_unsupported(given: Given, send: Send, expect: Expect, target: Target) -> None:
    refused = refused_grant_types(given, send, target)

    expect.that(not refused, "each listed grant type to be supported", next(iter(refused), None))


@requirement("rfc8414-2-grant-types-complete")
def test_served_grant_types_are_listed(given: Given, send: Send, expect: Expect, target: Target) -> None:
    known = names(given, send, target, "grant_types_supported")

    unlisted = [each for each in claimed_grants(target) if each not in known]
    expect.that(not unlisted, "the claimed grants in grant_types_supported", f"not there: {', '.join(unlisted)}")


@requirement("rfc8414-2-grant-types-complete")
@needs("extension_grant")
def test_a_served_extension_grant_is_listed(given: Given, send: Send, expect: Expect, target: Target) -> None:
    known = names(given, send, target, "grant_types_supported")

    name = given.extension_grant()["grant_type"]
    expect.that(name in known, f"{name} in grant_types_supported", ", ".join(known))


@requirement("rfc8414-2-grant-type-values")
def test_grant_types_are_no_response_types(given: Given, send: Send, expect: Expect, target: Target) -> None:
    odd = listed_elsewhere(given, send, target, "grant_types_supported", ("code", "token", "id_token"))

    expect.that(not odd, "grant types as registered", ", ".join(odd), breach="act")


@requirement("rfc8414-2-grant-types-default")
def test_without_a_list_there_are_code_and_implicit(given: Given, send: Send, expect: Expect, target: Target) -> None:
    need_left_out(given, send, target, "grant_types_supported")

    served = set(claimed_grants(target))
    told = f"served: {', '.join(sorted(served))}"
    expect.that(served == {"authorization_code", "implicit"}, "the code and implicit grants, as by default", told)


@requirement("rfc8414-2-token-auth-methods-served")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_listed_method_authenticates(given: Given, send: Send, expect: Expect, target: Target, method: str) -> None:
    need_listed(given, send, target, "token_endpoint_auth_methods_supported", method)
    client = given.client_authenticating_by(method)

    reply = own_request(given, send, client)
    expect.that(reply.is_served, f"{method} to authenticate", reply)


@requirement("rfc8414-2-token-auth-methods-complete")
def test_methods_that_clients_use_are_listed(given: Given, send: Send, expect: Expect, target: Target) -> None:
    known = names(given, send, target, "token_endpoint_auth_methods_supported")

    unlisted = [each for each in declared_methods(target) if each not in known]
    expect.that(not unlisted, "the methods of the profile's clients", f"not there: {', '.join(unlisted)}")


@requirement("rfc8414-2-introspection-auth-methods-served")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_a_listed_method_authenticates_at_introspection(
    given: Given, send: Send, expect: Expect, target: Target, method: str
) -> None:
    need_listed(given, send, target, "introspection_endpoint_auth_methods_supported", method)
    caller = caller_by(given, method)

    reply = ask(given, send, live_token(given, send), caller)

    expect.that(not refuses_client(reply), f"{method} to authenticate", reply)


@pytest.mark.parametrize(
    ("where", "others"),
    [
        pytest.param(
            where,
            () if where == "introspection" else TOKEN_TYPES,
            marks=requirement(f"rfc8414-2-{where}-auth-method-values"),
            id=where,
        )
        for where in ENDPOINTS
    ],
)
def test_methods_are_written_as_registered(
    given: Given, send: Send, expect: Expect, target: Target, where: str, others: tuple[str, ...]
) -> None:
    odd = listed_elsewhere(given, send, target, f"{where}_endpoint_auth_methods_supported", others)

    expect.that(not odd, "methods as registered", ", ".join(odd), breach="act")


@requirement("rfc8414-2-token-auth-methods-default")
def test_without_a_list_basic_authenticates(given: Given, send: Send, expect: Expect, target: Target) -> None:
    need_left_out(given, send, target, "token_endpoint_auth_methods_supported")
    client = given.client_authenticating_by("client_secret_basic")

    reply = own_request(given, send, client)
    expect.that(reply.is_served, "HTTP Basic to authenticate", reply)


@requirement("rfc8414-2-revocation-auth-methods-default")
def test_without_a_list_basic_authenticates_at_revocation(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    need_left_out(given, send, target, "revocation_endpoint_auth_methods_supported")
    client = given.client_authenticating_by("client_secret_basic")

    reply = send.revocation(given.invented("token"), client)

    refused = reply.status == 401 or reply.members.get("error") == "invalid_client"
    expect.that(not refused, "HTTP Basic to authenticate", reply)


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(where, marks=requirement(f"rfc8414-2-{where}-signing-algorithms-present"), id=where)
        for where in ENDPOINTS
    ],
)
def test_algorithms_are_listed_beside_methods_by_jwt(
    given: Given, send: Send, expect: Expect, target: Target, where: str
) -> None:
    methods = names(given, send, target, f"{where}_endpoint_auth_methods_supported")
    need_claimed(methods, BY_JWT)

    expect(document(given, send, target).reply).has_member(f"{where}_endpoint_auth_signing_alg_values_supported")


@requirement("rfc8414-2-token-signing-rs256")
def test_rs256_is_supported(given: Given, send: Send, expect: Expect, target: Target) -> None:
    algorithms = names(given, send, target, "token_endpoint_auth_signing_alg_values_supported")

    expect.that("RS256" in algorithms, "RS256 among the algorithms", ", ".join(algorithms))


@pytest.mark.parametrize(
    "where",
    [pytest.param(where, marks=requirement(f"rfc8414-2-{where}-signing-not-none"), id=where) for where in ENDPOINTS],
)
def test_none_is_no_algorithm(given: Given, send: Send, expect: Expect, target: Target, where: str) -> None:
    algorithms = names(given, send, target, f"{where}_endpoint_auth_signing_alg_values_supported")

    expect.that("none" not in algorithms, "no algorithm none", ", ".join(algorithms), breach="act")


@requirement("rfc8414-2-challenge-methods-served")
@pytest.mark.parametrize(("method", "pair"), [("S256", s256_pair), ("plain", plain_pair)], ids=["S256", "plain"])
def test_a_listed_challenge_method_is_served(
    given: Given, send: Send, expect: Expect, target: Target, method: str, pair: Callable[[], Pair]
) -> None:
    need_listed(given, send, target, "code_challenge_methods_supported", method)

    expect_served(expect, flow(given, send, "main", pair))


@requirement("rfc8414-2-challenge-methods-complete")
@pytest.mark.parametrize("method", ["S256", pytest.param("plain", marks=needs("pkce_plain"))])
def test_a_served_challenge_method_is_listed(
    given: Given, send: Send, expect: Expect, target: Target, method: str
) -> None:
    known = names(given, send, target, "code_challenge_methods_supported")

    expect.that(method in known, f"{method} among the challenge methods", ", ".join(known))


@requirement("rfc8414-2-challenge-method-values")
def test_challenge_methods_are_written_as_registered(given: Given, send: Send, expect: Expect, target: Target) -> None:
    odd = listed_elsewhere(given, send, target, "code_challenge_methods_supported", ())

    expect.that(not odd, "challenge methods as registered", ", ".join(odd), breach="act")


@requirement("rfc8414-2-scopes-unlisted")
def test_scopes_may_be_kept_out_of_the_list(given: Given, send: Send, target: Target) -> None:
    known = names(given, send, target, "scopes_supported")

    used = {scope for client in target.clients.values() for scope in client.scopes}
    given.note(f"scopes of clients that aren't listed: {', '.join(sorted(used - set(known))) or 'none'}")
