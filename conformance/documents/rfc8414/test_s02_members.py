"""RFC 8414 section 2: what each member of the metadata is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conformance.base.uris import urlsplit
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.metadata import (
    NO_SUCH_PLACE,
    document,
    endpoint_reply,
    is_list_of_texts,
    is_url,
    member,
)
from conformance.profile.target import Target


def member_case(identifier: str, name: str) -> Any:
    """A member with the requirement that speaks of it."""
    return pytest.param(name, marks=requirement(identifier), id=name)


URLS = [
    member_case("rfc8414-2-authorization-endpoint-is-url", "authorization_endpoint"),
    member_case("rfc8414-2-token-endpoint-is-url", "token_endpoint"),
    member_case("rfc8414-2-jwks-uri-is-url", "jwks_uri"),
    member_case("rfc8414-2-registration-endpoint-is-url", "registration_endpoint"),
    member_case("rfc8414-2-service-documentation-is-url", "service_documentation"),
    member_case("rfc8414-2-op-policy-uri-is-url", "op_policy_uri"),
    member_case("rfc8414-2-op-tos-uri-is-url", "op_tos_uri"),
    member_case("rfc8414-2-revocation-endpoint-is-url", "revocation_endpoint"),
    member_case("rfc8414-2-introspection-endpoint-is-url", "introspection_endpoint"),
]
PLACES = [
    member_case("rfc8414-2-authorization-endpoint-is-url", "authorization"),
    member_case("rfc8414-2-token-endpoint-is-url", "token"),
    member_case("rfc8414-2-revocation-endpoint-is-url", "revocation"),
    member_case("rfc8414-2-introspection-endpoint-is-url", "introspection"),
]
LISTS = [
    member_case("rfc8414-2-scopes-supported-is-list", "scopes_supported"),
    member_case("rfc8414-2-response-types-supported-required", "response_types_supported"),
    member_case("rfc8414-2-response-modes-supported-is-list", "response_modes_supported"),
    member_case("rfc8414-2-grant-types-supported-is-list", "grant_types_supported"),
    member_case("rfc8414-2-token-auth-methods-is-list", "token_endpoint_auth_methods_supported"),
    member_case("rfc8414-2-token-signing-algorithms-is-list", "token_endpoint_auth_signing_alg_values_supported"),
    member_case("rfc8414-2-ui-locales-is-list", "ui_locales_supported"),
    member_case("rfc8414-2-revocation-auth-methods-is-list", "revocation_endpoint_auth_methods_supported"),
    member_case(
        "rfc8414-2-revocation-signing-algorithms-is-list", "revocation_endpoint_auth_signing_alg_values_supported"
    ),
    member_case("rfc8414-2-introspection-auth-methods-is-list", "introspection_endpoint_auth_methods_supported"),
    member_case(
        "rfc8414-2-introspection-signing-algorithms-is-list",
        "introspection_endpoint_auth_signing_alg_values_supported",
    ),
    member_case("rfc8414-2-challenge-methods-is-list", "code_challenge_methods_supported"),
]
REQUIRED = [
    member_case("rfc8414-2-issuer-required", "issuer"),
    member_case("rfc8414-2-authorization-endpoint-required", "authorization_endpoint"),
    member_case("rfc8414-2-token-endpoint-required", "token_endpoint"),
    member_case("rfc8414-2-response-types-supported-required", "response_types_supported"),
    member_case("rfc8414-2-scopes-supported-recommended", "scopes_supported"),
    member_case("rfc8414-2-challenge-methods-present", "code_challenge_methods_supported"),
]
# RFC 5646 section 2.1, as far as subtags are alike: 1 to 8 letters and digits, the first of letters.
LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
KNOWN = frozenset({each.id for each in (*URLS, *LISTS, *REQUIRED)} | {"signed_metadata"})


@pytest.mark.parametrize("name", REQUIRED)
def test_the_member_is_there(given: Given, send: Send, expect: Expect, target: Target, name: str) -> None:
    expect(document(given, send, target).reply).has_member(name)


@requirement("rfc8414-2-issuer-required")
def test_the_issuer_is_a_text(given: Given, send: Send, expect: Expect, target: Target) -> None:
    member(given, send, target, "issuer")

    expect(document(given, send, target).reply).has_member("issuer", str)


@requirement("rfc8414-2-issuer-https")
def test_the_issuer_is_an_https_url(given: Given, send: Send, expect: Expect, target: Target) -> None:
    issuer = str(member(given, send, target, "issuer"))

    secure = urlsplit(issuer).scheme == "https" and bool(urlsplit(issuer).netloc)
    expect.that(secure, "an issuer with the scheme https", issuer, breach="act")


@requirement("rfc8414-2-issuer-without-query-and-fragment")
@pytest.mark.parametrize("mark", ["?", "#"], ids=["query", "fragment"])
def test_the_issuer_is_no_more_than_a_place(
    given: Given, send: Send, expect: Expect, target: Target, mark: str
) -> None:
    issuer = str(member(given, send, target, "issuer"))

    expect.that(mark not in issuer, f"an issuer without {mark}", issuer, breach="act")


@pytest.mark.parametrize("name", URLS)
def test_the_member_is_a_url(given: Given, send: Send, expect: Expect, target: Target, name: str) -> None:
    value = member(given, send, target, name)

    expect.that(is_url(value), f"{name} as a URL", repr(value), breach="act")


@pytest.mark.parametrize("endpoint", PLACES)
def test_the_endpoint_is_there(given: Given, send: Send, expect: Expect, target: Target, endpoint: str) -> None:
    reply = endpoint_reply(given, send, target, endpoint)

    gone = reply is not None and reply.status in NO_SUCH_PLACE
    expect.that(not gone, f"the {endpoint} endpoint where the metadata has it", reply)


@requirement("rfc8414-2-jwks-uri-https")
def test_the_key_set_is_at_an_https_url(given: Given, send: Send, expect: Expect, target: Target) -> None:
    url = str(member(given, send, target, "jwks_uri"))

    expect.that(urlsplit(url).scheme == "https", "jwks_uri with the scheme https", url, breach="act")


@pytest.mark.parametrize("name", LISTS)
def test_the_member_is_a_list(given: Given, send: Send, expect: Expect, target: Target, name: str) -> None:
    value = member(given, send, target, name)

    expect.that(is_list_of_texts(value), f"{name} as an array of strings", repr(value), breach="act")


@requirement("rfc8414-2-scopes-supported-is-list")
def test_each_element_is_one_scope(given: Given, send: Send, expect: Expect, target: Target) -> None:
    value = member(given, send, target, "scopes_supported")

    joined = [each for each in value if isinstance(each, str) and " " in each] if isinstance(value, list) else []
    expect.that(not joined, "one scope in each element", ", ".join(joined), breach="act", about="scope")


@requirement("rfc8414-2-ui-locales-is-list")
def test_each_locale_is_a_language_tag(given: Given, send: Send, expect: Expect, target: Target) -> None:
    value = member(given, send, target, "ui_locales_supported")

    odd = [each for each in value if not LANGUAGE_TAG.fullmatch(str(each))] if isinstance(value, list) else []
    expect.that(not odd, "language tags (BCP 47)", ", ".join(map(str, odd)), breach="act")


@requirement("rfc8414-3.2-several-values-in-arrays")
def test_lists_are_arrays(given: Given, send: Send, expect: Expect, target: Target) -> None:
    members = document(given, send, target).members

    lists = [each for each in members if each.endswith("_supported") and "_parameter" not in each]
    odd = [each for each in lists if isinstance(members[each], str | dict)]
    expect.that(not odd, "arrays where several values may stand", f"{', '.join(odd)} as something else", breach="act")


@requirement("rfc8414-3.2-empty-lists-omitted")
def test_no_list_is_empty(given: Given, send: Send, expect: Expect, target: Target) -> None:
    members = document(given, send, target).members

    forced = {"response_types_supported"} if "authorization_endpoint" not in target.features else set()
    empty = [name for name, value in members.items() if value == [] and name not in forced]
    expect.that(not empty, "no list without elements", ", ".join(empty), breach="act")


@requirement("rfc8414-2-further-members")
def test_there_may_be_further_members(given: Given, send: Send, target: Target) -> None:
    members = document(given, send, target).members

    given.note(f"members beyond RFC 8414: {', '.join(sorted(set(members) - KNOWN)) or 'none'}")
