"""Breaches of the documented API: its endpoints and their methods, and what may not go over plain HTTP."""

from urllib.parse import urlencode

from ..defect import Defect
from ..pipeline import Call, Response, after, before, remove, replace
from ..steps import sign_in
from ..steps.token_response import json_response
from .conditions import only


def is_post_without_decision(call: Call) -> bool:
    """A posted authorization request."""
    return call.method == "POST" and call.decision.get("decision") is None and call.decision.get("_method") is None


def is_get_of_nobody_asked(call: Call) -> bool:
    """An authorization request in a link."""
    return call.method == "GET"


def answer_not_allowed(call: Call) -> Response:
    """A route that was forgotten."""
    return Response(405, headers=[("Allow", "DELETE")])


def repeat_by_get(call: Call) -> Response:
    """Notes the approval in the address, and begins again."""
    pairs = (*call.parameters.pairs, ("approved", sign_in.csrf_token(call)))
    return Response(303, headers=[("Location", f"{sign_in.AUTHORIZATION_PATH}?{urlencode(pairs)}")])


def take_approval_in_address(call: Call) -> None:
    """The other half of it."""
    call.consented = call.consented or call.parameters.get("approved") == sign_in.csrf_token(call)


def is_posted_decline(call: Call) -> bool:
    """The decline button."""
    return call.method == "POST" and call.decision.get("_method") == "delete"


def is_delete(call: Call) -> bool:
    """A real DELETE."""
    return call.method == "DELETE"


def is_plain_delete(call: Call) -> bool:
    """A real DELETE with nothing of the form."""
    return is_delete(call) and call.decision.get("csrf_token") is None


async def ask_again(call: Call) -> Response | None:
    """Takes it for a request like any other."""
    return await call.run("consent")


def answer_done(call: Call) -> Response:
    """Says that it was done, and tells the client nothing."""
    return Response(200, b"<p>Done.</p>", [("Content-Type", "text/html; charset=utf-8")])


def answer_created(call: Call) -> Response:
    """Any success will do."""
    return Response(202)


def is_machine_with_all_scopes(call: Call) -> bool:
    """A client in its own name, as it usually asks."""
    return call.grant_type == "client_credentials" and len(call.scope) > 1


def welcome_anybody(call: Call) -> Response | None:
    """What isn't there needn't be ended."""
    values = call.header_values(b"authorization")
    known = [call.server.store.find_token(value.partition(" ")[2]) for value in values]
    return None if any(known) else Response(204)


def end_all_of_client(call: Call) -> None:
    """Signs the client out everywhere."""
    store, client_id = call.server.store, call.bearer.grant.client_id
    query = "UPDATE grants SET revoked_at = 1 WHERE client_id = ?"
    store.connection.execute(query, (client_id,))


def describe_nothing(call: Call) -> Response:
    """An endpoint that was never finished."""
    call.answer = {"active": False}
    return json_response(call)


