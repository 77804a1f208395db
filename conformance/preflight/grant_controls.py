"""Controls of grants: each is open to every client that may use it, and shut to those that are barred from it.

What needs a person's approval comes in `approvals`: here whoever is asked declines.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from conformance.browser.answer import Answer
from conformance.harness.refusals import why_not_back, why_refused
from conformance.harness.trial import Trial
from conformance.preflight.client_controls import BY_TOKEN_REQUEST, usable_grants
from conformance.preflight.controls import Examiner, Pointless, Wrong
from conformance.preflight.free_requests import BY_USER_AGENT, Way, answer_without_approval
from conformance.preflight.refused_scopes import missing_scopes, place_of_scopes, refused_scopes
from conformance.profile.target import Client, Target, fault_of_client, fault_of_grant, fault_of_redirect_uri


def examine_token_requests(examiner: Examiner) -> None:
    """The grants that need nobody at a browser, for every client that may use them."""
    for grant in BY_TOKEN_REQUEST:
        for client in users_of(examiner.session.target, grant):
            try_grant(examiner, client, grant, partial(_gives_tokens, examiner=examiner, client=client, grant=grant))
        blame_profile(examiner, grant)


def try_grant(examiner: Examiner, client: Client, grant: str, procedure: Callable[[Trial], str]) -> None:
    """One control of a grant for a client."""
    place, needs = ("clients", client.name, "grants"), needs_of(client, grant)
    examiner.try_out(_name(client, grant), place, procedure, needs=needs)


def _name(client: Client, grant: str) -> str:
    return f"[clients.{client.name}]: grant {grant}"


def users_of(target: Target, grant: str) -> list[Client]:
    """The clients that can be tried with a grant."""
    external = target.documented.get("external_authentication_token")
    external_client = external.get("client") if isinstance(external, dict) else None
    return [
        client
        for client in target.clients.values()
        if not client.is_guessed_at
        and usable_grants(target, client, (grant,))
        and not (grant == "password" and client.name == external_client)
    ]


def needs_of(client: Client, grant: str) -> list[str]:
    """The faults that would keep a client from a grant."""
    needs = ["endpoints.token", fault_of_client(client.name)] if grant != "implicit" else []
    needs += [] if grant == "client_credentials" else ["resource_owner"]
    if grant in BY_USER_AGENT:
        needs += [
            "endpoints.authorization",
            *(fault_of_redirect_uri(client.name, uri) for uri in client.redirect_uris[:1]),
        ]
    return needs


def blame_profile(examiner: Examiner, grant: str) -> None:
    """What no client gets, each with a refusal in so many words, is blamed on the profile: it claims too much, or lacks
    what the server demands. Where one client gets it, a refusal to another may be a breach."""
    clients = {_name(client, grant): client.name for client in users_of(examiner.session.target, grant)}
    tried = [control for control in examiner.controls if control.name in clients]
    seen = [control for control in tried if control.state != "not asked"]
    if seen and all(control.is_refusal for control in seen):
        examiner.faults |= {fault_of_grant(clients[control.name], grant): control.diagnosis() for control in tried}


def _gives_tokens(trial: Trial, examiner: Examiner, client: Client, grant: str) -> str:
    reply = trial.send.grant(grant, client)
    if not reply.is_success:
        raise refusal(
            trial, examiner, f"no token by {grant}: {why_refused(reply)}", reply.members.get("error"), client, grant
        )
    tokens = trial.given.tokens_in(reply, client, grant, " ".join(client.scopes_for(grant)))
    examiner.proven.add(client.name)
    missing = missing_scopes(trial, tokens)
    if missing:
        says = f"a token was issued, but never with the scope {' '.join(missing)}"
        raise Wrong(says, "take it out, or correct it", place_of_scopes(client, grant))
    return "a token was issued"


def refusal(trial: Trial, examiner: Examiner, says: str, error: object, client: Client, grant: str) -> Exception:
    """Why a grant isn't given: the key that the error points at, and what to do."""
    own = ("clients", client.name)
    if error == "invalid_client" and client.client_secret:
        if client.name in examiner.proven:
            # The control of the credentials holds: what refuses them here is the server's affair.
            return Pointless(f"{says}; it took these credentials otherwise, so a run judges that")
        return Wrong(says, "check client_id and client_secret", (*own, "client_secret"), is_refusal=True)
    if error == "invalid_scope":
        scopes = refused_scopes(trial, client, grant)
        which = f"; alone it refuses {' '.join(scopes)}" if scopes else ""
        remedy = f"correct `scopes` or `grant_scopes` of [clients.{client.name}]"
        return Wrong(says + which, remedy, place_of_scopes(client, grant), is_refusal=True)
    if "challenge" in says or "verifier" in says or "pkce" in says.lower():
        return Wrong(says, "set `pkce` as this client has to use it", (*own, "pkce"), is_refusal=True)
    demanded = "`authorization_parameters` or `token_parameters`"
    remedies: dict[object, tuple[str, tuple[str, ...]]] = {
        "unauthorized_client": (f"leave {grant} out of the `grants` of [clients.{client.name}]", (*own, "grants")),
        "unsupported_grant_type": (f"leave {grant} out of `grants` under [features]", ("features", "grants")),
        "unsupported_response_type": (f"leave {grant} out of `grants` under [features]", ("features", "grants")),
        "invalid_request": (f"add what the server demands to [clients.{client.name}]: {demanded}", own),
    }
    remedy, place = remedies.get(error, ("look at the exchange", (*own, "grants")))
    return Wrong(says, remedy, place, is_refusal=error is not None)


