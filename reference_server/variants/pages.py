"""Conformant servers whose pages differ: what the resource owner sees of an error, and when it has to sign in."""

from urllib.parse import urlencode

from ..pipeline import Call, Response, before, replace
from ..rendering import message, page
from ..steps.authorization_request import without_form_fields
from ..steps.consent import warn_of_insecure_endpoint
from ..steps.sign_in import csrf_token, read_session, show_sign_in
from ..variant import Variant

MENU = """<nav><a href="/portal">Back to the portal</a> <a href="/help">Help</a></nav>
<form method="post" action="/sign_out"><button>Sign out</button></form>"""


def show_bare_error(call: Call) -> Response:
    """Section 3.1.2.4: no status is prescribed for a page that informs a person."""
    return message(200, "This request is not valid", call.error.description)


def show_error_with_menu(call: Call) -> Response:
    """Section 3.1.2.4: what a site shows beside the error is its own matter."""
    response = show_bare_error(call)
    response.body = response.body.replace(b"</main>", f"</main>{MENU}".encode())
    return response


def show_error_as_json(call: Call) -> Response:
    """Section 3.1.2.4: JSON in the browser is no beauty, but it informs."""
    body = f'{{"error": "{call.error.error}", "error_description": "{call.error.description}"}}'
    return Response(400, body.encode(), [("Content-Type", "application/json")])


def sign_in_first(call: Call) -> Response | None:
    """Section 3.1: the owner is verified before anything else is looked at; decisions come from somebody known."""
    if call.method == "DELETE" or call.decision.get("csrf_token") is not None:
        return None
    read_session(call)
    return show_sign_in(call)


def ask_first(call: Call) -> Response | None:
    """Section 4.1.2.1: nothing says that a request is looked at before its owner has seen it."""
    shown = sign_in_first(call)
    unreadable = call.parameters.unreadable  # would not survive in the form
    if shown is not None or unreadable or call.user is None or call.decision.get("csrf_token") is not None:
        return shown
    call.redirect_uri = call.parameters.get("redirect_uri")
    warn_of_insecure_endpoint(call)
    call.redirect_uri = None
    return page(
        "consent.html",
        client=call.parameters.get("client_id") or "An application",
        username=call.user.username,
        warning=call.warning,
        scopes=[(name, name) for name in (call.parameters.get("scope") or "").split()],
        csrf_token=csrf_token(call),
        authorization_request=urlencode(without_form_fields(call).pairs),
    )


VARIANTS = (
    Variant(
        name="error-page-with-status-200",
        says="What is wrong with client or redirect URI is told on a page with the status 200.",
        edits=(replace("authorization.page_error", "show_error_page", show_bare_error),),
    ),
    Variant(
        name="error-page-with-a-menu",
        says="Error pages have a link to a portal and a way to sign out.",
        edits=(replace("authorization.page_error", "show_error_page", show_error_with_menu),),
    ),
    Variant(
        name="error-page-as-json",
        says="What is wrong with client or redirect URI is told as JSON.",
        edits=(replace("authorization.page_error", "show_error_page", show_error_as_json),),
    ),
    Variant(
        name="sign-in-before-errors",
        says="Somebody has to sign in before the server says anything of a request, be it wrong or right.",
        edits=(before("authorization", "validate_client", sign_in_first),),
    ),
    Variant(
        name="decision-before-errors",
        says="The owner signs in and decides before the server looks at what is asked for, be it wrong or right.",
        edits=(before("authorization", "validate_client", ask_first),),
    ),
)
