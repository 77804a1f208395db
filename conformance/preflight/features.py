"""Controls of what the profile claims beside the grants, with tokens that cost nobody another approval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qsl

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested
from conformance.base.uris import urlsplit
from conformance.documents.rfc7009.revocation_cross_origin import (
    by_script,
    call_of,
    cross_origin,
    lets_read,
    lets_send_authorization,
    preflight_reply,
)
from conformance.harness.effects import last_active
from conformance.harness.refusals import why_refused
from conformance.harness.send import bearer
from conformance.harness.tokens import ActiveToken, TokenKind, Tokens
from conformance.harness.trial import Trial
from conformance.preflight.client_controls import BY_TOKEN_REQUEST
from conformance.preflight.controls import Examiner, Pointless, Wrong
from conformance.procedures.grants import extension_request
from conformance.procedures.metadata import document
from conformance.profile.target import Target, fault_of_client
from conformance.wire.exchange import Reply

Procedure = Callable[[Examiner, Trial], str]
RESOURCE = "protected_resource"
# Lifetimes differ a little where a server counts from another moment.
NEARLY = 0.9
MOST_SCOPES = 4
CALLBACK = "onRevocation"


@dataclass(frozen=True, slots=True)
class _Claim:
    """One thing that the profile claims: its key, the endpoint that shows it, and how."""

    name: str
    place: tuple[str, ...]
    endpoint: str
    procedure: Procedure


def examine_features(examiner: Examiner) -> None:
    """Everything that is claimed beside the grants, those last that end the tokens which the others use."""
    for claim in _claims(examiner.session.target):
        examiner.try_out(
            claim.name,
            claim.place,
            partial(claim.procedure, examiner),
            needs=[f"endpoints.{claim.endpoint}", "endpoints.token", fault_of_client("confidential"), "resource_owner"],
        )


def _claims(target: Target) -> list[_Claim]:
    features: dict[str, tuple[str, Procedure]] = {
        "introspection": ("introspection", _introspects),
        "introspection_bearer": ("introspection", _introspects_as_bearer),
        "introspection_restricted": ("introspection", _is_restricted),
        "token_info": ("token_info", partial(_opens, endpoint="token_info")),
        RESOURCE: (RESOURCE, partial(_opens, endpoint=RESOURCE)),
        "bearer_form_body": (RESOURCE, partial(_opens_otherwise, method="POST")),
        "bearer_query": (RESOURCE, partial(_opens_otherwise, method="GET")),
        "extension_grant": ("token", _extends),
        "refresh_token": ("token", _refreshes),
        "revocation_cors": ("revocation", _lets_scripts_read),
        "revocation_cors_authorization": ("revocation", _answers_preflights),
        "revocation_jsonp": ("revocation", _calls_back),
        "pkce": ("token", _proves_possession),
        "issuer_metadata": ("token", _describes_itself),
        "issuer_parameter": ("token", _names_itself),
    }
    claims = [
        _Claim(f"{name.replace('_', ' ')} works", _place(name), endpoint, procedure)
        for name, (endpoint, procedure) in features.items()
        if name in target.features and (endpoint == "token" or endpoint in target.features)
    ]
    has_resource, can_revoke = RESOURCE in target.features, "revocation" in target.features
    if has_resource and target.insufficient_scope is not None and "scopes" in target.features:
        place = ("target", "insufficient_scope")
        claims.append(_Claim("a scope that is not sufficient", place, RESOURCE, _does_not_suffice))
    if target.limits.access_token_lifetime is not None:
        place = ("limits", "access_token_lifetime")
        claims.append(_Claim("access tokens live as long as declared", place, "token", _lives_so_long))
    if can_revoke:
        claims.append(_Claim("revocation works", _place("revocation"), "revocation", _revokes))
    if has_resource and can_revoke and target.resource_checks_tokens:
        place = ("target", "resource_checks_tokens")
        claims.append(_Claim("the protected resource refuses revoked tokens", place, RESOURCE, _checks_tokens))
    return claims


def _place(feature: str) -> tuple[str, ...]:
    return ("features", "grants" if feature == "refresh_token" else feature)


# Tokens


def _fresh(examiner: Examiner, trial: Trial) -> Tokens:
    """Tokens that are good: a resource owner's where there can be any, and fresh where that takes no approval."""
    try:
        return _fresh_ones(examiner, trial)
    except (Inconclusive, NotApplicable, Untested) as error:
        raise Pointless(f"there is no token to try it with: {error}") from error


