"""Breaches of the documented API: its scopes at the token endpoint, and its grant flows."""

from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, Step, after, before, named, remove, replace
from ..steps import grant_password, scope
from ..steps.grant_authorization_code import invalid_grant
from .conditions import Condition, by_grant, only


def by_machine(call: Call) -> bool:
    """Flow 1: client id and secret in the form, and the scope app."""
    return (
        call.parameters.get("grant_type") == "client_credentials"
        and call.parameters.get("client_secret") is not None
        and call.parameters.get("scope") == "app"
    )


def by_password_for_me(call: Call) -> bool:
    """Flow 3: user name and password, and the scope me."""
    parameters = call.parameters
    names = (parameters.get("grant_type"), parameters.get("scope"))
    return names == ("password", "me") and parameters.get("external_authentication_token") is None


def by_external_token(call: Call) -> bool:
    """Flow 4."""
    return call.parameters.get("external_authentication_token") is not None


def put(**members: object) -> Step:
    """Tells members in its own way; None leaves one out."""

    def put_members(call: Call) -> None:
        call.answer |= members
        call.answer = {name: value for name, value in call.answer.items() if value is not None}

    return named("put_members", put_members)


def telling(name: str, says: str, condition: Condition, breaks: tuple[str, ...], **members: object) -> Defect:
    """A flow whose answer has other members."""
    edits = (before("token.response", "render_json", only(condition, put(**members))),)
    return Defect(name=name, says=says, breaks=breaks, edits=edits)


def demand_basic(call: Call) -> None:
    """Takes credentials in the header only."""
    raise OAuthError("invalid_request", "Please authenticate in the header.")


def allow(name: str, condition: Condition) -> Step:
    """A scope of the other kind slips through."""

    def refuse_some_scopes_of_other_kind(call: Call) -> None:
        if not (condition(call) and call.scope == (name,)):
            scope.refuse_scope_of_other_kind(call)

    return named("refuse_scope_of_other_kind", refuse_some_scopes_of_other_kind)


def refuse_without_code(call: Call) -> Response | None:
    """Says no, and not why."""
    client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
    if not by_machine(call) or client is None or call.parameters.get("client_secret") == client.secret:
        return None
    raise OAuthError("invalid_request", "Something is wrong.")


def misunderstand_name(call: Call) -> None:
    """Takes one grant type for another that begins alike."""
    if call.grant_type == "user_credentials":
        raise OAuthError("invalid_request", "The user is missing.")


def welcome_wrong_password(call: Call) -> None:
    """Finds the account by its name alone."""
    call.user = call.server.accounts.users.get(call.parameters.get("username") or "")


def refuse_me(call: Call) -> None:
    """Has no users."""
    raise invalid_grant("There are no users here.")


def find_first_owner(call: Call) -> None:
    """Takes the last account that has any value, once the value is known."""
    accounts = call.server.accounts
    value = call.parameters.get("external_authentication_token") or ""
    if accounts.user_with_external_token(value) is None:
        raise invalid_grant("The external authentication token is invalid.")
    call.user = accounts.users["bob"]


def find_owner_by_beginning(call: Call) -> None:
    """Compares as far as both go."""
    value = call.parameters.get("external_authentication_token") or ""
    users = call.server.accounts.users.values()
    known = [user for user in users if user.external_authentication_token]
    call.user = next(
        (user for user in known if value.startswith((user.external_authentication_token or "")[:-1])), None
    )
    if call.user is None:
        raise invalid_grant("The external authentication token is invalid.")


def is_empty_value(call: Call) -> bool:
    """The parameter is there, without a value."""
    return b"external_authentication_token=&" in call.body + b"&"


async def authenticate_owner_by_presence(call: Call) -> Response | None:
    """Finds the user whose value is as empty as the one sent."""
    if is_empty_value(call) and call.client.takes_external_tokens:
        call.user = call.server.accounts.users["alice"]
        return None
    return await grant_password.authenticate_owner(call)


def drop_repetition(call: Call) -> None:
    """Keeps the last of each."""
    if call.parameters.count("external_authentication_token") > 1:
        call.parameters = changed(call.parameters, pairs=tuple(dict(call.parameters.pairs).items()))


