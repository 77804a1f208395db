"""No redirection URI but a registered one gets anything, whatever a URL parser takes it for."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.fuzz.engine import for_any
from conformance.fuzz.neighbors import client_of, misses, neighbors, spellings
from conformance.fuzz.rewriting import deciding_reply
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.redirects import (
    Missed,
    any_response_type,
    expect_not_accepted,
    expect_not_moved,
    first_uri_served,
)
from conformance.procedures.token_requests import code_exchange_seen

TYPES = st.sampled_from(["code", "token", "other", ""])


def asked_for(given: Given, send: Send, uri: str, **faults: Any) -> Missed:
    """A good request but for its redirection URI, and maybe other faults; with a registered one it was served."""
    client, response_type = client_of(given), any_response_type(given)
    first_uri_served(given, client, response_type)
    own: dict[str, Any] = {"response_type": response_type, "redirect_uri": uri, **faults}
    return Missed(uri, client.redirect_uris, send.authorize(client, **own))


@requirement("rfc6749-3.1.2.3-full-uri-compared-as-string")
@for_any(cost=0.5, uri=spellings)
def test_another_spelling_of_a_registered_uri_gets_nothing(given: Given, send: Send, expect: Expect, uri: str) -> None:
    expect_not_accepted(expect, asked_for(given, send, uri))


@requirement("rfc6749-10.6-redirect-uri-validated")
@for_any(cost=0.25, uri=misses)
def test_a_neighbor_of_a_registered_uri_gets_nothing(given: Given, send: Send, expect: Expect, uri: str) -> None:
    expect_not_accepted(expect, asked_for(given, send, uri))


@requirement("rfc6749-3.1.2.4-no-redirect-to-invalid-uri")
@for_any(cost=0.25, uri=misses, response_type=TYPES, scope=st.sampled_from(["", "invented-scope"]))
def test_no_request_moves_the_user_agent_to_a_neighbor(
    given: Given, send: Send, expect: Expect, uri: str, response_type: str, scope: str
) -> None:
    faults: dict[str, Any] = {"response_type": response_type, **({"scope": scope} if scope else {})}

    expect_not_moved(expect, asked_for(given, send, uri, **faults))


@requirement("rfc6749-4.1.3-redirect-uri-identical")
@for_any(uri=neighbors)
def test_a_code_is_not_exchanged_at_a_neighbor(given: Given, send: Send, expect: Expect, uri: str) -> None:
    code_exchange_seen(given)
    code = given.authorization_code()

    reply = send.code_exchange(code, redirect_uri=uri)

    expect(deciding_reply(reply)).is_refused()
