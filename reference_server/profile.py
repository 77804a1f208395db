"""Writes the target profile (TOML) that describes a running server."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from . import demo
from .accounts import Client, ExternalProvider
from .pipeline import Server
from .settings import Settings

Table: TypeAlias = dict[str, Any]


def profile_for(
    server: Server,
    base_url: str,
    plain_http: str | None = None,
    control: str | None = None,
    ca_file: str | None = None,
    overlay: Mapping[str, Any] | None = None,
) -> str:
    """The profile that fits a server's settings, with a variant's overlay merged in."""
    settings = server.settings
    profile: Table = {
        "target": _target(settings, base_url, plain_http, ca_file),
        **({"control": {"url": control}} if control else {}),
        "endpoints": _endpoints(settings),
        "clients": {client.name: _client(client, settings) for client in settings.clients},
        **_resource_owners(settings),
        "features": _features(settings),
        "limits": _limits(settings),
        **_extension_grant(settings),
        "documented": _documented(settings),
    }
    whole = merged(profile, overlay or {})
    whole = {"claims": whole.pop("claims", _claims(whole)), **whole}
    return to_toml(
        merged(whole, {"sign_in": _sign_in(whole.get("sign_in", {}), control)}) if "sign_in" in whole else whole
    )


def _claims(profile: Table) -> list[str]:
    """Everything that the profile's features allow to be claimed; a variant may say otherwise."""
    features, documented = profile["features"], profile.get("documented", {})
    founded = {
        "core": bool(set(features["grants"]) - {"implicit"}),
        "revocation": features["revocation"],
        "introspection": features["introspection"],
        "documented-api": any(documented.values()),
        "bearer": features["protected_resource"],
        "pkce": features["pkce"],
        "metadata": features["issuer_metadata"],
        "issuer": features["issuer_parameter"],
        "native-apps": features.get("native_apps", False),
        "security-bcp": features.get("security_bcp", False),
    }
    return [name for name, holds in founded.items() if holds]


def _sign_in(table: Mapping[str, Any], control: str | None) -> Table:
    """Where approvals are forgotten is known once there is a control port."""
    forget = table.get("forget")
    return {**table, **({"forget": forget.format(control=control) if control else None} if forget else {})}


