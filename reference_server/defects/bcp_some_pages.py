"""Breaches of RFC 9700 sections 4.2.4, 4.13 and 4.16 on one page only, or on one way through the server."""

from ..pipeline import Call, Edit, Response, before, named, replace
from ..steps.authorization_response import put_issuer
from ..steps.sign_in import COOKIE, continue_request, cookie
from ..steps.transport import forbid_framing, hide_referrer, restrict_content
from ..variants.security import allow_styles_only
from .bcp import bcp
from .conditions import Condition, nothing, when

PREVENTED, EVERYWHERE = "4.16-clickjacking-prevented", "4.16-policy-on-every-page"
REFERRER, PROXY = "4.2.4-referrer-suppressed", "4.13-proxy-sanitizes-headers"
NAME = b"x-forwarded-host"


def asks_again(call: Call) -> bool:
    """The sign-in page after a wrong password."""
    return call.response.status == 403 and b"password" in call.response.body


def asks_for_public_client(call: Call) -> bool:
    """The page on which a public client's request is decided."""
    return b"decision" in call.response.body and hasattr(call, "client") and not call.client.confidential


def refuses_redirect_uri(call: Call) -> bool:
    """The page for a known client that names a redirection URI which isn't its own."""
    return call.response.status == 400 and hasattr(call, "client")


def framed(name: str, condition: Condition) -> tuple[Edit, ...]:
    """Pages that anybody can frame."""
    styles = named("restrict_content", allow_styles_only)
    return (
        replace(name, "forbid_framing", when(condition, nothing, forbid_framing)),
        replace(name, "restrict_content", when(condition, styles, restrict_content)),
    )


def telling(name: str, condition: Condition) -> Edit:
    """Pages without a policy for the Referer header."""
    return replace(name, "hide_referrer", when(condition, nothing, hide_referrer))


def put_issuer_of_host(call: Call) -> None:
    """Names the host that a header tells of."""
    put_issuer(call)
    host = call.header(NAME)
    if host and "iss" in call.answer:
        call.answer["iss"] = f"https://{host}"


def continue_at_host(call: Call) -> Response:
    """Leads on to where a header says that the server is."""
    response = continue_request(call)
    place, host = dict(response.headers).get("Location", ""), call.header(NAME)
    if host and place.startswith("/"):
        response.put("Location", f"https://{host}{place}")
    return response


def note_failed_sign_in(call: Call) -> None:
    """Remembers the browser in which a password was wrong."""
    call.server.kept[f"failed {cookie(call, COOKIE)}"] = "once"


def send_body_along(call: Call) -> None:
    """Has another redirect for those who had to try again."""
    if call.response.status == 303 and f"failed {cookie(call, COOKIE)}" in call.server.kept:
        call.response.status = 307


DEFECTS = (
    bcp(
        "second-try-framed",
        "The sign-in page that comes after a wrong password can be framed.",
        (PREVENTED, EVERYWHERE),
        *framed("sign_in.finish", asks_again),
    ),
    bcp(
        "consent-for-public-clients-framed",
        "The page that asks about a public client can be framed.",
        (PREVENTED, EVERYWHERE),
        *framed("authorization.finish", asks_for_public_client),
    ),
    bcp(
        "wrong-redirect-uri-framed",
        "The page that tells of a wrong redirection URI can be framed.",
        (EVERYWHERE,),
        *framed("authorization.finish", refuses_redirect_uri),
    ),
    bcp(
        "referrer-of-second-try",
        "The sign-in page that comes after a wrong password says nothing of the Referer header.",
        (REFERRER,),
        telling("sign_in.finish", asks_again),
    ),
    bcp(
        "referrer-of-wrong-redirect-uri",
        "The page that tells of a wrong redirection URI says nothing of the Referer header.",
        (REFERRER,),
        telling("authorization.finish", refuses_redirect_uri),
    ),
    bcp(
        "second-password-redirected-with-307",
        "Whoever signs in at the second try is sent on with status 307.",
        ("4.12-no-307", "4.12-303-used"),
        before("sign_in.error", "show_sign_in_again", note_failed_sign_in),
        before("sign_in.finish", "forbid_caching", send_body_along),
    ),
    bcp(
        "sign-in-leads-to-forwarded-host",
        "Whoever has signed in is led to the host that X-Forwarded-Host names.",
        (PROXY,),
        replace("sign_in", "continue_request", named("continue_request", continue_at_host)),
    ),
    bcp(
        "issuer-of-forwarded-host",
        "A response with a code names the host that X-Forwarded-Host tells of as its issuer.",
        (PROXY,),
        replace("authorization.code_response", "put_issuer", named("put_issuer", put_issuer_of_host)),
    ),
    bcp(
        "error-issuer-of-forwarded-host",
        "An error response names the host that X-Forwarded-Host tells of as its issuer.",
        (PROXY,),
        replace("authorization.redirect_error", "put_issuer", named("put_issuer", put_issuer_of_host)),
    ),
)
