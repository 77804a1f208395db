"""Names registered with IANA for OAuth, as far as they are known here.

Registries grow: a name that is missing is no proof that it isn't registered, so tests only warn of it.
"""

from __future__ import annotations

# OAuth Access Token Types (RFC 6749 section 11.1), in lower case: `token_type` is compared without case.
ACCESS_TOKEN_TYPES = {
    "bearer": "RFC 6750",
    "n_a": "RFC 8693",
    "pop": "RFC 9200",
    "dpop": "RFC 9449",
}

# The error codes of an authorization request, by whatever flow (RFC 6749 sections 4.1.2.1 and 4.2.2.1).
AUTHORIZATION_ERRORS = (
    "invalid_request",
    "unauthorized_client",
    "access_denied",
    "unsupported_response_type",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
)
# Those of a token request (section 5.2).
TOKEN_ERRORS = (
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
)
RFC6749_ERRORS = tuple(dict.fromkeys((*TOKEN_ERRORS, *AUTHORIZATION_ERRORS)))
# Those of a protected resource beside invalid_request (RFC 6750 section 3.1).
RESOURCE_ERRORS = ("invalid_token", "insufficient_scope")
# That of revocation (RFC 7009 section 2.2.1).
REVOCATION_ERRORS = ("unsupported_token_type",)
# By these a server says that it failed, not what is wrong with the request.
BREAKDOWN_ERRORS = ("server_error", "temporarily_unavailable")
REQUEST_FAULTS = frozenset({*RFC6749_ERRORS, *RESOURCE_ERRORS, *REVOCATION_ERRORS} - set(BREAKDOWN_ERRORS))

# OAuth Extensions Errors (RFC 6749 section 11.4).
EXTENSION_ERRORS = {
    **dict.fromkeys(RESOURCE_ERRORS, "RFC 6750"),
    **dict.fromkeys(REVOCATION_ERRORS, "RFC 7009"),
    "interaction_required": "OpenID Connect Core",
    "login_required": "OpenID Connect Core",
    "account_selection_required": "OpenID Connect Core",
    "consent_required": "OpenID Connect Core",
    "invalid_request_uri": "OpenID Connect Core",
    "invalid_request_object": "OpenID Connect Core",
    "request_not_supported": "OpenID Connect Core",
    "request_uri_not_supported": "OpenID Connect Core",
    "registration_not_supported": "OpenID Connect Core",
    "need_info": "User-Managed Access 2.0",
    "request_denied": "User-Managed Access 2.0",
    "request_submitted": "User-Managed Access 2.0",
    "authorization_pending": "RFC 8628",
    "slow_down": "RFC 8628",
    "expired_token": "RFC 8628",
    "invalid_target": "RFC 8707",
    "unsupported_pop_key": "RFC 9200",
    "incompatible_ace_profiles": "RFC 9200",
    "invalid_authorization_details": "RFC 9396",
    "invalid_dpop_proof": "RFC 9449",
    "use_dpop_nonce": "RFC 9449",
    "insufficient_user_authentication": "RFC 9470",
}
