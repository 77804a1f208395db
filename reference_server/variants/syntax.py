"""Conformant servers whose values use all of the syntax that RFC 6749 Appendixes A and B allow."""

import base64
from urllib.parse import quote, urlencode

from ..pipeline import Call, Response, after, before, remove, replace
from ..secrets import random_value
from ..steps.authorization_response import keep_code, redirect
from ..steps.token_response import access_token_lifetime, make_refresh_token
from ..variant import Variant

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
TOKEN_MAKERS = ("issue", "authorization.implicit_response")


def make_code_of_all_characters(call: Call) -> None:
    """Appendix A.11: a code may have every printable character, space among them."""
    keep_code(call, f"{random_value()}{PRINTABLE}{random_value()}")


def make_refresh_token_of_all_characters(call: Call) -> None:
    """Appendix A.17: the same for refresh tokens."""
    make_refresh_token(call)
    if call.refresh_token is not None:
        call.refresh_token = f"{random_value()}{PRINTABLE}{random_value()}"
        lifetime = call.server.settings.refresh_token_lifetime
        call.server.store.add_token(call.refresh_token, "refresh_token", call.grant, call.grant.scope, lifetime)


def make_base64_token(call: Call) -> None:
    """RFC 6750 section 2.1: a bearer token may have plus signs and slashes, and equals signs at its end."""
    random = base64.b64encode(random_value().encode()).decode("ascii").rstrip("=")
    call.access_token = f"a+b/{random}-._~=="
    lifetime = access_token_lifetime(call)
    call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)


def put_error_uri(call: Call) -> None:
    """Section 4.1.2.1: a page about the error, with what URIs may have."""
    call.answer["error_uri"] = f"https://docs.example/errors(v1)/{call.error.error};lang=en?a=%C3%A9&b=1,2#details"


def put_error_uri_in_challenge(call: Call) -> None:
    """RFC 6750 section 3: the same in a challenge."""
    uri = f"/errors/{call.error.error}?a=%22#top"
    call.error.headers = tuple(
        (name, f'{value}, error_uri="{uri}"' if name == "WWW-Authenticate" and "error=" in value else value)
        for name, value in call.error.headers
    )


def redirect_with_escaped_query(call: Call) -> Response:
    """Appendix B: a space may be written as an escape like any other octet."""
    uri = call.redirect_uri or ""
    return redirect(call, f"{uri}{'&' if '?' in uri else '?'}{_escaped(call)}")


def redirect_with_escaped_fragment(call: Call) -> Response:
    """The same for the implicit grant."""
    return redirect(call, f"{call.redirect_uri}#{_escaped(call)}")


def redirect_error_escaped(call: Call) -> Response:
    """The same for errors."""
    implicit = call.response_type == "token"
    return redirect_with_escaped_fragment(call) if implicit else redirect_with_escaped_query(call)


def _escaped(call: Call) -> str:
    return urlencode(call.answer, quote_via=quote)


VARIANTS = (
    Variant(
        name="grants-of-all-characters",
        says="Codes and refresh tokens hold every printable ASCII character.",
        edits=(
            replace("authorization.code_response", "make_code", make_code_of_all_characters),
            replace("issue", "make_refresh_token", make_refresh_token_of_all_characters),
        ),
    ),
    Variant(
        name="base64-access-tokens",
        says="Access tokens hold plus signs, slashes and equals signs.",
        edits=tuple(replace(name, "make_access_token", make_base64_token) for name in TOKEN_MAKERS),
    ),
    Variant(
        name="error-uris",
        says="Errors of the authorization endpoint and of the resources name a page with details.",
        edits=(
            before("authorization.redirect_error", "redirect_error", put_error_uri),
            after("bearer.error", "challenge_bearer", put_error_uri_in_challenge),
        ),
    ),
    Variant(
        name="introspection-without-client-id",
        says="Introspection doesn't name the client.",
        edits=(remove("introspection.response", "put_client_id"),),
    ),
    Variant(
        name="spaces-escaped",
        says="Spaces in redirects to the client are written as %20.",
        edits=(
            replace("authorization.code_response", "redirect_with_query", redirect_with_escaped_query),
            replace("authorization.implicit_response", "redirect_with_fragment", redirect_with_escaped_fragment),
            replace("authorization.redirect_error", "redirect_error", redirect_error_escaped),
        ),
    ),
)