def merged(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> Table:
    """Tables are merged key by key, everything else is replaced; None takes a key out."""
    result = dict(base)
    for key, value in overlay.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return {key: value for key, value in result.items() if value is not None}


def to_toml(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """Values first, then the tables below; enough of TOML for a profile."""
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    header = f"[{'.'.join(map(_key, path))}]\n" if path and (values or not tables) else ""
    lines = "".join(f"{_key(key)} = {_value(value)}\n" for key, value in values.items())
    own = [header + lines + "\n"] if header or lines else []
    return "".join([*own, *(to_toml(value, (*path, key)) for key, value in tables.items())])


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    # JSON's strings, numbers and booleans are TOML's as well, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _target(settings: Settings, base_url: str, plain_http: str | None, ca_file: str | None) -> Table:
    target: Table = {"name": "reference server", "base_url": base_url, "issuer": settings.identifier}
    if settings.other_issuer_paths:
        target["other_issuers"] = [settings.issuer + path for path in settings.other_issuer_paths]
    if plain_http:
        target["plain_http"] = plain_http
    if ca_file:
        target["ca_file"] = ca_file
    # The protected resource is `resource.me`, which other scopes don't open.
    return target | {
        "resource_checks_tokens": True,
        "insufficient_scope": "profile",
        "introspection_scope": "whole",
    }


def _endpoints(settings: Settings) -> Table:
    paths = {
        "authorization": ("authorization", "/oauth/authorize"),
        "token": ("token", "/oauth/token"),
        "revocation": ("revocation", "/oauth/revoke"),
        "introspection": ("introspection", "/oauth/introspect"),
        "token_info": ("token_info", "/oauth/token/info"),
        "protected_resource": ("resource.me", "/api/me"),
        "metadata": ("metadata", settings.well_known_path),
        "resource_me": ("resource.me", "/api/me"),
        "resource_app": ("resource.app", "/api/app"),
        "resource_basic": ("resource.basic", "/api/basic"),
        "graphql": ("resource.graphql", "/graphql"),
    }
    return {name: path for name, (endpoint, path) in paths.items() if endpoint in settings.endpoints}


def _client(client: Client, settings: Settings) -> Table:
    grants = [grant for grant in client.grants if grant in settings.grants and _may_use(client, grant)]
    table: Table = {"client_id": client.client_id}
    if client.secret is not None:
        table["client_secret"] = client.secret
    table |= {
        "redirect_uris": list(client.redirect_uris),
        "scopes": list(client.scopes),
        "grants": grants,
        "authentication": list(client.authentication),
    }
    if client.type == "native":
        table["type"] = "native"
    if client.rejected_redirect_uris:
        table["rejected_redirect_uris"] = list(client.rejected_redirect_uris)
    if client.name in ("restricted", "external"):
        table["barred"] = [grant for grant in settings.grants if grant not in client.grants]
    return table | {"grant_scopes": _grant_scopes(client, grants, settings)}


def _may_use(client: Client, grant: str) -> bool:
    """RFC 6749 section 4.4: the registration of an app may name a grant that is for confidential clients only."""
    return grant != "client_credentials" or client.type != "native"


def _grant_scopes(client: Client, grants: list[str], settings: Settings) -> Table:
    user = [scope for scope in settings.user_scopes if scope in client.scopes]
    app = [scope for scope in settings.app_scopes if scope in client.scopes]
    return {grant: app if grant == "client_credentials" else user for grant in grants if grant != "refresh_token"}


def _resource_owners(settings: Settings) -> Table:
    owners: Table = {}
    for user in settings.users:
        owners[user.name] = {"username": user.username, "password": user.password}
        if user.external_authentication_token is not None:
            owners[user.name]["external_authentication_token"] = user.external_authentication_token
    return owners


def _features(settings: Settings) -> Table:
    endpoints = settings.endpoints
    return {
        "grants": list(settings.grants),
        "revocation": "revocation" in endpoints,
        "introspection": "introspection" in endpoints,
        "token_info": "token_info" in endpoints,
        "protected_resource": "resource.me" in endpoints,
        "metadata": "metadata" in endpoints,
        "scopes": True,
        "introspection_bearer": "introspection" in endpoints and settings.introspection_bearer,
        "extension_grant": settings.extension_grant_type is not None,
        "bearer_form_body": settings.bearer_form_body,
        "bearer_query": settings.bearer_query,
        "pkce": "S256" in settings.pkce_methods,
        "pkce_plain": "plain" in settings.pkce_methods,
        "issuer_metadata": "metadata" in endpoints,
        "issuer_parameter": True,
    }


def _limits(settings: Settings) -> Table:
    return {
        "code_lifetime": settings.code_lifetime,
        "access_token_lifetime": settings.access_token_lifetime,
        "failed_authentications": settings.failed_authentications,
    }


def _extension_grant(settings: Settings) -> Table:
    if settings.extension_grant_type is None:
        return {}
    parameters = {"assertion": settings.extension_assertion}
    return {"extension_grant": {"grant_type": settings.extension_grant_type, "parameters": parameters}}


def _documented(settings: Settings) -> Table:
    with_apps = "client_credentials" in settings.grants
    documented: Table = {"layout": True, "m2m": with_apps, "scopes": True}
    documented["graphql"] = with_apps and "resource.graphql" in settings.endpoints
    external = next((client for client in settings.clients if client.takes_external_tokens), None)
    tokens = [user.external_authentication_token for user in settings.users if user.external_authentication_token]
    if external is not None and tokens and "password" in settings.grants:
        values = dict(zip(("value", "other_value"), tokens, strict=False))
        documented["external_authentication_token"] = {"client": external.name, **values}
    if settings.external_provider is not None and "authorization_code" in settings.grants:
        documented["federation"] = _federation(settings.external_provider)
    return documented


def _federation(provider: ExternalProvider) -> Table:
    return {
        "provider": provider.issuer,
        "link": f"Sign in with {provider.title}",
        "username": demo.ALICE_AT_PROVIDER.username,
        "password": demo.ALICE_AT_PROVIDER.password,
        "refused_username": demo.REFUSED_AT_PROVIDER.username,
        "refused_password": demo.REFUSED_AT_PROVIDER.password,
        "resource_owner": demo.ALICE.name,
    }
