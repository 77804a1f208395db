"""Breaches of RFC 6750 that show with one way to ask, or with one kind of bad token: what code beside others does."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, before, replace
from ..steps.bearer import collect_header_token, invalid_token
from .conditions import only

LONGEST = 300


def is_post(call: Call) -> bool:
    """Whether the request is one of those that another handler serves."""
    return call.method == "POST"


def refuse_ended_token_in_silence(call: Call) -> None:
    """Knows that the session is over, and takes the caller for nobody."""
    if not call.bearer.active:
        raise OAuthError("", status=401)


def refuse_nobodys_post_as_invalid(call: Call) -> None:
    """Looks up the token that wasn't sent."""
    if is_post(call) and not call.bearer_values:
        raise invalid_token()


def refuse_posted_scope_as_invalid(call: Call) -> None:
    """Takes a token that may not write for none."""
    if is_post(call) and "me" not in call.bearer.scope:
        raise invalid_token()


def break_down_over_long_token(call: Call) -> None:
    """Stores what comes in a column that is too narrow."""
    if len(call.bearer_values[0]) > LONGEST:
        raise RuntimeError("value too long for type character varying(300)")


def knows_scheme(call: Call) -> bool:
    """Whether the scheme is written as the handler of POST compares it."""
    return not (is_post(call) and (call.header(b"authorization") or "").startswith("bearer"))


DEFECTS = (
    Defect(
        name="bearer-no-error-for-ended-token",
        says="The challenge for a token that expired or was revoked tells no error.",
        breaks=("rfc6750-3-error-included",),
        edits=(before("bearer", "check_token_active", refuse_ended_token_in_silence),),
    ),
    Defect(
        name="bearer-post-without-token-is-invalid-token",
        says="A POST without any token is answered with the error invalid_token.",
        breaks=("rfc6750-3.1-no-error-without-credentials",),
        edits=(before("bearer", "require_bearer_token", refuse_nobodys_post_as_invalid),),
    ),
    Defect(
        name="bearer-posted-scope-is-invalid-token",
        says="A POST with a good token of another scope is answered as one with a bad token.",
        breaks=("rfc6750-3.1-insufficient-scope-code", "rfc6750-3.1-insufficient-scope-status"),
        edits=(before("resource.me", "require_scope", refuse_posted_scope_as_invalid),),
    ),
    Defect(
        name="bearer-lower-case-scheme-unknown-in-post",
        says="The scheme `bearer` in lower case is unknown where the request is a POST.",
        breaks=("rfc6750-2.1-header-supported",),
        edits=(replace("bearer", "collect_header_token", only(knows_scheme, collect_header_token)),),
    ),
    Defect(
        name="bearer-breaks-down-over-long-token",
        says="A token of more than 300 characters is answered with 500.",
        breaks=("rfc6749-7-invalid-token-refused",),
        edits=(before("bearer", "check_token_syntax", break_down_over_long_token),),
    ),
)
