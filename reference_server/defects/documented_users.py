"""Breaches of the documented API that spare the first token asked about: those of users, of one scope, of later."""

import time

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, Step, after, before, named, replace
from ..steps import resources, token
from ..steps.client_authentication import refuse_unauthenticated
from ..steps.grant_password import decide_scope, find_owner_by_external_token, require_external_application
from ..store import Token
from .conditions import by_grant, nothing, only, when
from .documented_flows import by_external_token, by_password_for_me, put
from .documented_tokens import presented

VALUE = "external_authentication_token"
APP_RESOURCES = ("resource.app", "resource.basic", "resource.graphql")


def end_app_tokens_alone(call: Call) -> None:
    """Forgets nothing that a user gave."""
    if call.bearer.grant.username is None:
        token.end_bearer(call)


def end_first_tokens_alone(call: Call) -> None:
    """Knows the token of the grant, not those that a refresh gave after it."""
    if not _is_refreshed(call):
        token.end_bearer(call)


def _is_refreshed(call: Call) -> bool:
    grant = call.bearer.grant.id
    found = call.server.store.connection.execute(
        "SELECT COUNT(*) FROM tokens WHERE grant_id = ? AND kind = 'access_token' AND issued_at < ?",
        (grant, call.bearer.issued_at),
    ).fetchone()
    return bool(found[0])


def end_all_tokens_of_user(call: Call) -> None:
    """Signs the user out of the application."""
    if call.bearer.grant.username is not None:
        call.server.store.revoke_all_grants(call.bearer.grant)
    token.end_bearer(call)


def end_expired_token(call: Call) -> Response | None:
    """Is content with a token that has ended anyway."""
    known = presented(call)
    return None if known is None or known.fresh else Response(204)


def take_ended_token(call: Call) -> Response | None:
    """Keeps tokens that it has seen once, whatever becomes of them."""
    known: Token | None = presented(call)
    if known is None or not known.fresh or known.kind != "access_token":
        raise OAuthError("invalid_token", "The access token is invalid.", 401)
    call.bearer = known
    return None


def takes_ended_tokens(endpoint: str) -> Defect:
    """A resource that asks nobody about a token."""
    graphql = "documented-flow-7-graphql-needs-token"
    breaks = graphql if endpoint == "resource.graphql" else "documented-endpoints-token-delete-ends-token"
    return Defect(
        name=f"documented-ended-token-opens-{endpoint.removeprefix('resource.')}",
        says=f"A token that was ended by DELETE opens {endpoint} for as long as it lives.",
        breaks=(breaks,),
        edits=(replace(endpoint, "require_bearer", named("require_bearer", take_ended_token)),),
    )


def telling(name: str, says: str, breaks: str, step: Step) -> Defect:
    """Token info that tells a member in its own way."""
    return Defect(name=name, says=says, breaks=(breaks,), edits=(before("token_info", "render_info", step),))


def tell_one_scope_as_text(call: Call) -> None:
    """A list of one is no list."""
    if len(call.bearer.scope) == 1:
        call.answer["scope"] = call.bearer.scope[0]


def tell_whole_lifetime(call: Call) -> None:
    """What the token lived when it was new."""
    call.answer["expires_in"] = int(call.bearer.expires_at - call.bearer.issued_at)


def tell_now(call: Call) -> None:
    """When the answer was made."""
    call.answer["created_at"] = int(time.time())


def tell_no_application_of_users(call: Call) -> None:
    """A user's token belongs to the user."""
    if call.bearer.grant.username is not None:
        call.answer["application"] = None


def open_me_to_basic(call: Call) -> None:
    """Whoever has the basic right may read."""
    if "basic" not in call.bearer.scope:
        resources.require_scope("me")(call)


def keep_first_user(call: Call) -> None:
    """Takes the first account that has any value, once the value is known."""
    find_owner_by_external_token(call)
    call.user = call.server.accounts.users["alice"]


def grant_scope_me(call: Call) -> None:
    """Knows one scope for external tokens."""
    call.scope = ("me",)


def find_owner_in_other_ways(call: Call) -> None:
    """Compares without case and without spaces around."""
    users = call.server.accounts.users.values()
    value = (call.parameters.get(VALUE) or "").strip().lower()
    call.user = next((each for each in users if (each.external_authentication_token or "").lower() == value), None)
    if not value or call.user is None:
        raise OAuthError("invalid_grant", "The external authentication token is invalid.")


def trust_client(call: Call) -> None:
    """Believes what it is told."""
    call.authenticated = True


def is_public(call: Call) -> bool:
    """A client without a secret."""
    return call.client.secret is None


async def decide_scope_for_external_token(call: Call) -> Response | None:
    """Gives an app's scope where it is asked for."""
    if by_external_token(call) and call.parameters.get("scope") == "app":
        call.scope = ("app",)
        return None
    return await decide_scope(call)


def without_member(name: str) -> Defect:
    """Flow 4 whose answer lacks a member."""
    step = only(by_external_token, put(**{name: None}))
    return Defect(
        name=f"documented-external-token-answer-lacks-{name}",
        says=f"The answer to an external authentication token has no {name}.",
        breaks=("documented-flow-4-members",),
        edits=(before("token.response", "render_json", step),),
    )


