"""Breaches of RFC 6749 sections 10.1 to 10.4 and 10.8: impersonated clients, forged tokens, secrets that leak."""

import time
from urllib.parse import urlencode

from ..defect import Defect
from ..pipeline import Call, Response, named, remove, replace, setting
from ..rendering import page
from ..secrets import random_value
from ..steps.authorization_request import match_redirect_uri
from ..steps.authorization_request import without_form_fields as request_alone
from ..steps.bearer import invalid_token
from ..steps.consent import SCOPE_TEXTS
from ..steps.grant_authorization_code import invalid_grant
from ..steps.grant_refresh_token import check_refresh_client, rotate
from ..steps.sign_in import AUTHORIZATION_PATH, COOKIE, csrf_token
from ..store import Grant, Token
from .conditions import only

TOKEN_LENGTH = 43
# Begins as every JWT that says of itself that it is not signed: {"alg": "none"
UNSIGNED = "eyJhbGciOiAibm9uZSIs"


def confidential(call: Call) -> bool:
    """The client can keep a secret."""
    return call.client.confidential


def of_confidential_client(call: Call) -> bool:
    """The refresh token was issued to a client that can keep a secret."""
    return call.server.accounts.clients[call.grant.client_id].confidential


# Consent


def suppose_consent_to_public_clients(call: Call) -> None:
    """Asks nobody about a public client: it is one of our own, after all."""
    call.consented = not call.client.confidential


def remember_all_consent(call: Call) -> None:
    """Remembers consent to public clients as to any other."""
    user = call.user
    call.consented = user is not None and call.server.store.has_consented(
        user.username, call.client.client_id, call.scope
    )


def remember_public_consent(call: Call) -> None:
    """Remembers consent, but only to clients that nobody can tell from others."""
    call.consented = False
    if not call.client.confidential:
        remember_all_consent(call)


def sign_in_first_user(call: Call) -> Response | None:
    """Left over from development: who isn't signed in is the first user."""
    if call.user is not None:
        return None
    session_id, settings = random_value(), call.server.settings
    call.server.store.start_session(session_id, settings.users[0].username, settings.session_lifetime)
    response = Response(303, headers=[("Location", f"{AUTHORIZATION_PATH}?{urlencode(request_alone(call).pairs)}")])
    response.put("Set-Cookie", f"{COOKIE}={session_id}; Path=/; HttpOnly; SameSite=Lax; Secure")
    return response


def consent_page(call: Call, client: str, scopes: list[tuple[str, str]]) -> Response | None:
    """The page that asks, with what it tells."""
    if call.consented or call.user is None:
        return None
    return page(
        "consent.html",
        client=client,
        username=call.user.username,
        warning=call.warning,
        scopes=scopes,
        csrf_token=csrf_token(call),
        authorization_request=urlencode(request_alone(call).pairs),
    )


def ask_for_some_client(call: Call) -> Response | None:
    """Names no client."""
    return consent_page(call, "an application", [(name, SCOPE_TEXTS.get(name, name)) for name in call.scope])


def ask_for_access(call: Call) -> Response | None:
    """Lists no scopes."""
    return consent_page(call, call.client.title, [])


# Tokens


def believe_unsigned_tokens(call: Call) -> None:
    """Takes the word of a JWT that nobody signed."""
    call.bearer = believed(call, call.bearer_values[0], "access_token") or found(call)


def found(call: Call) -> Token:
    """The right step."""
    token = call.server.store.find_token(call.bearer_values[0])
    if token is None or token.kind != "access_token":
        raise invalid_token()
    return token


def believe_unsigned_refresh_tokens(call: Call) -> None:
    """Takes the word of a JWT that nobody signed."""
    value = call.parameters.get("refresh_token") or ""
    token = believed(call, value, "refresh_token") or call.server.store.find_token(value)
    if token is None or token.kind != "refresh_token":
        raise invalid_grant("The refresh token is invalid.")
    call.token, call.grant = token, token.grant


