"""RFC 6749 appendix A.13: "token_type" syntax."""

from __future__ import annotations

from conformance.documents.rfc6749.extensions import is_name_or_uri_reference
from conformance.documents.rfc6749.texts_in_answers import strings
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.authorization_answers import values
from conformance.procedures.implicit_answers import granted_answer
from conformance.procedures.token_responses import by_each_grant, token_response


@requirement("rfc6749-A.13-token-type-well-formed")
@by_each_grant()
def test_a_token_type_is_a_name_or_a_uri(given: Given, send: Send, expect: Expect, grant: str) -> None:
    types = given.present(strings(token_response(given, send, grant), "token_type"), "token_type")

    expect.that(
        all(map(is_name_or_uri_reference, types)),
        "a name, or a URI reference",
        ", ".join(map(ascii, types)),
        breach="act",
    )


@requirement("rfc6749-A.13-implicit-token-type-well-formed")
def test_a_token_type_in_a_fragment_is_a_name_or_a_uri(given: Given, send: Send, expect: Expect) -> None:
    types = given.present(values(granted_answer(given, send), "token_type"), "token_type")

    expect.that(
        all(map(is_name_or_uri_reference, types)),
        "a name, or a URI reference",
        ", ".join(map(ascii, types)),
        breach="act",
    )
