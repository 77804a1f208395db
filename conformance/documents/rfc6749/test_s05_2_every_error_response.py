"""RFC 6749 section 5.2 and Appendix A: every refusal of a run at the token endpoint, whatever the request lacked."""

from __future__ import annotations

import pytest

from conformance.browser.returns import parameters_of
from conformance.harness import Expect, requirement
from conformance.harness.record import Recorded
from conformance.wire.exchange import Reply, Request
from conformance.wire.registries import BREAKDOWN_ERRORS, EXTENSION_ERRORS, TOKEN_ERRORS

# Codes that go with status 400 alone. A client that fails to authenticate may get 401 (invalid_client), and one that
# authenticates by a header may be told of its malformed header that way.
ONLY_400 = ("invalid_grant", "unsupported_grant_type", "invalid_scope")
STRINGS = ("error", "error_description", "error_uri")
# What a token request of RFC 6749 may hold, with the one parameter of RFC 7636, which has no code of its own.
PARAMETERS = frozenset(
    {
        *("grant_type", "client_id", "client_secret", "scope", "code", "redirect_uri", "code_verifier"),
        *("username", "password", "refresh_token"),
    }
)
GRANT_TYPES = ("authorization_code", "password", "client_credentials", "refresh_token")
# A registered code is passed over: the extension may be on the server's side alone.
CODES = (*TOKEN_ERRORS, *EXTENSION_ERRORS)
ELEMENTS = [
    pytest.param("error", marks=requirement("rfc6749-5.2-error-characters"), id="error-5.2"),
    pytest.param("error", marks=requirement("rfc6749-A.7-token-error-code-characters"), id="error-A.7"),
    pytest.param("error_description", marks=requirement("rfc6749-5.2-error-description-characters"), id="5.2"),
    pytest.param("error_description", marks=requirement("rfc6749-A.8-token-error-description-characters"), id="A.8"),
    pytest.param("error_uri", marks=requirement("rfc6749-5.2-error-uri-syntax"), id="uri-5.2"),
    pytest.param("error_uri", marks=requirement("rfc6749-A.9-token-error-uri-well-formed"), id="uri-A.9"),
]


@requirement("rfc6749-5.2-error-status-400")
@pytest.mark.parametrize("code", ONLY_400)
def test_status_and_code_of_every_refusal_agree(recorded: Recorded, expect: Expect, code: str) -> None:
    answers = [reply for reply in recorded.token_errors() if reply.members["error"] == code]

    recorded.each(answers, lambda reply: expect(reply).has_status(400))


@requirement("rfc6749-5.2-error-member-present")
def test_every_refusal_names_an_error(recorded: Recorded, expect: Expect) -> None:
    answers = recorded.refusals_of("token")

    recorded.each(answers, lambda reply: expect(reply).has_member("error"))


@requirement("rfc6749-5.2-error-code-defined")
def test_every_refusal_without_an_extension_has_a_known_code(recorded: Recorded, expect: Expect) -> None:
    answers = [reply for reply in recorded.token_errors() if is_decided(reply) and names_no_extension(reply.request)]

    recorded.each(
        answers,
        lambda reply: expect.that(reply.members["error"] in CODES, "a code of section 5.2", reply, about="error code"),
    )


@requirement("rfc6749-5.2-error-media-type-json")
def test_every_refusal_is_json(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        expect(reply).has_media_type("application/json")
        expect(reply).is_json_in_utf8()

    recorded.each(recorded.token_errors(), judge)


@requirement("rfc6749-5.2-error-strings-as-strings")
@pytest.mark.parametrize("name", STRINGS)
def test_strings_are_json_strings_in_every_refusal(recorded: Recorded, expect: Expect, name: str) -> None:
    answers = [reply for reply in recorded.token_errors() if reply.members.get(name) is not None]

    recorded.each(answers, lambda reply: expect(reply).has_member(name, str))


@requirement("rfc6749-5.2-header-authentication-failed-401")
def test_every_failed_authentication_in_a_header_is_answered_401(recorded: Recorded, expect: Expect) -> None:
    answers = failed_in_header(recorded)

    recorded.each(answers, lambda reply: expect(reply).has_status(401))


@requirement("rfc6749-5.2-header-authentication-failed-challenge")
def test_every_failed_authentication_in_a_header_is_challenged(recorded: Recorded, expect: Expect) -> None:
    answers = [reply for reply in failed_in_header(recorded) if reply.status == 401]

    recorded.each(answers, lambda reply: expect(reply).challenges_with("Basic"))


@pytest.mark.parametrize("element", ELEMENTS)
def test_every_refusal_keeps_to_the_syntax(recorded: Recorded, expect: Expect, element: str) -> None:
    answers = [reply for reply in recorded.token_errors() if reply.members.get(element)]

    recorded.each(answers, lambda reply: expect(reply).member_fits(element))


def is_decided(reply: Reply) -> bool:
    """Whether a refusal says by a text what is wrong, rather than that the server broke down or that one is to wait."""
    error = reply.members["error"]
    return reply.status in (400, 401) and isinstance(error, str) and error not in BREAKDOWN_ERRORS


def names_no_extension(request: Request) -> bool:
    """Whether a token request is one that RFC 6749 defines: an extension may have a code of its own (section 8.5)."""
    pairs = parameters_of(request)
    grants = {value for name, value in pairs if name == "grant_type"}
    is_plain = PARAMETERS.issuperset(name for name, _ in pairs) and grants <= {"", *GRANT_TYPES}
    return is_plain and request.header("DPoP") is None


def failed_in_header(recorded: Recorded) -> list[Reply]:
    """Refusals that tell a client which came with an Authorization header of the scheme Basic that it failed."""
    failed = [reply for reply in recorded.token_errors() if reply.members["error"] == "invalid_client"]
    return [reply for reply in failed if (reply.request.header("Authorization") or "").lower().startswith("basic ")]
