"""Breaches that cases drawn from the OpenAPI document show, and links that are followed several times."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, replace
from ..steps.sign_in import csrf_token
from ..steps.token_response import json_response

HOUR = 3_600


def count_questions(call: Call) -> None:
    """Keeps in mind how often was asked about a token."""
    if call.token is not None:
        call.server.store.note_failure(f"asked about {call.token.hash.hex()}", HOUR)


def forget_token_in_question(call: Call) -> Response | None:
    """Takes a token that was asked about four times for one that is looked after elsewhere."""
    account = f"asked about {call.bearer.hash.hex()}"
    return Response(404) if call.server.store.is_locked(account, 4, HOUR) else None


def refuse_client_id_beside_header(call: Call) -> None:
    """Has the client twice where a token is refreshed, and takes that for two clients."""
    if call.grant_type == "refresh_token" and call.authenticated and call.parameters.get("client_id"):
        raise OAuthError("invalid_request", "The client is named twice.")


def look_operation_up(call: Call) -> None:
    """Looks the operation's name up in a table, whatever it is."""
    name = call.operation.get("operationName")
    if not isinstance(name, str | None):
        raise TypeError(f"unhashable type: {name!r}")


def refuse_null_variables(call: Call) -> Response | None:
    """Variables may be left out, but not null."""
    if "variables" not in call.operation or call.operation["variables"] is not None:
        return None
    call.answer = {"errors": [{"message": "The variables are not an object."}]}
    return json_response(call, 400)


def refuse_without_asking(call: Call) -> Response | None:
    """Reads the body before it asks who sent it, and answers with the status that GraphQL has for everything."""
    if call.method != "POST" or call.body.lstrip().startswith(b"{"):
        return None
    call.answer = {"errors": [{"message": "The request body is not an object."}]}
    return json_response(call)


def require_me_first(call: Call) -> None:
    """Compares the beginning of the scope, as it is kept, with what the resource requires."""
    if not " ".join(call.bearer.scope).startswith("me"):
        raise OAuthError("insufficient_scope", "The access token lacks a scope.", 403, [("scope", "me")])


def require_scope_alone(call: Call) -> None:
    """Compares the whole scope with what the resource requires."""
    if len(call.bearer.scope) > 1:
        raise OAuthError("insufficient_scope", "The access token lacks a scope.", 403)


def hide_resource(call: Call) -> Response | None:
    """Knows no user with several scopes here, and says so."""
    return Response(404) if call.bearer.grant.username and len(call.bearer.scope) > 1 else None


def tell_one_as_text(call: Call) -> None:
    """Makes a list of several scopes, but a text of a single one; and texts of numbers beside it."""
    if len(call.bearer.scope) == 1:
        call.answer |= {"scope": call.bearer.scope[0], "expires_in": str(call.answer["expires_in"])}


def count_looks(call: Call) -> None:
    """Keeps in mind how often a token was used to look at its details."""
    call.server.store.note_failure(f"looked at {call.bearer.hash.hex()}", HOUR)


def keep_token_in_use(call: Call) -> Response | None:
    """Doesn't end a token that is in use."""
    account = f"looked at {call.bearer.hash.hex()}"
    return Response(409) if call.server.store.is_locked(account, 2, HOUR) else None


def forget_application_in_question(call: Call) -> None:
    """Knows no application of a token that was asked about twice."""
    if call.server.store.is_locked(f"asked about {call.bearer.hash.hex()}", 2, HOUR):
        call.answer["application"] = {"uid": None}


def refuse_unusual_combination(call: Call) -> None:
    """Keeps consent by client and first redirect URI, and looks in vain for other ones with less."""
    if call.redirect_uri != call.client.redirect_uris[0] and len(call.scope) == 1:
        raise OAuthError("invalid_scope", "The scope is not available.")


def compare_as_far_as_sent(call: Call) -> Response | None:
    """Compares the form's secret with the beginning of the real one."""
    given = call.decision.get("csrf_token")
    if call.method == "DELETE" or (given is not None and csrf_token(call).startswith(given)):
        return None
    return Response(403)


def leave_variables_encoded(call: Call) -> Response | None:
    """Takes the variables of a GET as they stand."""
    if call.method != "GET" or not call.operation.get("variables"):
        return None
    call.answer = {"errors": [{"message": "The variables are not an object."}]}
    return json_response(call, 400)


def end_nothing(call: Call) -> Response | None:
    """Ends whatever a header of another scheme stands for: nothing, and is done."""
    header = call.header(b"authorization")
    return Response(204) if header and not header.lower().startswith("bearer") else None


def answer_nameless_in_words(call: Call) -> Response | None:
    """Has no error code for a parameter without a name."""
    if all(name for name, _ in call.parameters.pairs):
        return None
    return Response(400, b"A parameter has no name.", [("Content-Type", "text/plain")])


def answer_nameless_with_nothing(call: Call) -> Response | None:
    """Has nothing to say where a parameter has no name."""
    return None if all(name for name, _ in call.parameters.pairs) else json_response(call)


