"""Endpoints in places where a client must not send anything, or has to keep something of their URL."""

from __future__ import annotations

from ..errors import OAuthError
from ..misbehavior import LARGE, Misbehavior
from ..pipeline import Call, Response, before
from ..stage_listeners import BAD_CERTIFICATES, PLAIN, SAME_AUTHORITY

ENDPOINTS = ("token", "resource", "revocation")
QUERY = "tenant=a%20b&version=2"


def lead_to_plain_http(call: Call) -> Response | None:
    """A redirect that keeps method and body, to where nothing is encrypted."""
    if call.scheme != "https":
        return None
    origin, secure = call.server.kept["origin http"], call.server.kept["origin https"]
    place = call.server.settings.issuer.replace(secure, origin) + call.path
    return Response(307, headers=[("Location", place)])


def refuse_token(call: Call) -> None:
    """RFC 6750 section 3.1: the token is no good."""
    raise OAuthError("invalid_token", "The access token is not valid.", 401)


MISBEHAVIORS = (
    *(
        Misbehavior(
            name=f"{endpoint}-at-{listener}",
            says=f"the {endpoint} endpoint has a certificate that is not to be trusted: {listener}",
            listeners={endpoint: listener},
        )
        for endpoint in ENDPOINTS
        for listener in BAD_CERTIFICATES
    ),
    *(
        Misbehavior(
            name=f"{endpoint}-at-{SAME_AUTHORITY}",
            says=f"the {endpoint} endpoint has a good certificate, of the authority that bad ones are of",
            listeners={endpoint: SAME_AUTHORITY},
        )
        for endpoint in ENDPOINTS
    ),
    *(
        Misbehavior(
            name=f"{endpoint}-at-http",
            says=f"the {endpoint} endpoint is said to be at plain HTTP",
            listeners={endpoint: PLAIN},
        )
        for endpoint in ENDPOINTS
    ),
    Misbehavior(
        name="authorization-endpoint-with-query",
        says="the URL of the authorization endpoint has a query",
        queries={"authorization": QUERY},
        company=LARGE,
    ),
    Misbehavior(
        name="token-endpoint-with-query",
        says="the URL of the token endpoint has a query",
        queries={"token": QUERY},
        company=LARGE,
    ),
    Misbehavior(
        name="resource-refuses-tokens",
        says="the protected resource refuses every token",
        edits=(before("bearer", "find_access_token", refuse_token),),
    ),
    Misbehavior(
        name="token-redirects-to-http",
        says="the token endpoint redirects to plain HTTP",
        edits=(before("token", "require_tls", lead_to_plain_http),),
    ),
    Misbehavior(
        name="resource-redirects-to-http",
        says="the protected resource redirects to plain HTTP",
        edits=(before("resource.me", "require_tls", lead_to_plain_http),),
    ),
)
