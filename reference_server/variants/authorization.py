"""Conformant servers with another authorization endpoint, another way back to the client, or other registrations."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace as changed
from html import escape
from urllib.parse import parse_qsl, urlsplit

from .. import demo
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, after, before, named, replace, setting
from ..steps.authorization_response import redirect_error, redirect_with_fragment, redirect_with_query
from ..steps.consent import show_consent
from ..variant import Variant

TENANT = "tenant=demo"
LONGEST_STATE = 512
SUBMIT = "document.forms[0].submit()"
REDIRECTS = (
    ("authorization.code_response", redirect_with_query),
    ("authorization.implicit_response", redirect_with_fragment),
    ("authorization.redirect_error", redirect_error),
)
Redirect = Callable[[Call], Response]


def way_back(page_for: Callable[[str], str]) -> tuple[Edit, ...]:
    """A page that moves the user agent on, in place of each redirect."""

    def by_page(redirect: Redirect) -> Redirect:
        def show_way_back(call: Call) -> Response:
            """RFC 6749 section 1.7: any method that the user agent knows."""
            location = dict(redirect(call).headers)["Location"]
            html = f"<!DOCTYPE html><title>Back to the application</title>{page_for(location)}"
            return Response(200, html.encode(), [("Content-Type", "text/html; charset=utf-8")])

        return show_way_back

    edits = [
        replace(name, redirect.__name__, named(redirect.__name__, by_page(redirect))) for name, redirect in REDIRECTS
    ]
    return (*edits, after("authorization.finish", "restrict_content", allow_submission))


def allow_submission(call: Call) -> None:
    """The one script that such a page may run."""
    if SUBMIT.encode() in call.response.body:
        digest = base64.b64encode(hashlib.sha256(SUBMIT.encode()).digest()).decode("ascii")
        policy = f"default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
        call.response.put("Content-Security-Policy", policy)


def refresh_page(location: str) -> str:
    """Moves on at once, without a script."""
    return f'<meta http-equiv="refresh" content="0; url={escape(location)}">'


def form_page(location: str) -> str:
    """A form that submits itself by GET: a browser replaces the query of its action by the fields."""
    parts = urlsplit(location)
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    action = escape(parts._replace(query="").geturl())
    button = "<noscript><button>Continue</button></noscript>"
    return f'<form method="get" action="{action}">{fields}{button}</form><script>{SUBMIT}</script>'


def with_odd_fragment(redirect: Redirect) -> Redirect:
    """A fragment that says nothing, so that browsers don't keep the one of the page before."""

    def redirect_with_odd_fragment(call: Call) -> Response:
        """RFC 6749 section 4.1.2: the response stands in the query."""
        response = redirect(call)
        location = dict(response.headers)["Location"]
        response.put("Location", location if "#" in location else f"{location}#_=_")
        return response

    return redirect_with_odd_fragment


def refuse_posted_request(call: Call) -> None:
    """Section 3.1: POST is optional; here it brings decisions only."""
    if call.method == "POST" and call.decision.get("authorization_request") is None:
        raise OAuthError("invalid_request", "Authorization requests come by GET.", 405, [("Allow", "GET, HEAD")])


def match_registered_part(call: Call) -> None:
    """Section 3.1.2.2: scheme, authority and path are registered, so the query may be any."""
    sent = call.parameters.get("redirect_uri") or ""
    registered = {uri.partition("?")[0] for uri in call.client.redirect_uris}
    if "#" in sent or sent.partition("?")[0] not in registered:
        raise OAuthError("invalid_request", "The redirect_uri parameter is not one of the client's.")


def require_any_redirect_uri(call: Call) -> None:
    """Section 3.1.2.3: where only part of it is registered, the request has to bring the whole."""
    if call.parameters.get("redirect_uri") is None:
        raise OAuthError("invalid_request", "The redirect_uri parameter is missing.")


def show_consent_without_identity(call: Call) -> Response | None:
    """Section 10.2: the owner is told what the client may do; that it learns who signed in goes without saying."""
    asked, call.scope = call.scope, tuple(name for name in call.scope if name != "me")
    response = show_consent(call)
    call.scope = asked
    return response


def refuse_long_state(call: Call) -> None:
    """Section 4.1.2 has no greatest length; what a server won't carry it doesn't repeat."""
    if call.state is not None and len(call.state) > LONGEST_STATE:
        call.state = None
        raise OAuthError("invalid_request", "The state parameter is too long.")


def refuse_long_state_on_page(call: Call) -> None:
    """The same, as an HTTP server refuses a long address: nobody is sent anywhere."""
    if call.state is not None and len(call.state) > LONGEST_STATE:
        call.redirect_uri = None
        raise OAuthError("invalid_request", "The address is too long.")


def require_state(call: Call) -> None:
    """Section 4.1.1 recommends `state`; a server may insist."""
    if call.state is None:
        raise OAuthError("invalid_request", "The state parameter is missing.")


