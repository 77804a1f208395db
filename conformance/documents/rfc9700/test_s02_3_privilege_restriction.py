"""RFC 9700 sections 2.3 and 4.10.2: privileges and audiences of access tokens."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.audiences import ELSEWHERE, audience_of, meant_for_elsewhere
from conformance.documents.rfc9700.pkce_support import standard_metadata
from conformance.documents.rfc9700.privileges import of_narrow_request
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.resource_access import of_other_scope
from conformance.profile.target import Target

DETAILS = "authorization_details_types_supported"
BY_GRANT = pytest.mark.parametrize(
    "grant",
    [
        pytest.param("authorization_code", marks=needs("authorization_code")),
        pytest.param("client_credentials", marks=needs("client_credentials")),
    ],
)


@requirement("rfc9700-2.3-privileges-minimal")
@BY_GRANT
def test_a_token_has_what_was_asked_for(given: Given, send: Send, expect: Expect, grant: str) -> None:
    scope, asked = of_narrow_request(given, send, grant)

    beyond = scope - asked
    expect.that(
        not beyond, f"the scope {' '.join(asked)} and no more", " ".join(sorted(scope)), breach="act", about="scope"
    )


@requirement("rfc9700-2.3-audience-restricted")
@BY_GRANT
def test_a_token_has_an_audience(given: Given, send: Send, expect: Expect, grant: str) -> None:
    audience = audience_of(given, send, given.tokens(grant))

    expect.that(bool(audience), "an access token that is meant for somebody", "no audience")


@requirement("rfc9700-2.3-audience-in-aud")
def test_where_the_audience_stands_is_noted(given: Given, send: Send) -> None:
    audience = audience_of(given, send, given.tokens())

    given.note(f"`aud` says: {', '.join(sorted(audience)) or 'nothing'}")


@requirement("rfc9700-2.3-resource-chosen-by-request")
def test_what_resource_does_is_noted(given: Given, send: Send) -> None:
    given.note(f"a request for the resource {ELSEWHERE} is {meant_for_elsewhere(given, send)}")


@requirement("rfc9700-4.10.2-unknown-resource-refused")
def test_whether_unknown_resources_are_refused_is_noted(given: Given, send: Send) -> None:
    given.note(f"a request for an unknown resource is {meant_for_elsewhere(given, send)}")


@requirement("rfc9700-2.3-resource-checks-actions")
def test_a_token_for_something_else_is_refused(given: Given, send: Send, expect: Expect) -> None:
    reply = of_other_scope(given, send)

    expect(reply).is_not_served()


@requirement("rfc9700-2.3-actions-chosen-by-request")
def test_whether_details_can_be_asked_for_is_noted(given: Given, send: Send, target: Target) -> None:
    types = standard_metadata(given, send, target).members.get(DETAILS)

    given.note(f"{DETAILS}: {types or 'not there'}")
