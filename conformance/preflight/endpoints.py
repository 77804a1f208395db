"""Controls of endpoints: each one that a claimed feature needs stands where the profile says, and does its work."""

from __future__ import annotations

from functools import partial

from conformance.harness.exchange import Reply
from conformance.harness.outcomes import Inconclusive, NotApplicable
from conformance.harness.refusals import is_missing, why_refused
from conformance.harness.session import Trial
from conformance.harness.target import fault_of_client
from conformance.harness.tokens import Tokens
from conformance.preflight.controls import Examiner, Pointless, Wrong

NEEDED_BY = {"token": "token_endpoint", "authorization": "authorization_endpoint"}
PLACES_TO_ASK = ("revocation", "introspection", "token_info", "protected_resource", "metadata")


def examine_endpoints(examiner: Examiner) -> None:
    """Whether each endpoint of a claimed feature answers at its URL."""
    target = examiner.session.target
    needed = {**NEEDED_BY, **{name: name for name in PLACES_TO_ASK}}
    for endpoint, feature in needed.items():
        if feature in target.features:
            examiner.try_out(
                f"{endpoint} endpoint: {target.url(endpoint)}",
                ("endpoints", endpoint),
                partial(_stands, endpoint=endpoint),
                blocks=f"endpoints.{endpoint}",
            )


def _stands(trial: Trial, endpoint: str) -> str:
    reply = _asked(trial, endpoint)
    if is_missing(reply):
        raise Wrong(f"nothing answers as the {endpoint} endpoint: {reply}", "correct its URL")
    if endpoint == "metadata" and not reply.members:
        raise Wrong(f"there is no metadata: {reply}", "correct its URL, or leave `metadata` out of [features]")
    return f"it answers: {reply}"


def _asked(trial: Trial, endpoint: str) -> Reply:
    match endpoint:
        case "authorization":
            # A real request: some servers answer an empty one as if nothing were there.
            return trial.send.authorization_once()
        case "metadata" | "token_info" | "protected_resource":
            return trial.send.raw("GET", trial.target.url(endpoint), [("Accept", "*/*")])
        case _:
            return trial.send.form(endpoint, [("token", trial.invented("token"))])


def examine_features(examiner: Examiner) -> None:
    """Whether the endpoints beside the grants do their work for a fresh token."""
    for feature, procedure in (
        ("introspection", _introspects),
        ("token_info", partial(_opens, endpoint="token_info")),
        ("protected_resource", partial(_opens, endpoint="protected_resource")),
        ("revocation", _revokes),
        ("refresh_token", _refreshes),
    ):
        if feature in examiner.session.target.features:
            endpoint = "token" if feature == "refresh_token" else feature
            examiner.try_out(
                f"{feature.replace('_', ' ')} works",
                ("features", "grants" if feature == "refresh_token" else feature),
                procedure,
                needs=[f"endpoints.{endpoint}", "endpoints.token", fault_of_client("confidential"), "resource_owner"],
            )


def _fresh(trial: Trial) -> Tokens:
    """Fresh tokens: a resource owner's where there can be any."""
    try:
        try:
            return trial.given.tokens(trial.given.user_grant())
        except NotApplicable:
            return trial.given.tokens()
    except Inconclusive as error:
        raise Pointless(f"there is no token to try it with: {error}") from error


def _introspects(trial: Trial) -> str:
    reply = trial.send.introspection(_fresh(trial).access_token)
    if reply.members.get("active") is True:
        return "a fresh token is active"
    client = trial.target.introspecting_client()
    raise Wrong(
        f"a fresh token that {client.client_id!r} asks about is not active: {why_refused(reply)}",
        "let this client introspect, add [clients.introspecting], or leave `introspection` out of [features]",
    )


def _opens(trial: Trial, endpoint: str) -> str:
    reply = trial.send.resource(_fresh(trial).access_token, endpoint)
    if not reply.is_success:
        raise Wrong(
            f"a fresh token does not open it: {why_refused(reply)}", "check its URL, and the scope that it wants"
        )
    return f"a fresh token opens it: {reply}"


def _revokes(trial: Trial) -> str:
    tokens = _fresh(trial)
    reply = trial.send.revocation(tokens.access_token, tokens.client)
    if reply.members.get("error") == "unsupported_token_type" and tokens.refresh_token:
        reply = trial.send.revocation(tokens.refresh_token, tokens.client)
    if not reply.is_success:
        raise Wrong(f"a fresh token can't be revoked: {why_refused(reply)}", "leave `revocation` out of [features]")
    return f"a fresh token was revoked: {reply}"


def _refreshes(trial: Trial) -> str:
    try:
        tokens = trial.given.refreshable()
    except Inconclusive as error:
        raise Wrong(str(error), "leave refresh_token out of `grants` under [features], or ask for its scope") from error
    reply = trial.send.refresh(tokens)
    if not reply.is_success:
        raise Wrong(f"a fresh refresh token does not refresh: {why_refused(reply)}", "look at the exchange")
    return "a refresh token gave a new access token"