def require_tenant(call: Call) -> None:
    """The query of the endpoint's URI says whose endpoint this is."""
    if call.method != "POST" or call.endpoint == "token":
        wanted = TENANT.encode()
        if wanted not in call.query_string.split(b"&"):
            raise OAuthError("invalid_request", "There is no such tenant.", 404)


def publish_tenant(member: str) -> Edit:
    """Metadata names the endpoint with its query."""

    def put_tenant(call: Call) -> None:
        """RFC 8414 section 2: the URL of the endpoint, all of it."""
        call.answer[member] += f"?{TENANT}"

    return after("metadata", "put_endpoints", put_tenant)


BASIC_ONLY = tuple(
    changed(client, authentication=("client_secret_basic",)) if client.confidential else client
    for client in demo.CLIENTS
)

VARIANTS = (
    Variant(
        name="redirect-303",
        says="The user agent is sent back with the status 303.",
        edits=(setting(redirect_status=303),),
    ),
    Variant(
        name="redirect-by-form",
        says="The user agent is sent back by a form that submits itself.",
        edits=way_back(form_page),
    ),
    Variant(
        name="redirect-by-refresh",
        says="The user agent is sent back by a page that refreshes to the client.",
        edits=way_back(refresh_page),
    ),
    Variant(
        name="redirect-with-odd-fragment",
        says="Each redirect to a client has an empty fragment of its own behind the query.",
        edits=tuple(
            replace(name, redirect.__name__, named(redirect.__name__, with_odd_fragment(redirect)))
            for name, redirect in REDIRECTS
        ),
    ),
    Variant(
        name="scope-that-goes-without-saying",
        says="The consent page has no words for the scope that only identifies the resource owner.",
        edits=(replace("consent", "show_consent", named("show_consent", show_consent_without_identity)),),
    ),
    Variant(
        name="authorization-by-get-only",
        says="Authorization requests are taken by GET only.",
        edits=(after("authorization", "unpack_carried_request", refuse_posted_request),),
        # The documented API has POST there as well: this server doesn't claim its layout.
        profile={"documented": {"layout": False}},
        changes={"rfc6749-3.1-post-served-like-get": "vacuous"},
    ),
    Variant(
        name="redirect-uris-registered-in-part",
        says="Of redirect URIs scheme, authority and path are registered; each request brings the whole.",
        edits=(
            replace("authorization.validate_client", "require_redirect_uri", require_any_redirect_uri),
            replace("authorization.validate_client", "match_redirect_uri", match_registered_part),
        ),
        profile={"features": {"full_redirect_uris": False}, "clients": {"single_redirect": None}},
        changes={
            "rfc6749-3.1.2-registered-uri-used": "untested",
            "rfc6749-3.1.2.2-complete-uri-registered": "warned",
            "rfc6749-3.1.2.3-full-uri-compared-as-string": "not applicable",
        },
    ),
    Variant(
        name="long-state-refused",
        says="A state of more than 512 characters is refused, with an error that doesn't repeat it.",
        edits=(after("authorization.validate_request", "read_response_type", refuse_long_state),),
    ),
    Variant(
        name="long-state-refused-on-page",
        says="A state of more than 512 characters is refused on a page.",
        edits=(after("authorization.validate_request", "read_response_type", refuse_long_state_on_page),),
    ),
    Variant(
        name="state-demanded",
        says="An authorization request without state is refused.",
        edits=(after("authorization.validate_request", "require_response_type", require_state),),
    ),
    Variant(
        name="pkce-demanded",
        says="Every request for a code needs a code challenge.",
        edits=(setting(require_pkce=True),),
    ),
    Variant(
        name="basic-authentication-only",
        says="Clients with a secret authenticate by HTTP Basic and nothing else.",
        edits=(setting(clients=BASIC_ONLY),),
        changes={
            "rfc6749-2.3-two-methods-refused": "not applicable",
            "rfc6749-2.3.1-body-parameters-authenticate": "not applicable",
            "rfc6749-2.3.1-client-id-required": "not applicable",
            "rfc6749-2.3.1-client-id-its-own": "not applicable",
            "rfc6749-2.3.1-client-secret-required": "not applicable",
            "rfc6749-2.3.1-client-secret-its-own": "not applicable",
        },
    ),
    Variant(
        name="token-endpoint-with-query",
        says="The URI of the token endpoint has a query component, which has to be kept.",
        edits=(before("token", "require_tls", require_tenant), publish_tenant("token_endpoint")),
        profile={"endpoints": {"token": f"/oauth/token?{TENANT}"}},
    ),
    Variant(
        name="authorization-endpoint-with-query",
        says="The URI of the authorization endpoint has a query component, which has to be kept.",
        edits=(before("authorization", "require_tls", require_tenant), publish_tenant("authorization_endpoint")),
        profile={"endpoints": {"authorization": f"/oauth/authorize?{TENANT}"}},
    ),
)
