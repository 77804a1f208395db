"""Breaches of RFC 6749 sections 7 and 7.2: a protected resource and its refusals."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, after, before, remove, replace
from ..steps.bearer import invalid_token


def refused_with(challenge: str, status: int = 401) -> tuple[Edit, ...]:
    """Another challenge in the refusals of the resource."""

    def answer_with_other_challenge(call: Call) -> Response | None:
        """Tells what is wrong with a token in its own way."""
        return Response(status, headers=[("WWW-Authenticate", f'Bearer realm="resource", {challenge}')])

    return (replace("resource.me.error", "answer_as_bearer_error", answer_with_other_challenge),)


def refuse_token_without_refresh_token(call: Call) -> None:
    """Takes tokens without a refresh token beside them for leftovers of a session that is over."""
    query = "SELECT count(*) FROM tokens WHERE grant_id = ? AND kind = 'refresh_token'"
    if not call.server.store.connection.execute(query, (call.bearer.grant.id,)).fetchone()[0]:
        raise invalid_token()


def welcome() -> Response:
    """The resource, for somebody."""
    return Response(200, b'{"resource": "me", "username": "somebody"}', [("Content-Type", "application/json")])


def welcome_unknown_tokens(call: Call) -> Response | None:
    """Reads a token, and doesn't ask who has signed it."""
    value = (call.header(b"authorization") or "").partition(" ")[2]
    if value and call.server.store.find_token(value) is None:
        return welcome()
    return None


def welcome_codes(call: Call) -> Response | None:
    """Keeps codes and tokens together, and doesn't look which of them comes."""
    code = call.server.store.find_code((call.header(b"authorization") or "").partition(" ")[2])
    if code is not None and code.fresh:
        return welcome()
    return None


async def require_bearer_of_any_age(call: Call) -> Response | None:
    """Asks whether a token was revoked, and forgets what time it is."""
    try:
        return await call.run("bearer")
    except OAuthError:
        token = call.server.store.find_token(call.bearer_values[0]) if call.bearer_values else None
        if token is None or token.fresh or token.revoked_at is not None or token.grant.revoked_at is not None:
            raise
        call.bearer = token
        return None


def redirect_to_sign_in(call: Call) -> Response:
    """Sends everybody who isn't signed in to the sign-in page, programs too."""
    return Response(302, headers=[("Location", "/sign_in")])


DEFECTS = (
    Defect(
        name="resource-refuses-tokens-without-refresh-token",
        says="The protected resource refuses good tokens that came without a refresh token.",
        breaks=("rfc6749-7-presented-token-opens-resource",),
        edits=(after("resource.me", "require_bearer", refuse_token_without_refresh_token),),
    ),
    Defect(
        name="resource-takes-unknown-tokens",
        says="The protected resource answers to tokens that nobody issued.",
        breaks=("rfc6749-7-invalid-token-refused", "rfc6749-7.2-client-told-of-error"),
        edits=(before("resource.me", "require_bearer", welcome_unknown_tokens),),
    ),
    Defect(
        name="resource-takes-codes",
        says="The protected resource answers to authorization codes.",
        breaks=("rfc6749-7-invalid-token-refused",),
        edits=(before("resource.me", "require_bearer", welcome_codes),),
    ),
    Defect(
        name="resource-takes-expired-tokens",
        says="Expired tokens open the protected resource.",
        breaks=("rfc6749-7-expired-token-refused",),
        edits=(replace("resource.me", "require_bearer", require_bearer_of_any_age),),
    ),
    Defect(
        name="resource-ignores-scope",
        says="The protected resource takes tokens of any scope.",
        breaks=("rfc6749-7-insufficient-scope-refused",),
        edits=(remove("resource.me", "require_scope"),),
    ),
    Defect(
        name="resource-redirects-to-sign-in",
        says="The protected resource redirects whoever has no good token to the sign-in page.",
        breaks=("rfc6749-7.2-client-told-of-error",),
        edits=(replace("resource.me.error", "answer_as_bearer_error", redirect_to_sign_in),),
    ),
    Defect(
        name="resource-error-under-code",
        says="The protected resource's challenge tells the error code under `code`.",
        breaks=("rfc6749-7.2-error-parameter-name",),
        edits=refused_with('code="invalid_token"'),
    ),
    Defect(
        name="resource-description-alone",
        says="The protected resource's challenge has an `error_description` and no `error`.",
        breaks=("rfc6749-7.2-error-details-parallel",),
        edits=refused_with('error_description="The access token is not valid."'),
    ),
    Defect(
        name="resource-description-with-quotes",
        says="The `error_description` of the protected resource's challenge holds quotes.",
        breaks=("rfc6749-7.2-error-details-parallel",),
        edits=refused_with('error="invalid_token", error_description="No such token: \\"...\\""'),
    ),
)