def stored(call: Call) -> bool:
    """The refresh token is one that the server has issued."""
    return call.server.store.find_token(call.parameters.get("refresh_token") or "") is not None


def believed(call: Call, value: str, kind: str) -> Token | None:
    """What an unsigned JWT would like to be."""
    if not value.startswith(UNSIGNED):
        return None
    settings, now = call.server.settings, time.time()
    scope = (settings.default_user_scope,)
    client, user = settings.clients[0], settings.users[0]
    grant = Grant(random_value(), client.client_id, user.username, scope)
    return Token(value.encode(), kind, grant, scope, now, now + settings.access_token_lifetime, None, None)


def cut_access_token(call: Call) -> None:
    """The column is as wide as a token, and the database cuts what is longer."""
    call.bearer_values = [value[:TOKEN_LENGTH] for value in call.bearer_values]
    call.bearer = found(call)


def cut_refresh_token(call: Call) -> None:
    """The column is as wide as a token, and the database cuts what is longer."""
    token = call.server.store.find_token((call.parameters.get("refresh_token") or "")[:TOKEN_LENGTH])
    if token is None or token.kind != "refresh_token":
        raise invalid_grant("The refresh token is invalid.")
    call.token, call.grant = token, token.grant


def put_scope_with_owner(call: Call) -> None:
    """Packs into the scope what resource servers would like to know."""
    owner = [] if call.user is None else [f"user:{call.user.username}"]
    call.answer["scope"] = " ".join((*call.scope, *owner))


