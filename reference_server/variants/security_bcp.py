"""A server that keeps the best current practice (RFC 9700), and other ways to keep it."""

import base64
import hashlib
import json
from dataclasses import replace as changed
from urllib.parse import urlsplit

from .. import demo
from ..accounts import USER_GRANTS, Client
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, after, before, named, replace, setting
from ..rendering import content_security_policy, page
from ..steps import client_authentication, dpop
from ..steps.authorization_response import redirect_error, redirect_with_query
from ..steps.native_apps import match_native_redirect_uri
from ..steps.sign_in import read_session, show_sign_in
from ..variant import Variant

CODE_RESPONSE, ERROR_RESPONSE = "authorization.code_response", "authorization.redirect_error"
CLIENT, REQUEST = "authorization.validate_client", "authorization.validate_request"
LOOPBACK = ("127.0.0.1", "::1")
GRANTS = ("authorization_code", "client_credentials", "refresh_token")
CHANNEL = "web_message"

UNTRUSTED = Client(
    name="untrusted",
    client_id="client-untrusted",
    secret="untrusted-demo-secret-m6Rq",
    title="Demo application of strangers",
    redirect_uris=("https://untrusted.example/cb",),
    grants=USER_GRANTS,
    scopes=("me", "profile", "email"),
    failed_authentications=demo.HARDLY_EVER,
)


def adapted(client: Client) -> Client:
    """A client as it is registered here: with https URIs and, if it is native, loopback ones beside."""
    uris = tuple(uri for uri in client.redirect_uris if not uri.startswith("http:"))
    if client.name == "public":
        return changed(client, redirect_uris=(*uris, "http://127.0.0.1/native"), type="native")
    return changed(client, redirect_uris=uris)


CLIENTS = (*map(adapted, demo.CLIENTS), UNTRUSTED)

# Redirection URIs


def refuse_insecure_redirect_uri(call: Call) -> None:
    """RFC 9700 section 2.6: no response goes over a network in the clear, whatever was registered."""
    sent = urlsplit(call.parameters.get("redirect_uri") or "")
    if sent.scheme == "http" and sent.hostname not in LOOPBACK:
        raise OAuthError("invalid_request", "The redirect_uri parameter lacks encryption.")


# Redirects


def sign_in_before_error(call: Call) -> Response | None:
    """RFC 9700 section 4.11.2: whoever made this link, nobody leaves by it before having signed in."""
    read_session(call)
    return show_sign_in(call)


def is_trusted(call: Call) -> bool:
    """RFC 9700 section 4.11.2: the server's own risk assessment."""
    return call.client.client_id != UNTRUSTED.client_id


def ask_before_leaving(call: Call, response: Response) -> Response:
    """RFC 9700 section 4.11.2: to a URI that isn't trusted people go by themselves."""
    location = dict(response.headers).get("Location")
    return response if location is None or is_trusted(call) else page("continue.html", uri=location)


def redirect_error_if_trusted(call: Call) -> Response:
    """Errors lead to untrusted URIs no faster than codes."""
    return ask_before_leaving(call, redirect_error(call))


def respond(call: Call) -> Response:
    """By a redirect, or by a message where the client asks for one."""
    if call.parameters.get("response_mode") == CHANNEL:
        return post_message(call, origin_of(call.redirect_uri or ""))
    return ask_before_leaving(call, redirect_with_query(call))


def origin_of(uri: str) -> str:
    """RFC 9700 section 4.17.2: the client's own origin, in full."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def post_message(call: Call, origin: str) -> Response:
    """A page that hands the response to the window which opened it."""
    script = f"window.opener.postMessage({json.dumps(call.answer)}, {json.dumps(origin)})"
    html = f"<!DOCTYPE html><title>Back to the application</title><script>{script}</script>"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    policy = content_security_policy() + f"; script-src 'sha256-{digest}'"
    headers = [("Content-Type", "text/html; charset=utf-8"), ("X-Message-Policy", policy)]
    return Response(200, html.encode(), headers)


def allow_message(call: Call) -> None:
    """Lets the one script run that such a page has."""
    policy = dict(call.response.headers).get("X-Message-Policy")
    if policy is not None:
        call.response.headers = [pair for pair in call.response.headers if pair[0] != "X-Message-Policy"]
        call.response.put("Content-Security-Policy", policy)


# Client authentication


def refuse_assertion(call: Call) -> None:
    """RFC 7523 section 3: clients may authenticate by signed JWTs; none of these has registered a key for it."""
    if call.parameters.get("client_assertion") is not None:
        raise client_authentication.failed("The client has registered no key.")


def put_asymmetric_method(call: Call) -> None:
    """RFC 9700 section 2.5: beside shared secrets there is asymmetric cryptography."""
    methods = call.answer["token_endpoint_auth_methods_supported"]
    call.answer["token_endpoint_auth_methods_supported"] = [*methods, "private_key_jwt"]
    call.answer["token_endpoint_auth_signing_alg_values_supported"] = ["RS256", "ES256"]


# The whole

BOUND_TOKENS: tuple[Edit, ...] = (
    after("token", "authenticate_client", dpop.read_proof),
    after("issue", "make_access_token", dpop.bind_access_token),
    after("issue", "make_refresh_token", dpop.bind_refresh_token),
    after("grant.refresh_token", "check_refresh_client", dpop.check_refresh_key),
    after("token.response", "put_token_type", dpop.put_dpop_type),
    after("bearer", "collect_header_token", dpop.collect_dpop_token),
    after("bearer", "check_token_active", dpop.check_proof),
    after("introspection.response", "put_jti", dpop.put_confirmation),
    after("metadata", "put_code_challenge_methods", dpop.put_dpop_algorithms),
)


def match_redirect_uri(call: Call) -> None:
    """RFC 9700 section 4.1.3, as RFC 8252 has it; a step of its own, since to name one is to rename it everywhere."""
    match_native_redirect_uri(call)


BCP: tuple[Edit, ...] = (
    setting(grants=GRANTS, redirect_status=303, pkce_methods=("S256",), clients=CLIENTS),
    replace(CLIENT, "match_redirect_uri", match_redirect_uri),
    after(CLIENT, "match_redirect_uri", refuse_insecure_redirect_uri),
    before(ERROR_RESPONSE, "put_error", sign_in_before_error),
    replace(ERROR_RESPONSE, "redirect_error", named("redirect_error", redirect_error_if_trusted)),
    replace(CODE_RESPONSE, "redirect_with_query", named("redirect_with_query", respond)),
    after("authorization.finish", "restrict_content", allow_message),
    before("client_authentication", "collect_basic", refuse_assertion),
    after("metadata", "put_authentication_methods", put_asymmetric_method),
    *BOUND_TOKENS,
)
PROFILE = {
    "features": {"security_bcp": True, "dpop": True, "web_message": True, "reverse_proxy": True},
    "clients": {"public": {"pkce_required": True}, "untrusted": {"untrusted": True}},
    "limits": {"refresh_idle_time": 2_592_000},
}

VARIANTS = (
    Variant(
        name="security-bcp",
        says="The server keeps the best current practice for security.",
        edits=BCP,
        profile=PROFILE,
    ),
)
