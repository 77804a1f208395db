"""Breaches of the documented API: token info, and the resources of the scopes `me`, `app`, `basic` and of GraphQL."""

import json

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, Step, before, named, replace
from ..steps.token_response import json_response
from ..store import Token

JSON = [("Content-Type", "application/json")]


def presented(call: Call) -> Token | None:
    """The token of the request, in whatever state."""
    value = (call.header(b"authorization") or "").partition(" ")[2]
    return call.server.store.find_token(value)


def tell_nothing(call: Call) -> Response:
    """An empty answer."""
    return Response(204)


def put_scope_as_text(call: Call) -> None:
    """As the token response has it."""
    call.answer["scope"] = " ".join(call.bearer.scope)


def put_expiry(call: Call) -> None:
    """When it ends, not how long it lasts."""
    call.answer["expires_in"] = int(call.bearer.expires_at)


def put_milliseconds(call: Call) -> None:
    """As a browser counts."""
    call.answer["created_at"] = int(call.bearer.issued_at * 1000)


def put_grant_as_owner(call: Call) -> None:
    """Tells the number of the grant."""
    call.answer["resource_owner_id"] = None if call.bearer.grant.username is None else call.bearer.grant.id


def put_client_as_owner(call: Call) -> None:
    """An app owns its own tokens."""
    call.answer["resource_owner_id"] = call.bearer.grant.username or call.bearer.grant.client_id


def put_title_as_uid(call: Call) -> None:
    """A name for people."""
    call.answer["application"] = {"uid": "Demo application"}


def answer_without_token(status: int) -> Step:
    """Has its own idea of what a missing token is."""

    def answer_missing_token(call: Call) -> Response | None:
        return None if call.header(b"authorization") else Response(status)

    return named("answer_missing_token", answer_missing_token)


def answer_bad_token(call: Call) -> Response | None:
    """Forbidden, it thinks."""
    sent = call.header(b"authorization")
    return Response(403) if sent and presented(call) is None else None


def take_ended(call: Call, *, expired: bool) -> Response | None:
    """Looks at one of the two ways in which a token ends."""
    token = presented(call)
    if token is None or token.active or token.fresh is expired:
        return None
    return Response(200, b"{}", JSON)


def take_revoked(call: Call) -> Response | None:
    """Forgets revocation."""
    return take_ended(call, expired=False)


def take_expired(call: Call) -> Response | None:
    """Forgets time."""
    return take_ended(call, expired=True)


def tell_of_ended(call: Call) -> Response | None:
    """Refuses, and tells all the same."""
    token = presented(call)
    if token is None or token.active:
        return None
    body = {"scope": list(token.scope), "resource_owner_id": token.grant.username}
    return Response(401, json.dumps(body).encode(), [*JSON, ("WWW-Authenticate", 'Bearer error="invalid_token"')])


def refuse_all(call: Call) -> None:
    """Wants a scope that nobody has."""
    raise OAuthError("insufficient_scope", "The access token lacks a scope.", 403)


def require_any(*scopes: str) -> Step:
    """Takes more scopes than its own."""

    def require_one_of_scopes(call: Call) -> None:
        if not set(scopes) & set(call.bearer.scope):
            raise OAuthError("insufficient_scope", "The access token lacks a scope.", 403)

    return named("require_scope", require_one_of_scopes)


def refuse_as_unknown(call: Call) -> None:
    """Takes a token of another kind for none at all."""
    if "me" not in call.bearer.scope:
        raise OAuthError("invalid_token", "The access token is not valid.", 401)


def refuse_in_words(call: Call) -> Response | None:
    """GraphQL always answers 200, it has heard."""
    if call.header(b"authorization") and presented(call) is not None:
        return None
    call.answer = {"errors": [{"message": "Please sign in."}]}
    return json_response(call)


def info_defect(name: str, says: str, step_name: str, step: Step, requirement: str) -> Defect:
    """Another step that tells a member of token info."""
    breaks = (f"documented-info-{requirement}",)
    return Defect(name=name, says=says, breaks=breaks, edits=(replace("token_info", step_name, step),))


def admitting(name: str, says: str, resource: str, *scopes: str) -> Defect:
    """A resource that takes tokens of other kinds."""
    kept = {
        "me": ("documented-scopes-me-not-for-app-token", "documented-scopes-other-kind-403"),
        "app": ("documented-scopes-app-not-for-user-token", "documented-scopes-other-kind-403"),
        "basic": ("documented-scopes-basic-not-without-right", "documented-scopes-other-kind-403"),
        "graphql": ("documented-flow-7-graphql-not-for-user-token",),
    }[resource]
    edits = (replace(f"resource.{resource}", "require_scope", require_any(*scopes)),)
    return Defect(name=name, says=says, breaks=kept, edits=edits)


def closed(resource: str, breaks: str, blocks: tuple[str, ...]) -> Defect:
    """A resource that takes nobody's token."""
    return Defect(
        name=f"documented-{resource}-closed",
        says=f"The resource for {resource} refuses every token.",
        breaks=(breaks,),
        edits=(replace(f"resource.{resource}", "require_scope", refuse_all),),
        blocks=blocks,
    )


