"""What a client sends for its own use comes back as it was, and what it asks for is what it gets or is told of."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.browser.user_agent import Answer
from conformance.fuzz.engine import for_any
from conformance.fuzz.rewriting import deciding_reply, grant_of_most_scopes, respelled_form, scope_subsets, ways
from conformance.fuzz.strategies import states
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.applied_scopes import scope_of
from conformance.procedures.authorization_answers import told_to_client, values
from conformance.procedures.authorization_requests import is_granted, ordinary_request
from conformance.procedures.client_authentication import by_basic, expect_served, rightly_sent
from conformance.procedures.redirects import ResponseType
from conformance.procedures.scopes import obtained_scope
from conformance.procedures.token_requests import token_request


def came_back(answer: Answer) -> Answer:
    """The answer, where one reached the client with a state: that it has to is another sentence's matter."""
    if answer.destination is None or not values(answer, "state"):
        raise Inconclusive(f"no response with a state reached the client: {answer}")
    return answer


def answer_with_state(
    given: Given, send: Send, response_type: ResponseType, changes: Mapping[str, str], state: str
) -> Answer:
    """The answer to a request with a state. Vacuous where none comes back with a plain state either."""

    def plain() -> None:
        if not values(
            told_to_client(ordinary_request(given, send, response_type=response_type).changed(changes)), "state"
        ):
            raise Vacuous("a plain state doesn't come back: other requirements judge that")

    given.observed(f"a {response_type} request with a plain state and {dict(changes)}", plain)
    return came_back(ordinary_request(given, send, response_type=response_type).changed(changes, state=state))


@requirement("rfc6749-A.5-any-printable-state-taken")
@for_any(state=states())
def test_any_legal_state_is_taken(given: Given, send: Send, expect: Expect, state: str) -> None:
    answer = ordinary_request(given, send).changed(state=state)

    deciding_reply(answer.reply)
    expect.that(is_granted(answer), "the request to be granted, as with any other state", answer, about="state")


@requirement("rfc6749-4.1.2-state-unchanged")
@for_any(state=states())
def test_any_legal_state_comes_back_with_a_code(given: Given, send: Send, expect: Expect, state: str) -> None:
    answer = answer_with_state(given, send, "code", {}, state)

    expect(answer).returns_state(state)


@requirement("rfc6749-4.1.2.1-error-state-unchanged")
@for_any(state=states())
def test_any_legal_state_comes_back_with_an_error(given: Given, send: Send, expect: Expect, state: str) -> None:
    answer = answer_with_state(given, send, "code", {"response_type": "invented-by-fuzzing"}, state)

    expect(answer).returns_state(state)


@requirement("rfc6749-4.2.2-state-exact")
@for_any(state=states())
def test_any_legal_state_comes_back_with_a_token(given: Given, send: Send, expect: Expect, state: str) -> None:
    answer = answer_with_state(given, send, "token", {}, state)

    expect(answer).returns_state(state)


@requirement("rfc6749-4.2.2.1-state-exact")
@needs("scopes")
@for_any(state=states())
def test_any_legal_state_comes_back_with_an_implicit_error(
    given: Given, send: Send, expect: Expect, state: str
) -> None:
    answer = answer_with_state(given, send, "token", {"scope": "invented-by-fuzzing"}, state)

    expect(answer).returns_state(state)


@requirement("rfc6749-3.3-scope-at-token-endpoint")
@for_any(names=scope_subsets)
def test_any_of_the_scopes_may_be_asked_for(given: Given, send: Send, expect: Expect, names: list[str]) -> None:
    grant = grant_of_most_scopes(given)
    given.issued(
        obtained_scope(given, send, " ".join(sorted(given.scopes(grant))), grant).reply, "a request for all scopes"
    )

    found = obtained_scope(given, send, " ".join(names), grant)

    deciding_reply(found.reply)
    expect.that(found.issued, "a token", found)


@requirement("rfc6749-3.3-different-scope-reported")
@needs("introspection")
@for_any(cost=2, names=scope_subsets)
def test_another_scope_than_asked_for_is_told(given: Given, send: Send, expect: Expect, names: list[str]) -> None:
    found = obtained_scope(given, send, " ".join(names), grant_of_most_scopes(given))

    scope = scope_of(given, send, found.token)
    is_told = not scope.untold and not scope.overstated
    expect.that(is_told, "the token's scope to be the one told, or asked for", scope, breach="act", about="scope")


@requirement("rfc6749-2.3.1-basic-credentials-form-decoded")
@for_any(spellings=ways)
def test_form_encoded_credentials_authenticate_in_every_spelling(
    given: Given, send: Send, expect: Expect, spellings: list[str]
) -> None:
    client = by_basic(given.client("special"))
    pair = respelled_form([(client.client_id, client.client_secret or "")], spellings).replace("=", ":", 1)
    header = ("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")

    reply = token_request(given, send, None, client, authentication="absent", headers=[header])

    expect_served(expect, rightly_sent(given, send, client, reply))
