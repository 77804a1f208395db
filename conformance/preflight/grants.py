"""Controls of grants: each gives a token to every client that may use it."""

from __future__ import annotations

from functools import partial

from conformance.harness.outcomes import Inconclusive
from conformance.harness.refusals import why_not_back, why_refused
from conformance.harness.session import Trial
from conformance.harness.target import Client, fault_of_client, fault_of_grant
from conformance.preflight.clients import (
    BY_TOKEN_REQUEST,
    BY_USER_AGENT,
    LOCKED_BY_PROBES,
    needs_of_user_agent,
    usable_grants,
)
from conformance.preflight.controls import Control, Examiner, Pointless, Wrong


def examine_grants(examiner: Examiner) -> None:
    """Every grant that a client may use gives it a token.

    What no client gets, each with a refusal in so many words, is blamed on the profile: it claims too much, or lacks
    what the server demands. Where one client gets it, a refusal to another may be a breach.
    """
    target = examiner.session.target
    external = target.documented.get("external_authentication_token")
    external_client = external.get("client") if isinstance(external, dict) else None
    for grant in (*BY_TOKEN_REQUEST, *BY_USER_AGENT):
        tried: dict[str, Control] = {}
        for client in target.clients.values():
            takes_external_tokens = grant == "password" and client.name == external_client
            if (
                client.name not in LOCKED_BY_PROBES
                and usable_grants(target, client, (grant,))
                and not takes_external_tokens
            ):
                tried[client.name] = _examine_grant(examiner, client, grant)
        asked = [control for control in tried.values() if control.state != "not asked"]
        if asked and all(control.is_refusal for control in asked):
            examiner.faults |= {fault_of_grant(name, grant): tried[name].diagnosis() for name in tried}


def _examine_grant(examiner: Examiner, client: Client, grant: str) -> Control:
    needs = ["endpoints.token", fault_of_client(client.name)] if grant != "implicit" else []
    needs += [] if grant == "client_credentials" else ["resource_owner"]
    needs += ["endpoints.authorization", *needs_of_user_agent(client)] if grant in BY_USER_AGENT else []
    return examiner.try_out(
        f"[clients.{client.name}]: grant {grant}",
        ("clients", client.name, "grants"),
        partial(_gives_tokens, client=client, grant=grant),
        needs=needs,
    )


def _gives_tokens(trial: Trial, client: Client, grant: str) -> str:
    if grant in BY_USER_AGENT:
        return _gives_by_user_agent(trial, client, grant)
    reply = trial.send.grant(grant, client)
    if not reply.is_success:
        raise _refusal(f"no token by {grant}: {why_refused(reply)}", reply.members.get("error"), client, grant)
    trial.given.tokens_in(reply, client, grant, None)
    return "a token was issued"


def _gives_by_user_agent(trial: Trial, client: Client, grant: str) -> str:
    if not client.redirect_uris:
        raise Pointless(f"no redirect URI is named: add `redirect_uris` to [clients.{client.name}]")
    answer = trial.send.authorize(client, "token" if grant == "implicit" else "code")
    if answer.get("error") or answer.destination is None:
        raise _refusal(f"nothing by {grant}: {why_not_back(answer)}", answer.get("error") or "page", client, grant)
    if grant == "implicit":
        if not answer.get("access_token"):
            raise Inconclusive(f"no access token came back by the implicit grant: {answer}")
        return "a token came in the redirect"
    reply = trial.send.code_exchange(trial.given.code_in(answer))
    if not reply.is_success:
        raise _refusal(f"the code is not exchanged: {why_refused(reply)}", reply.members.get("error"), client, grant)
    trial.given.tokens_in(reply, client, grant, None)
    return "a code came back and was exchanged"


def _refusal(says: str, error: object, client: Client, grant: str) -> Exception:
    """Why a grant isn't given, with what to do about the error code."""
    if error == "invalid_client" and client.client_secret:
        # The control of the credentials holds: what refuses them here is the server's affair.
        return Pointless(f"{says}; it took these credentials otherwise, so a run judges that")
    demanded = "`authorization_parameters`, `token_parameters` or `pkce`"
    remedies = {
        "invalid_scope": f"correct `scopes` or `grant_scopes` of [clients.{client.name}]",
        "unauthorized_client": f"leave {grant} out of the `grants` of [clients.{client.name}]",
        "unsupported_grant_type": f"leave {grant} out of `grants` under [features]",
        "unsupported_response_type": f"leave {grant} out of `grants` under [features]",
        "invalid_request": f"add what the server demands to [clients.{client.name}]: {demanded}",
    }
    return Wrong(says, remedies.get(str(error), "look at the exchange"), is_refusal=error is not None)