# By a user agent, and declined


def examine_declined_requests(examiner: Examiner) -> None:
    """The implicit grant of clients whose approval goes to a code: that it is open to them shows as it is declined."""
    target = examiner.session.target
    for client in users_of(target, "implicit"):
        if usable_grants(target, client, ("authorization_code",)):
            try_grant(
                examiner, client, "implicit", partial(_is_open, examiner=examiner, client=client, grant="implicit")
            )


def _declined(trial: Trial, examiner: Examiner, client: Client, grant: str) -> Answer:
    if not client.redirect_uris:
        raise Pointless(f"no redirect URI is named: add `redirect_uris` to [clients.{client.name}]")
    return answer_without_approval(trial, Way(client, grant, client.redirect_uris[0]), examiner.refusing)


def _is_open(trial: Trial, examiner: Examiner, client: Client, grant: str) -> str:
    answer = _declined(trial, examiner, client, grant)
    error = answer.get("error")
    if answer.get("code") or answer.get("access_token"):
        return "a grant came at once"
    if error not in (None, "access_denied"):
        raise refusal(trial, examiner, f"nothing by {grant}: {why_not_back(answer)}", error, client, grant)
    if answer.consented or error:
        return f"it was asked for, and declined: {why_not_back(answer)}"
    raise Pointless(f"whether it is open could not be seen without approving it: {why_not_back(answer)}")


# Barred


def examine_barred(examiner: Examiner) -> None:
    """What a client is barred from is refused to it: else the profile is wrong there, or the server."""
    target = examiner.session.target
    for client in target.clients.values():
        for grant in (each for each in client.barred if each in target.features and not client.is_guessed_at):
            needs = needs_of(client, grant)
            examiner.try_out(
                f"[clients.{client.name}]: barred from {grant}",
                ("clients", client.name, "barred"),
                partial(_is_barred, examiner=examiner, client=client, grant=grant),
                needs=needs,
            )


def _is_barred(trial: Trial, examiner: Examiner, client: Client, grant: str) -> str:
    if grant == "refresh_token":
        raise Pointless("a client that gets no refresh token has none to be refused")
    if grant in BY_TOKEN_REQUEST:
        reply = trial.send.grant(grant, client)
        got, seen = reply.is_success, why_refused(reply)
    else:
        answer = _declined(trial, examiner, client, grant)
        if answer.consented and answer.destination is None:
            raise Pointless(f"whether it is barred could not be seen without approving it: {why_not_back(answer)}")
        # A server may ask for the decision before it looks at the client: then the error tells that it refuses.
        is_declined = answer.consented and answer.get("error") in (None, "access_denied")
        got = bool(answer.get("code") or answer.get("access_token") or is_declined)
        seen = why_not_back(answer)
    if got:
        remedy = f"take {grant} out of `barred`; where it is right, a run finds that the server doesn't keep it"
        raise Wrong(f"the server gives {grant} to {client.client_id!r} all the same", remedy, may_be_breach=True)
    return f"refused: {seen}"