DEFECTS = (
    Defect(
        name="public-client-sent-anywhere-unasked",
        says="A public client gets what it asks for, wherever it wants, and nobody is asked.",
        breaks=(
            "rfc6749-10.1-public-client-otherwise-validated",
            "rfc6749-10.2-public-redirect-uri-must-be-registered",
            "rfc6749-10.2-owner-asked-for-public-client",
            "rfc6749-10.2-public-repeat-needs-interaction",
            "rfc6749-10.6-public-client-must-register",
        ),
        edits=(
            replace("authorization.validate_client", "match_redirect_uri", only(confidential, match_redirect_uri)),
            replace("consent", "reuse_consent", suppose_consent_to_public_clients),
        ),
    ),
    Defect(
        name="public-client-sent-anywhere",
        says="A public client need not register its redirection URIs.",
        breaks=(
            "rfc6749-10.2-public-redirect-uri-must-be-registered",
            "rfc6749-10.6-public-client-must-register",
        ),
        edits=(replace("authorization.validate_client", "match_redirect_uri", only(confidential, match_redirect_uri)),),
    ),
    Defect(
        name="public-client-supposed-approved",
        says="Nobody is asked about a public client.",
        breaks=("rfc6749-10.2-owner-asked-for-public-client", "rfc6749-10.2-public-repeat-needs-interaction"),
        edits=(replace("consent", "reuse_consent", suppose_consent_to_public_clients),),
    ),
    Defect(
        name="consent-to-public-client-remembered",
        says="Consent to a public client is remembered, whoever uses its name the next time.",
        breaks=("rfc6749-10.2-public-repeat-needs-interaction",),
        edits=(replace("consent", "reuse_consent", remember_public_consent),),
    ),
    Defect(
        name="public-refresh-token-for-everybody",
        says="A refresh token of a public client works for every client, again and again.",
        breaks=(
            "rfc6749-10.1-public-client-refresh-token-guarded",
            "rfc6749-10.4-public-refresh-token-replay-refused",
        ),
        edits=(
            replace("grant.refresh_token", "check_refresh_client", only(of_confidential_client, check_refresh_client)),
            replace("grant.refresh_token", "rotate", only(of_confidential_client, rotate)),
        ),
    ),
    Defect(
        name="public-refresh-token-not-replaced",
        says="A refresh token of a public client stays the same for as long as it lives.",
        breaks=("rfc6749-10.4-public-refresh-token-replay-refused",),
        edits=(replace("grant.refresh_token", "rotate", only(of_confidential_client, rotate)),),
    ),
    Defect(
        name="visitors-are-the-first-user",
        says="Who isn't signed in is taken for the first user.",
        breaks=("rfc6749-10.2-owner-authenticates-explicitly",),
        edits=(replace("authorization.sign_in", "show_sign_in", named("show_sign_in", sign_in_first_user)),),
        blocks=("rfc6749-10.10-sign-in-guessing-stopped",),
    ),
    Defect(
        name="consent-page-names-no-client",
        says="The page that asks for consent speaks of an application, and doesn't say which.",
        breaks=("rfc6749-10.2-consent-page-names-client",),
        edits=(replace("consent", "show_consent", named("show_consent", ask_for_some_client)),),
    ),
    Defect(
        name="consent-page-lists-no-scope",
        says="The page that asks for consent doesn't say to what.",
        breaks=("rfc6749-10.2-consent-page-shows-scope",),
        edits=(replace("consent", "show_consent", named("show_consent", ask_for_access)),),
    ),
    Defect(
        name="unsigned-access-tokens-believed",
        says="A JWT that says of itself that it isn't signed is taken for an access token.",
        breaks=("rfc6749-10.3-invented-access-token-not-accepted",),
        edits=(replace("bearer", "find_access_token", believe_unsigned_tokens),),
    ),
    Defect(
        name="unsigned-refresh-tokens-believed",
        says="A JWT that says of itself that it isn't signed is taken for a refresh token.",
        breaks=("rfc6749-10.4-invented-refresh-token-refused",),
        edits=(
            replace("grant.refresh_token", "find_refresh_token", believe_unsigned_refresh_tokens),
            replace("grant.refresh_token", "rotate", only(stored, rotate)),
        ),
    ),
    Defect(
        name="access-tokens-cut-to-column",
        says="An access token works with anything added to it.",
        breaks=("rfc6749-10.3-modified-access-token-not-accepted",),
        edits=(replace("bearer", "find_access_token", cut_access_token),),
    ),
    Defect(
        name="refresh-tokens-cut-to-column",
        says="A refresh token works with anything added to it.",
        breaks=("rfc6749-10.4-modified-refresh-token-refused",),
        edits=(replace("grant.refresh_token", "find_refresh_token", cut_refresh_token),),
    ),
    Defect(
        name="scope-alike-for-all-clients",
        says="A client gets any scope that the server knows, whatever it is registered for.",
        breaks=("rfc6749-10.3-scope-depends-on-client",),
        edits=(remove("scope", "refuse_scope_beyond_client"),),
    ),
    Defect(
        name="refresh-tokens-expire-at-once",
        says="A refresh token is dead when it is issued.",
        breaks=("rfc6749-10.4-issued-refresh-token-works",),
        edits=(setting(refresh_token_lifetime=0),),
        blocks=(
            "rfc6749-10.1-public-client-refresh-token-guarded",
            "rfc6749-10.4-binding-survives-refresh",
            "rfc6749-10.4-foreign-refresh-token-refused",
            "rfc6749-10.4-invented-refresh-token-refused",
            "rfc6749-10.4-modified-refresh-token-refused",
            "rfc6749-10.4-public-refresh-token-replay-refused",
            "rfc6749-10.4-refresh-only-over-tls",
            "rfc6749-10.4-refresh-without-credentials-refused",
            "rfc6749-10.5-replay-revokes-refreshed-token",
        ),
    ),
    Defect(
        name="scope-tells-owner",
        says="The scope in the token response holds the resource owner's user name.",
        breaks=("rfc6749-10.8-returned-scope-holds-no-secrets",),
        edits=(replace("token.response", "put_scope", put_scope_with_owner),),
    ),
    Defect(
        name="resource-over-plain-http",
        says="A protected resource is served over plain HTTP.",
        breaks=("rfc6749-10.3-resource-only-over-tls", "rfc6749-10.8-no-resource-request-in-clear"),
        edits=(remove("resource.me", "require_tls"),),
    ),
)