DEFECTS = (
    Defect(
        name="token-info-tells-nothing",
        says="Token info answers 204 to a good token.",
        breaks=(
            "documented-info-application-uid",
            "documented-info-created-at-epoch",
            "documented-info-expires-in-seconds-left",
            "documented-info-no-owner-of-app-token",
            "documented-info-scope-list",
            "documented-info-tells-of-token",
        ),
        blocks=(
            "documented-flow-4-that-users-token",
            "documented-info-resource-owner-of-user-token",
        ),
        edits=(replace("token_info", "render_info", tell_nothing),),
    ),
    info_defect(
        "token-info-scope-as-text",
        "Token info tells the scopes as one string.",
        "put_info_scope",
        put_scope_as_text,
        "scope-list",
    ),
    info_defect(
        "token-info-expiry-in-expires-in",
        "Token info tells in expires_in when the token ends.",
        "put_info_expires_in",
        put_expiry,
        "expires-in-seconds-left",
    ),
    info_defect(
        "token-info-created-in-milliseconds",
        "Token info tells created_at in milliseconds.",
        "put_info_created_at",
        put_milliseconds,
        "created-at-epoch",
    ),
    Defect(
        name="token-info-grant-as-owner",
        says="Token info tells another resource_owner_id for each grant of a user.",
        breaks=("documented-flow-4-that-users-token", "documented-info-resource-owner-of-user-token"),
        edits=(replace("token_info", "put_info_owner", put_grant_as_owner),),
    ),
    info_defect(
        "token-info-client-as-owner",
        "Token info tells the client as the resource owner of an app token.",
        "put_info_owner",
        put_client_as_owner,
        "no-owner-of-app-token",
    ),
    info_defect(
        "token-info-title-as-uid",
        "Token info tells a title where the client identifier belongs.",
        "put_info_application",
        put_title_as_uid,
        "application-uid",
    ),
    Defect(
        name="token-info-missing-token-forbidden",
        says="Token info answers 403 without a token.",
        breaks=("documented-info-missing-token-401",),
        edits=(before("token_info", "require_bearer", answer_without_token(403)),),
    ),
    Defect(
        name="token-info-bad-token-forbidden",
        says="Token info answers 403 to an unknown token.",
        breaks=("documented-info-bad-token-401",),
        edits=(before("token_info", "require_bearer", answer_bad_token),),
    ),
    Defect(
        name="token-info-takes-revoked-tokens",
        says="Token info answers to revoked tokens.",
        breaks=(
            "documented-endpoints-token-delete-ends-token",
            "documented-info-revoked-token-401",
        ),
        edits=(before("token_info", "require_bearer", take_revoked),),
    ),
    Defect(
        name="token-info-takes-expired-tokens",
        says="Token info answers to expired tokens.",
        breaks=("documented-info-expired-token-401",),
        edits=(before("token_info", "require_bearer", take_expired),),
    ),
    Defect(
        name="token-info-refusal-tells-owner",
        says="Token info refuses an ended token, and tells its scope and owner in the refusal.",
        breaks=("documented-info-refusal-tells-nothing",),
        edits=(before("token_info", "require_bearer", tell_of_ended),),
    ),
    closed(
        "me",
        "documented-scopes-me-takes-user-token",
        (
            "documented-resources-missing-token-401",
            "documented-scopes-app-not-for-user-token",
            "documented-scopes-basic-not-without-right",
            "documented-scopes-me-not-for-app-token",
            "documented-scopes-other-kind-403",
        ),
    ),
    closed(
        "app",
        "documented-scopes-app-takes-app-token",
        (
            "documented-resources-missing-token-401",
            "documented-scopes-app-not-for-user-token",
            "documented-scopes-basic-not-without-right",
            "documented-scopes-me-not-for-app-token",
            "documented-scopes-other-kind-403",
        ),
    ),
    closed(
        "basic",
        "documented-scopes-basic-takes-basic-token",
        (
            "documented-resources-missing-token-401",
            "documented-scopes-basic-not-without-right",
            "documented-scopes-other-kind-403",
        ),
    ),
    admitting("documented-me-for-apps", "The resource for me takes app tokens.", "me", "me", "app", "basic"),
    admitting("documented-app-for-users", "The resource for app takes user tokens.", "app", "app", "me"),
    admitting("documented-basic-for-users", "The resource for basic takes user tokens.", "basic", "basic", "me"),
    admitting("documented-basic-for-all-apps", "The resource for basic takes any app token.", "basic", "basic", "app"),
    Defect(
        name="documented-other-kind-unknown",
        says="The resource for me answers a token of another kind with 401.",
        breaks=("documented-scopes-other-kind-403",),
        edits=(before("resource.me", "require_scope", refuse_as_unknown),),
    ),
    Defect(
        name="documented-resource-missing-token-forbidden",
        says="The resource for app answers 403 without a token.",
        breaks=("documented-resources-missing-token-401",),
        edits=(before("resource.app", "require_bearer", answer_without_token(403)),),
    ),
    closed(
        "graphql",
        "documented-flow-7-graphql-for-app-token",
        (
            "documented-flow-7-graphql-needs-token",
            "documented-flow-7-graphql-not-for-user-token",
        ),
    ),
    admitting("documented-graphql-for-users", "GraphQL takes user tokens.", "graphql", "app", "me"),
    Defect(
        name="documented-graphql-refuses-in-words",
        says="GraphQL answers 200 with errors to whoever has no good token.",
        breaks=("documented-flow-7-graphql-needs-token",),
        edits=(before("resource.graphql", "require_bearer", refuse_in_words),),
    ),
)