def _fresh_ones(examiner: Examiner, trial: Trial) -> Tokens:
    features = trial.target.features
    if "password" in features:
        return trial.given.tokens("password")
    held = _held(examiner, trial)
    if held is not None:
        return held
    if "client_credentials" in features and not features & {"authorization_code", "implicit"}:
        return trial.given.tokens("client_credentials")
    raise Inconclusive("no client was given one")


def _held(examiner: Examiner, trial: Trial) -> Tokens | None:
    """What an approval gave, the main client's first: made fresh by its refresh token, where it has one."""
    held = sorted(examiner.tokens.values(), key=lambda each: each.client.name != "confidential")
    if not held:
        return None
    tokens = held[0]
    if tokens.refresh_token is None or "refresh_token" not in trial.target.features:
        return tokens
    with_refresh = trial.send.refresh(tokens)
    if not with_refresh.is_success:
        return tokens
    fresh = trial.given.tokens_in(with_refresh, tokens.client, tokens.grant, tokens.asked_scope)
    fresh = fresh if fresh.refresh_token else replace(fresh, refresh_token=tokens.refresh_token)
    examiner.tokens[tokens.client.name] = fresh
    return fresh


# What the server says of itself


def _proves_possession(examiner: Examiner, trial: Trial) -> str:
    used = [tokens.client for tokens in examiner.tokens.values() if tokens.grant == "authorization_code"]
    methods = sorted({client.pkce for client in used if client.pkce != "off"})
    if not methods:
        raise Pointless("no code was asked for with a challenge: leave `pkce` of the clients at its default")
    return f"a code with a challenge by {' and '.join(methods)} was redeemed"


def _describes_itself(examiner: Examiner, trial: Trial) -> str:
    issuer = trial.given.issuer()
    found = document(trial.given, trial.send, trial.target).members.get("issuer")
    if found != issuer:
        says = f"the metadata is that of the issuer {found!r}, not of {issuer!r}"
        remedy = "state the issuer exactly, to the last slash; if it is right, the server is wrong"
        raise Wrong(says, remedy, ("target", "issuer"), may_be_breach=True)
    return f"the metadata is that of {issuer}"


def _names_itself(examiner: Examiner, trial: Trial) -> str:
    issuer = trial.given.issuer()
    reply = trial.send.authorization_once(response_type=trial.invented("response_type"))
    told = dict(parse_qsl(urlsplit(reply.header("Location") or "").query))
    if "error" not in told:
        raise Pointless(f"a faulty request is not told to the client at once: {reply}")
    if told.get("iss") != issuer:
        says = f"an error response names the issuer {told.get('iss')!r}, not {issuer!r}"
        remedy = "state the issuer exactly, or leave `issuer_parameter` out of [features]"
        raise Wrong(says, remedy, ("target", "issuer"), may_be_breach=True)
    return f"an error response names the issuer {issuer}"


# Introspection


def _introspects(examiner: Examiner, trial: Trial) -> str:
    reply = trial.send.introspection(_fresh(examiner, trial).access_token)
    if reply.members.get("active") is True:
        return "a fresh token is active"
    client = trial.target.introspecting_client()
    raise Wrong(
        f"a fresh token that {client.client_id!r} asks about is not active: {why_refused(reply)}",
        "let this client introspect, add [clients.introspecting], or leave `introspection` out of [features]",
    )


def _introspects_as_bearer(examiner: Examiner, trial: Trial) -> str:
    seen = "there was none to try"
    for tokens, about in _questions(examiner, trial):
        reply = trial.send.form("introspection", [("token", about.access_token)], [bearer(tokens.access_token)])
        if reply.members.get("active") is True:
            return f"a token with scope {' '.join(sorted(tokens.granted)) or '(none told)'} opens it"
        seen = why_refused(reply)
    raise Wrong(
        f"no token of the profile's main clients opens introspection: {seen}",
        "name the scope that does among those of [clients.confidential], or leave it out of [features]",
    )


def _questions(examiner: Examiner, trial: Trial) -> Iterator[tuple[Tokens, Tokens]]:
    """Bearers and the tokens that they ask about: themselves, since a new token may end an older one; then others,
    since a token may be good for one use."""
    yield from ((tokens, tokens) for tokens in _bearers(examiner, trial))
    yield from ((tokens, trial.given.tokens()) for tokens in _bearers(examiner, trial))


