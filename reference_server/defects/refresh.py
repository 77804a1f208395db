"""Breaches of RFC 6749 section 6: refreshing an access token."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Attempt, Call, Edit, Response, after, before, remove, replace
from ..secrets import random_value
from ..steps.client_authentication import refuse_unauthenticated
from ..steps.grant_authorization_code import invalid_grant
from ..steps.grant_refresh_token import check_refresh_client, find_refresh_token, take_granted_scope
from ..steps.scope import invalid_scope
from ..steps.token_response import make_access_token, make_refresh_token
from .code_exchange import issue_for_grant
from .conditions import only, when

HEAD = 16


def refreshes(call: Call) -> bool:
    """A refresh request at the token endpoint."""
    return call.endpoint == "token" and call.parameters.get("grant_type") == "refresh_token"


def read_refresh_token_as_it_is(call: Call) -> None:
    """Cuts the refresh token out of the body, for fear of decoding it twice."""
    pairs = (part.partition(b"=") for part in call.body.split(b"&"))
    raw = next((value for name, _, value in pairs if name == b"refresh_token"), b"").decode("latin-1")
    if refreshes(call) and call.server.store.find_token(raw) is None:
        raise invalid_grant("The refresh token is invalid.")


def guess_grant_type(call: Call) -> None:
    """Knows a refresh by its refresh token."""
    call.grant_type = call.parameters.get("grant_type") or ""
    if not call.grant_type and call.parameters.get("refresh_token") is not None:
        call.grant_type = "refresh_token"
    if not call.grant_type:
        raise OAuthError("invalid_request", "The grant_type parameter is missing.")


def ignore_case_of_refresh(call: Call) -> None:
    """Compares the name of this grant without case."""
    if call.grant_type.lower() == "refresh_token":
        call.grant_type = "refresh_token"


def refresh_what_is_there(call: Call) -> None:
    """Has nothing to refresh, and gives the client a token of its own."""
    if call.grant_type == "refresh_token" and call.parameters.get("refresh_token") is None:
        call.grant_type = "client_credentials"


def compare_scope_as_text(call: Call) -> None:
    """Looks for the scope asked for in the text of the scope granted."""
    if (call.parameters.get("scope") or "") not in " ".join(call.grant.scope):
        raise invalid_scope("The scope is wider than what was granted.")


def take_default_scope(call: Call) -> None:
    """Treats a refresh without scope as any other request without one."""
    take_granted_scope(call)
    call.scope = tuple(name for name in call.scope if name == call.server.settings.default_user_scope) or call.scope


def keep_narrowed_scope(call: Call) -> None:
    """Writes the scope of the last refresh over that of the grant."""
    row = (" ".join(call.scope), call.grant.id)
    call.server.store.connection.execute("UPDATE grants SET scope = ? WHERE id = ?", row)


def widen_to_registration(call: Call) -> None:
    """Gives the new refresh token all that the client is registered for."""
    wide = [name for name in call.server.settings.user_scopes if name in call.client.scopes]
    row = (" ".join(wide), call.grant.id)
    call.server.store.connection.execute("UPDATE grants SET scope = ? WHERE id = ?", row)


def check_client_if_authenticated(call: Call) -> None:
    """Thinks of clients with a secret only."""
    if call.authenticated:
        check_refresh_client(call)


def take_client_of_refresh_token(call: Call) -> None:
    """Knows the client by its refresh token, and asks no further."""
    token = call.server.store.find_token(call.parameters.get("refresh_token") or "")
    if refreshes(call) and call.attempts[0].client_id is None and token is not None:
        client = call.server.accounts.clients[token.grant.client_id]
        call.attempts = [Attempt("client_secret_post", client.client_id, client.secret)]


def let_wrong_secret_refresh(call: Call) -> None:
    """Takes a secret for a secret, right or wrong, where a refresh token says who it is."""
    if not (refreshes(call) and call.attempts[0].secret is not None):
        refuse_unauthenticated(call)


def store_head_of_refresh_token(call: Call) -> None:
    """Looks refresh tokens up by their first characters, and never compares the rest."""
    make_refresh_token(call)
    if call.refresh_token is not None:
        lifetime = call.server.settings.refresh_token_lifetime
        call.server.store.add_token(call.refresh_token[:HEAD], "refresh_token", call.grant, call.grant.scope, lifetime)


def find_by_head(call: Call) -> None:
    """Finds a token by its first characters where the whole is unknown."""
    value = call.parameters.get("refresh_token") or ""
    call.token = call.server.store.find_token(value) or call.server.store.find_token(value[:HEAD])
    if call.token is None:
        raise invalid_grant("The refresh token is invalid.")
    call.grant = call.token.grant


def make_dead_token_on_refresh(call: Call) -> None:
    """Writes the refreshed access token into a cache that nobody reads."""
    if refreshes(call):
        call.access_token = random_value()
    else:
        make_access_token(call)


def answer_unknown_token_with_page(call: Call) -> Response | None:
    """Lets the framework answer what isn't in its database."""
    try:
        find_refresh_token(call)
    except OAuthError:
        return Response(400, b"<h1>Bad Request</h1>", [("Content-Type", "text/html; charset=utf-8")])
    return None


