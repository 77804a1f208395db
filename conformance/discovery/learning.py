"""Learns what a deployment gives to each client and demands beside the RFC, by asking it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from conformance.base.outcomes import Inconclusive
from conformance.discovery.found_endpoints import Places, metadata_urls
from conformance.discovery.grant_attempts import Asker, Attempt, authentication_methods, workable_scopes
from conformance.discovery.learned import LearnedClient, LearnedFeatures
from conformance.discovery.native_apps import learn_native_apps
from conformance.documents.rfc7009.revocation_cross_origin import (
    cross_origin,
    lets_read,
    lets_send_authorization,
    preflight_reply,
)
from conformance.harness.refusals import demanded_parameters
from conformance.harness.send import OMIT
from conformance.harness.tokens import Tokens
from conformance.profile.target import Client

USER_GRANTS = ("authorization_code", "implicit", "password")
PKCE_METHODS = ("S256", "plain", "off")
# Clients whose credentials may be right and refused: odd characters, and a lock from an earlier run.
MAY_BE_REFUSED = ("special",)


class CredentialsRefused(Exception):
    """A client's credentials are refused in every way: nothing can be learned with them."""


def learn_client(asker: Asker, client: Client, places: Places, scopes: tuple[str, ...]) -> LearnedClient:
    """Everything about one client. Raises CredentialsRefused."""
    learned = LearnedClient(replace(client, grants=()))
    if client.client_secret:
        _learn_authentication(asker, learned)
    if client.name == "introspecting" or "authentication refused" in learned.remarks:
        return learned
    candidates = scopes or (places.metadata.names("scopes_supported") if places.metadata else ())
    if client.client_secret:
        _learn_token_request(asker, learned, "client_credentials", candidates)
    if "resource_owner" in asker.session.target.owners:
        if client.redirect_uris and "authorization" in asker.session.target.endpoints:
            _learn_code(asker, learned, candidates)
            _learn_implicit(asker, learned, places)
        _learn_token_request(asker, learned, "password", candidates)
    _learn_refresh(asker, learned)
    return learned


def _learn_authentication(asker: Asker, learned: LearnedClient) -> None:
    methods, why = authentication_methods(asker, learned.client)
    if not methods and (learned.client.is_guessed_at or learned.client.name in MAY_BE_REFUSED):
        learned.remarks["authentication refused"] = f"its credentials are refused: {asker.session.redactor.text(why)}"
        return
    if not methods:
        raise CredentialsRefused(asker.session.redactor.text(why))
    if why:
        learned.remarks["authentication"] = "not proven: a made-up secret gets the same answers"
    learned.client = replace(learned.client, authentication=methods)


def _learn_token_request(asker: Asker, learned: LearnedClient, grant: str, candidates: tuple[str, ...]) -> None:
    found = workable_scopes(lambda scope: asker.by_token_request(grant, learned.client, scope), candidates)
    _take(learned, grant, found.attempt, found.scopes, is_scope_demanded=found.is_demanded)


def _take(
    learned: LearnedClient, grant: str, attempt: Attempt, scopes: tuple[str, ...], *, is_scope_demanded: bool
) -> None:
    if attempt.tokens is None:
        learned.refused[grant] = attempt.why
        learned.barred += [grant] if attempt.error == "unauthorized_client" else []
        for name in demanded_parameters(attempt.why):
            learned.demands[name] = attempt.why
        return
    learned.works(grant, attempt.tokens, scopes)
    if is_scope_demanded:
        learned.remarks["scopes"] = "a request without a scope is refused"


def _learn_code(asker: Asker, learned: LearnedClient, candidates: tuple[str, ...]) -> None:
    """The authorization code grant, with PKCE as far as the server goes along; then what it demands."""
    for method in PKCE_METHODS:
        client = replace(learned.client, pkce=method)
        found = workable_scopes(lambda scope, client=client: asker.by_code(client, scope), candidates)  # type: ignore[misc]
        if found.attempt.works:
            learned.client = client
            break
        if not _is_about_pkce(found.attempt):
            break
    _take(learned, "authorization_code", found.attempt, found.scopes, is_scope_demanded=found.is_demanded)
    if not found.attempt.works:
        return
    scope = " ".join(found.scopes) or None
    if learned.client.pkce != "off":
        without = asker.by_code(replace(learned.client, pkce="off"), scope)
        learned.is_pkce_demanded = not without.works
        learned.remarks["pkce"] = "not demanded" if without.works else f"demanded: without it {without.why}"
        learned.is_verifier_checked = asker.checks_verifier(learned.client, scope)
    stateless = asker.by_code(learned.client, scope, state=OMIT)
    if not stateless.works:
        learned.remarks["state"] = f"`state` is demanded (the suite always sends one): without it {stateless.why}"
    _check_other_redirect_uris(asker, learned, scope)