DEFECTS = (
    Defect(
        name="token-info-lost-by-introspection",
        says="Token info knows nothing of a token that introspection was asked about four times.",
        breaks=("documented-info-tells-of-token",),
        edits=(
            after("introspection", "find_token", count_questions),
            before("token_info", "put_info_owner", forget_token_in_question),
        ),
        fuzz=True,
    ),
    Defect(
        name="client-named-twice-cannot-refresh",
        says="A refresh request by HTTP Basic is refused if the client's identifier stands in the body as well.",
        breaks=("rfc6749-5.2-revoked-refresh-token-invalid-grant",),
        edits=(after("token", "find_grant", refuse_client_id_beside_header),),
    ),
    Defect(
        name="operation-name-brings-graphql-down",
        says="A GraphQL operation name that is no text is a server error.",
        breaks=("robustness-1-no-server-error",),
        edits=(after("resource.graphql", "read_operation", look_operation_up),),
        fuzz=True,
    ),
    Defect(
        name="null-variables-refused",
        says="A GraphQL query whose variables are null is refused.",
        breaks=("documented-flow-7-graphql-for-app-token",),
        edits=(after("resource.graphql", "read_operation", refuse_null_variables),),
        fuzz=True,
    ),
    Defect(
        name="graphql-answers-nobody",
        says="A GraphQL request whose body is no object gets a successful answer, token or not.",
        breaks=("documented-flow-7-graphql-needs-token",),
        edits=(before("resource.graphql", "require_bearer", refuse_without_asking),),
        fuzz=True,
    ),
    Defect(
        name="scope-me-must-come-first",
        says="The resource for users opens only if the token's scope begins with me.",
        breaks=("documented-scopes-me-takes-user-token",),
        edits=(after("resource.me", "require_scope", require_me_first),),
        fuzz=True,
    ),
    Defect(
        name="app-scopes-open-alone",
        says="The resources for apps refuse a token that has another scope beside the one that they require.",
        breaks=("documented-scopes-app-takes-app-token", "documented-scopes-basic-takes-basic-token"),
        edits=(
            after("resource.app", "require_scope", require_scope_alone),
            after("resource.basic", "require_scope", require_scope_alone),
        ),
        fuzz=True,
    ),
    Defect(
        name="several-user-scopes-find-no-app",
        says="The resource for apps answers 404 to a user token with more than one scope.",
        breaks=("documented-scopes-other-kind-403",),
        edits=(before("resource.app", "require_scope", hide_resource),),
        fuzz=True,
    ),
    Defect(
        name="details-of-single-scope-are-texts",
        says="Token info of a token with one scope has texts where it has a list and a number otherwise.",
        breaks=("documented-info-scope-list",),
        edits=(before("token_info", "render_info", tell_one_as_text),),
    ),
    Defect(
        name="token-in-use-not-ended",
        says="A token whose details were looked at twice is not ended by DELETE: the answer is 409.",
        breaks=("documented-endpoints-token-delete-ends-token",),
        edits=(
            before("token_info", "put_info_owner", count_looks),
            before("token.delete", "end_bearer", keep_token_in_use),
        ),
    ),
    Defect(
        name="application-lost-by-introspection",
        says="Token info names no application of a token that introspection was asked about twice.",
        breaks=("documented-info-application-uid",),
        edits=(
            after("introspection", "find_token", count_questions),
            before("token_info", "render_info", forget_application_in_question),
        ),
        fuzz=True,
    ),
    Defect(
        name="second-redirect-uri-has-all-scopes",
        says="An authorization request for one scope is refused if it names another redirect URI than the first.",
        breaks=(
            "documented-endpoints-authorize-get",
            "documented-endpoints-authorize-post",
            "documented-endpoints-authorize-plain-delete-declines",
        ),
        edits=(after("authorization.validate_request", "decide_scope", refuse_unusual_combination),),
        fuzz=True,
    ),
    Defect(
        name="empty-csrf-token-passes",
        says="The secret of the consent form is compared as far as it was sent: an empty one passes.",
        breaks=("documented-endpoints-authorize-post-needs-csrf",),
        edits=(replace("approve", "require_csrf_token", compare_as_far_as_sent),),
        fuzz=True,
    ),
    Defect(
        name="variables-by-get-refused",
        says="A GraphQL query by GET that has variables is refused: they are not read as JSON.",
        breaks=("documented-flow-7-graphql-for-app-token",),
        edits=(before("resource.graphql", "read_variables", leave_variables_encoded),),
        fuzz=True,
    ),
    Defect(
        name="delete-by-other-scheme-answered",
        says="A DELETE of the token endpoint whose Authorization header has another scheme than Bearer gets 204.",
        breaks=("documented-endpoints-token-delete-unauthenticated",),
        edits=(before("token.delete", "require_bearer", end_nothing),),
        fuzz=True,
    ),
    Defect(
        name="nameless-parameter-refused-in-words",
        says="A token or revocation request with a parameter that has no name is refused in plain text.",
        breaks=("rfc6749-5-invalid-request-gets-error", "rfc7009-2.2.1-errors-are-json"),
        edits=(
            after("token", "read_form", answer_nameless_in_words),
            after("revocation", "read_form", answer_nameless_in_words),
        ),
        fuzz=True,
    ),
    Defect(
        name="nameless-parameter-served-nothing",
        says="An introspection request with a parameter that has no name gets an empty object.",
        breaks=("documented-endpoints-introspect-post",),
        edits=(after("introspection", "read_form", answer_nameless_with_nothing),),
        fuzz=True,
    ),
)