def put_milliseconds_of_issue(call: Call) -> None:
    """As a browser counts."""
    call.answer["created_at"] = int(time.time() * 1000)


def put_null_refresh_token(call: Call) -> None:
    """Says that there is none, as a null."""
    call.answer["refresh_token"] = None


ENDS = "documented-endpoints-token-delete-ends-token"
DEFECTS = (
    Defect(
        name="documented-delete-leaves-user-token",
        says="DELETE at the token endpoint ends app tokens alone.",
        breaks=(ENDS,),
        edits=(replace("token.delete", "end_bearer", end_app_tokens_alone),),
    ),
    Defect(
        name="documented-delete-leaves-refreshed-token",
        says="DELETE at the token endpoint ends no token that came by a refresh.",
        breaks=(ENDS,),
        edits=(replace("token.delete", "end_bearer", end_first_tokens_alone),),
    ),
    Defect(
        name="documented-delete-signs-user-out",
        says="DELETE at the token endpoint ends all tokens that the user gave the application.",
        breaks=("documented-endpoints-token-delete-spares-others",),
        edits=(replace("token.delete", "end_bearer", end_all_tokens_of_user),),
    ),
    Defect(
        name="documented-delete-takes-expired-token",
        says="DELETE at the token endpoint answers 204 to an expired token.",
        breaks=("documented-endpoints-token-delete-unauthenticated",),
        edits=(before("token.delete", "require_bearer", end_expired_token),),
    ),
    *(takes_ended_tokens(endpoint) for endpoint in APP_RESOURCES),
    telling(
        "token-info-one-scope-as-text",
        "Token info tells a single scope as a string.",
        "documented-info-scope-list",
        tell_one_scope_as_text,
    ),
    telling(
        "token-info-whole-lifetime",
        "Token info tells the whole lifetime of a token as what is left of it.",
        "documented-info-expires-in-seconds-left",
        tell_whole_lifetime,
    ),
    telling(
        "token-info-issued-now",
        "Token info tells the time of the answer as the time of issue.",
        "documented-info-created-at-epoch",
        tell_now,
    ),
    telling(
        "token-info-no-application-of-user-token",
        "Token info names no application of a user's token.",
        "documented-info-application-uid",
        tell_no_application_of_users,
    ),
    Defect(
        name="documented-me-opens-to-basic",
        says="The resource for me opens to app tokens with the basic right.",
        breaks=("documented-scopes-me-not-for-app-token", "documented-scopes-other-kind-403"),
        edits=(replace("resource.me", "require_scope", named("require_scope", open_me_to_basic)),),
    ),
    Defect(
        name="documented-user-credentials-without-secret",
        says="The grant type user_credentials is served whatever the client secret.",
        breaks=("documented-flow-2-user-credentials-name",),
        on="user-credentials-alias",
        edits=(
            replace(
                "client_authentication",
                "refuse_unauthenticated",
                when(by_grant("user_credentials"), trust_client, refuse_unauthenticated),
            ),
        ),
    ),
    Defect(
        name="documented-password-refresh-token-null",
        says="The answer of the password flow has a refresh token that is null.",
        breaks=("documented-flow-3-members",),
        edits=(before("token.response", "render_json", only(by_password_for_me, put_null_refresh_token)),),
    ),
    Defect(
        name="documented-password-issued-in-milliseconds",
        says="The answer of the password flow tells the time of issue in milliseconds.",
        breaks=("documented-flow-3-created-at-is-now",),
        edits=(before("token.response", "render_json", only(by_password_for_me, put_milliseconds_of_issue)),),
    ),
    *(without_member(name) for name in ("token_type", "expires_in", "created_at", "scope")),
    Defect(
        name="documented-external-token-for-me-alone",
        says="An external authentication token gets the scope me, whatever was asked for.",
        breaks=("documented-flow-4-scope",),
        edits=(after("grant.password", "decide_scope", only(by_external_token, grant_scope_me)),),
    ),
    Defect(
        name="documented-external-token-gets-app",
        says="An external authentication token gets the scope app.",
        breaks=("documented-scopes-app-never-by-user-flow",),
        edits=(replace("grant.password", "decide_scope", decide_scope_for_external_token),),
    ),
    Defect(
        name="documented-external-tokens-of-one-user",
        says="Every known external authentication token gets a token of the same user.",
        breaks=("documented-flow-4-that-users-token",),
        edits=(replace("resource_owner.external_token", "find_owner_by_external_token", keep_first_user),),
    ),
    Defect(
        name="documented-external-token-spelled-otherwise",
        says="External authentication tokens are compared without case and without spaces around.",
        breaks=("documented-flow-4-wrong-value",),
        edits=(replace("resource_owner.external_token", "find_owner_by_external_token", find_owner_in_other_ways),),
    ),
    Defect(
        name="documented-external-token-for-public-applications",
        says="Every public application takes external authentication tokens.",
        breaks=("documented-flow-4-other-application",),
        edits=(
            replace(
                "resource_owner.external_token",
                "require_external_application",
                when(is_public, nothing, require_external_application),
            ),
        ),
    ),
)
