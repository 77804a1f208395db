"""Servers of native apps (RFC 8252): the one that stands for all, and conformant differences of it."""

import html
from collections.abc import Mapping
from dataclasses import replace as changed
from typing import Any

from .. import demo
from ..accounts import Client
from ..demo_native import NATIVE, NATIVE_CLIENTS, NATIVE_SECRET
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, after, before, named, replace, setting
from ..rendering import message
from ..steps.authorization_response import redirect_with_query
from ..steps.consent import reuse_consent
from ..steps.native_apps import distrust_shared_secret, match_native_redirect_uri, without_port
from ..variant import Variant

VALIDATE = "authorization.validate_client"
CLAIM: Mapping[str, Any] = {"features": {"native_apps": True}}
HERE = "http://localhost"
LOCALHOST = "rfc8252-8.3-localhost"
SHARED_SECRET = ("rfc8252-8.5-secret-is-no-proof", "rfc8252-8.5-treated-as-public")
IMPERSONATION = ("rfc8252-8.6-earlier-approval-ignored", "rfc8252-8.6-nothing-granted-silently")


# What a server takes to serve native clients, wherever it has them from.
SERVING_NATIVE_APPS: tuple[Edit, ...] = (
    replace(VALIDATE, "match_redirect_uri", match_native_redirect_uri),
    after("client_authentication", "verify_secret", distrust_shared_secret),
)


def serving(*clients: Client) -> tuple[Edit, ...]:
    """A server that has these native clients beside the others."""
    return setting(clients=(*demo.CLIENTS, *clients)), *SERVING_NATIVE_APPS


def without(*requirements: str) -> Mapping[str, str]:
    """Requirements whose situation doesn't arise."""
    return dict.fromkeys(requirements, "")


def having(*beginnings: str) -> tuple[Client, ...]:
    """The native clients with those redirect URIs alone that begin so; without those that have none then."""
    clients = (
        changed(client, redirect_uris=tuple(uri for uri in client.redirect_uris if uri.startswith(beginnings)))
        for client in NATIVE_CLIENTS
    )
    return tuple(client for client in clients if client.redirect_uris)


def refusing(*beginnings: str) -> Edit:
    """Redirect URIs that no native client may name."""

    def refuse_kind(call: Call) -> None:
        """RFC 8252 section 7 leaves the choice of the kind to the app, and section 8.3 advises against localhost."""
        sent = call.parameters.get("redirect_uri") or ""
        if call.client.type == "native" and sent.startswith(beginnings):
            raise OAuthError("invalid_request", "Redirect URIs of this kind are not served.")

    return before(VALIDATE, "match_native_redirect_uri", refuse_kind)


def match_any_port_of_localhost(call: Call) -> None:
    """RFC 8252 section 8.3: localhost works as a loopback address does."""
    sent = call.parameters.get("redirect_uri") or ""
    known = {uri.replace(HERE, "http://127.0.0.1", 1) for uri in call.client.redirect_uris if uri.startswith(HERE)}
    here = sent.startswith(f"{HERE}:") and call.client.type == "native"
    if not here or without_port(sent.replace(HERE, "http://127.0.0.1", 1)) not in map(without_port, known):
        match_native_redirect_uri(call)


def trust_claimed_https(call: Call) -> None:
    """RFC 8252 section 8.6: the operating system vouches for an app with a claimed https URI."""
    reuse_consent(call)
    if call.user is not None and call.client.type == "native" and (call.redirect_uri or "").startswith("https:"):
        call.consented = call.server.store.has_consented(call.user.username, call.client.client_id, call.scope)


def trust_apps(call: Call) -> None:
    """RFC 8252 section 8.6: a feature of the platform may assure the server as well."""
    reuse_consent(call)
    if call.user is not None and call.client.type == "native":
        call.consented = call.server.store.has_consented(call.user.username, call.client.client_id, call.scope)


