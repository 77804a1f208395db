"""A twin of the target in this process: the reference server with the clients, accounts and grants of a profile.

Where the profile describes an external provider, the bundled one stands in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from conformance.base.uris import origin_of
from conformance.profile.target import DOCUMENTED_LAYOUT, Client, SignIn, Target
from conformance.wire.asgi import AsgiApp
from reference_server import Settings, build
from reference_server.accounts import Client as RegisteredClient
from reference_server.accounts import ExternalProvider, User
from reference_server.federation import CALLBACK_PATH, in_process
from reference_server.pipeline import Server as Server
from reference_server.provider.app import Provider
from reference_server.provider.registry import Account, RelyingParty
from reference_server.server import control_app, public_app
from reference_server.variants.native_apps import SERVING_NATIVE_APPS

CONTROL = "http://rehearsal.invalid"
# Where the reference server has each endpoint.
PATHS: Mapping[str, str] = {**DOCUMENTED_LAYOUT, "protected_resource": DOCUMENTED_LAYOUT["resource_me"]}
# What the twin's sign-in page calls the way to the external provider.
PROVIDER, LINK = "Provider", "Sign in with Provider"
LOCKED_AFTER = 10
HARDLY_EVER = 10_000


def twin_of(target: Target, *, remembers: bool = False) -> tuple[Server, dict[str, AsgiApp]]:
    """The server, and the applications by origin. `remembers` tells that what was approved once isn't asked again."""
    settings = replace(_settings(target), remember_consent=remembers)
    server = build(settings, SERVING_NATIVE_APPS if "native_apps" in target.features else ())
    apps = _apps(target, server)
    federation, known = _federation(target), server.settings.external_provider
    if known is not None and server.federation is not None:
        party = RelyingParty(known.client_id, known.client_secret, server.settings.issuer + CALLBACK_PATH)
        provider = Provider(known.issuer, party, _accounts(federation), server.settings.password_cost)
        server.federation.reach = in_process(provider.app)
        apps[known.issuer] = provider.app
    return server, apps


def twin_target(target: Target, faults: Mapping[str, str]) -> Target:
    """The profile's target with the pages of the reference server. `faults` names what of the profile is wrong."""
    federation = _federation(target)
    documented = {**target.documented, "federation": {**federation, "link": LINK}} if federation else target.documented
    control = CONTROL if target.control_url else None
    sign_in = SignIn(can_decline=target.sign_in.can_decline)
    return replace(target, control_url=control, sign_in=sign_in, documented=documented, faults=faults)


def _federation(target: Target) -> Mapping[str, Any]:
    """What the profile says of an external provider on an origin of its own."""
    table = target.documented.get("federation")
    if not isinstance(table, Mapping) or origin_of(str(table["provider"])) in map(origin_of, _urls(target)):
        return {}
    return table


def _accounts(federation: Mapping[str, Any]) -> list[Account]:
    """The accounts at the provider; the first belongs to a resource owner of the server."""
    names = [("", False), ("refused_", True)]
    return [
        Account(federation[f"{kind}username"], federation[f"{kind}password"], f"subject-{number}", refused)
        for number, (kind, refused) in enumerate(names)
        if f"{kind}username" in federation
    ]


def _apps(target: Target, server: Server) -> dict[str, AsgiApp]:
    """The reference server at every origin of the target, with its endpoints where the target has them."""
    places = {urlsplit(url).path or "/": PATHS[name] for name, url in _named(target).items()}

    serve = public_app(server)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await serve({**scope, "path": places.get(scope["path"], scope["path"])}, receive, send)

    places[urlsplit(target.base_url).path.rstrip("/") + CALLBACK_PATH] = CALLBACK_PATH
    return {**{origin_of(url): app for url in _urls(target)}, CONTROL: control_app(server)}


def _named(target: Target) -> dict[str, str]:
    """The places that the profile names, even where they are wrong: the twin is there."""
    at_its_word = replace(target, faults={})
    return {name: at_its_word.url(name) for name in PATHS if name in target.endpoints or name in DOCUMENTED_LAYOUT}


def _urls(target: Target) -> list[str]:
    return [target.base_url, *_named(target).values(), *([target.plain_http] if target.plain_http else [])]


def _settings(target: Target) -> Settings:
    """Settings of a server that is what the profile says."""
    user = _scopes(target, ("authorization_code", "implicit", "password")) or ("user",)
    app = _scopes(target, ("client_credentials",)) or ("app",)
    extension, federation = target.extension_grant or {}, _federation(target)
    lacking = {name for name in ("revocation", "introspection", "token_info") if name not in target.features}
    defaults = Settings()
    return replace(
        defaults,
        issuer=target.base_url,
        password_cost=2,
        require_tls=target.uses_tls,
        clients=tuple(_registered(client, target, (*user, *app)) for client in target.clients.values()),
        users=tuple(
            User(
                name,
                owner.username,
                owner.password,
                owner.external_authentication_token,
                "subject-0" if name == federation.get("resource_owner", "resource_owner") else None,
            )
            for name, owner in target.owners.items()
        ),
        external_provider=_external_provider(federation),
        endpoints=tuple(name for name in defaults.endpoints if name not in lacking),
        grants=tuple(grant for grant in defaults.grants if grant in target.features),
        extension_grant_type=extension.get("grant_type"),
        user_scopes=user,
        app_scopes=app,
        default_user_scope=user[0],
        default_app_scope=app[0],
        access_token_lifetime=int(target.limits.access_token_lifetime or 3600),
        code_lifetime=int(target.limits.code_lifetime or 60),
        introspection_bearer="introspection_bearer" in target.features,
        bearer_form_body="bearer_form_body" in target.features,
        bearer_query="bearer_query" in target.features,
    )


def _external_provider(federation: Mapping[str, Any]) -> ExternalProvider | None:
    return ExternalProvider(origin_of(federation["provider"]), PROVIDER, "twin", "twin-secret") if federation else None


def _scopes(target: Target, grants: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes that any client may have by any of the grants."""
    named = (
        scope
        for client in target.clients.values()
        for grant in grants
        if grant in target.features and client.may_use(grant)
        for scope in client.scopes_for(grant)
    )
    return tuple(dict.fromkeys(named))


def _registered(client: Client, target: Target, scopes: tuple[str, ...]) -> RegisteredClient:
    external = target.documented.get("external_authentication_token")
    limit = target.limits.failed_authentications or LOCKED_AFTER
    return RegisteredClient(
        name=client.name,
        client_id=client.client_id,
        secret=client.client_secret,
        title=client.name,
        redirect_uris=client.redirect_uris,
        grants=tuple(grant for grant in Settings().grants if grant in target.features and client.may_use(grant)),
        scopes=scopes if client.name != "restricted" else client.scopes,
        authentication=client.authentication,
        takes_external_tokens=isinstance(external, Mapping) and external.get("client") == client.name,
        failed_authentications=limit if client.is_guessed_at else HARDLY_EVER,
        type=client.declared.get("type", "web"),
    )