def find_token_of_any_kind(call: Call) -> None:
    """Looks a token up, and not what it is for."""
    token = call.server.store.find_token(call.parameters.get("refresh_token") or "")
    if token is None:
        raise invalid_grant("The refresh token is invalid.")
    call.token, call.grant = token, token.grant


async def issue_for_code(call: Call) -> Response | None:
    """Keeps codes and tokens together, and doesn't look which of them comes."""
    code = call.server.store.find_code(call.parameters.get("refresh_token") or "")
    return await issue_for_grant(call, code.grant) if code is not None and code.fresh else None


def is_public(call: Call) -> bool:
    """The client can't authenticate."""
    return not call.client.confidential


def make_dead_successor(call: Call) -> None:
    """Hands out a new refresh token and never writes it down."""
    if refreshes(call):
        call.refresh_token = random_value() if call.with_refresh_token else None
    else:
        make_refresh_token(call)


ALIASED: tuple[Edit, ...] = (
    replace("issue", "make_refresh_token", store_head_of_refresh_token),
    replace("grant.refresh_token", "find_refresh_token", find_by_head),
)

DEFECTS = (
    Defect(
        name="refresh-token-not-decoded",
        says="The refresh token is read from the body without decoding it.",
        breaks=("rfc6749-6-refresh-as-form-answered",),
        edits=(before("grant.refresh_token", "find_refresh_token", read_refresh_token_as_it_is),),
    ),
    Defect(
        name="refresh-without-grant-type",
        says="A refresh needs no `grant_type`: its refresh token is enough.",
        breaks=("rfc6749-6-grant-type-required",),
        edits=(replace("token", "require_grant_type", guess_grant_type),),
    ),
    Defect(
        name="refresh-grant-type-in-any-case",
        says="`REFRESH_TOKEN` is taken for `refresh_token`.",
        breaks=("rfc6749-6-grant-type-exact",),
        edits=(before("token", "find_grant", ignore_case_of_refresh),),
    ),
    Defect(
        name="refresh-without-refresh-token",
        says="A refresh without refresh token gets an access token of the client's own.",
        breaks=("rfc6749-6-refresh-token-required", "rfc6749-5.2-missing-parameter-invalid-request"),
        edits=(before("token", "run_grant", refresh_what_is_there),),
    ),
    Defect(
        name="refresh-scope-compared-as-text",
        says="A refresh for the granted scopes in another order is refused.",
        breaks=("rfc6749-6-granted-scope-accepted",),
        edits=(replace("grant.refresh_token", "check_scope_not_wider", compare_scope_as_text),),
    ),
    Defect(
        name="refresh-widens-scope",
        says="A refresh gets whatever scope it asks for.",
        breaks=("rfc6749-6-scope-never-widened", "rfc6749-6-new-refresh-token-same-scope"),
        edits=(remove("grant.refresh_token", "check_scope_not_wider"),),
    ),
    Defect(
        name="refresh-defaults-to-default-scope",
        says="A refresh without scope gets the default scope only.",
        breaks=("rfc6749-6-omitted-scope-is-full-grant",),
        edits=(replace("grant.refresh_token", "take_granted_scope", take_default_scope),),
    ),
    Defect(
        name="refresh-narrows-grant",
        says="A refresh for less narrows all refreshes after it.",
        breaks=("rfc6749-6-omitted-scope-is-full-grant", "rfc6749-6-new-refresh-token-same-scope"),
        edits=(after("grant.refresh_token", "narrow_scope", keep_narrowed_scope),),
    ),
    Defect(
        name="new-refresh-token-wider",
        says="A new refresh token has all scopes that its client is registered for.",
        breaks=("rfc6749-6-new-refresh-token-same-scope", "rfc6749-6-scope-never-widened"),
        edits=(after("grant.refresh_token", "rotate", widen_to_registration),),
    ),
    Defect(
        name="refresh-token-for-any-client",
        says="A refresh token is good for every client.",
        breaks=(
            "rfc6749-5.2-other-clients-refresh-token-invalid-grant",
            "rfc6749-6-refresh-token-bound-to-client",
            "rfc6749-6-token-owner-is-authenticated-client",
        ),
        edits=(remove("grant.refresh_token", "check_refresh_client"),),
    ),
    Defect(
        name="refresh-token-for-any-public-client",
        says="A refresh token is good for every client that doesn't authenticate.",
        breaks=("rfc6749-6-refresh-token-bound-to-client",),
        edits=(replace("grant.refresh_token", "check_refresh_client", check_client_if_authenticated),),
    ),
    Defect(
        name="refresh-without-client",
        says="A refresh that names no client is taken for one by the client of its refresh token.",
        breaks=("rfc6749-6-unauthenticated-refresh-refused",),
        edits=(before("client_authentication", "require_client_id", take_client_of_refresh_token),),
    ),
    Defect(
        name="refresh-with-wrong-secret",
        says="A confidential client can refresh with a wrong secret.",
        breaks=("rfc6749-6-wrong-authentication-refused",),
        edits=(replace("client_authentication", "refuse_unauthenticated", let_wrong_secret_refresh),),
    ),
    Defect(
        name="refresh-token-known-by-its-head",
        says="Of a refresh token only the first characters count.",
        breaks=("rfc6749-6-refresh-token-validated",),
        edits=ALIASED,
    ),
    Defect(
        name="access-token-refreshes",
        says="Any token of a grant is good for refreshing, its access tokens too.",
        breaks=("rfc6749-6-refresh-token-validated",),
        edits=(replace("grant.refresh_token", "find_refresh_token", find_token_of_any_kind),),
    ),
    Defect(
        name="code-works-as-refresh-token",
        says="A refresh with a code of the client obtains an access token.",
        breaks=("rfc6749-6-refresh-token-validated",),
        edits=(before("grant.refresh_token", "find_refresh_token", issue_for_code),),
    ),
    Defect(
        name="refreshed-token-dead",
        says="Access tokens that come by a refresh are good for nothing.",
        breaks=("rfc6749-6-refresh-issues-access-token",),
        edits=(replace("issue", "make_access_token", make_dead_token_on_refresh),),
    ),
    Defect(
        name="failed-refresh-answered-with-page",
        says="An unknown refresh token is answered with an HTML page.",
        breaks=("rfc6749-5.2-unknown-refresh-token-invalid-grant", "rfc6749-6-failed-refresh-error-response"),
        edits=(replace("grant.refresh_token", "find_refresh_token", answer_unknown_token_with_page),),
    ),
    Defect(
        name="new-refresh-token-dead",
        says="The refresh token that comes by a refresh is never stored.",
        breaks=("rfc6749-6-new-refresh-token-redeemable",),
        blocks=("rfc6749-6-omitted-scope-is-full-grant", "rfc6749-6-new-refresh-token-same-scope"),
        edits=(replace("issue", "make_refresh_token", make_dead_successor),),
    ),
    Defect(
        name="new-refresh-token-of-public-client-dead",
        says="The refresh token that comes by a public client's refresh is never stored.",
        breaks=("rfc6749-6-new-refresh-token-redeemable",),
        blocks=("rfc6749-6-new-refresh-token-same-scope", "rfc6749-10.4-public-refresh-token-replay-refused"),
        edits=(replace("issue", "make_refresh_token", when(is_public, make_dead_successor, make_refresh_token)),),
    ),
    Defect(
        name="refresh-narrows-grant-of-public-client",
        says="A public client's refresh for less narrows all refreshes after it.",
        breaks=("rfc6749-6-new-refresh-token-same-scope",),
        edits=(after("grant.refresh_token", "narrow_scope", only(is_public, keep_narrowed_scope)),),
    ),
)
