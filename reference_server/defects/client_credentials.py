"""Breaches of RFC 6749 section 4.4: the client credentials grant."""

from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, after, before, remove, replace
from ..steps import client_authentication, scope, token
from ..steps.grant_password import offer_refresh_token
from .conditions import by_grant, nothing, when
from .grant_mistakes import (
    believe_secret,
    demand_scope,
    demand_whole_scope,
    read_grant_type_undecoded,
    refused_in_plain_words,
    served_by_name_alone,
)

by_client_credentials = by_grant("client_credentials")
GRANTS_BY_PARAMETER = ("code", "username", "refresh_token", "assertion", "external_authentication_token")


def has_no_grant_type(call: Call) -> bool:
    """A token request that doesn't say what it asks for."""
    return call.parameters.get("grant_type") is None


def is_for_public_client(call: Call) -> bool:
    """A client credentials request by a client that has no credentials."""
    return by_client_credentials(call) and not call.client.confidential


def suppose_client_credentials(call: Call) -> None:
    """Sees a scope and no sign of any other grant."""
    others = any(call.parameters.get(name) is not None for name in GRANTS_BY_PARAMETER)
    if has_no_grant_type(call) and call.parameters.get("scope") is not None and not others:
        pairs = (*call.parameters.pairs, ("grant_type", "client_credentials"))
        call.parameters = changed(call.parameters, pairs=pairs)


def refuse_beyond_ascii(call: Call) -> None:
    """Reads the body as ASCII."""
    if not all(value.isascii() for _, value in call.parameters.pairs):
        raise OAuthError("invalid_request", "The request body has to be ASCII.")


def refuse_credentials_in_body(call: Call) -> None:
    """Knows credentials from the Authorization header only."""
    if call.attempts[0].method != "client_secret_basic":
        raise OAuthError("unauthorized_client", "The client has to authenticate by HTTP Basic.")


def demand_approval(call: Call) -> None:
    """Takes a client with one redirection URI for an installed application, which a resource owner has to approve."""
    if len(call.client.redirect_uris) == 1:
        raise OAuthError("unauthorized_client", "A resource owner has to approve this application first.")


DEFECTS = (
    Defect(
        name="client-credentials-for-public-clients",
        says="Public clients get tokens by the client credentials grant.",
        breaks=("rfc6749-4.4-confidential-clients-only",),
        edits=(
            replace("token", "refuse_barred_client", when(is_for_public_client, nothing, token.refuse_barred_client)),
            remove("grant.client_credentials", "require_authenticated_client"),
            replace(
                "scope",
                "refuse_scope_beyond_client",
                when(is_for_public_client, nothing, scope.refuse_scope_beyond_client),
            ),
        ),
    ),
    Defect(
        name="client-credentials-after-approval",
        says="Some clients get no token of their own before a resource owner has approved them.",
        breaks=("rfc6749-4.4.1-no-authorization-request", "rfc6749-4.4.3-access-token-issued"),
        edits=(before("grant.client_credentials", "require_authenticated_client", demand_approval),),
    ),
    Defect(
        name="client-credentials-grant-type-undecoded",
        says="The grant type client_credentials is looked for in the body before that is decoded.",
        breaks=("rfc6749-4.4.2-body-form-encoded",),
        edits=(before("token", "require_grant_type", read_grant_type_undecoded("client_credentials")),),
    ),
    Defect(
        name="client-credentials-in-ascii",
        says="A client credentials request with anything beyond ASCII is refused.",
        breaks=("rfc6749-4.4.2-body-in-utf8",),
        edits=(before("grant.client_credentials", "require_authenticated_client", refuse_beyond_ascii),),
    ),
    Defect(
        name="client-credentials-by-default",
        says="A token request for a scope that names no grant is taken for a client credentials request.",
        breaks=("rfc6749-4.4.2-grant-type-required", "rfc6749-4.4.3-invalid-request-error"),
        edits=(before("token", "require_grant_type", suppose_client_credentials),),
    ),
    Defect(
        name="client-credentials-by-header-only",
        says="The client credentials grant is refused to clients that are registered for authentication in the body.",
        breaks=("rfc6749-4.4.2-grant-type-client-credentials",),
        edits=(before("grant.client_credentials", "require_authenticated_client", refuse_credentials_in_body),),
    ),
    Defect(
        name="client-credentials-scope-mandatory",
        says="A client credentials request without scope is an invalid request.",
        breaks=("rfc6749-4.4.2-scope-omitted",),
        edits=(before("scope", "check_scope_syntax", demand_scope("client_credentials")),),
    ),
    Defect(
        name="client-credentials-whole-scope-only",
        says="A client credentials request for less than the client's whole scope is refused.",
        breaks=("rfc6749-4.4.2-scope-accepted",),
        edits=(before("scope", "check_scope_syntax", demand_whole_scope("client_credentials")),),
    ),
    Defect(
        name="client-credentials-without-credentials",
        says="In the client credentials grant the client_id is enough.",
        breaks=("rfc6749-4.4.2-client-authentication-required",),
        edits=(served_by_name_alone(by_client_credentials),),
    ),
    Defect(
        name="client-credentials-secret-never-compared",
        says="In the client credentials grant any secret will do for any client.",
        breaks=("rfc6749-4.4.2-client-authenticated", "rfc6749-4.4.3-failed-authentication-error"),
        edits=(
            replace(
                "client_authentication",
                "verify_secret",
                when(by_client_credentials, believe_secret, client_authentication.verify_secret),
            ),
        ),
    ),
    Defect(
        name="client-credentials-refresh-token",
        says="A refresh token comes with the client credentials grant.",
        breaks=("rfc6749-4.4.3-no-refresh-token",),
        edits=(after("grant.client_credentials", "open_grant", offer_refresh_token),),
    ),
    Defect(
        name="client-credentials-failure-in-plain-words",
        says="A client credentials request with a wrong secret is answered by a text, not by an error response.",
        breaks=("rfc6749-4.4.3-failed-authentication-error",),
        edits=(refused_in_plain_words(by_client_credentials, "invalid_client"),),
    ),
    Defect(
        name="missing-grant-type-in-plain-words",
        says="A token request without grant_type is answered by a text, not by an error response.",
        breaks=("rfc6749-4.4.3-invalid-request-error",),
        edits=(refused_in_plain_words(has_no_grant_type, "invalid_request"),),
    ),
)
