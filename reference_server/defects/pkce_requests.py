"""Breaches of RFC 7636 sections 4.2 to 4.4.1 and 7.2: which challenges are served, and how others are refused."""

import base64
import re
from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, after, named, replace
from ..secrets import keyed_hash
from ..steps.authorization_request import (
    RECOGNIZED,
    check_code_challenge,
    check_code_challenge_method,
    require_code_challenge,
)
from ..steps.authorization_response import make_code, tell_client
from ..steps.forms import refuse_repeated
from ..steps.grant_authorization_code import invalid_grant
from ..steps.token_response import put_error_description
from .conditions import only
from .pkce import make_code_with_hashed_challenge
from .pkce_verifiers import by_s256

GRANT = "grant.authorization_code"
REQUEST = "authorization.validate_request"
ORDINARY = 43
REQUIRED, SUPPORTED = "challenge is required", "method is not supported"


def refuse_challenge(call: Call) -> None:
    """Refuses what it doesn't know."""
    if call.parameters.get("code_challenge") is not None:
        raise OAuthError("invalid_request", "The parameter code_challenge is unknown.")


def demand_method(call: Call) -> None:
    """Wants the method named."""
    if call.parameters.get("code_challenge") is not None and call.parameters.get("code_challenge_method") is None:
        raise OAuthError("invalid_request", "The code_challenge_method parameter is missing.")
    check_code_challenge_method(call)


def take_method_in_any_case(call: Call) -> None:
    """Reads methods without regard to letter case."""
    known = {each.lower(): each for each in call.server.settings.pkce_methods}
    pairs = tuple(
        (name, known.get(value.lower(), value) if name == "code_challenge_method" else value)
        for name, value in call.parameters.pairs
    )
    call.parameters = changed(call.parameters, pairs=pairs)
    check_code_challenge_method(call)


def allow_any_method(call: Call) -> None:
    """Leaves it to the token endpoint what to do with a method."""


def only_named_plain(call: Call) -> None:
    """Checks the format where the challenge is a hash, and takes no other challenge but of that length."""
    challenge = call.parameters.get("code_challenge")
    if challenge is not None and len(challenge) != ORDINARY:
        raise OAuthError("invalid_request", "The code challenge is malformed.")
    check_code_challenge(call)


def refuse_special_challenge(call: Call) -> None:
    """Every challenge has to look like a hash in base64url."""
    if re.search(r"[.~]", call.parameters.get("code_challenge") or ""):
        raise OAuthError("invalid_request", "The code challenge is malformed.")
    check_code_challenge(call)


def told_as(code: str, step: Step, description: str | None = None) -> Step:
    """The same check with another error code, or with another description."""

    def check_otherwise(call: Call) -> None:
        try:
            step(call)
        except OAuthError as error:
            raise OAuthError(code, error.description if description is None else description) from error

    return named(step.__name__, check_otherwise)


def unless_about(word: str) -> Step:
    """Errors that speak of it stay on a page."""

    async def tell_client_of_others(call: Call) -> Response | None:
        return None if word in call.error.description else await tell_client(call)

    return named("tell_client", tell_client_of_others)


def without_state(word: str) -> Edit:
    """Errors that speak of it come without the state."""

    def drop_state(call: Call) -> None:
        if word in call.error.description:
            call.answer.pop("state", None)

    return after("authorization.redirect_error", "put_state", named(f"drop_state_{len(word)}", drop_state))


def make_code_with_challenge(call: Call) -> None:
    """Keeps the challenge in the code, for everybody to read."""
    make_code(call)
    store, code, challenge = call.server.store, call.answer["code"], call.parameters.get("code_challenge")
    readable = base64.urlsafe_b64encode(f'{{"c":"{challenge}"}}'.encode()).decode().rstrip("=")
    call.answer["code"] = f"{code}.{readable}"
    hashes = (keyed_hash(store.key, call.answer["code"]), keyed_hash(store.key, code))
    store.connection.execute("UPDATE codes SET hash = ? WHERE hash = ?", hashes)


def echo_challenge(call: Call) -> None:
    """Sends the parameters of PKCE back beside the code."""
    make_code(call)
    if by_s256(call):
        call.answer["code_challenge"] = call.parameters.get("code_challenge")


def take_first_challenge() -> Edit:
    """A challenge may be repeated."""
    known = tuple(each for each in RECOGNIZED if each != "code_challenge")
    return replace(REQUEST, "refuse_repeated_parameters", refuse_repeated(*known))


def take_method_left_out(call: Call) -> None:
    """Knows one method, which is the default then."""
    if call.parameters.get("code_challenge_method") is not None:
        check_code_challenge_method(call)


def demand_verifier(call: Call) -> None:
    """Wants a verifier of every code."""
    if call.parameters.get("code_verifier") is None:
        raise invalid_grant("The code verifier is missing.")


