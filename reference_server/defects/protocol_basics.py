"""Breaches of RFC 6749 sections 1.5 and 1.9: refresh tokens by themselves, names and values in any letter case."""

from dataclasses import replace as changed

from ..defect import Defect
from ..pipeline import Call, Edit, after, before, replace
from ..steps.bearer import invalid_token
from ..steps.grant_authorization_code import invalid_grant
from .registration import unknown_client


def leave_out_access_token(call: Call) -> None:
    """Takes a refresh that names its scope for a change of the grant, and hands out just the next refresh token."""
    if call.grant_type == "refresh_token" and call.parameters.get("scope") is not None:
        call.answer.pop("access_token")


def find_any_token(call: Call) -> None:
    """Looks the token up without asking of which kind it is."""
    token = call.server.store.find_token(call.bearer_values[0])
    if token is None:
        raise invalid_token()
    call.bearer = token


def lower_parameter_names(call: Call) -> None:
    """Keeps parameters in a map that knows no letter case."""
    pairs = tuple((name.lower(), value) for name, value in call.parameters.pairs)
    call.parameters = changed(call.parameters, pairs=pairs)


def lower_response_type(call: Call) -> None:
    """Compares without case, as with header names."""
    call.response_type = call.response_type and call.response_type.lower()


def find_client_in_any_case(call: Call) -> None:
    """Searches with a collation that knows no letter case, as some databases do by default."""
    wanted = (call.parameters.get("client_id") or "").lower()
    found = (client for name, client in call.server.accounts.clients.items() if name.lower() == wanted)
    call.client = next(found, None) or unknown_client()


def lower_grant_type(call: Call) -> None:
    """Compares without case, as with header names."""
    call.grant_type = call.grant_type.lower()


def find_code_in_any_case(call: Call) -> None:
    """Searches with a collation that knows no letter case."""
    value = call.parameters.get("code") or ""
    code = call.server.store.find_code(value) or call.server.store.find_code(value.swapcase())
    if code is None:
        raise invalid_grant("The authorization code is invalid.")
    call.code = code


def _exact(name: str, says: str, requirement: str, edit: Edit) -> Defect:
    return Defect(name=name, says=says, breaks=(f"rfc6749-1.9-{requirement}-exact",), edits=(edit,))


DEFECTS = (
    Defect(
        name="refresh-token-comes-alone",
        says="A refresh that names a scope is answered with a new refresh token and no access token.",
        breaks=("rfc6749-1.5-refresh-token-beside-access-token",),
        edits=(after("token.response", "put_access_token", leave_out_access_token),),
    ),
    Defect(
        name="refresh-token-opens-resources",
        says="A protected resource takes a refresh token in place of an access token.",
        breaks=("rfc6749-1.5-refresh-token-opens-no-resource",),
        edits=(replace("bearer", "find_access_token", find_any_token),),
    ),
    _exact(
        "authorization-parameter-names-in-any-case",
        "The authorization endpoint compares names of parameters without case.",
        "authorization-parameter-names",
        before("authorization", "drop_empty_parameters", lower_parameter_names),
    ),
    _exact(
        "response-type-value-in-any-case",
        "Values of response_type are compared without case.",
        "response-type-values",
        after("authorization.validate_request", "read_response_type", lower_response_type),
    ),
    _exact(
        "client-id-value-in-any-case",
        "The authorization endpoint finds a client by its identifier in any letter case.",
        "client-id",
        replace("authorization.validate_client", "find_client", find_client_in_any_case),
    ),
    _exact(
        "token-parameter-names-in-any-case",
        "The token endpoint compares names of parameters without case.",
        "token-parameter-names",
        before("token", "drop_empty_parameters", lower_parameter_names),
    ),
    _exact(
        "grant-type-value-in-any-case",
        "Values of grant_type are compared without case.",
        "grant-type-values",
        before("token", "find_grant", lower_grant_type),
    ),
    _exact(
        "code-value-in-any-case",
        "A code is found in any letter case.",
        "code-value",
        replace("grant.authorization_code", "find_code", find_code_in_any_case),
    ),
)
