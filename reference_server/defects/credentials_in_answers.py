"""Breaches by which a token, a secret or a password stands where no test of its own looks for it."""

from ..defect import Defect
from ..pipeline import Call, Response, after, named, replace
from ..steps.authorization_response import redirect, redirect_with_fragment
from ..steps.consent import show_consent
from ..steps.token_response import put_error_description, put_refresh_token, put_scope
from ..steps.transport import forbid_caching, forbid_old_caching
from .conditions import nothing, when

# Where a step leaves a value for another one.
LAST = "the last refresh token"


def of_public_client(call: Call) -> bool:
    """A request of a client without a secret."""
    return hasattr(call, "client") and not call.client.confidential


def redirect_with_session(call: Call) -> Response:
    """Takes the token for the name of a session, and keeps it in the URI for its statistics."""
    if "access_token" not in call.answer:
        return redirect_with_fragment(call)
    location = redirect_with_fragment(call).headers[0][1]
    place, _, fragment = location.partition("#")
    return redirect(call, f"{place}?sid={call.answer['access_token']}#{fragment}")


def keep_refresh_token(call: Call) -> None:
    """Keeps what it gave out last."""
    put_refresh_token(call)
    if call.refresh_token is not None:
        call.server.kept[LAST] = call.refresh_token


def show_consent_with_last_token(call: Call) -> Response | None:
    """Leaves a note for whoever looks for faults in the page."""
    response = show_consent(call)
    if response is not None:
        response.body += f"<!-- last: {call.server.kept.get(LAST, '')} -->".encode()
    return response


def is_refresh(call: Call) -> bool:
    """A refresh."""
    return call.grant_type == "refresh_token"


def put_open_cookie(call: Call) -> None:
    """Keeps a refreshed token for the next visit of the same browser."""
    if is_refresh(call) and call.access_token:
        call.response.headers.append(("Set-Cookie", f"last={call.access_token}; Path=/; HttpOnly"))


def narrows(call: Call) -> bool:
    """A refresh that asks for less."""
    return is_refresh(call) and call.parameters.get("scope") is not None


def put_scope_with_secret(call: Call) -> None:
    """Has a scope for each client, named by what nobody else knows."""
    put_scope(call)
    if narrows(call) and call.client.secret and " " not in call.client.secret:
        call.answer["scope"] += f" client:{call.client.secret}"


def misses_grant(call: Call) -> bool:
    """The refusal of a grant type that the server doesn't know."""
    return call.error.error == "unsupported_grant_type" if hasattr(call, "error") else False


def repeat_secret(call: Call) -> None:
    """Says who asked, so that it can be tried again."""
    put_error_description(call)
    if call.client.secret and call.client.secret.isascii():
        call.answer["error_description"] = f"No such grant for {call.client.client_id}:{call.client.secret}"


DEFECTS = (
    Defect(
        name="access-token-in-query-under-another-name",
        says="The redirect of an implicit answer to a public client repeats the token in its query, as `sid`.",
        breaks=("rfc6749-10.3-access-token-kept-out-of-query",),
        edits=(
            replace(
                "authorization.implicit_response",
                "redirect_with_fragment",
                when(of_public_client, redirect_with_session, redirect_with_fragment),
            ),
        ),
    ),
    Defect(
        name="refresh-token-in-comment-of-page",
        says="The page that asks for consent holds the last refresh token that was issued, in a comment.",
        breaks=("rfc6749-10.4-refresh-token-not-through-user-agent",),
        edits=(
            replace("token.response", "put_refresh_token", named("put_refresh_token", keep_refresh_token)),
            replace("consent", "show_consent", named("show_consent", show_consent_with_last_token)),
        ),
    ),
    Defect(
        name="refreshed-token-in-open-cookie",
        says="The answer to a refresh sets a cookie with the access token, without Secure.",
        breaks=("rfc6750-5.2-tokens-not-in-open-cookies",),
        edits=(after("token.finish", "forbid_caching", put_open_cookie),),
    ),
    Defect(
        name="secret-in-narrowed-scope",
        says="The scope in the answer to a refresh with a scope holds the client's secret.",
        breaks=("rfc6749-10.8-returned-scope-holds-no-secrets",),
        edits=(replace("token.response", "put_scope", named("put_scope", put_scope_with_secret)),),
    ),
    Defect(
        name="secret-repeated-in-error-that-may-be-stored",
        says="The error for an unknown grant type repeats the client's secret, and forgets Cache-Control.",
        breaks=("rfc6749-5.1-token-response-no-store",),
        edits=(
            replace("token.error", "put_error_description", when(misses_grant, repeat_secret, put_error_description)),
            replace("token.finish", "forbid_caching", when(misses_grant, nothing, forbid_caching)),
        ),
    ),
    Defect(
        name="secret-repeated-in-error-that-may-be-cached",
        says="The error for an unknown grant type repeats the client's secret, and forgets Pragma.",
        breaks=("rfc6749-5.1-token-response-pragma-no-cache",),
        edits=(
            replace("token.error", "put_error_description", when(misses_grant, repeat_secret, put_error_description)),
            replace("token.finish", "forbid_old_caching", when(misses_grant, nothing, forbid_old_caching)),
        ),
    ),
)
