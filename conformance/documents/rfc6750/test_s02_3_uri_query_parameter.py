"""RFC 6750 section 2.3: URI query parameter."""

from __future__ import annotations

from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.bearer import in_query, query_opened
from conformance.wire.caching import directives


@requirement("rfc6750-2.3-query-may-be-supported")
def test_whether_the_query_is_read_is_noted(given: Given, send: Send) -> None:
    reply = in_query(given, send)

    given.note(f"a good token in the query: {reply}")


@requirement("rfc6750-2.3-other-query-parameters")
def test_a_token_is_found_behind_another_parameter(given: Given, send: Send, expect: Expect) -> None:
    query_opened(given, send)

    reply = in_query(given, send, ("p", "q"))

    expect(reply).succeeds()


@requirement("rfc6750-2.3-answer-private")
def test_the_answer_is_private(given: Given, send: Send, expect: Expect) -> None:
    reply = query_opened(given, send)

    names = directives(reply)
    expect.that("private" in names, "Cache-Control with private", f"Cache-Control {', '.join(names)}")
