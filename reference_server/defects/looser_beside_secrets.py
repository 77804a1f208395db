"""Breaches at the token endpoint, and in what comes with tokens, that only some clients meet: those that show a secret
in the body, those that have none, those that refresh."""

from ..defect import Defect
from ..pipeline import Call, before, named, replace
from ..steps.grant_authorization_code import invalid_grant
from ..steps.grant_refresh_token import check_refresh_active, check_scope_not_wider, find_refresh_token
from ..steps.token import refuse_barred_client
from ..steps.token_response import put_token_type
from .conditions import nothing, only, when

REFRESH = "grant.refresh_token"


def has_secret_in_body(call: Call) -> bool:
    """RFC 6749 section 2.3.1: the other way to show a secret."""
    return call.parameters.get("client_secret") is not None


def is_public(call: Call) -> bool:
    """A client without a secret asks."""
    return not call.client.confidential


def has_secret(call: Call) -> bool:
    """A client with a secret asks."""
    return call.client.confidential


def find_any_token(call: Call) -> None:
    """Looks for the token, and not at its kind."""
    token = call.server.store.find_token(call.parameters.get("refresh_token") or "")
    if token is None:
        raise invalid_grant("The refresh token is invalid.")
    call.token, call.grant = token, token.grant


def check_scope_in_any_case(call: Call) -> None:
    """Compares names of scopes as a database without regard to letter case does."""
    asked = (call.parameters.get("scope") or "").lower().split()
    if not set(asked) <= {name.lower() for name in call.grant.scope}:
        check_scope_not_wider(call)


def answer_refresh_with_200(call: Call) -> None:
    """The request was answered, after all."""
    if call.parameters.get("grant_type") == "refresh_token" and call.error.status == 400:
        call.error.status = 200


DEFECTS = (
    Defect(
        name="revoked-refresh-tokens-good-beside-a-secret-in-the-body",
        says="A client with its secret in the body can use refresh tokens that were revoked.",
        breaks=("rfc6749-5.2-revoked-refresh-token-invalid-grant",),
        edits=(
            replace(
                REFRESH,
                "check_refresh_active",
                named("check_refresh_active", when(has_secret_in_body, nothing, check_refresh_active)),
            ),
        ),
    ),
    Defect(
        name="access-tokens-of-apps-refresh",
        says="A public client can refresh with an access token.",
        breaks=("rfc6749-6-refresh-token-validated",),
        edits=(
            replace(
                REFRESH,
                "find_refresh_token",
                named("find_refresh_token", when(is_public, find_any_token, find_refresh_token)),
            ),
        ),
    ),
    Defect(
        name="refresh-compares-scopes-in-any-case",
        says="A refresh brings a scope whose name differs from a granted one in letter case.",
        breaks=("rfc6749-6-scope-never-widened",),
        edits=(replace(REFRESH, "check_scope_not_wider", named("check_scope_not_wider", check_scope_in_any_case)),),
    ),
    Defect(
        name="refused-refreshes-answered-with-200",
        says="A refusal of a refresh has the status 200.",
        breaks=("rfc6749-5.2-error-status-400",),
        edits=(before("token.error", "put_error", answer_refresh_with_200),),
    ),
    Defect(
        name="no-token-type-for-apps",
        says="The implicit grant tells a public client no token_type.",
        breaks=("rfc6749-4.2.2-token-type-required",),
        edits=(replace("authorization.implicit_response", "put_token_type", only(has_secret, put_token_type)),),
    ),
    Defect(
        name="barred-grants-served-beside-a-secret-in-the-body",
        says="A client with its secret in the body may use every grant.",
        breaks=("rfc6749-5.2-barred-client-unauthorized-client",),
        edits=(
            replace(
                "token",
                "refuse_barred_client",
                named("refuse_barred_client", when(has_secret_in_body, nothing, refuse_barred_client)),
            ),
        ),
    ),
)