def _bearers(examiner: Examiner, trial: Trial) -> Iterator[Tokens]:
    """Tokens with every scope that can be had without an approval."""
    yield _fresh(examiner, trial)
    for grant in (each for each in BY_TOKEN_REQUEST if each in trial.target.features):
        yield trial.given.tokens(grant)
        for scope in trial.target.client_for(grant).scopes_for(grant)[:MOST_SCOPES]:
            yield trial.given.tokens(grant, scope=scope)


def _is_restricted(examiner: Examiner, trial: Trial) -> str:
    other = trial.given.client("other")
    reply = trial.send.introspection(_fresh(examiner, trial).access_token, other)
    if reply.members.get("active") is not True:
        return f"[clients.other] is not told of it: {reply}"
    says = "[clients.other] is told that a token of another client is active"
    raise Wrong(says, "leave it out; where it is right, a run finds the breach", may_be_breach=True)


# Resources


def _opens(examiner: Examiner, trial: Trial, endpoint: str) -> str:
    reply = trial.send.resource(_fresh(examiner, trial).access_token, endpoint)
    if not reply.is_success:
        raise Wrong(
            f"a fresh token does not open it: {why_refused(reply)}",
            "check its URL, and the scope that it wants",
            ("endpoints", endpoint),
        )
    shut = trial.send.resource(None, endpoint)
    if shut.is_success:
        raise Wrong(
            f"it is open without a token too: {shut}", "check its URL", ("endpoints", endpoint), may_be_breach=True
        )
    return f"a fresh token opens it: {reply}"


def _opens_otherwise(examiner: Examiner, trial: Trial, method: str) -> str:
    reply = trial.send.form(RESOURCE, [("access_token", _fresh(examiner, trial).access_token)], method=method)
    if reply.is_success:
        return f"a fresh token opens it: {reply}"
    how = "a form body" if method == "POST" else "the query"
    raise Wrong(f"a fresh token in {how} does not open the protected resource: {why_refused(reply)}", "leave it out")


def _does_not_suffice(examiner: Examiner, trial: Trial) -> str:
    scope = trial.given.insufficient_scope()
    reply = _narrower(examiner, trial, scope)
    if reply.members.get("error") == "invalid_scope":
        raise Wrong(f"the server doesn't give it: {why_refused(reply)}", "name a scope that the clients may have")
    if not reply.is_success:
        raise Pointless(f"no token with it could be had without an approval: {why_refused(reply)}")
    opened = trial.send.resource(str(reply.members.get("access_token")), RESOURCE)
    if opened.is_success:
        remedy = "name a scope that doesn't; where it is right, a run finds the breach"
        raise Wrong(f"a token with it alone opens the protected resource: {opened}", remedy, may_be_breach=True)
    return f"a token with it alone is refused: {opened}"


def _narrower(examiner: Examiner, trial: Trial, scope: str) -> Reply:
    """A token request for one scope: by a grant that asks nobody, else by a refresh (RFC 6749 section 6)."""
    features = trial.target.features
    if "password" in features:
        return trial.send.password(scope=scope)
    if not features & {"authorization_code", "implicit"}:
        return trial.send.client_credentials(scope=scope)
    held = _held(examiner, trial)
    if held is None or held.refresh_token is None:
        raise Pointless("it would take an approval of its own; a run asks for it")
    reply = trial.send.refresh(held, scope=scope)
    if reply.is_success:  # the refresh token is used up, and what came in its place may be for the one scope alone
        examiner.tokens.pop(held.client.name, None)
    return reply


def _checks_tokens(examiner: Examiner, trial: Trial) -> str:
    tokens = _fresh(examiner, trial)
    trial.given.accepted(trial.send.resource(tokens.access_token, RESOURCE), "a fresh token at the protected resource")
    if not _ended(examiner, trial, tokens).is_success:
        raise Pointless("no access token can be revoked")
    if not last_active(trial.send, ActiveToken(tokens.access_token, "access_token", tokens, (RESOURCE,))):
        return "a revoked token is refused"
    remedy = "leave it out, or declare `revocation_delay`; where it is right, a run finds the breach"
    raise Wrong("a revoked token opens the protected resource", remedy, may_be_breach=True)