DEFECTS = (
    Defect(
        name="documented-authorize-by-get-missing",
        says="GET at the authorization endpoint isn't routed.",
        breaks=("documented-endpoints-authorize-get",),
        blocks=(
            "documented-credentials-not-over-plain-http",
            "documented-endpoints-authorize-delete-declines",
            "documented-endpoints-authorize-plain-delete-declines",
            "documented-endpoints-authorize-post",
            "documented-endpoints-authorize-post-grants",
            "documented-endpoints-authorize-post-needs-csrf",
            "documented-endpoints-decline-button",
            "documented-flow-6-code-and-refresh",
            "documented-scopes-app-never-by-user-flow",
        ),
        edits=(before("authorization", "read_request", only(is_get_of_nobody_asked, answer_not_allowed)),),
    ),
    Defect(
        name="documented-authorize-by-post-missing",
        says="POST at the authorization endpoint takes decisions only.",
        breaks=("documented-endpoints-authorize-post",),
        edits=(after("authorization", "unpack_carried_request", only(is_post_without_decision, answer_not_allowed)),),
    ),
    Defect(
        name="documented-consent-answered-by-get",
        says="The consent form leads back to the authorization request, whose address carries the approval.",
        breaks=("documented-endpoints-authorize-post-grants",),
        edits=(
            replace("approve", "answer_request", repeat_by_get),
            before("consent", "show_consent", take_approval_in_address),
        ),
    ),
    Defect(
        name="documented-consent-without-csrf-token",
        says="The consent form counts without its CSRF token.",
        breaks=("documented-endpoints-authorize-post-needs-csrf",),
        edits=(remove("approve", "require_csrf_token"),),
    ),
    Defect(
        name="documented-delete-of-authorization-says-done",
        says="DELETE at the authorization endpoint ends at a page; the client learns nothing.",
        breaks=(
            "documented-endpoints-authorize-delete-declines",
            "documented-endpoints-authorize-plain-delete-declines",
        ),
        edits=(before("authorization", "take_decision", only(is_delete, answer_done)),),
    ),
    Defect(
        name="documented-delete-of-authorization-only-by-form",
        says="A DELETE of the authorization endpoint that doesn't come from the consent form asks again.",
        breaks=("documented-endpoints-authorize-plain-delete-declines",),
        edits=(before("authorization", "take_decision", only(is_plain_delete, ask_again)),),
    ),
    Defect(
        name="documented-decline-button-says-done",
        says="The decline button ends at a page; the client learns nothing.",
        breaks=("documented-endpoints-decline-button",),
        edits=(before("authorization", "take_decision", only(is_posted_decline, answer_done)),),
    ),
    Defect(
        name="documented-token-post-creates-nothing",
        says="POST at the token endpoint for several app scopes is taken and issues nothing.",
        breaks=("documented-endpoints-token-post",),
        blocks=(
            "documented-credentials-not-over-plain-http",
            "documented-endpoints-introspect-post",
            "documented-endpoints-token-delete-ends-token",
            "documented-endpoints-token-delete-spares-others",
            "documented-endpoints-token-delete-status",
            "documented-endpoints-token-delete-unauthenticated",
            "documented-info-application-uid",
            "documented-info-bad-token-401",
            "documented-info-created-at-epoch",
            "documented-info-expired-token-401",
            "documented-info-expires-in-seconds-left",
            "documented-info-missing-token-401",
            "documented-info-no-owner-of-app-token",
            "documented-info-refusal-tells-nothing",
            "documented-info-resource-owner-of-user-token",
            "documented-info-revoked-token-401",
            "documented-info-scope-list",
            "documented-info-tells-of-token",
            "documented-scopes-me-never-by-client-credentials",
        ),
        edits=(before("token", "respond", only(is_machine_with_all_scopes, answer_created)),),
    ),
    Defect(
        name="documented-delete-leaves-token",
        says="DELETE at the token endpoint says that the token is gone, and leaves it.",
        breaks=("documented-endpoints-token-delete-ends-token",),
        edits=(remove("token.delete", "end_bearer"),),
    ),
    Defect(
        name="documented-delete-answers-202",
        says="DELETE at the token endpoint answers 202.",
        breaks=("documented-endpoints-token-delete-status",),
        edits=(replace("token.delete", "answer_nothing", answer_created),),
    ),
    Defect(
        name="documented-delete-by-anybody",
        says="DELETE at the token endpoint answers 204 without a good token.",
        breaks=("documented-endpoints-token-delete-unauthenticated",),
        edits=(before("token.delete", "require_bearer", welcome_anybody),),
    ),
    Defect(
        name="documented-delete-ends-all",
        says="DELETE at the token endpoint ends every token of the client.",
        breaks=("documented-endpoints-token-delete-spares-others",),
        edits=(after("token.delete", "end_bearer", end_all_of_client),),
    ),
    Defect(
        name="documented-revocation-of-nothing",
        says="Revocation answers 200 and revokes nothing.",
        breaks=(
            "documented-endpoints-revoke-post",
            "documented-info-refusal-tells-nothing",
            "documented-info-revoked-token-401",
        ),
        edits=(before("revocation", "require_token", lambda call: Response(200)),),
    ),
    Defect(
        name="documented-introspection-knows-no-token",
        says="Introspection calls every token inactive.",
        breaks=("documented-endpoints-introspect-post",),
        edits=(before("introspection", "find_token", describe_nothing),),
    ),
    Defect(
        name="documented-credentials-over-plain-http",
        says="The token endpoint serves plain HTTP.",
        breaks=("documented-credentials-not-over-plain-http",),
        edits=(remove("token", "require_tls"),),
    ),
)