def show_way_back(call: Call) -> Response:
    """Some browsers open an app only where a person asks for it."""
    response = redirect_with_query(call)
    location = dict(response.headers)["Location"]
    if call.client.type != "native" or location.startswith("https:"):
        return response
    page = message(200, "You can go on", "Return to the application.")
    page.body = page.body.replace(b"</main>", f'<a href="{html.escape(location)}">Return</a></main>'.encode())
    return page


VARIANTS = (
    Variant(
        name="native-apps",
        says="Native apps are served as RFC 8252 has it, one with a secret that every copy holds among them.",
        edits=serving(*NATIVE_CLIENTS),
        profile=CLAIM,
    ),
    Variant(
        name="native-apps-without-localhost",
        says="Native apps are served at loopback addresses, and refused at localhost.",
        edits=(*serving(*having("com", "https", "http://127", "http://[")), refusing(HERE)),
        like="native-apps",
        profile=CLAIM,
        changes=without(LOCALHOST),
    ),
    Variant(
        name="native-apps-at-any-port-of-localhost",
        says="The port of a native app is free at localhost too.",
        edits=(
            *serving(*NATIVE_CLIENTS),
            replace(
                VALIDATE,
                "match_native_redirect_uri",
                named("match_native_redirect_uri", match_any_port_of_localhost),
            ),
        ),
        like="native-apps",
        profile=CLAIM,
    ),
    Variant(
        name="native-apps-and-pkce-for-all",
        says="PKCE is demanded of every client, not of native apps alone.",
        edits=(*serving(*NATIVE_CLIENTS), setting(require_pkce=True)),
        like="native-apps",
        profile=CLAIM,
    ),
    Variant(
        name="native-apps-by-ipv4",
        says="Native apps can register the loopback address of IPv4, and not that of IPv6.",
        edits=(*serving(*having("com", "https", "http://127")), refusing("http://[")),
        like="native-apps",
        profile=CLAIM,
        changes=without(LOCALHOST),
    ),
    Variant(
        name="native-apps-by-claimed-https",
        says="Native apps can register claimed https URIs and no others, and none gets a secret.",
        edits=(
            *serving(changed(NATIVE, redirect_uris=("https://native.example/oauth2redirect/example-provider",))),
            refusing("http:", "com."),
        ),
        like="native-apps",
        profile=CLAIM,
        changes=without(LOCALHOST, *SHARED_SECRET, *IMPERSONATION),
    ),
    Variant(
        name="native-apps-without-secrets",
        says="No native app gets a secret.",
        edits=serving(NATIVE),
        like="native-apps",
        profile=CLAIM,
        changes=without(*SHARED_SECRET),
    ),
    Variant(
        name="native-apps-trusted-by-claimed-https",
        says="What was approved for a native app is granted again at its claimed https URI, and there alone.",
        edits=(
            *serving(*NATIVE_CLIENTS),
            replace("consent", "reuse_consent", named("reuse_consent", trust_claimed_https)),
        ),
        like="native-apps",
        profile=CLAIM,
    ),
    Variant(
        name="native-apps-by-implicit-grant",
        says="Native apps may use the implicit grant as well.",
        edits=serving(*(changed(each, grants=(*each.grants, "implicit")) for each in NATIVE_CLIENTS)),
        like="native-apps",
        profile=CLAIM,
    ),
    Variant(
        name="native-apps-opened-by-link",
        says="A page with a link leads back to a native app, since some browsers open apps at a click only.",
        edits=(
            *serving(*NATIVE_CLIENTS),
            replace("authorization.code_response", "redirect_with_query", named("redirect_with_query", show_way_back)),
        ),
        like="native-apps",
        profile=CLAIM,
    ),
    Variant(
        name="native-apps-with-proven-identity",
        says="The platform proves to the server which app asks, so that approvals are remembered.",
        edits=(
            *serving(*NATIVE_CLIENTS),
            replace("consent", "reuse_consent", named("reuse_consent", trust_apps)),
        ),
        like="native-apps",
        profile={
            **CLAIM,
            "clients": {
                client.name: {"identity_proof": "the platform's attestation"} for client in (NATIVE, NATIVE_SECRET)
            },
        },
        changes=without(*IMPERSONATION),
    ),
)