def _ended(examiner: Examiner, trial: Trial, tokens: Tokens, kind: TokenKind = "access_token") -> Reply:
    """The revocation of a token. What came with it may end too: nobody uses that any more."""
    examiner.tokens.pop(tokens.client.name, None)
    value = tokens.access_token if kind == "access_token" else tokens.refresh_token
    return trial.send.revocation(value or "", tokens.client)


# Lifetimes, refreshing, revoking


def _lives_so_long(examiner: Examiner, trial: Trial) -> str:
    declared = trial.target.limits.access_token_lifetime or 0.0
    told = _fresh(examiner, trial).members.get("expires_in")
    if not isinstance(told, int | float) or isinstance(told, bool):
        raise Pointless("the server doesn't tell how long its tokens live")
    if NEARLY * told <= declared <= told / NEARLY:
        return f"the server tells {told:g} s"
    raise Wrong(
        f"the server tells {told:g} s, the profile {declared:g} s", "correct it, or leave it to the server's word"
    )


def _refreshes(examiner: Examiner, trial: Trial) -> str:
    tokens = _refreshable(examiner, trial)
    reply = trial.send.refresh(tokens)
    if not reply.is_success:
        raise Wrong(f"a fresh refresh token does not refresh: {why_refused(reply)}", "look at the exchange")
    fresh = trial.given.tokens_in(reply, tokens.client, tokens.grant, tokens.asked_scope)
    if tokens.client.name in examiner.tokens and tokens.grant != "password":
        fresh = fresh if fresh.refresh_token else replace(fresh, refresh_token=tokens.refresh_token)
        examiner.tokens[tokens.client.name] = fresh
    return "a refresh token gave a new access token"


def _refreshable(examiner: Examiner, trial: Trial) -> Tokens:
    """Tokens with a refresh token: by passwords, or what an approval gave."""
    made: list[Tokens] = [each for each in examiner.tokens.values() if each.refresh_token]
    try:
        made = [trial.given.tokens("password"), *made] if "password" in trial.target.features else made
        if not made and not trial.target.features & {"authorization_code", "password"}:
            made = [trial.given.tokens("client_credentials")]
    except Inconclusive as error:
        if not made:
            raise Pointless(f"there is no token to try it with: {error}") from error
    found = next((tokens for tokens in made if tokens.refresh_token), None)
    if found is not None:
        return found
    if not made and not examiner.tokens:
        raise Pointless("no grant gave a token to try it with")
    raise Wrong(
        "no refresh token came with an access token", "take refresh_token out of `grants`, or ask for its scope"
    )


def _revokes(examiner: Examiner, trial: Trial) -> str:
    tokens = _fresh(examiner, trial)
    reply = _ended(examiner, trial, tokens)
    if reply.members.get("error") == "unsupported_token_type" and tokens.refresh_token:
        reply = _ended(examiner, trial, tokens, "refresh_token")
    if not reply.is_success:
        raise Wrong(f"a fresh token can't be revoked: {why_refused(reply)}", "leave `revocation` out of [features]")
    return f"a fresh token was revoked: {reply}"


# Extensions


def _extends(examiner: Examiner, trial: Trial) -> str:
    reply = extension_request(trial.given, trial.send, trial.given.client_with_secret())
    if reply.is_success:
        return "a token was issued"
    error = reply.members.get("error")
    key = "grant_type" if error in ("unsupported_grant_type", "unauthorized_client") else "parameters"
    raise Wrong(f"no token by the extension grant: {why_refused(reply)}", f"correct `{key}`", ("extension_grant", key))


def _lets_scripts_read(examiner: Examiner, trial: Trial) -> str:
    reply = cross_origin(trial.given, trial.send, "good")
    if lets_read(reply):
        return "another origin may read its answers"
    raise _not_offered(f"other origins may not read its answers: {reply}")


def _answers_preflights(examiner: Examiner, trial: Trial) -> str:
    reply = preflight_reply(trial.given, trial.send)
    if reply.is_success and lets_read(reply) and lets_send_authorization(reply):
        return "a preflight allows the Authorization header"
    raise _not_offered(f"a preflight doesn't allow the Authorization header: {reply}")


def _calls_back(examiner: Examiner, trial: Trial) -> str:
    reply = by_script(trial.given, trial.send, CALLBACK)
    if call_of(reply, CALLBACK):
        return "its answer calls the function that is named"
    raise _not_offered(f"its answer calls no function: {reply}")


def _not_offered(says: str) -> Wrong:
    return Wrong(says, "leave it out; where it is right, a run finds the breach", may_be_breach=True)
