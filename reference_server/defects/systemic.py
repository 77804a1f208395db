"""Single mistakes that break many sentences at once: how errors are sent, how clients are found."""

from ..defect import Defect
from ..pipeline import Call, Response, after, before, remove, replace
from ..steps.authorization_response import redirect_error
from ..steps.client_authentication import failed

ENDPOINTS = ("token", "revocation", "introspection")


def send_errors_as_successes(call: Call) -> None:
    """Has one way to send JSON, which says 200."""
    call.error.status = 200


def look_client_up_by_body(call: Call) -> None:
    """Finds the client by the parameter in the body, and compares the header's secret afterwards."""
    is_basic = any(attempt.method == "client_secret_basic" for attempt in call.attempts)
    if is_basic and call.parameters.get("client_id") is None:
        raise failed()


def send_error_without_redirecting(call: Call) -> Response:
    """Sets the header and leaves the status as it is."""
    response = redirect_error(call)
    response.status = 200
    return response


DEFECTS = (
    Defect(
        name="errors-with-status-200",
        says="Errors of the token, revocation and introspection endpoints come with status 200.",
        breaks=(),
        edits=tuple(before(f"{name}.error", "render_json_error", send_errors_as_successes) for name in ENDPOINTS),
    ),
    Defect(
        name="errors-kept-from-client",
        says="Whatever is wrong with an authorization request is told on a page and not to the client.",
        breaks=(),
        edits=(remove("authorization.error", "tell_client"),),
    ),
    Defect(
        name="error-redirects-with-status-200",
        says="Errors for the client stand in a Location header beside status 200.",
        breaks=(),
        edits=(replace("authorization.redirect_error", "redirect_error", send_error_without_redirecting),),
    ),
    Defect(
        name="basic-only-with-client-id-in-body",
        says="HTTP Basic authenticates a client only if the body names it as well.",
        breaks=(),
        edits=(after("client_authentication", "collect_body", look_client_up_by_body),),
        on="secrets-in-body-or-header",
    ),
)
