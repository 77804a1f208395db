"""RFC 9700 section 4.15: a client that impersonates a resource owner."""

from __future__ import annotations

from conformance.documents.rfc9700.subjects import subject_of, subject_of_app
from conformance.harness import Expect, Given, Send, requirement


@requirement("rfc9700-4.15-subject-is-resource-owner")
def test_a_token_of_an_owner_names_the_owner(given: Given, send: Send, expect: Expect) -> None:
    subject, client = subject_of(given, send, "resource_owner"), given.client_for("authorization_code")

    expect.that(subject != client.client_id, "a subject that is the resource owner", "the client", breach="act")


@requirement("rfc9700-4.15-subject-is-resource-owner")
def test_two_owners_are_two_subjects(given: Given, send: Send, expect: Expect) -> None:
    one, other = (subject_of(given, send, name) for name in ("resource_owner", "resource_owner_other"))

    expect.that(one != other, "another subject for another resource owner", "the same one", breach="act")


@requirement("rfc9700-4.15-subject-is-client")
def test_a_token_of_an_app_names_no_owner(given: Given, send: Send, expect: Expect) -> None:
    subject, owners = subject_of_app(given, send)

    expect.that(subject not in owners, "a subject that is the client", "a resource owner", breach="act")
