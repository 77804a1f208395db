"""A client as simple as it can be while it is right: what the tests of the client's side are tried on."""

from __future__ import annotations

import base64
import hashlib
import secrets
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import httpx

from conformance.clients.context import Context

KNOWN_TYPE = "bearer"


class Refused(Exception):
    """The login is not to be trusted, or failed."""


def login(context: Context) -> Mapping[str, Any]:
    """One login, and what else is asked."""
    trusted = ssl.create_default_context(cafile=context.certificates)
    with httpx.Client(verify=trusted, trust_env=False, event_hooks={"request": [encrypted]}) as http:
        if "client_credentials" in context.asked:
            if not context.client_secret:
                raise Refused("only a client with credentials has that grant")
            return used(http, context, tokens_of(http, context, {"grant_type": "client_credentials"}))
        if "password" in context.asked:
            owner = {"grant_type": "password", "username": context.username, "password": context.password}
            return used(http, context, tokens_of(http, context, owner))
        tokens = one_login(http, context)
        for _ in range(2 if "refresh" in context.asked else 0):
            form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
            tokens = {**tokens, **tokens_of(http, context, form)}
            used(http, context, tokens)
        if "second_login" in context.asked:
            one_login(http, context)
        if "second_issuer" in context.asked and context.second is not None:
            one_login(http, context.second)
        if "revocation" in context.asked:
            form = {"token": tokens["refresh_token"], "token_type_hint": "refresh_token"}
            http.post(context.revocation_endpoint, data=form, headers=basic(context))
        return tokens


def encrypted(request: httpx.Request) -> None:
    """RFC 6749 section 10.8: nothing in the clear."""
    if request.url.scheme != "https":
        raise Refused("that would not be encrypted")


def one_login(http: httpx.Client, context: Context) -> Mapping[str, Any]:
    """RFC 6749 section 4.1, with state, PKCE and the issuer compared."""
    metadata = http.get(context.issuer + "/.well-known/openid-configuration").json()
    if metadata.get("issuer") != context.issuer:
        raise Refused("the metadata are of another issuer")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": context.client_id,
        "redirect_uri": context.redirect_uri,
        "scope": context.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    endpoint = metadata["authorization_endpoint"]
    separator = "&" if "?" in endpoint else "?"
    answer = parse_qs(urlsplit(context.browse(f"{endpoint}{separator}{urlencode(asked)}")).query)
    if answer.get("state") != [state] or answer.get("iss", [context.issuer]) != [context.issuer]:
        raise Refused("the answer is none to this login")
    if "error" in answer or len(answer.get("code", ())) != 1:
        raise Refused("no code came")
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"][0],
        "redirect_uri": context.redirect_uri,
        "code_verifier": verifier,
    }
    return used(http, context, tokens_of(http, context, form, metadata["token_endpoint"]))


def tokens_of(
    http: httpx.Client, context: Context, form: Mapping[str, Any], endpoint: str | None = None
) -> Mapping[str, Any]:
    """A token request, and the tokens that came of it."""
    named = {} if context.client_secret else {"client_id": context.client_id}
    reply = http.post(endpoint or context.token_endpoint, data={**form, **named}, headers=basic(context))
    if reply.status_code != 200 or not isinstance(reply.json().get("access_token"), str):
        raise Refused("no tokens came")
    if str(reply.json().get("token_type")).lower() != KNOWN_TYPE:
        raise Refused("the token is of a type that nobody here knows")
    return reply.json()  # type: ignore[no-any-return]


def used(http: httpx.Client, context: Context, tokens: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tokens, once the protected resource has been asked with them."""
    http.get(context.resource, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    return tokens


def basic(context: Context) -> dict[str, str]:
    """RFC 6749 section 2.3.1: both parts form-encoded first."""
    if not context.client_secret:
        return {}
    pair = f"{quote_plus(context.client_id)}:{quote_plus(context.client_secret)}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
