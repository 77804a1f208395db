"""Breaches of RFC 6749 sections 4 and 6 by requests that bring what is good for another grant beside their own."""

from ..defect import Defect
from ..pipeline import Call, Edit, Response, Step, named, replace
from ..steps.grant_authorization_code import take_grant_of_code
from ..steps.grant_client_credentials import ask_for_app_scope
from ..steps.grant_refresh_token import narrow_scope
from ..steps.token import TOKEN_GRANTS, authenticate_client, find_grant
from .conditions import Condition


def told_by(parameter: str, grant_type: str) -> Edit:
    """Which grant is meant shows in the parameters that came."""

    def find_grant_by_parameters(call: Call) -> None:
        """Looks for what it could redeem, whatever `grant_type` says."""
        find_grant(call)
        if call.parameters.get(parameter) is not None and call.grant_type in TOKEN_GRANTS:
            call.grant_type = grant_type

    return replace("token", "find_grant", named("find_grant", find_grant_by_parameters))


def take_scope_of_code(call: Call) -> None:
    """Adds up what the resource owner has approved in all that came."""
    narrow_scope(call)
    code = call.server.store.find_code(call.parameters.get("code") or "")
    if code is not None and code.grant.client_id == call.client.client_id:
        call.scope = tuple(dict.fromkeys((*call.scope, *code.grant.scope)))


def take_scope_of_refresh_token(call: Call) -> None:
    """The same for a code that comes with a refresh token."""
    take_grant_of_code(call)
    token = call.server.store.find_token(call.parameters.get("refresh_token") or "")
    if token is not None and token.active and token.grant.client_id == call.client.client_id:
        call.scope = tuple(dict.fromkeys((*call.scope, *token.grant.scope)))


def ask_for_scope_of_named_user(call: Call) -> None:
    """Takes a request that names a user for one of that user."""
    ask_for_app_scope(call)
    if call.parameters.get("username") is not None:
        call.kind = "user"


def brings_live_code(call: Call) -> bool:
    """A code that was issued to the client that the request names."""
    code = call.server.store.find_code(call.parameters.get("code") or "")
    return code is not None and code.grant.client_id == call.parameters.get("client_id")


def brings_live_refresh_token(call: Call) -> bool:
    """A refresh token that was issued to the client that the request names."""
    token = call.server.store.find_token(call.parameters.get("refresh_token") or "")
    return token is not None and token.active and token.grant.client_id == call.parameters.get("client_id")


def brings_right_password(call: Call) -> bool:
    """The right password of a user."""
    username, password = (call.parameters.get(name) or "" for name in ("username", "password"))
    return call.server.accounts.user_with_password(username, password) is not None


def authenticated_by(proof: Condition) -> Edit:
    """Whoever proves one thing needs to prove no other, by client credentials."""

    async def take_other_proof(call: Call) -> Response | None:
        """Asks for no secret where it has seen another one."""
        client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
        says_more = call.header(b"authorization") is not None or call.parameters.get("client_secret") is not None
        by_app = call.parameters.get("grant_type") == "client_credentials"
        if client is None or says_more or not by_app or not proof(call):
            return await authenticate_client(call)
        call.client, call.authenticated = client, True
        return None

    step: Step = named("authenticate_client", take_other_proof)
    return replace("token", "authenticate_client", step)


DEFECTS = (
    Defect(
        name="refresh-token-tells-the-grant",
        says="A token request with a refresh token is a refresh, whatever its grant_type.",
        breaks=(
            "rfc6749-4.1.3-invalid-code-refused",
            "rfc6749-4.1.3-code-required",
            "rfc6749-4.1.3-other-confidential-client-refused",
            "rfc6749-4.3.2-wrong-password-refused",
            "rfc6749-4.3.2-password-required",
            "rfc6749-4.4.3-no-refresh-token",
        ),
        edits=(told_by("refresh_token", "refresh_token"),),
    ),
    Defect(
        name="code-tells-the-grant",
        says="A token request with a code is a code exchange, whatever its grant_type.",
        breaks=(
            "rfc6749-4.3.2-wrong-password-refused",
            "rfc6749-6-refresh-token-validated",
            "rfc6749-6-refresh-token-required",
            "rfc6749-6-refresh-token-bound-to-client",
            "rfc6749-6-scope-never-widened",
        ),
        edits=(told_by("code", "authorization_code"),),
    ),
    Defect(
        name="user-name-tells-the-grant",
        says="A token request with a user name is one of the password grant, whatever its grant_type.",
        breaks=(
            "rfc6749-4.1.3-invalid-code-refused",
            "rfc6749-4.4.3-no-refresh-token",
            "rfc6749-6-refresh-token-validated",
            "documented-scopes-me-never-by-client-credentials",
        ),
        edits=(told_by("username", "password"),),
    ),
    Defect(
        name="refresh-widened-by-a-code",
        says="A refresh with a code beside it obtains what was approved for either of them.",
        breaks=("rfc6749-6-scope-never-widened",),
        edits=(replace("grant.refresh_token", "narrow_scope", named("narrow_scope", take_scope_of_code)),),
    ),
    Defect(
        name="code-widened-by-a-refresh-token",
        says="A code with a refresh token beside it obtains what was approved for either of them.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(
            replace(
                "grant.authorization_code",
                "take_grant_of_code",
                named("take_grant_of_code", take_scope_of_refresh_token),
            ),
        ),
    ),
    Defect(
        name="app-token-for-named-user",
        says="A client credentials request that names a user may ask for the scopes of users.",
        breaks=("documented-scopes-me-never-by-client-credentials",),
        edits=(
            replace(
                "grant.client_credentials", "ask_for_app_scope", named("ask_for_app_scope", ask_for_scope_of_named_user)
            ),
        ),
    ),
    Defect(
        name="password-authenticates-client",
        says="A client credentials request needs no secret beside a user's right password.",
        breaks=("rfc6749-4.4.2-client-authentication-required",),
        edits=(authenticated_by(brings_right_password),),
    ),
    Defect(
        name="code-authenticates-client",
        says="A client credentials request needs no secret beside a code of the client's own.",
        breaks=("rfc6749-4.4.2-client-authentication-required",),
        edits=(authenticated_by(brings_live_code),),
    ),
    Defect(
        name="refresh-token-authenticates-client",
        says="A client credentials request needs no secret beside a refresh token of the client's own.",
        breaks=("rfc6749-4.4.2-client-authentication-required",),
        edits=(authenticated_by(brings_live_refresh_token),),
    ),
)
