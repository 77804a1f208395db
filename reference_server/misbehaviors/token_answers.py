"""Token responses that a client has to take, and some that it must not use."""

from __future__ import annotations

from ..errors import OAuthError
from ..misbehavior import LARGE, ODD, SMALL, Misbehavior
from ..pipeline import Call, Edit, Response, Step, before, named, remove, replace
from ..steps import bearer, grant_refresh_token
from ..steps.token_response import put_token_type
from .authorization_answers import HOSTILE_TEXT

LONG_TAIL = ".long" + "x" * 4000


def type_in(text: str) -> Step:
    """A step that names the token's type otherwise."""

    def put_other_type(call: Call) -> None:
        """Section 5.1: without regard to case; section 7.1: a type that nobody knows is no reason to guess."""
        call.answer["token_type"] = text

    return named(put_token_type.__name__, put_other_type)


def put_unknown_type_after_refresh(call: Call) -> None:
    """Section 7.1: each token has a type of its own."""
    call.answer["token_type"] = "x-unknown" if call.grant_type == "refresh_token" else "Bearer"


def put_unknown_members(call: Call) -> None:
    """Section 5.1: what the client doesn't know it passes over."""
    call.answer.update({"x_unknown": {"nested": [1, 2]}, "not_before": 0, "session_state": "a", "error_hint": None})


def reverse_members(call: Call) -> None:
    """Sections 5.1 and 5.2: members have no order."""
    call.answer = dict(reversed(call.answer.items()))


def lengthen_access_token(call: Call) -> None:
    """Section 5.1: sizes are the server's own business."""
    call.answer["access_token"] += LONG_TAIL


def lengthen_refresh_token(call: Call) -> None:
    """Section 5.1: sizes are the server's own business."""
    if "refresh_token" in call.answer:
        call.answer["refresh_token"] += LONG_TAIL


def shorten_bearer(call: Call) -> None:
    """What the store knows of a long token."""
    call.bearer_values = [value.removesuffix(LONG_TAIL) for value in call.bearer_values]
    bearer.find_access_token(call)


def shorten_refresh_token(call: Call) -> None:
    """What the store knows of a long token."""
    pairs = tuple(
        (name, value.removesuffix(LONG_TAIL) if name == "refresh_token" else value)
        for name, value in call.parameters.pairs
    )
    call.parameters = type(call.parameters)(pairs)
    grant_refresh_token.find_refresh_token(call)


def narrow(call: Call) -> None:
    """Section 3.3: less is granted than was asked for."""
    call.scope = call.scope[:1]


def break_down(call: Call) -> Response:
    """Nobody knows what became of the code."""
    return Response(500, b"<h1>Internal Server Error</h1>", [("Content-Type", "text/html")])


def refuse_code(call: Call) -> None:
    """Section 5.2: the code is no good, with a description that a page must not show as markup."""
    raise OAuthError("invalid_grant", HOSTILE_TEXT)


def typed(name: str, text: str, company: str = "") -> Misbehavior:
    """A token response with another `token_type`."""
    edits = (replace("token.response", "put_token_type", type_in(text)),)
    return Misbehavior(name, f'the token type is "{text}"', edits, company=company)


def rendered(step: Step) -> Edit:
    """A step right before the answer is written."""
    return before("token.response", "render_json", step)


MISBEHAVIORS = (
    typed("type-in-small-letters", "bearer", SMALL),
    typed("type-in-capitals", "BEARER", LARGE),
    typed("type-in-mixed-case", "bEaReR", ODD),
    typed("type-mac", "mac"),
    typed("type-unknown", "bearer-x-unknown"),
    Misbehavior(
        name="type-unknown-after-refresh",
        says='the token type is "x-unknown" after a refresh',
        edits=(replace("token.response", "put_token_type", put_unknown_type_after_refresh),),
    ),
    Misbehavior(
        name="tokens-with-unknown-members",
        says="the token response has members that no document defines",
        edits=(rendered(put_unknown_members),),
        company=LARGE,
    ),
    Misbehavior(
        name="tokens-in-another-order",
        says="the members of the token response come in another order",
        edits=(rendered(reverse_members),),
        company=LARGE,
    ),
    Misbehavior(
        name="access-token-long",
        says="the access token has more than 4000 characters",
        edits=(rendered(lengthen_access_token), replace("bearer", "find_access_token", shorten_bearer)),
        company=LARGE,
    ),
    Misbehavior("identifier-long", "the client's identifier has 600 characters", client_id="c" * 600, company=LARGE),
    Misbehavior("identifier-short", "the client's identifier has one character", client_id="c", company=SMALL),
    Misbehavior(
        name="refresh-token-long",
        says="the refresh token has more than 4000 characters",
        edits=(
            rendered(lengthen_refresh_token),
            replace("grant.refresh_token", "find_refresh_token", shorten_refresh_token),
        ),
        company=LARGE,
        asks=("refresh",),
    ),
    Misbehavior(
        name="tokens-without-expiry",
        says="the token response doesn't say when the token expires",
        edits=(remove("token.response", "put_expires_in"),),
    ),
    Misbehavior(
        name="scope-narrowed",
        says="less scope is granted than was asked for",
        edits=(before("authorization.code_response", "open_grant", narrow),),
    ),
    Misbehavior(
        name="code-refused",
        says="the token endpoint refuses the code, with a description that holds markup",
        edits=(before("token", "run_grant", refuse_code),),
    ),
    Misbehavior(
        name="token-endpoint-breaks-down",
        says="the token endpoint answers with status 500",
        edits=(before("token", "run_grant", break_down),),
    ),
    Misbehavior(
        name="code-refused-in-another-order",
        says="the token endpoint refuses the code likewise, the members of its error in another order",
        edits=(
            before("token", "run_grant", refuse_code),
            before("token.error", "answer_failed_authentication_with_401", reverse_members),
        ),
    ),
)
