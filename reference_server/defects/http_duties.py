"""Deliberate breaches of what HTTP asks of every answer (RFC 9110)."""

from __future__ import annotations

from ..defect import Defect
from ..pipeline import Call, Response, replace
from ..steps.authorization_response import show_error_page
from ..steps.token_response import render_json_error
from .token_errors import challenge_header_authentication


def render_without_allow(call: Call) -> Response:
    """Says that the method is wrong, and not which one is right."""
    response = render_json_error(call)
    response.headers = [header for header in response.headers if header[0] != "Allow"]
    return response


def show_page_without_allow(call: Call) -> Response:
    """Puts the text of the error on the page, and forgets its headers."""
    response = show_error_page(call)
    response.headers = [header for header in response.headers if header[0] != "Allow"]
    return response


DEFECTS = (
    Defect(
        name="revocation-401-without-challenge-for-body",
        says="A 401 of the revocation endpoint to authentication in the body has no challenge.",
        breaks=("http-15.5.2-revocation-challenge-in-401",),
        edits=(replace("revocation.error", "challenge_basic", challenge_header_authentication),),
    ),
    Defect(
        name="introspection-401-without-challenge-for-body",
        says="A 401 of the introspection endpoint to authentication in the body has no challenge.",
        breaks=("http-15.5.2-introspection-challenge-in-401",),
        edits=(replace("introspection.error", "challenge_basic", challenge_header_authentication),),
    ),
    Defect(
        name="405-without-allow",
        says="A 405 of the token endpoint doesn't say which method is allowed.",
        breaks=("http-15.5.6-allow-in-405",),
        edits=(replace("token.error", "render_json_error", render_without_allow),),
    ),
    Defect(
        name="authorization-405-without-allow",
        says="A 405 of the authorization endpoint doesn't say which methods are allowed.",
        breaks=("http-15.5.6-allow-in-405",),
        edits=(replace("authorization.page_error", "show_error_page", show_page_without_allow),),
    ),
)