def _is_about_pkce(attempt: Attempt) -> bool:
    return "challenge" in attempt.why or "pkce" in attempt.why.lower() or "verifier" in attempt.why


def _check_other_redirect_uris(asker: Asker, learned: LearnedClient, scope: str | None) -> None:
    """Leave out the redirect URIs that the server refuses."""
    client = learned.client
    attempts = {uri: asker.by_code(client, scope, redirect_uri=uri) for uri in client.redirect_uris[1:]}
    refused = {uri: attempt.why for uri, attempt in attempts.items() if not attempt.works}
    if refused:
        learned.client = replace(client, redirect_uris=tuple(u for u in client.redirect_uris if u not in refused))
        learned.remarks["redirect_uris"] = "; ".join(f"left out {uri}: {why}" for uri, why in refused.items())


def _learn_implicit(asker: Asker, learned: LearnedClient, places: Places) -> None:
    """The implicit grant, unless metadata says that there is none."""
    listed = places.metadata.names("response_types_supported") if places.metadata else ()
    if listed and "token" not in listed:
        learned.refused["implicit"] = "the metadata lists no response type token"
        return
    scopes = learned.client.grant_scopes.get("authorization_code", ())
    attempt = asker.by_implicit(learned.client, " ".join(scopes) or None)
    _take(learned, "implicit", attempt, scopes, is_scope_demanded=False)


def _learn_refresh(asker: Asker, learned: LearnedClient) -> None:
    with_refresh = [tokens for tokens in learned.tokens.values() if tokens.refresh_token]
    if not with_refresh:
        learned.refused["refresh_token"] = "no refresh token came with an access token"
        return
    tokens = with_refresh[-1]
    why_not = asker.refreshes(tokens)
    if why_not:
        learned.refused["refresh_token"] = why_not
    else:
        learned.works("refresh_token", tokens)


# Endpoints beside the grants


def learn_features(asker: Asker, clients: Mapping[str, LearnedClient], places: Places) -> LearnedFeatures:
    """Introspection, revocation, token info, the protected resource and metadata, with the first client's tokens."""
    found = LearnedFeatures()
    main = next(iter(clients.values()))
    lessons: Mapping[str, Callable[[], None]] = {
        "introspection": lambda: _learn_introspection(asker, found, clients),
        "token_info": lambda: _learn_resource(asker, found, main, "token_info"),
        "protected_resource": lambda: _learn_resource(asker, found, main, "protected_resource"),
        "revocation": lambda: _learn_revocation(asker, found, main),
        "metadata": lambda: _learn_metadata(found, places),
    }
    for name, lesson in lessons.items():
        if name not in places.endpoints:
            continue
        try:
            lesson()
        except Inconclusive as error:
            found.refused[name] = str(error)
    _learn_registration(asker, found, main)
    _learn_pkce(found, main, places)
    learn_native_apps(asker, found, clients)
    found.refused = {name: asker.session.redactor.text(why) for name, why in found.refused.items()}
    return found


def _learn_metadata(found: LearnedFeatures, places: Places) -> None:
    """Metadata by RFC 8414, and that responses name the issuer (RFC 9207), where the document says so."""
    found.claimed.append("metadata")
    metadata = places.metadata
    issuer = metadata.members.get("issuer") if metadata else None
    if metadata is None or not isinstance(issuer, str) or metadata.url not in metadata_urls(issuer)[:2]:
        found.refused["issuer_metadata"] = "no document stands where its own issuer says (RFC 8414 section 3)"
        return
    found.issuer = issuer
    found.claimed.append("issuer_metadata")
    if metadata.members.get("authorization_response_iss_parameter_supported") is True:
        found.claimed.append("issuer_parameter")


def _learn_pkce(found: LearnedFeatures, main: LearnedClient, places: Places) -> None:
    """PKCE where a code with a challenge was redeemed, and the metadata lists the method or the server looks at it."""
    listed = places.metadata.names("code_challenge_methods_supported") if places.metadata else ()
    is_used = "authorization_code" in main.grants and main.client.pkce == "S256"
    if is_used and ("S256" in listed or main.is_pkce_demanded or main.is_verifier_checked):
        found.claimed.append("pkce")
        found.claimed += ["pkce_plain"] if "plain" in listed else []


def _learn_registration(asker: Asker, found: LearnedFeatures, main: LearnedClient) -> None:
    """Whether the query of a redirect URI counts (RFC 6749 section 3.1.2.2); nobody approves anything for it."""
    uri = next(iter(main.client.redirect_uris), None)
    if uri is None or "authorization_code" not in main.grants:
        return
    other = f"{uri}{'&' if '?' in uri else '?'}added=1"
    found.has_full_redirect_uris = not asker.asks(main.client, other)


