"""RFC 7662 section 2.2: the optional members of an introspection response.

Each may be left out. What is there has to be what the RFC says.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.inactive_tokens import Procedure
from conformance.procedures.introspection import (
    Description,
    active_token_described,
    ask,
    best_grant,
    both_kinds,
    described_by,
    live_token,
)
from conformance.procedures.introspection_callers import answer_to_other
from conformance.procedures.introspection_members import (
    CLOCK_TOLERANCE,
    OPTIONAL_MEMBERS,
    carried_scopes,
    is_if_named,
    is_scope,
    is_string,
    is_text,
    is_text_or_list,
    is_time,
    json_type_in_words,
    listed_scopes,
    narrowed_description,
    number,
    seconds_off,
)
from conformance.procedures.token_families import narrowed_and_described

# Seconds by which a time may differ between two answers that each round it.
ROUNDING = 1.0
TYPES = [
    pytest.param("scope", is_scope, "a string of scopes", id="scope", marks=requirement("rfc7662-2.2-scope-format")),
    pytest.param(
        "username", is_text, "a string with a name", id="username", marks=requirement("rfc7662-2.2-username-is-string")
    ),
    pytest.param("exp", is_time, "an integer of seconds", id="exp", marks=requirement("rfc7662-2.2-exp-is-integer")),
    pytest.param("iat", is_time, "an integer of seconds", id="iat", marks=requirement("rfc7662-2.2-iat-is-integer")),
    pytest.param("nbf", is_time, "an integer of seconds", id="nbf", marks=requirement("rfc7662-2.2-nbf-is-integer")),
    pytest.param("sub", is_string, "a string", id="sub", marks=requirement("rfc7662-2.2-sub-is-string")),
    pytest.param("aud", is_text_or_list, "strings", id="aud", marks=requirement("rfc7662-2.2-aud-is-string-or-list")),
    pytest.param("iss", is_string, "a string", id="iss", marks=requirement("rfc7662-2.2-iss-is-string")),
    pytest.param("jti", is_string, "a string", id="jti", marks=requirement("rfc7662-2.2-jti-is-string")),
]
GRANTS = ("client_credentials", "password", "authorization_code", "implicit")
MAY_BE_NAMED = [
    pytest.param(name, marks=requirement(f"rfc7662-2.2-{name.replace('_', '-')}-may-be-named"))
    for name in OPTIONAL_MEMBERS
]


@pytest.mark.parametrize("name", MAY_BE_NAMED)
def test_whether_a_member_is_named_is_noted(given: Given, send: Send, name: str) -> None:
    members = active_token_described(given, send).members

    given.note(f"the answer for an active token {'names' if name in members else 'leaves out'} `{name}`")


@both_kinds
@pytest.mark.parametrize(("name", "is_right", "type_in_words"), TYPES)
def test_a_member_has_its_type(
    given: Given,
    send: Send,
    expect: Expect,
    grant: str,
    name: str,
    is_right: Callable[[object], bool],
    type_in_words: str,
) -> None:
    members = active_token_described(given, send, grant).members

    expect.that(
        is_if_named(members, name, is_right),
        f"`{name}`, if named, as {type_in_words}",
        json_type_in_words(members, name),
        breach="act",
    )


@requirement("rfc7662-2.2-scope-within-token")
@needs("refresh_token")
def test_scope_lists_nothing_beyond_a_narrowed_token(given: Given, send: Send, expect: Expect) -> None:
    found = narrowed_and_described(given, send)

    beyond = listed_scopes(found.reply.members) - carried_scopes(found.tokens)

    told = f"also {' '.join(sorted(beyond))}"
    expect.that(not beyond, "no scope listed that the token doesn't carry", told, breach="act", about="scope")


@requirement("rfc7662-2.2-scope-within-token")
@both_kinds
@pytest.mark.parametrize("token", [active_token_described, narrowed_description], ids=["all-scopes", "one-scope"])
def test_scope_lists_nothing_beyond_the_token(
    given: Given, send: Send, expect: Expect, grant: str, token: Callable[..., Description]
) -> None:
    description = token(given, send, grant)

    beyond = listed_scopes(description.members) - carried_scopes(description.tokens)

    expect.that(
        not beyond,
        "no scope listed that the token doesn't carry",
        f"also {' '.join(sorted(beyond))}",
        breach="act",
        about="scope",
    )


@requirement("rfc7662-2.2-client-id-true")
@both_kinds
def test_client_id_is_the_tokens_client(given: Given, send: Send, expect: Expect, grant: str) -> None:
    description = active_token_described(given, send, grant)
    own = description.tokens.client.client_id

    is_own = is_if_named(description.members, "client_id", lambda value: value == own)

    expect.that(is_own, "`client_id` of the client that requested the token", "another value", breach="act")


@requirement("rfc7662-2.2-client-id-true")
def test_client_id_is_not_the_callers(given: Given, send: Send, expect: Expect) -> None:
    active_token_described(given, send)
    other = given.other_client()
    tokens = given.tokens(given.any_grant(other), other)

    members = ask(given, send, tokens.access_token).members

    is_own = is_if_named(members, "client_id", lambda value: value == other.client_id)
    expect.that(is_own, "`client_id` of the client that requested the token", "another value", breach="act")


@requirement("rfc7662-2.2-token-type-true")
@both_kinds
def test_token_type_is_that_of_the_token_response(given: Given, send: Send, expect: Expect, grant: str) -> None:
    description = active_token_described(given, send, grant)
    issued_as = str(description.tokens.members.get("token_type") or "").lower()

    is_same = is_if_named(description.members, "token_type", lambda value: str(value).lower() == issued_as)

    told = f"{description.members.get('token_type')!r:.40}"
    expect.that(
        is_same or not issued_as, f"`token_type` {issued_as}, in any case", told, breach="act", about="token_type"
    )


@requirement("rfc7662-2.2-exp-agrees-with-lifetime")
@pytest.mark.parametrize("grant", [pytest.param(name, marks=needs(name)) for name in (*GRANTS, "refresh_token")])
def test_exp_agrees_with_expires_in(given: Given, send: Send, expect: Expect, grant: str) -> None:
    description = described_by(given, send, grant)

    off = seconds_off(description, "exp", number(description.tokens.members.get("expires_in")))

    expect.that(
        off <= CLOCK_TOLERANCE,
        "`exp` as long after the issue as expires_in said",
        f"{off:.0f} s apart",
        breach="act",
        about="expires_in",
    )


@requirement("rfc7662-2.2-iat-agrees-with-issuance")
@both_kinds
def test_iat_is_the_time_of_issue(given: Given, send: Send, expect: Expect, grant: str) -> None:
    description = active_token_described(given, send, grant)

    off = seconds_off(description, "iat", 0.0)

    expect.that(
        off <= CLOCK_TOLERANCE, "`iat` as the time when the token was issued", f"{off:.0f} s apart", breach="act"
    )


@requirement("rfc7662-2.2-iat-agrees-with-issuance")
def test_iat_is_the_same_some_time_later(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    members = [ask(given, send, token).members for _ in range(2)]
    times = given.present([number(each["iat"]) for each in members if "iat" in each][1:], "iat")

    moved = (times[0] or 0.0) - (number(members[0]["iat"]) or 0.0)
    expect.that(abs(moved) <= ROUNDING, "the same `iat` in each answer", f"{moved:.0f} s apart", breach="act")


@requirement("rfc7662-2.2-jti-unique")
def test_two_tokens_have_two_identifiers(given: Given, send: Send, expect: Expect) -> None:
    first = active_token_described(given, send)
    second = given.tokens(best_grant(given))

    identifiers = [first.members.get("jti"), ask(given, send, second.access_token).members.get("jti")]

    same = identifiers[0] == identifiers[1] and first.tokens.access_token != second.access_token
    expect.that(identifiers[0] is None or not same, "another `jti` for another token", "the same one", breach="act")


@requirement("rfc7662-2.2-scopes-may-be-limited")
def test_scopes_left_out_are_noted(given: Given, send: Send) -> None:
    description = active_token_described(given, send)
    carried = carried_scopes(description.tokens)

    members = {
        given.introspecting_client().name: description.members,
        "other": answer_to_other(given, send).members,
    }
    left_out = {name: " ".join(sorted(carried - listed_scopes(each))) or "nothing" for name, each in members.items()}
    given.note("scopes left out for " + "; ".join(f"[clients.{name}]: {what}" for name, what in left_out.items()))


@requirement("rfc7662-2.2-limited-scopes-stay-within-token")
@pytest.mark.parametrize(
    "answer", [lambda given, send: active_token_described(given, send).reply, answer_to_other], ids=["own", "other"]
)
def test_no_caller_is_shown_more_scopes_than_the_token_has(
    given: Given, send: Send, expect: Expect, answer: Procedure
) -> None:
    tokens = active_token_described(given, send).tokens

    beyond = listed_scopes(answer(given, send).members) - carried_scopes(tokens)

    expect.that(
        not beyond,
        "no scope shown that the token doesn't carry",
        f"also {' '.join(sorted(beyond))}",
        breach="act",
        about="scope",
    )
