"""Which of a client's scopes a server doesn't give."""

from __future__ import annotations

from conformance.base.outcomes import Inconclusive
from conformance.harness.tokens import Tokens
from conformance.harness.trial import Trial
from conformance.preflight.free_requests import BY_USER_AGENT, Way, answer_without_approval
from conformance.profile.target import Client

# Scopes that ask for something else than a right: a server need not name them among those that it granted.
ASK_FOR_MORE = ("openid", "offline_access")


def place_of_scopes(client: Client, grant: str) -> tuple[str, ...]:
    """The key of the profile that says which scopes a client may ask for in a grant."""
    own = ("clients", client.name)
    return (*own, "grant_scopes", grant) if grant in client.grant_scopes else (*own, "scopes")


def refused_scopes(trial: Trial, client: Client, grant: str) -> tuple[str, ...]:
    """The scopes that are refused when each is asked for alone; nobody approves anything for it."""
    scopes = client.scopes_for(grant)
    return tuple(scope for scope in scopes if len(scopes) == 1 or _is_refused(trial, client, grant, scope))


def _is_refused(trial: Trial, client: Client, grant: str, scope: str) -> bool:
    try:
        if grant in BY_USER_AGENT:
            if not client.redirect_uris:
                return False
            answer = answer_without_approval(trial, Way(client, grant, client.redirect_uris[0]), "decline", scope=scope)
            return answer.get("error") == "invalid_scope"
        return trial.send.grant(grant, client, scope=scope).members.get("error") == "invalid_scope"
    except Inconclusive:
        return False


def missing_scopes(trial: Trial, tokens: Tokens) -> tuple[str, ...]:
    """The scopes of a token request that the answer tells weren't granted, and that alone aren't granted either."""
    if tokens.scope is None:
        return ()
    told = tokens.scope.split()
    asked_for = tokens.client.scopes_for(tokens.grant)
    return tuple(
        scope
        for scope in asked_for
        if scope not in told and scope not in ASK_FOR_MORE and not _is_granted(trial, tokens, scope)
    )


def _is_granted(trial: Trial, tokens: Tokens, scope: str) -> bool:
    """Whether a scope is granted when it is asked for alone; where the answer doesn't tell, it is believed to be."""
    reply = trial.send.grant(tokens.grant, tokens.client, scope=scope)
    told = reply.members.get("scope")
    return reply.is_success and (not isinstance(told, str) or scope in told.split())
