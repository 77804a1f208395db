"""RFC 6749 sections 4.1.2, 4.2.2 and 10.3, Appendix A: every authorization request of a run that came back."""

from __future__ import annotations

import pytest

from conformance.browser.returns import Return
from conformance.harness import Expect, needs, requirement
from conformance.harness.record import Recorded
from conformance.wire.registries import AUTHORIZATION_ERRORS, EXTENSION_ERRORS

# Longer values of `state` may be refused, and not come back with the error then.
LONGEST_STATE = 512
# What an authorization request of RFC 6749 may hold, with the parameters of RFC 7636, which has no code of its own.
PARAMETERS = frozenset(
    {
        *("response_type", "client_id", "redirect_uri", "scope", "state"),
        *("code_challenge", "code_challenge_method"),
    }
)
# A registered code is passed over: the extension may be on the server's side alone.
KNOWN_ERRORS = frozenset({*AUTHORIZATION_ERRORS, *EXTENSION_ERRORS})
CODES = [
    pytest.param("code", marks=requirement("rfc6749-4.1.2.1-error-code-listed"), id="code"),
    pytest.param("token", marks=requirement("rfc6749-4.2.2.1-error-code-listed"), id="token"),
]
STATES = [
    pytest.param("code", "code", marks=requirement("rfc6749-4.1.2-state-unchanged"), id="code"),
    pytest.param("code", "error", marks=requirement("rfc6749-4.1.2.1-error-state-unchanged"), id="code-error"),
    pytest.param("token", "access_token", marks=requirement("rfc6749-4.2.2-state-exact"), id="token"),
    pytest.param("token", "error", marks=requirement("rfc6749-4.2.2.1-state-exact"), id="token-error"),
]
ELEMENTS = [
    pytest.param("code", "code", marks=requirement("rfc6749-A.11-issued-code-printable"), id="code"),
    pytest.param(
        "token", "access_token", marks=requirement("rfc6749-A.12-implicit-access-token-printable"), id="token"
    ),
    pytest.param("token", "token_type", marks=requirement("rfc6749-A.13-implicit-token-type-well-formed"), id="type"),
    pytest.param("token", "scope", marks=requirement("rfc6749-A.4-fragment-scope-well-formed"), id="scope"),
    pytest.param("code", "error", marks=requirement("rfc6749-4.1.2.1-error-characters"), id="error"),
    pytest.param(
        "code", "error_description", marks=requirement("rfc6749-4.1.2.1-error-description-characters"), id="description"
    ),
    pytest.param("code", "error_uri", marks=requirement("rfc6749-4.1.2.1-error-uri-syntax"), id="uri"),
    pytest.param("token", "error", marks=requirement("rfc6749-4.2.2.1-error-characters"), id="token-error"),
    pytest.param(
        "token",
        "error_description",
        marks=requirement("rfc6749-4.2.2.1-error-description-characters"),
        id="token-description",
    ),
    pytest.param("token", "error_uri", marks=requirement("rfc6749-4.2.2.1-error-uri-syntax"), id="token-uri"),
]


@pytest.mark.parametrize(("response_type", "parameter"), STATES)
def test_every_state_comes_back_as_it_was_sent(
    recorded: Recorded, expect: Expect, response_type: str, parameter: str
) -> None:
    answers = [back for back in recorded.returns(parameter, response_type) if has_one_state(back)]

    recorded.each(answers, lambda back: expect(back).brings_its_state())


@pytest.mark.parametrize("response_type", CODES)
def test_every_refusal_without_an_extension_has_a_known_code(
    recorded: Recorded, expect: Expect, response_type: str
) -> None:
    answers = [back for back in recorded.returns("error", response_type) if names_no_extension(back)]

    recorded.each(
        answers,
        lambda back: expect.that(
            KNOWN_ERRORS.issuperset(back.all("error")),
            "an error that the section lists",
            str(back),
            breach="act",
            about="refusal",
        ),
    )


@pytest.mark.parametrize(("response_type", "parameter"), ELEMENTS)
def test_every_answer_to_a_client_keeps_to_the_syntax(
    recorded: Recorded, expect: Expect, response_type: str, parameter: str
) -> None:
    answers = recorded.returns(parameter, response_type)

    recorded.each(answers, lambda back: expect(back).parameter_fits(parameter))


@requirement("rfc6749-4.2.2-token-type-required")
def test_every_access_token_has_a_type_beside_it(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.returns("access_token", "token")

    recorded.each(answers, lambda back: expect(back).brings("token_type"))


@requirement("rfc6749-4.1.2-parameters-in-query")
def test_every_code_comes_in_the_query(recorded: Recorded, expect: Expect) -> None:
    answers = [back for back in recorded.returns("code") if names_no_mode(back)]

    recorded.each(answers, lambda back: expect(back).brings_in_query("code"))


@requirement("rfc6749-10.3-access-token-kept-out-of-query")
def test_no_answer_to_a_client_has_an_access_token_in_its_query(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.all_returns()

    recorded.each(answers, lambda back: expect(back).brings_in_fragment("access_token"))


@requirement("rfc6749-10.4-refresh-token-not-through-user-agent")
@needs("refresh_token")
def test_no_answer_to_a_client_has_a_refresh_token(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.all_returns()

    recorded.each(answers, lambda back: expect(back).brings_no("refresh_token"))


def names_no_extension(back: Return) -> bool:
    """Whether a request is one that RFC 6749 defines: an extension may have a code of its own (section 8.5)."""
    return PARAMETERS.issuperset(name for name, _ in back.asked)


def names_no_mode(back: Return) -> bool:
    """Whether a request leaves it to the server where its response goes: an extension lets clients name a place."""
    return not any(name == "response_mode" for name, _ in back.asked)


def has_one_state(back: Return) -> bool:
    """Whether a request had one `state` that every server can read: printable, not empty; of ordinary length where the
    request was refused."""
    states = [value for name, value in back.asked if name == "state"]
    is_plain = all(state and state.isascii() and state.isprintable() for state in states)
    is_ordinary = not any(back.all("error")) or all(len(state) <= LONGEST_STATE for state in states)
    return back.is_readable and len(states) == 1 and is_plain and is_ordinary
