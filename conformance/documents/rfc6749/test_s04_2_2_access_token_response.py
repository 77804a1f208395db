"""RFC 6749 section 4.2.2: access token response of the implicit grant."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from conformance.harness import OMIT, Expect, Given, Send, requirement
from conformance.procedures.applied_scopes import expect_difference_told, expect_true
from conformance.procedures.authorization_answers import (
    SPECIAL_STATE,
    is_form_encoded,
    redirect_uri_of,
    values,
)
from conformance.procedures.detours import ODD_STATE, token_by_detour
from conformance.procedures.grants import client_using
from conformance.procedures.implicit_answers import (
    GRANT_PARAMETERS,
    granted_anew,
    granted_answer,
    granted_with_special_state,
    lifetime,
    misplaced_parameters,
    scope_in,
)
from conformance.procedures.long_states import asked_at_sign_in, asked_with, by_length, expect_whole
from conformance.profile.target import Client

of_each_client = pytest.mark.parametrize("name", ["other", "public"])


@requirement("rfc6749-4.2.2-token-in-the-fragment")
def test_the_token_comes_in_the_fragment(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    wrong = misplaced_parameters(answer, GRANT_PARAMETERS)

    expect.that(
        not wrong,
        "the response parameters in the fragment",
        f"{', '.join(wrong)} in the query",
        breach="act",
        about="client",
    )


@requirement("rfc6749-4.2.2-token-in-the-fragment")
def test_the_token_comes_in_the_fragment_of_a_public_clients_last_uri(given: Given, send: Send, expect: Expect) -> None:
    client = client_using(given, "public", "implicit")
    uri = client.redirect_uris[-1]

    answer = given.came_back(given.approval(client, "token", redirect_uri=uri))

    wrong = misplaced_parameters(answer, GRANT_PARAMETERS)
    expect.that(not wrong, f"the response parameters in the fragment of {uri}", ", ".join(wrong), breach="act")


@requirement("rfc6749-4.2.2-fragment-form-encoded")
def test_the_fragment_is_form_encoded(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_with_special_state(given, send)

    fragment = urlsplit(answer.destination or "").fragment

    expect.that(
        is_form_encoded(fragment), "a form-encoded fragment", "characters that such a text doesn't have", breach="act"
    )
    expect.that(
        {*values(answer, "state")} <= {SPECIAL_STATE},
        "every parameter unharmed",
        "another state",
        breach="act",
        about="state",
    )


@requirement("rfc6749-4.2.2-access-token-required")
def test_an_access_token_comes(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect(answer).carries("access_token")


@requirement("rfc6749-4.2.2-token-type-required")
def test_a_token_type_comes(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect(answer).carries("token_type")


@requirement("rfc6749-4.2.2-expires-in-included")
def test_the_lifetime_comes(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect(answer).carries("expires_in")


@requirement("rfc6749-4.2.2-expires-in-whole-seconds")
def test_the_lifetime_is_told_in_digits(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect.syntax("expires_in", values(answer, "expires_in"))


@requirement("rfc6749-4.2.2-expires-in-holds")
def test_the_token_dies_when_its_lifetime_is_over(given: Given, send: Send, expect: Expect) -> None:
    tokens = given.tokens("implicit")
    token = given.active_token(tokens)

    given.outlived(tokens.access_token, lifetime(given, tokens))

    expect(token).is_inactive()


@requirement("rfc6749-4.2.2-scope-omitted-when-identical")
def test_whether_scope_is_told_when_it_is_as_requested(given: Given, send: Send) -> None:
    answer = granted_answer(given, send)

    given.note(f"scope is {'told' if values(answer, 'scope') else 'left out'} when a token has the scope asked for")


@requirement("rfc6749-4.2.2-scope-required-when-different")
def test_scope_is_told_unless_it_is_as_requested(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_anew(given)

    expect_difference_told(expect, scope_in(given, send, answer))


@requirement("rfc6749-4.2.2-scope-required-when-different")
def test_scope_is_told_when_it_is_not_as_requested(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)
    client = given.client_for("implicit")
    scope = given.scopes("implicit", client=client)[0]

    answer = send.authorize(client, "token", scope=f"{scope} {given.invented('scope')}")

    expect_difference_told(expect, scope_in(given, send, answer))


@requirement("rfc6749-4.2.2-scope-required-when-different")
def test_a_default_scope_is_told(given: Given, send: Send, expect: Expect) -> None:
    granted_answer(given, send)

    answer = send.authorize(given.client_for("implicit"), "token", scope=OMIT)

    expect_difference_told(expect, scope_in(given, send, answer))


@requirement("rfc6749-4.2.2-scope-is-the-tokens")
def test_the_scope_told_is_the_scope_of_the_token(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_anew(given)

    expect_true(expect, scope_in(given, send, answer))


@requirement("rfc6749-4.2.2-scope-required-when-different")
@of_each_client
def test_scope_is_told_to_each_client_unless_it_is_as_requested(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    answer = given.approval(client_using(given, name, "implicit"), "token")

    expect_difference_told(expect, scope_in(given, send, answer))


@requirement("rfc6749-4.2.2-scope-is-the-tokens")
@of_each_client
def test_the_scope_told_to_each_client_is_the_scope_of_the_token(
    given: Given, send: Send, expect: Expect, name: str
) -> None:
    answer = given.approval(client_using(given, name, "implicit"), "token")

    expect_true(expect, scope_in(given, send, answer))


@requirement("rfc6749-4.2.2-state-required")
def test_state_comes(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect(answer).carries("state")


@requirement("rfc6749-4.2.2-state-exact")
def test_state_comes_as_it_was_sent(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_with_special_state(given, send)

    state = {*values(answer, "state")}

    expect.that(
        state == {SPECIAL_STATE},
        f"state {SPECIAL_STATE!r}",
        f"state {' and '.join(map(repr, state)) or 'missing'}",
        breach="act",
        about="state",
    )


@requirement("rfc6749-4.2.2-state-exact")
def test_state_comes_from_the_sign_in_page_as_it_was_sent(given: Given, send: Send, expect: Expect) -> None:
    answer = token_by_detour(given, send)

    expect(answer).returns_state(ODD_STATE)


@requirement("rfc6749-4.2.2-no-refresh-token")
def test_no_refresh_token_comes(given: Given, send: Send, expect: Expect) -> None:
    answer = granted_answer(given, send)

    expect.that(
        not values(answer, "refresh_token"),
        "no refresh_token",
        "a refresh_token beside the access token",
        breach="act",
        about="refresh_token",
    )


@requirement("rfc6749-4.2.2-other-means-of-redirecting")
def test_how_the_user_agent_is_moved(given: Given, send: Send) -> None:
    answer = granted_answer(given, send)

    given.note(f"status {answer.reply.status}, and the user agent moved by {answer.mechanism}")


def _first(client: Client) -> str:
    return client.redirect_uris[0]


@pytest.mark.parametrize("choose", [_first, redirect_uri_of], ids=["plain redirect URI", "with a query"])
@requirement("rfc6749-4.2.2-fragment-survives-the-redirect")
def test_the_fragment_arrives_whole(given: Given, send: Send, expect: Expect, choose: Callable[[Client], str]) -> None:
    redirect_uri = choose(given.client_for("implicit"))

    answer = granted_anew(given, redirect_uri=redirect_uri)

    names = {name for name, _ in answer.fragment}
    expect.that(
        "access_token" in names and not any(name.startswith("amp;") for name in names),
        f"the fragment in the target of the {answer.mechanism}",
        f"parameters {', '.join(sorted(names)) or 'none'} in the fragment",
    )


@requirement("rfc6749-4.2.2-state-exact")
@by_length
def test_a_long_state_comes_whole(given: Given, send: Send, expect: Expect, length: int) -> None:
    answer = asked_with(given, send, "token", length)

    expect_whole(expect, answer, length)


@requirement("rfc6749-4.2.2-state-exact")
def test_a_long_state_comes_whole_from_the_sign_in_page(given: Given, send: Send, expect: Expect) -> None:
    answer = asked_at_sign_in(given, send, "token")

    expect_whole(expect, answer)
