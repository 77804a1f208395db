"""Conformant servers that treat challenges and verifiers in another way (RFC 7636)."""

from .. import demo
from ..errors import OAuthError
from ..pipeline import Call, after, remove, replace, setting
from ..steps.grant_authorization_code import VERIFIER, check_code_verifier, require_code_verifier
from ..variant import Variant

GRANT = "grant.authorization_code"
REQUEST = "authorization.validate_request"


def use_up_code(call: Call) -> None:
    """RFC 7636 leaves open what becomes of the code: a thief gets one try."""
    try:
        require_code_verifier(call)
        check_code_verifier(call)
    except OAuthError:
        call.server.store.use_code(call.code)
        raise


def demand_verifier(call: Call) -> None:
    """RFC 6749 section 5.2: a request that lacks a parameter is invalid."""
    if call.code.challenge is not None and call.parameters.get("code_verifier") is None:
        raise OAuthError("invalid_request", "The code_verifier parameter is missing.")


def refuse_malformed_verifier(call: Call) -> None:
    """RFC 6749 section 5.2: a parameter in the wrong format makes a request malformed, whatever code it brings."""
    verifier = call.parameters.get("code_verifier")
    if verifier is not None and not VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_request", "The code_verifier parameter is malformed.")


VARIANTS = (
    Variant(
        name="pkce-s256-only",
        says="Challenges by plain, and those without a method, are refused.",
        edits=(setting(pkce_methods=("S256",)),),
    ),
    Variant(
        name="clients-use-plain",
        says="Clients use plain, which the server serves beside S256.",
        edits=(),
        profile={"clients": {client.name: {"pkce": "plain"} for client in demo.CLIENTS}},
    ),
    Variant(
        name="code-burnt-at-wrong-verifier",
        says="A code that was presented without the right verifier is good for nobody.",
        edits=(
            remove(GRANT, "require_code_verifier"),
            replace(GRANT, "check_code_verifier", use_up_code),
        ),
    ),
    Variant(
        name="missing-verifier-invalid-request",
        says="An exchange that lacks its verifier is called an invalid request.",
        edits=(replace(GRANT, "require_code_verifier", demand_verifier),),
    ),
    Variant(
        name="malformed-verifier-invalid-request",
        says="A verifier outside the grammar is called an invalid request before the code is looked at.",
        edits=(after(GRANT, "require_code", refuse_malformed_verifier),),
    ),
    Variant(
        name="verifier-without-challenge-ignored",
        says="A verifier that comes for a code without a challenge is ignored.",
        edits=(remove(GRANT, "refuse_unexpected_verifier"),),
    ),
    Variant(
        name="no-pkce",
        says="The server doesn't know PKCE and ignores its parameters.",
        edits=(
            setting(pkce_methods=()),
            remove(REQUEST, "require_code_challenge"),
            remove(REQUEST, "check_code_challenge"),
            remove(REQUEST, "check_code_challenge_method"),
            remove(GRANT, "refuse_unexpected_verifier"),
            remove(GRANT, "require_code_verifier"),
            remove(GRANT, "check_code_verifier"),
            remove("metadata", "put_code_challenge_methods"),
        ),
        profile={"features": {"no_pkce": True}, "clients": {client.name: {"pkce": "off"} for client in demo.CLIENTS}},
        changes={"rfc7636-7.2-unknown-verifier-ignored": "passed"},
    ),
)
