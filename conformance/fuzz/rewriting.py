"""The same form written otherwise: order, escapes, parameters that mean nothing, letter case where that is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from typing import TypeAlias
from urllib.parse import parse_qsl

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.fuzz.messages import NAME
from conformance.fuzz.strategies import NAMES, SPELL, UNICODE, dense_texts, legal_texts, subsets
from conformance.harness.expect import Expect
from conformance.harness.given import CHEAPEST_FIRST, Given
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken
from conformance.procedures.token_requests import good_request, outcome, reply_to_request
from conformance.wire.exchange import Pairs, Reply, Request

# Whether a token was issued, the error code, and the scope as far as it was told.
Outcome: TypeAlias = tuple[bool, object, frozenset[str]]
# No form of the protocol has more parameters.
MOST_PARAMETERS = 12
GRANTS = ("client_credentials", "password", "refresh_token", "authorization_code")
# Grants whose request may be sent again as it is.
REPEATABLE = ("client_credentials", "password")
CASES = {"lower": str.lower, "upper": str.upper, "title": str.title, "swapped": str.swapcase}

orders: SearchStrategy[list[int]] = st.permutations(range(MOST_PARAMETERS))
ways: SearchStrategy[list[str]] = st.lists(st.sampled_from(list(SPELL)), min_size=1, max_size=12)
cases: SearchStrategy[str] = st.sampled_from(list(CASES))
# A registered one that doesn't fit is another sentence's matter.
unknown_hints: SearchStrategy[str] = st.one_of(legal_texts("token_type"), dense_texts(UNICODE, 1, 30)).filter(
    lambda hint: hint not in ("access_token", "refresh_token")
)


@st.composite
def _unknown_parameter(draw: st.DrawFn) -> tuple[int, str, str]:
    """Where it stands, its name, which nobody can guess, and its value."""
    return (
        draw(st.integers(0, MOST_PARAMETERS)),
        NAME + draw(dense_texts(NAMES, 1, 8)),
        draw(dense_texts(UNICODE, 1, 30)),
    )


additions: SearchStrategy[list[tuple[int, str, str]]] = st.lists(_unknown_parameter(), min_size=1, max_size=4)


def claimed_grants(given: Given) -> SearchStrategy[str]:
    """One of the grants that the profile claims at the token endpoint."""
    given.any_grant()
    return st.sampled_from([grant for grant in GRANTS if given.claims(grant)])


def grant_of_most_scopes(given: Given) -> str:
    """The claimed grant that the most scopes go with; of several such ones the cheapest to ask."""
    claimed = [grant for grant in CHEAPEST_FIRST if given.claims(grant)]
    return max(claimed or [given.any_grant()], key=lambda grant: len(given.client_for(grant).scopes_for(grant)))


def scope_subsets(given: Given) -> SearchStrategy[list[str]]:
    """Some of the scopes that go with that grant, in any order."""
    return subsets(given.scopes(grant_of_most_scopes(given)))


# Ways to write a form


def reordered(pairs: Pairs, order: Sequence[int]) -> list[tuple[str, str]]:
    """The parameters in another order."""
    return [*(pairs[at] for at in order if at < len(pairs)), *pairs[len(order) :]]


def respelled_form(pairs: Pairs, spellings: Sequence[str]) -> str:
    """The form with its characters escaped in one way or another, in turns."""
    turns = cycle(spellings)

    def spelled(text: str) -> str:
        return "".join(SPELL[next(turns)](each) for each in text)

    return "&".join(f"{spelled(name)}={spelled(value)}" for name, value in pairs)


def enlarged_form(pairs: Pairs, more: Sequence[tuple[int, str, str]]) -> list[tuple[str, str]]:
    """The form with more parameters in some places."""
    larger = list(pairs)
    for at, name, value in more:
        larger.insert(min(at, len(larger)), (name, value))
    return larger


def with_cases(request: Request, case: str) -> Request:
    """The request with names of headers, the authentication scheme and the media type in other letters."""
    change = CASES[case]

    def written(name: str, value: str) -> tuple[str, str]:
        if name == "Authorization":
            scheme, space, credentials = value.partition(" ")
            value = change(scheme) + space + credentials
        elif name == "Content-Type":
            value = change(value)
        return change(name), value

    return replace(request, headers=tuple(written(*header) for header in request.headers))


# Token requests


def pairs_of(request: Request) -> list[tuple[str, str]]:
    """The parameters in a request's body."""
    return parse_qsl(request.body.decode(), keep_blank_values=True)


def served_request(given: Given, send: Send, grant: str) -> Request:
    """A token request that is served as it stands."""
    if grant in REPEATABLE:
        return given.observed(f"a good request by {grant}", lambda: good_request(given, send, grant))
    return good_request(given, send, grant)


def usual_outcome(given: Given, send: Send, grant: str) -> Outcome:
    """What the request of a grant comes to as it stands, seen once; Inconclusive where that is no token."""

    def procedure() -> Outcome:
        with given.arranging():
            return outcome(
                given.issued(
                    reply_to_request(send, served_request(given, send, grant)), f"the ordinary request by {grant}"
                )
            )

    return given.observed(f"the outcome of a good request by {grant}", procedure)


def revocable_token(given: Given, send: Send) -> ActiveToken:
    """A live access token, of which another was seen to end by a plain revocation; Vacuous where it didn't."""

    def procedure() -> tuple[str, ...]:
        token = given.active_token(given.tokens())
        with given.arranging():
            send.revocation(token.value, token.tokens.client)
        return given.still_active(token)

    if given.observed("a plain revocation of an access token", procedure):
        raise Vacuous("the server doesn't revoke access tokens")
    return given.active_token(given.tokens())


def expect_as_usual(expect: Expect, usual: Outcome, reply: Reply) -> None:
    """A Violation if a request came to something else than the same one written plainly. A server error is none."""
    _, _, scope = usual
    seen = outcome(deciding_reply(reply))
    told = f"a token{f' with scope {sorted(scope)}' if scope else ''}, as when it is written plainly"
    expect.that(seen == usual, told, reply if not seen[0] else f"a token with scope {sorted(seen[2])}")


def deciding_reply(reply: Reply) -> Reply:
    """The reply, unless it is a server error: that is one sentence's finding, not five's."""
    if reply.is_breakdown:
        raise Inconclusive(f"the server broke down over it: {reply}")
    return reply
