"""Breaches of RFC 9700 sections 4.13 and 4.14.2: headers that no proxy sent, and refreshes at the same moment."""

import asyncio

from ..pipeline import Call, after, named, replace
from ..steps.client_authentication import refuse_unregistered_method, require_for_confidential
from .bcp import bcp
from .conditions import only

SANITIZES = "4.13-proxy-sanitizes-headers"
AUTHENTICATION = "client_authentication"


def lacks_certificate(call: Call) -> bool:
    """No header tells that TLS has authenticated the client."""
    return call.header(b"x-ssl-client-verify") is None


def trust_certificate_header(call: Call) -> None:
    """Believes that the header comes from the proxy."""
    call.authenticated = call.authenticated or not lacks_certificate(call)


def trust_user_header(call: Call) -> None:
    """Believes that the proxy has signed somebody in."""
    call.user = call.user or call.server.accounts.users.get(call.header(b"x-remote-user") or "")


async def rotate_later(call: Call) -> None:
    """Between the look at a token and its end there is time for another request."""
    await asyncio.sleep(0.02)
    if call.token is not None:
        call.server.store.rotate_token(call.token)
    call.with_refresh_token = True


DEFECTS = (
    bcp(
        "certificate-told-by-anybody",
        "Whoever sends the header by which a proxy tells of a client's certificate is taken for that client.",
        (SANITIZES,),
        replace(AUTHENTICATION, "require_for_confidential", only(lacks_certificate, require_for_confidential)),
        replace(AUTHENTICATION, "refuse_unregistered_method", only(lacks_certificate, refuse_unregistered_method)),
        after(AUTHENTICATION, "verify_secret", trust_certificate_header),
    ),
    bcp(
        "user-told-by-anybody",
        "Whoever sends the header by which a proxy tells who has signed in is that person.",
        (SANITIZES,),
        after("authorization", "read_session", trust_user_header),
    ),
    bcp(
        "simultaneous-refreshes-served",
        "Of several refreshes at the same moment each brings tokens.",
        ("4.14.2-no-leeway",),
        replace("grant.refresh_token", "rotate", named("rotate", rotate_later)),
    ),
)
