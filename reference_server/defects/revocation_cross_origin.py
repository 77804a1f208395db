"""Breaches of RFC 7009 section 2.3: revocation by scripts of other origins, where it is offered."""

from ..defect import Defect
from ..pipeline import Call, Response, remove, replace
from ..variants.revocation import FUNCTION_NAME, allow_origin, call_back, callback_of

CORS, JSONP = "revocation-across-origins", "revocation-by-script"


def allow_origin_of_success(call: Call) -> None:
    """Sets the header where the answer is made, which errors never pass."""
    if call.response.status < 400:
        allow_origin(call)


def allow_nothing(call: Call) -> Response | None:
    """Answers a preflight as any other request with a method that it has heard of."""
    return Response(204, headers=[("Allow", "POST")]) if call.method == "OPTIONS" else None


def revoke_by_post(call: Call) -> None:
    """Keeps to the rule that GET changes nothing."""
    if call.token is not None and call.method == "POST":
        call.server.store.revoke_token(call.token)


def call_unqualified(call: Call) -> None:
    """Calls the last part of a qualified name."""
    callback = callback_of(call)
    call_back(call)
    if callback is not None and call.response.status == 200:
        call.response.body = call.response.body.removeprefix(callback.encode())
        call.response.body = callback.rpartition(".")[2].encode() + call.response.body


def call_back_on_success(call: Call) -> None:
    """Wraps what the endpoint answers, and forgets what the error handler does."""
    if call.response.status == 200:
        call_back(call)


def call_anything(call: Call) -> None:
    """Puts whatever stands in `callback` in front of the answer."""
    callback = callback_of(call)
    if callback is not None and not FUNCTION_NAME.fullmatch(callback):
        call.response = Response(200, f"{callback}();".encode(), [("Content-Type", "text/javascript")])
    else:
        call_back(call)


DEFECTS = (
    Defect(
        name="revocation-errors-hidden-from-other-origins",
        says="Errors lack the header that lets another origin read them.",
        breaks=("rfc7009-2.3-cors-answer-readable",),
        edits=(replace("revocation.finish", "allow_origin", allow_origin_of_success),),
        on=CORS,
    ),
    Defect(
        name="revocation-preflight-refused",
        says="A preflight is refused like any request that isn't a POST.",
        breaks=("rfc7009-2.3-cors-preflight-allows-post",),
        edits=(remove("revocation", "answer_preflight"),),
        on=CORS,
    ),
    Defect(
        name="revocation-preflight-allows-no-header",
        says="A preflight doesn't allow the Authorization header.",
        breaks=("rfc7009-2.3-cors-preflight-allows-post",),
        edits=(replace("revocation", "answer_preflight", allow_nothing),),
        on=CORS,
    ),
    Defect(
        name="revocation-by-script-does-nothing",
        says="A GET with callback is answered with a call, and the token lives on.",
        breaks=("rfc7009-2.3-jsonp-get-revokes",),
        edits=(replace("revocation", "revoke_token", revoke_by_post),),
        on=JSONP,
    ),
    Defect(
        name="revocation-callback-unqualified",
        says="Of a qualified function name only the last part is called.",
        breaks=("rfc7009-2.3-callback-wraps-success",),
        edits=(replace("revocation.finish", "call_back", call_unqualified),),
        on=JSONP,
    ),
    Defect(
        name="revocation-error-not-called-back",
        says="An error is answered without a call.",
        breaks=("rfc7009-2.3-callback-receives-error",),
        edits=(replace("revocation.finish", "call_back", call_back_on_success),),
        on=JSONP,
    ),
    Defect(
        name="revocation-callback-unchecked",
        says="Any text in callback becomes part of the script.",
        breaks=("rfc7009-2.3-callback-must-be-function-name",),
        edits=(remove("revocation", "refuse_bad_callback"), replace("revocation.finish", "call_back", call_anything)),
        on=JSONP,
    ),
)
