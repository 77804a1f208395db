"""Breaches of RFC 6749 section 5.2: the token endpoint refuses, and names another error code."""

from collections.abc import Awaitable

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, before, named, replace
from ..steps import (
    client_authentication,
    forms,
    grant_authorization_code,
    grant_password,
    grant_refresh_token,
    scope,
    token,
)


def other_code(list_name: str, step: Step, code: str, status: int = 400) -> tuple[Edit, ...]:
    """The same check, whose refusals at the token endpoint carry another code."""

    def refuse_with_another_code(call: Call) -> Response | Awaitable[Response | None] | None:
        """Refuses for the right reason and says another."""
        try:
            return step(call)
        except OAuthError as error:
            if call.endpoint != "token":
                raise
            raise OAuthError(code, error.description, status, error.headers) from None

    return (replace(list_name, step.__name__, named(step.__name__, refuse_with_another_code)),)


def find_any_grant(call: Call) -> None:
    """Finds a grant among all that the server knows, of which not every one has a token request."""
    if call.grant_type not in call.server.settings.grants:
        token.find_grant(call)


def take_implicit_as_client_credentials(call: Call) -> None:
    """Has one way for whoever shows no grant."""
    if call.grant_type == "implicit":
        call.grant_type = "client_credentials"


DEFECTS = (
    Defect(
        name="missing-code-is-invalid-grant",
        says="A code exchange without `code` is answered `invalid_grant`.",
        breaks=("rfc6749-5.2-missing-parameter-invalid-request",),
        edits=other_code("grant.authorization_code", grant_authorization_code.require_code, "invalid_grant"),
    ),
    Defect(
        name="repeated-parameter-is-invalid-grant",
        says="A token request with a repeated parameter is answered `invalid_grant`.",
        breaks=("rfc6749-5.2-repeated-parameter-invalid-request",),
        edits=other_code("token", forms.refuse_repeated(*token.RECOGNIZED), "invalid_grant"),
    ),
    Defect(
        name="two-methods-are-invalid-client",
        says="A token request with two authentication methods is answered `invalid_client`.",
        breaks=("rfc6749-5.2-several-credentials-invalid-request",),
        edits=other_code("client_authentication", client_authentication.refuse_two_methods, "invalid_client"),
    ),
    Defect(
        name="json-body-is-unsupported-media-type",
        says="A token request in JSON is answered 415 `unsupported_media_type`.",
        breaks=("rfc6749-5.2-malformed-body-invalid-request",),
        edits=other_code("token", forms.read_form, "unsupported_media_type", 415),
    ),
    Defect(
        name="unknown-client-is-unauthorized-client",
        says="A token request of an unknown client is answered `unauthorized_client`.",
        breaks=("rfc6749-5.2-unknown-client-invalid-client",),
        edits=other_code("client_authentication", client_authentication.find_client, "unauthorized_client", 401),
    ),
    Defect(
        name="wrong-secret-is-unauthorized-client",
        says="A token request with a wrong client secret is answered `unauthorized_client`.",
        breaks=("rfc6749-5.2-wrong-secret-invalid-client",),
        edits=other_code(
            "client_authentication", client_authentication.refuse_unauthenticated, "unauthorized_client", 401
        ),
    ),
    Defect(
        name="missing-secret-is-invalid-request",
        says="A token request of a confidential client without authentication is answered `invalid_request`.",
        breaks=("rfc6749-5.2-missing-authentication-invalid-client",),
        edits=other_code(
            "client_authentication", client_authentication.require_for_confidential, "invalid_request", 401
        ),
    ),
    Defect(
        name="unsupported-method-is-invalid-request",
        says="A token request with an unknown authentication scheme is answered `invalid_request`.",
        breaks=("rfc6749-5.2-unsupported-method-invalid-client",),
        edits=other_code("client_authentication", client_authentication.collect_basic, "invalid_request", 401),
    ),
    Defect(
        name="two-client-names-are-client-mismatch",
        says="A `client_id` beside HTTP Basic of another client is answered `client_mismatch`, no code of the RFC.",
        breaks=("rfc6749-5.2-error-code-defined",),
        edits=other_code("client_authentication", client_authentication.refuse_other_client_id, "client_mismatch"),
    ),
    Defect(
        name="unknown-code-is-invalid-request",
        says="An unknown authorization code is answered `invalid_request`.",
        breaks=("rfc6749-5.2-unknown-code-invalid-grant",),
        edits=other_code("grant.authorization_code", grant_authorization_code.find_code, "invalid_request"),
    ),
    Defect(
        name="unknown-code-is-grant-not-found",
        says="An unknown authorization code is answered `grant_not_found`, which is no code of the RFC.",
        breaks=("rfc6749-5.2-error-code-defined", "rfc6749-5.2-unknown-code-invalid-grant"),
        edits=other_code("grant.authorization_code", grant_authorization_code.find_code, "grant_not_found"),
    ),
    Defect(
        name="expired-code-is-expired-token",
        says="An expired authorization code is answered `expired_token`.",
        breaks=("rfc6749-5.2-expired-code-invalid-grant",),
        edits=other_code("grant.authorization_code", grant_authorization_code.check_code_fresh, "expired_token"),
    ),
    Defect(
        name="used-code-is-invalid-request",
        says="A used authorization code is answered `invalid_request`.",
        breaks=("rfc6749-5.2-used-code-invalid-grant",),
        edits=other_code("grant.authorization_code", grant_authorization_code.check_code_unused, "invalid_request"),
    ),
    Defect(
        name="other-redirect-uri-is-mismatch",
        says="Another redirect URI than the authorization request's is answered `redirect_uri_mismatch`.",
        breaks=("rfc6749-5.2-other-redirect-uri-invalid-grant",),
        edits=other_code(
            "grant.authorization_code", grant_authorization_code.check_redirect_uri, "redirect_uri_mismatch"
        ),
    ),
    Defect(
        name="other-clients-code-is-invalid-client",
        says="Another client's authorization code is answered `invalid_client`.",
        breaks=("rfc6749-5.2-other-clients-code-invalid-grant",),
        edits=other_code("grant.authorization_code", grant_authorization_code.check_code_client, "invalid_client"),
    ),
    Defect(
        name="wrong-password-is-access-denied",
        says="A wrong password is answered `access_denied`.",
        breaks=("rfc6749-5.2-wrong-password-invalid-grant",),
        edits=other_code("resource_owner.password", grant_password.refuse_wrong_password, "access_denied"),
    ),
    Defect(
        name="unknown-refresh-token-is-invalid-token",
        says="An unknown refresh token is answered `invalid_token`.",
        breaks=("rfc6749-5.2-unknown-refresh-token-invalid-grant",),
        edits=other_code("grant.refresh_token", grant_refresh_token.find_refresh_token, "invalid_token"),
    ),
    Defect(
        name="revoked-refresh-token-is-invalid-token",
        says="A revoked refresh token is answered `invalid_token`.",
        breaks=("rfc6749-5.2-revoked-refresh-token-invalid-grant",),
        edits=other_code("grant.refresh_token", grant_refresh_token.check_refresh_active, "invalid_token"),
    ),
    Defect(
        name="other-clients-refresh-token-is-unauthorized-client",
        says="Another client's refresh token is answered `unauthorized_client`.",
        breaks=("rfc6749-5.2-other-clients-refresh-token-invalid-grant",),
        edits=other_code("grant.refresh_token", grant_refresh_token.check_refresh_client, "unauthorized_client"),
    ),
    Defect(
        name="barred-client-is-unsupported-grant-type",
        says="A client that is barred from a grant type is told `unsupported_grant_type`.",
        breaks=("rfc6749-5.2-barred-client-unauthorized-client",),
        edits=other_code("token", token.refuse_barred_client, "unsupported_grant_type"),
    ),
    Defect(
        name="unknown-grant-type-is-invalid-request",
        says="An unknown grant type is answered `invalid_request`.",
        breaks=("rfc6749-5.2-unknown-grant-type-unsupported",),
        edits=other_code("token", token.find_grant, "invalid_request"),
    ),
    Defect(
        name="implicit-grant-type-breaks-down",
        says="The implicit grant is looked up at the token endpoint like the others, and there nothing is found.",
        breaks=("rfc6749-5.2-unknown-grant-type-unsupported",),
        edits=(replace("token", "find_grant", find_any_grant),),
    ),
    Defect(
        name="implicit-grant-type-works",
        says="At the token endpoint the implicit grant gets what client credentials get.",
        breaks=("rfc6749-5.2-unknown-grant-type-unsupported",),
        edits=(before("token", "find_grant", take_implicit_as_client_credentials),),
    ),
    Defect(
        name="unknown-scope-is-invalid-request",
        says="A token request for an unknown scope is answered `invalid_request`.",
        breaks=("rfc6749-5.2-unknown-scope-invalid-scope",),
        edits=other_code("scope", scope.refuse_unknown_scope, "invalid_request"),
    ),
    Defect(
        name="malformed-scope-is-invalid-request",
        says="A token request with a malformed scope is answered `invalid_request`.",
        breaks=("rfc6749-5.2-malformed-scope-invalid-scope",),
        edits=other_code("scope", scope.check_scope_syntax, "invalid_request"),
    ),
    Defect(
        name="excessive-scope-is-access-denied",
        says="A refresh for a scope beyond the grant is answered `access_denied`.",
        breaks=("rfc6749-5.2-excessive-scope-invalid-scope",),
        edits=other_code("grant.refresh_token", grant_refresh_token.check_scope_not_wider, "access_denied"),
    ),
)