DEFECTS = (
    Defect(
        name="pkce-challenge-of-43-only",
        says="A challenge has to be 43 characters long, whatever its method.",
        breaks=("rfc7636-4.2-challenge-grammar-served",),
        edits=(replace(REQUEST, "check_code_challenge", only_named_plain),),
    ),
    Defect(
        name="pkce-challenge-without-tilde",
        says="A challenge with a tilde or a full stop is refused.",
        breaks=("rfc7636-4.2-challenge-grammar-served",),
        edits=(replace(REQUEST, "check_code_challenge", refuse_special_challenge),),
    ),
    Defect(
        name="pkce-first-of-two-challenges-taken",
        says="Of two challenges the first one counts.",
        breaks=("rfc7636-4.3-repeated-challenge-refused",),
        edits=(take_first_challenge(),),
    ),
    Defect(
        name="pkce-method-demanded",
        says="A request without a method is refused, though plain is served.",
        breaks=("rfc7636-4.3-method-optional", "rfc7636-4.3-method-defaults-to-plain"),
        edits=(replace(REQUEST, "check_code_challenge_method", demand_method),),
    ),
    Defect(
        name="pkce-s256-when-none-is-named",
        says="Where the only method is S256, a challenge without a method is taken for a hash.",
        breaks=("rfc7636-4.4.1-unsupported-method-invalid-request",),
        edits=(
            replace(REQUEST, "check_code_challenge_method", take_method_left_out),
            replace("authorization.code_response", "make_code", make_code_with_hashed_challenge),
        ),
        on="pkce-s256-only",
    ),
    Defect(
        name="pkce-method-in-any-case",
        says="The names of methods are read without regard to letter case.",
        breaks=("rfc7636-4.3-method-names-exact",),
        edits=(replace(REQUEST, "check_code_challenge_method", take_method_in_any_case),),
    ),
    Defect(
        name="pkce-unknown-method-served",
        says="A method that nobody knows is served.",
        breaks=("rfc7636-4.4.1-unsupported-method-invalid-request", "rfc7636-4.3-method-names-exact"),
        edits=(replace(REQUEST, "check_code_challenge_method", allow_any_method),),
    ),
    Defect(
        name="pkce-unknown-method-error-code",
        says="A method that isn't supported has an error code of its own.",
        breaks=("rfc7636-4.4.1-unsupported-method-invalid-request",),
        edits=(
            replace(
                REQUEST,
                "check_code_challenge_method",
                told_as("unsupported_challenge_method", check_code_challenge_method),
            ),
        ),
    ),
    Defect(
        name="pkce-unknown-method-on-page",
        says="An unsupported method is told to the resource owner.",
        breaks=("rfc7636-4.4.1-unsupported-method-invalid-request",),
        edits=(replace("authorization.error", "tell_client", unless_about(SUPPORTED)),),
    ),
    Defect(
        name="pkce-unknown-method-without-state",
        says="The error about an unsupported method comes without the state.",
        breaks=("rfc7636-4.4.1-unsupported-method-invalid-request",),
        edits=(without_state(SUPPORTED),),
    ),
    Defect(
        name="pkce-unknown-method-unexplained",
        says="The error about an unsupported method doesn't say what is wrong.",
        breaks=("rfc7636-4.4.1-unsupported-method-explained",),
        edits=(
            replace(
                REQUEST,
                "check_code_challenge_method",
                told_as("invalid_request", check_code_challenge_method, "The request is malformed."),
            ),
        ),
    ),
    Defect(
        name="pkce-plain-not-supported-error-code",
        says="Where plain isn't supported, it is called an unsupported response type.",
        breaks=("rfc7636-4.4.1-unsupported-method-invalid-request",),
        edits=(
            replace(
                REQUEST,
                "check_code_challenge_method",
                told_as("unsupported_response_type", check_code_challenge_method),
            ),
        ),
        on="pkce-s256-only",
    ),
    Defect(
        name="pkce-missing-challenge-on-page",
        says="A missing challenge is told to the resource owner.",
        breaks=("rfc7636-4.4.1-missing-challenge-invalid-request",),
        edits=(replace("authorization.error", "tell_client", unless_about(REQUIRED)),),
    ),
    Defect(
        name="pkce-missing-challenge-error-code",
        says="A client that sends no challenge is called unauthorized.",
        breaks=("rfc7636-4.4.1-missing-challenge-invalid-request",),
        edits=(replace(REQUEST, "require_code_challenge", told_as("unauthorized_client", require_code_challenge)),),
    ),
    Defect(
        name="pkce-missing-challenge-without-state",
        says="The error about a missing challenge comes without the state.",
        breaks=("rfc7636-4.4.1-missing-challenge-invalid-request",),
        edits=(without_state(REQUIRED),),
    ),
    Defect(
        name="pkce-missing-challenge-unexplained",
        says="The error about a missing challenge says nothing more.",
        breaks=("rfc7636-4.4.1-missing-challenge-explained",),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error_description",
                only(lambda call: REQUIRED not in call.error.description, put_error_description),
            ),
        ),
    ),
    Defect(
        name="pkce-challenge-readable-in-code",
        says="The code carries its challenge in base64url, for everybody to read.",
        breaks=("rfc7636-4.4-challenge-not-readable", "rfc7636-7.2-plain-challenge-encrypted-in-code"),
        edits=(replace("authorization.code_response", "make_code", make_code_with_challenge),),
    ),
    Defect(
        name="pkce-challenge-beside-code",
        says="The challenge goes back to the client beside the code.",
        breaks=("rfc7636-4.4-challenge-not-readable",),
        edits=(replace("authorization.code_response", "make_code", echo_challenge),),
    ),
    Defect(
        name="pkce-verifier-demanded-without-challenge",
        says="A code that was issued without a challenge needs a verifier all the same.",
        breaks=("rfc7636-5-no-challenge-no-verifier",),
        edits=(replace(GRANT, "refuse_unexpected_verifier", demand_verifier),),
    ),
    Defect(
        name="pkce-unknown-parameters-refused",
        says="A server without PKCE refuses requests that bring a challenge.",
        breaks=("rfc7636-7.2-unknown-verifier-ignored",),
        edits=(after(REQUEST, "require_response_type", named("refuse_challenge", refuse_challenge)),),
        on="no-pkce",
    ),
)
