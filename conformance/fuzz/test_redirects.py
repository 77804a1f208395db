"""No redirection URI but a registered one gets anything, whatever a URL parser takes it for."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.fuzz.engine import for_any
from conformance.fuzz.neighbors import client_of, neighbors, reads_alike
from conformance.fuzz.rewriting import decided
from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.procedures.redirects import (
    Missed,
    any_response_type,
    expect_not_accepted,
    served,
)
from conformance.harness.procedures.token_requests import code_exchange_seen

TYPES = st.sampled_from(["code", "token", "other", ""])


@requirement("rfc6749-10.6-redirect-uri-validated")
@for_any(cost=0.25, uri=neighbors)
def test_a_neighbor_of_a_registered_uri_gets_nothing(given: Given, send: Send, expect: Expect, uri: str) -> None:
    client, response_type = client_of(given), any_response_type(given)
    served(given, client, response_type)

    answer = send.authorize(client, response_type, redirect_uri=uri)

    expect_not_accepted(expect, Missed(uri, client.redirect_uris, answer))


@requirement("rfc6749-10.15-redirect-uri-no-open-redirector")
@for_any(cost=0.5, uri=neighbors, response_type=TYPES, scope=st.sampled_from(["", "invented-scope"]))
def test_no_request_moves_the_user_agent_to_a_neighbor(
    given: Given, send: Send, expect: Expect, uri: str, response_type: str, scope: str
) -> None:
    client = client_of(given)
    served(given, client, any_response_type(given))
    more: dict[str, Any] = {"scope": scope} if scope else {}

    answer = send.authorize(client, response_type, redirect_uri=uri, **more)

    missed = Missed(uri, client.redirect_uris, answer)
    expect.that(reads_alike(uri, client.redirect_uris) or not missed.moved_there, f"no redirect to {uri}", answer)


@requirement("rfc6749-4.1.3-redirect-uri-identical")
@for_any(uri=neighbors)
def test_a_code_is_not_exchanged_at_a_neighbor(given: Given, send: Send, expect: Expect, uri: str) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, redirect_uri=uri)

    expect(decided(reply)).is_refused()