DEFECTS = (
    Defect(
        name="documented-me-by-client-credentials",
        says="Client credentials get the scope me.",
        breaks=("documented-scopes-me-never-by-client-credentials",),
        edits=(replace("scope", "refuse_scope_of_other_kind", allow("me", by_grant("client_credentials"))),),
    ),
    Defect(
        name="documented-app-by-password",
        says="The password grant gets the scope app.",
        breaks=("documented-scopes-app-never-by-user-flow",),
        edits=(replace("scope", "refuse_scope_of_other_kind", allow("app", by_grant("password"))),),
    ),
    Defect(
        name="documented-app-by-code",
        says="The authorization code grant gets the scope app.",
        breaks=("documented-scopes-app-never-by-user-flow",),
        edits=(
            replace(
                "scope",
                "refuse_scope_of_other_kind",
                allow("app", lambda call: call.parameters.get("response_type") == "code"),
            ),
        ),
    ),
    Defect(
        name="documented-machine-example-refused",
        says="The page's first example is refused: the credentials stand in the form.",
        breaks=("documented-flow-1-app-token-issued",),
        edits=(before("token", "require_grant_type", only(by_machine, demand_basic)),),
        blocks=(
            "documented-flow-1-members",
            "documented-flow-1-token-type-bearer",
            "documented-flow-1-scope-granted",
            "documented-flow-1-created-at-is-now",
            "documented-flow-1-refresh-token-string",
            "documented-flow-1-wrong-secret",
            "documented-flow-2-user-credentials-name",
        ),
    ),
    telling(
        "documented-machine-expiry-as-text",
        "The answer of flow 1 has expires_in as a string.",
        by_machine,
        ("documented-flow-1-members",),
        expires_in="1209600",
    ),
    telling(
        "documented-machine-token-of-other-type",
        "The answer of flow 1 names another token_type.",
        by_machine,
        ("documented-flow-1-token-type-bearer",),
        token_type="token",
    ),
    telling(
        "documented-machine-other-scope-told",
        "The answer of flow 1 tells another scope than the granted one.",
        by_machine,
        ("documented-flow-1-scope-granted",),
        scope="app basic",
    ),
    telling(
        "documented-machine-created-long-ago",
        "The answer of flow 1 tells the created_at of the page's example.",
        by_machine,
        ("documented-flow-1-created-at-is-now",),
        created_at=1520348832,
    ),
    telling(
        "documented-machine-refresh-token-as-object",
        "The answer of flow 1 has a refresh_token that is no string.",
        by_machine,
        ("documented-flow-1-refresh-token-string",),
        refresh_token={"token": "none"},
    ),
    Defect(
        name="documented-machine-wrong-secret-unnamed",
        says="A wrong secret in flow 1 gets invalid_request.",
        breaks=("documented-flow-1-wrong-secret",),
        edits=(before("token", "authenticate_client", refuse_without_code),),
    ),
    Defect(
        name="documented-user-credentials-misunderstood",
        says="The grant type user_credentials gets invalid_request.",
        breaks=("documented-flow-2-user-credentials-name",),
        edits=(before("token", "find_grant", misunderstand_name),),
    ),
    Defect(
        name="documented-password-for-me-refused",
        says="The password grant refuses the scope me alone.",
        breaks=("documented-flow-3-user-token-issued",),
        blocks=(
            "documented-flow-3-members",
            "documented-flow-3-wrong-password",
            "documented-flow-4-that-users-token",
            "documented-flow-7-graphql-not-for-user-token",
            "documented-info-resource-owner-of-user-token",
            "documented-resources-missing-token-401",
            "documented-scopes-app-not-for-user-token",
            "documented-scopes-basic-not-without-right",
            "documented-scopes-me-not-for-app-token",
            "documented-scopes-me-takes-user-token",
            "documented-scopes-other-kind-403",
        ),
        edits=(before("grant.password", "authenticate_owner", only(by_password_for_me, refuse_me)),),
    ),
    telling(
        "documented-password-without-created-at",
        "The answer of flow 3 has no created_at.",
        by_password_for_me,
        ("documented-flow-3-members",),
        created_at=None,
    ),
    Defect(
        name="documented-password-not-compared",
        says="The password of flow 3 is never compared.",
        breaks=("documented-flow-3-wrong-password",),
        edits=(after("resource_owner.password", "verify_password", only(by_password_for_me, welcome_wrong_password)),),
    ),
    Defect(
        name="documented-external-token-refused",
        says="No external authentication token is right.",
        breaks=("documented-flow-4-right-value-issues",),
        edits=(before("resource_owner.external_token", "find_owner_by_external_token", refuse_me),),
        blocks=(
            "documented-flow-4-scope",
            "documented-flow-4-that-users-token",
            "documented-flow-4-wrong-value",
            "documented-flow-4-empty-value",
            "documented-flow-4-repeated-value",
            "documented-flow-4-together-with-password",
            "documented-flow-4-other-application",
        ),
    ),
    telling(
        "documented-external-token-other-scope",
        "The token by an external authentication token has another scope than the one asked for.",
        by_external_token,
        ("documented-flow-4-scope",),
        scope="profile",
    ),
    Defect(
        name="documented-external-token-of-somebody-else",
        says="An external authentication token gets the token of another user.",
        breaks=("documented-flow-4-that-users-token",),
        edits=(replace("resource_owner.external_token", "find_owner_by_external_token", find_first_owner),),
    ),
    Defect(
        name="documented-external-token-by-its-beginning",
        says="External authentication tokens are compared without their end.",
        breaks=("documented-flow-4-wrong-value",),
        edits=(replace("resource_owner.external_token", "find_owner_by_external_token", find_owner_by_beginning),),
    ),
    Defect(
        name="documented-external-token-empty",
        says="An empty external authentication token finds a user.",
        breaks=("documented-flow-4-empty-value",),
        edits=(replace("grant.password", "authenticate_owner", authenticate_owner_by_presence),),
    ),
    Defect(
        name="documented-external-token-repeated",
        says="Of a repeated external authentication token the last one counts.",
        breaks=("documented-flow-4-repeated-value",),
        edits=(before("token", "refuse_unreadable_parameters", drop_repetition),),
    ),
    Defect(
        name="documented-external-token-with-password",
        says="An external authentication token together with user name and password is served.",
        breaks=("documented-flow-4-together-with-password",),
        edits=(remove("grant.password", "refuse_both_credentials"),),
    ),
    Defect(
        name="documented-external-token-for-every-application",
        says="Every application takes external authentication tokens.",
        breaks=("documented-flow-4-other-application",),
        edits=(remove("resource_owner.external_token", "require_external_application"),),
    ),
    Defect(
        name="documented-code-worth-no-token",
        says="The answer to a code exchange has no access token.",
        breaks=("documented-flow-6-code-and-refresh",),
        edits=(before("token.response", "render_json", only(by_grant("authorization_code"), put(access_token=None))),),
    ),
)
