"""RFC 6749 sections 4.1.2, 4.1.2.1, 4.2.2 and 4.2.2.1: what goes back to the client, or stays on a page."""

from urllib.parse import urlencode

from ..pipeline import Call, Response
from ..rendering import message
from ..secrets import random_value


def make_code(call: Call) -> None:
    """Section 4.1.2: an unguessable code, bound to client, redirect URI as sent, and challenge (RFC 7636 4.4)."""
    keep_code(call, random_value())


def keep_code(call: Call, code: str) -> None:
    """Keep a code with what it is bound to, and answer with it."""
    call.server.store.add_code(
        code,
        call.grant,
        call.parameters.get("redirect_uri"),
        call.parameters.get("code_challenge"),
        call.parameters.get("code_challenge_method"),
        call.server.settings.code_lifetime,
    )
    call.answer["code"] = code


def put_state(call: Call) -> None:
    """Sections 4.1.2 and 4.2.2: exactly as it was sent, if it was."""
    if call.state is not None:
        call.answer["state"] = call.state


def put_issuer(call: Call) -> None:
    """RFC 9207 section 2: every response says who sends it, an error response too."""
    call.answer["iss"] = call.server.settings.identifier


def redirect_with_query(call: Call) -> Response:
    """Section 4.1.2: into the query, behind what the registered URI has there already (section 3.1.2)."""
    uri = call.redirect_uri or ""
    separator = "&" if "?" in uri else "?"
    return redirect(call, uri + separator + urlencode(call.answer))


def redirect_with_fragment(call: Call) -> Response:
    """Section 4.2.2: into the fragment, which browsers keep to themselves."""
    return redirect(call, f"{call.redirect_uri}#{urlencode(call.answer)}")


def redirect(call: Call, location: str) -> Response:
    """Section 1.7: 302, or what the settings say."""
    return Response(call.server.settings.redirect_status, headers=[("Location", location)])


# authorization.error


async def tell_client(call: Call) -> Response | None:
    """Section 4.1.2.1: with a good client and redirect URI, errors go to the client."""
    # A wrong method is no authorization request, and an oversized one was never read.
    return None if call.redirect_uri is None else await call.run("authorization.redirect_error")


async def tell_owner(call: Call) -> Response | None:
    """Sections 3.1.2.4 and 4.1.2.1: otherwise the owner is told, and nobody is redirected."""
    return await call.run("authorization.page_error")


def show_error_page(call: Call) -> Response:
    """Section 3.1.2.4: a page that says what is wrong, without any way to the unverified URI."""
    response = message(call.error.status, "This request is not valid", call.error.description)
    response.headers.extend(call.error.headers)
    return response


def redirect_error(call: Call) -> Response:
    """Sections 4.1.2.1 and 4.2.2.1: into the query, or for the implicit grant into the fragment."""
    return redirect_with_fragment(call) if call.response_type == "token" else redirect_with_query(call)
