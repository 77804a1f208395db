"""Requests that scripts of other origins make: of the client's own, and of nobody's."""

from __future__ import annotations

from conformance.base.uris import origin_of
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.redirects import ATTACKER
from conformance.wire.exchange import Reply

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
ORIGINS = ("client", "foreign", "null")
ASKED = ("request", "faulty request", "preflight")


def asked_by_script(given: Given, send: Send, whose: str, how: str) -> Reply:
    """The answer of the authorization endpoint to a script: to a request, a faulty one, or what browsers ask before."""
    good = ordinary_request(given, send)
    request = send.authorization_request(good.client, good.response_type)
    # A page in a sandbox, or one that came by a redirect across sites, has no origin to tell.
    known = {"foreign": f"https://{ATTACKER}", "null": "null"}
    origin = known.get(whose) or _own_origin(good.client.redirect_uris)
    if how == "preflight":
        url = send.form_request("authorization", (), method="GET").url.removesuffix("?")
        asked = [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization")]
        return send.raw("OPTIONS", url, [("Origin", origin), *asked])
    pairs = request.pairs if how == "request" else [pair for pair in request.pairs if pair[0] != "response_type"]
    return send.form("authorization", pairs, [("Origin", origin)], method="GET")


def lets_read(reply: Reply) -> bool:
    """Whether a browser hands the answer to the script that asked: by its origin, or by a wildcard."""
    return bool({"*", reply.request.header("Origin")} & set(reply.header_values(ALLOW_ORIGIN)))


def token_by_script(given: Given, send: Send) -> Reply:
    """The answer of the token endpoint to a script that asks with an invented code."""
    client = given.client_for(given.any_grant())
    origin = _own_origin(client.redirect_uris)
    parameters = {"code": given.invented("code")}
    return send.token("authorization_code", client, parameters, headers=[("Origin", origin)])


def _own_origin(uris: tuple[str, ...]) -> str:
    return next((origin_of(uri) for uri in uris if uri.startswith(("http:", "https:"))), "https://app.example")
