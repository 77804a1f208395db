"""Conformant servers whose pages lead to the client by another way: how people are asked is left to the server."""

import html
from urllib.parse import parse_qsl, urlencode

from ..pipeline import Call, Response, Step, before, named, replace
from ..rendering import message
from ..secrets import random_value
from ..steps.authorization_request import without_form_fields
from ..steps.sign_in import AUTHORIZATION_PATH, show_sign_in
from ..variant import Variant

PAGES = ("authorization", "sign_in")
HTML = [("Content-Type", "text/html; charset=utf-8")]
POSTED = f'<form method="post" action="{AUTHORIZATION_PATH}">'
BANNER = """<header><form action="/search"><input name="q" type="search"><button>Search</button></form>
<form method="post" action="/cookies"><p>We use cookies.</p><button name="cookies" value="all">Accept all</button>
<button name="cookies" value="none">Decline</button></form></header>"""


def query(call: Call) -> dict[str, str]:
    """The query as it stands, for parameters of the server's own."""
    return dict(parse_qsl(call.query_string.decode("latin-1")))


# A page between sign-in and consent


def choose_by_link(call: Call) -> Response | None:
    """Which of the accounts in this browser is to be used?"""
    if call.user is None or call.method != "GET" or "account" in query(call):
        return None
    request = html.escape(f"{AUTHORIZATION_PATH}?{urlencode(without_form_fields(call).pairs)}&account=1")
    ways = f'<a href="{request}">{html.escape(call.user.username)}</a> <a href="/sign_in">Use another account</a>'
    return Response(200, f"<!DOCTYPE html><title>Accounts</title><h1>Choose an account</h1>{ways}".encode(), list(HTML))


def choose_by_button(call: Call) -> Response | None:
    """The same question, asked by a form."""
    if call.user is None or call.method != "GET" or "account" in query(call):
        return None
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in without_form_fields(call).pairs
    )
    own = f'<form action="{AUTHORIZATION_PATH}">{fields}<button name="account" value="1">{call.user.username}</button>'
    text = f"<!DOCTYPE html><title>Accounts</title><h1>Pick an account</h1>{own}</form>"
    return Response(200, text.encode(), list(HTML))


# A way back over one more redirect


def lead_back_over(call: Call) -> None:
    """What leads to the client leads to the server once more, which has kept where to."""
    place = next((value for name, value in call.response.headers if name == "Location"), None)
    if place is not None and call.redirect_uri is not None and place.startswith(call.redirect_uri.partition("?")[0]):
        key = random_value()
        call.server.kept[key] = place
        call.response.put("Location", f"/continue?id={key}")


def go_on_to_client(call: Call) -> Response | None:
    """The second redirect."""
    place = call.server.kept.get(query(call).get("id", "")) if call.path == "/continue" else None
    return Response(302, headers=[("Location", place)]) if place else None


# Markup


def rewritten(change: Step) -> Step:
    """A step that changes pages alone."""

    def rewrite_page(call: Call) -> None:
        if any(value.startswith("text/html") for name, value in call.response.headers if name == "Content-Type"):
            change(call)

    return named("rewrite_page", rewrite_page)


def put_banner(call: Call) -> None:
    """A banner asks about cookies until it is answered, on every page."""
    call.response.body = call.response.body.replace(b"<main>", f"{BANNER}<main>".encode())


def send_by_button(call: Call) -> None:
    """The form says nothing of where it goes; each button does."""
    body = call.response.body.decode().replace(POSTED, '<form method="get" action="/search">')
    place = f'<button formmethod="post" formaction="{AUTHORIZATION_PATH}" '
    for name in ("decision", "_method"):
        body = body.replace(f'<button class="main" type="submit" name="{name}"', f'{place}type="submit" name="{name}"')
        body = body.replace(f'<button type="submit" name="{name}"', f'{place}type="submit" name="{name}"')
    call.response.body = body.encode()


# Statuses


def show_sign_in_as_unauthorized(call: Call) -> Response | None:
    """RFC 9110 section 15.5.2: nobody has said yet who asks."""
    response = show_sign_in(call)
    if response is not None:
        response.status = 401
    return response


def show_error_elsewhere(call: Call) -> Response:
    """RFC 6749 section 3.1.2.4: the page that informs the owner has a URL of its own."""
    return Response(302, headers=[("Location", f"/error?{urlencode({'says': call.error.description})}")])


def show_told_error(call: Call) -> Response | None:
    """That page."""
    told = query(call).get("says", "")
    return message(400, "This request is not valid", told) if call.path == "/error" else None


VARIANTS = (
    Variant(
        name="account-chosen-by-link",
        says="A page asks which account to use; each is a link.",
        edits=(before("consent", "reuse_consent", choose_by_link),),
    ),
    Variant(
        name="account-chosen-by-button",
        says="A page asks which account to use; each is a button.",
        edits=(before("consent", "reuse_consent", choose_by_button),),
    ),
    Variant(
        name="one-more-redirect",
        says="Whatever goes to the client goes to a page of the server first, which redirects.",
        edits=(
            before("authorization.finish", "forbid_caching", lead_back_over),
            before("not_found", "answer_not_found", go_on_to_client),
        ),
    ),
    Variant(
        name="cookie-banner",
        says="Every page has a banner that asks about cookies, with buttons to accept and to decline.",
        edits=tuple(before(f"{name}.finish", "forbid_caching", rewritten(put_banner)) for name in PAGES),
    ),
    Variant(
        name="buttons-with-places",
        says="The buttons of the consent page say where its form goes, and how.",
        edits=(before("authorization.finish", "forbid_caching", rewritten(send_by_button)),),
    ),
    Variant(
        name="sign-in-page-with-status-401",
        says="The sign-in page has the status 401.",
        edits=(replace("authorization.sign_in", "show_sign_in", named("show_sign_in", show_sign_in_as_unauthorized)),),
    ),
    Variant(
        name="error-page-elsewhere",
        says="A redirect leads to the page that tells what is wrong with client or redirect URI.",
        edits=(
            replace("authorization.page_error", "show_error_page", show_error_elsewhere),
            before("not_found", "answer_not_found", show_told_error),
        ),
    ),
)
