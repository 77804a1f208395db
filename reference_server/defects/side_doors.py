"""Breaches by a way that few take: a private scheme, a request by POST, an expired token, a narrowed one."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, named, replace
from ..steps.authorization_response import redirect_with_fragment, redirect_with_query
from ..steps.grant_authorization_code import revoke_tokens_of_replayed_code
from ..steps.grant_refresh_token import check_refresh_active
from ..steps.resources import require_scope
from .bcp import bcp
from .conditions import only, when
from .other_callers import not_in_body
from .other_flows import comes_over_web
from .second_occasions import by_get

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
SIGNS_IN = "rfc6749-3.1-resource-owner-signs-in-first"


def remember_last_person(call: Call) -> None:
    """What is posted comes from whoever was here last."""
    if call.user is not None:
        call.server.kept["last person"] = call.user.username
    elif not by_get(call):
        call.user = call.server.accounts.users.get(call.server.kept.get("last person", ""))


def approve_without_session(call: Call) -> Response | None:
    """A form without a session is one that another session was shown."""
    if call.session_id is None and not by_get(call) and call.decision.get("decision") is None and call.user:
        call.consented = True
    return None


def refuse_expired_as_malformed(call: Call) -> None:
    """Takes what is too old for what isn't right."""
    if call.token is not None and not call.token.fresh:
        raise OAuthError("invalid_request", "The refresh token has expired.")
    check_refresh_active(call)


def require_granted_scope(call: Call) -> None:
    """Looks at what was granted, and not at what the token has left of it."""
    if "me" not in call.bearer.grant.scope:
        require_scope("me")(call)


def open_to_null(call: Call) -> None:
    """Reads `null` as no origin."""
    if call.header(b"origin") == "null":
        call.response.put(ALLOW_ORIGIN, "null")


DEFECTS = (
    Defect(
        name="codes-in-fragment-of-private-schemes",
        says="Codes stand in the fragment of redirect URIs with a private scheme.",
        breaks=("rfc6749-4.1.2-parameters-in-query",),
        edits=(
            replace(
                "authorization.code_response",
                "redirect_with_query",
                named("redirect_with_query", when(comes_over_web, redirect_with_query, redirect_with_fragment)),
            ),
        ),
    ),
    Defect(
        name="tokens-in-query-of-private-schemes",
        says="Tokens stand in the query of redirect URIs with a private scheme.",
        breaks=("rfc6749-4.2.2-token-in-the-fragment",),
        edits=(
            replace(
                "authorization.implicit_response",
                "redirect_with_fragment",
                named("redirect_with_fragment", when(comes_over_web, redirect_with_fragment, redirect_with_query)),
            ),
        ),
    ),
    Defect(
        name="nobody-signs-in-by-post",
        says="An authorization request by POST from an unknown browser is granted for whoever was there last.",
        breaks=(SIGNS_IN,),
        edits=(
            after("authorization", "read_session", remember_last_person),
            after("consent", "reuse_consent", approve_without_session),
        ),
    ),
    Defect(
        name="expired-refresh-token-told-as-malformed",
        says="An expired refresh token is told as invalid_request.",
        breaks=("rfc6749-5.2-revoked-refresh-token-invalid-grant",),
        edits=(
            replace(
                "grant.refresh_token",
                "check_refresh_active",
                named("check_refresh_active", refuse_expired_as_malformed),
            ),
        ),
    ),
    Defect(
        name="replay-unnoticed-with-secret-in-body",
        says="A code that comes again from a client with its secret in the body ends nothing.",
        breaks=("rfc6749-4.1.2-reused-code-revokes-refresh-token",),
        edits=(
            replace(
                "grant.authorization_code",
                "revoke_tokens_of_replayed_code",
                only(not_in_body, revoke_tokens_of_replayed_code),
            ),
        ),
    ),
    Defect(
        name="narrowed-token-opens-what-was-granted",
        says="A token that a refresh has narrowed opens what the whole grant opens.",
        breaks=("rfc6749-7-insufficient-scope-refused",),
        edits=(replace("resource.me", "require_scope", named("require_scope", require_granted_scope)),),
    ),
    bcp(
        "cors-for-null",
        "The authorization endpoint lets scripts without an origin read its answers.",
        ("2.6-no-cors-at-authorization-endpoint",),
        after("authorization.finish", "hide_referrer", open_to_null),
    ),
)