def _fresh(asker: Asker, learned: LearnedClient, wanted: tuple[str, ...]) -> Tokens | None:
    """New tokens by the first of the wanted grants that works."""
    makers: Mapping[str, Callable[[str, str | None], Attempt]] = {
        "authorization_code": lambda _, scope: asker.by_code(learned.client, scope),
        "client_credentials": lambda grant, scope: asker.by_token_request(grant, learned.client, scope),
        "password": lambda grant, scope: asker.by_token_request(grant, learned.client, scope),
    }
    for grant in (name for name in wanted if name in learned.grants):
        scope = " ".join(learned.client.scopes_for(grant)) or None
        attempt = makers[grant](grant, scope)
        if attempt.tokens is not None:
            return attempt.tokens
    return None


ANY_GRANT = ("client_credentials", "password", "authorization_code")
USERS_FIRST = ("password", "authorization_code", "client_credentials")


def _learn_introspection(asker: Asker, found: LearnedFeatures, clients: Mapping[str, LearnedClient]) -> None:
    main = clients.get("confidential")
    tokens = _fresh(asker, main, ANY_GRANT) if main else None
    if main is None or tokens is None:
        found.refused["introspection"] = "no token of a confidential client to ask about"
        return
    caller = clients.get("introspecting", main)
    told = asker.trial().send.introspection(tokens.access_token, caller.client)
    if told.members.get("active") is not True:
        found.refused["introspection"] = f"a fresh token, asked about by [clients.{caller.client.name}]: {told}"
        return
    found.claimed.append("introspection")
    # One name may be all that is ever told: several of them, each told, are more than a chance.
    named = str(told.members.get("scope", "")).split()
    found.introspection_tells_whole_scope = len(tokens.granted) > 1 and tokens.granted <= set(named)
    other = clients.get("other")
    if other is not None:
        seen = asker.trial().send.introspection(tokens.access_token, other.client)
        if seen.members.get("active") is not True:
            found.claimed.append("introspection_restricted")
    as_bearer = asker.trial().send.form(
        "introspection", [("token", tokens.access_token)], [("Authorization", f"Bearer {tokens.access_token}")]
    )
    if as_bearer.members.get("active") is True:
        found.claimed.append("introspection_bearer")


def _learn_resource(asker: Asker, found: LearnedFeatures, main: LearnedClient, name: str) -> None:
    tokens = _fresh(asker, main, USERS_FIRST)
    if tokens is None:
        found.refused[name] = "no token to present"
        return
    opened = asker.trial().send.resource(tokens.access_token, name)
    shut = asker.trial().send.resource(None, name)
    if opened.is_success and not shut.is_success:
        found.claimed.append(name)
        if name == "protected_resource":
            _learn_bearer_ways(asker, found, tokens.access_token)
            found.insufficient_scope = _insufficient_scope(asker, main)
    else:
        found.refused[name] = f"with a token: {opened}; without one: {shut}"


def _learn_bearer_ways(asker: Asker, found: LearnedFeatures, token: str) -> None:
    """Whether the protected resource takes tokens elsewhere than in the header (RFC 6750 sections 2.2 and 2.3)."""
    for feature, method in (("bearer_query", "GET"), ("bearer_form_body", "POST")):
        if asker.trial().send.form("protected_resource", [("access_token", token)], method=method).is_success:
            found.claimed.append(feature)


def _insufficient_scope(asker: Asker, main: LearnedClient) -> str:
    """A scope of a resource owner's grant that leaves the protected resource shut; empty where none was found."""
    if "password" not in main.grants:
        return ""
    for scope in main.client.scopes_for("password"):
        attempt = asker.by_token_request("password", main.client, scope)
        if attempt.tokens is None or attempt.tokens.scope not in (None, scope):
            continue
        if asker.trial().send.resource(attempt.tokens.access_token).status in (401, 403):
            return scope
    return ""


def _learn_revocation(asker: Asker, found: LearnedFeatures, main: LearnedClient) -> None:
    tokens = _fresh(asker, main, USERS_FIRST)
    if tokens is None:
        found.refused["revocation"] = "no token to revoke"
        return
    reply = asker.trial().send.revocation(tokens.access_token, main.client)
    if not reply.is_success:
        found.refused["revocation"] = f"the revocation of a fresh token: {reply}"
        return
    found.claimed.append("revocation")
    trial = asker.trial()
    if lets_read(cross_origin(trial.given, trial.send, "good")):
        found.claimed.append("revocation_cors")
        answer = preflight_reply(trial.given, trial.send)
        if answer.is_success and lets_read(answer) and lets_send_authorization(answer):
            found.claimed.append("revocation_cors_authorization")
    if "protected_resource" in found.claimed:
        after = asker.trial().send.resource(tokens.access_token, "protected_resource")
        found.resource_checks_tokens = not after.is_success
