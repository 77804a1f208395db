"""Breaches of RFC 6749 sections 1.7, 4.1.2.1 and 4.2.2.1: failures shown on a page, and redirects that are none."""

from collections.abc import Callable
from html import escape
from urllib.parse import parse_qsl

from ..defect import Defect
from ..pipeline import Call, Edit, Response, named, replace
from ..rendering import message
from ..steps.authorization_response import redirect_error, redirect_with_fragment, tell_client

MENU = """<nav><a href="/portal">Back to the portal</a> <a href="/help">Help</a></nav>
<form method="post" action="/sign_out"><button>Sign out</button></form>"""
Page = Callable[[Call], Response]


def bare_page(status: int) -> Page:
    """A page with a heading and a sentence, and nothing to press."""
    return lambda call: message(status, "This request is not valid", call.error.description)


def page_with_menu(call: Call) -> Response:
    """A page with what all pages of a site have."""
    response = bare_page(200)(call)
    response.body = response.body.replace(b"</main>", f"</main>{MENU}".encode())
    return response


def page_that_leads_back(call: Call) -> Response:
    """A page with a button to go on, which brings the same page: no browser can tell that it is a refusal."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parse_qsl(call.query_string.decode("latin-1"), keep_blank_values=True)
    )
    form = f'<form method="get" action="{escape(call.path)}">{fields}<button>Allow</button></form>'
    response = bare_page(200)(call)
    response.body = response.body.replace(b"</main>", f"{form}</main>".encode())
    return response


def by_fault(call: Call) -> Response:
    """A page that leads back where the scope is unknown, one that leads nowhere where the client is barred."""
    return page_that_leads_back(call) if call.error.error == "invalid_scope" else bare_page(403)(call)


def json_page(call: Call) -> Response:
    """What the token endpoint would say."""
    body = f'{{"error": "{call.error.error}", "error_description": "{call.error.description}"}}'
    return Response(200, body.encode(), [("Content-Type", "application/json")])


def shown(page: Page, *errors: str) -> Edit:
    """Shows errors (all without names) to the resource owner instead of telling the client."""

    async def show_error(call: Call) -> Response | None:
        """Section 4.1.2.1 the wrong way round."""
        told = call.redirect_uri is None or (errors and call.error.error not in errors)
        return await tell_client(call) if told else page(call)

    return replace("authorization.error", "tell_client", named("tell_client", show_error))


def with_status(status: int, redirect: Page) -> Page:
    """Sets a status on an answer that only a redirect status makes work."""

    def redirect_with_status(call: Call) -> Response:
        response = redirect(call)
        response.status = status
        return response

    return redirect_with_status


DEFECTS = (
    Defect(
        name="errors-on-a-bare-page",
        says="Failed and denied authorization requests end on a page with status 200, with nothing to press.",
        breaks=("rfc6749-4.1.2.1-other-failures-told-to-client", "rfc6749-4.1.2.1-denial-told-to-client"),
        edits=(shown(bare_page(200)),),
    ),
    Defect(
        name="errors-on-a-page-with-a-menu",
        says="Failed and denied authorization requests end on a page with a link to a portal and a way to sign out.",
        breaks=("rfc6749-4.1.2.1-other-failures-told-to-client", "rfc6749-4.1.2.1-denial-told-to-client"),
        edits=(shown(page_with_menu),),
    ),
    Defect(
        name="errors-as-json-in-the-browser",
        says="Failed and denied authorization requests are answered by JSON with status 200.",
        breaks=("rfc6749-4.1.2.1-other-failures-told-to-client", "rfc6749-4.1.2.1-denial-told-to-client"),
        edits=(shown(json_page),),
    ),
    Defect(
        name="scope-error-on-a-bare-page",
        says="A request for an unknown scope ends on a page with status 200, with nothing to press.",
        breaks=("rfc6749-4.1.2.1-other-failures-told-to-client", "rfc6749-4.2.2.1-fault-in-the-fragment"),
        edits=(shown(bare_page(200), "invalid_scope"),),
    ),
    Defect(
        name="scope-error-on-a-page-that-leads-back",
        says="A request for an unknown scope ends on a page that leads back to itself, a barred client's with 403.",
        breaks=("rfc6749-4.1.2.1-other-failures-told-to-client", "rfc6749-4.2.2.1-fault-in-the-fragment"),
        edits=(shown(by_fault, "invalid_scope", "unauthorized_client"),),
    ),
    Defect(
        name="error-redirect-with-status-400",
        says="Errors go to the client by a Location beside the status 400.",
        breaks=("rfc6749-4.1.2.1-other-failures-told-to-client", "rfc6749-4.1.2.1-denial-told-to-client"),
        edits=(
            replace(
                "authorization.redirect_error",
                "redirect_error",
                named("redirect_error", with_status(400, redirect_error)),
            ),
        ),
    ),
    Defect(
        name="implicit-redirect-with-status-200",
        says="Tokens of the implicit grant go to the client by a Location beside the status 200.",
        breaks=("rfc6749-1.7-user-agent-arrives",),
        edits=(
            replace(
                "authorization.implicit_response",
                "redirect_with_fragment",
                named("redirect_with_fragment", with_status(200, redirect_with_fragment)),
            ),
        ),
    ),
)
