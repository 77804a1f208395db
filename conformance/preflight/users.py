"""Controls of what a person meets: redirect URIs, sign-in, consent, and how it is declined."""

from __future__ import annotations

from functools import partial

from conformance.harness.pages import read_page
from conformance.harness.refusals import is_missing, stuck_at_sign_in, why_not_back, why_refused
from conformance.harness.session import Trial
from conformance.harness.target import Client, Target, fault_of_client, fault_of_redirect_uri
from conformance.harness.user_agent import Answer
from conformance.preflight.clients import (
    BY_USER_AGENT,
    LOCKED_BY_PROBES,
    accepted,
    needs_of_user_agent,
    usable_grants,
    variable_of,
)
from conformance.preflight.controls import Examiner, Pointless, Wrong


def examine_redirect_uris(examiner: Examiner) -> None:
    """Every redirect URI that an authorization request of the profile may name: the server asks somebody to sign in."""
    for client in examiner.session.target.clients.values():
        grants = usable_grants(examiner.session.target, client, BY_USER_AGENT)
        for uri in client.redirect_uris if grants else ():
            examiner.try_out(
                f"[clients.{client.name}]: redirect URI {uri}",
                ("clients", client.name, "redirect_uris"),
                partial(_is_registered, client=client, uri=uri, grant=grants[0]),
                needs=["endpoints.authorization"],
                blocks=fault_of_redirect_uri(client.name, uri),
            )


def _is_registered(trial: Trial, client: Client, uri: str, grant: str) -> str:
    answer = _nobodys(trial, client, grant, uri)
    if answer.destination is not None:
        return (
            f"the user agent was sent to it: {why_not_back(answer)}" if answer.get("error") else "it got the user agent"
        )
    if is_missing(answer.reply) and not answer.pages[:-1]:
        raise Wrong(f"the authorization endpoint is not there: {answer.reply}", "correct its URL", _AUTHORIZATION)
    if answer.reply.status >= 400 or _is_as_for_unregistered(trial, answer, client, grant):
        raise Wrong(
            f"the server refuses an authorization request by {client.client_id!r} to {uri}: {why_not_back(answer)}",
            "check that client_id is right and the redirect URI is registered exactly so",
        )
    return "the server asks somebody to sign in"


_AUTHORIZATION = ("endpoints", "authorization")


def _nobodys(trial: Trial, client: Client, grant: str, uri: str) -> Answer:
    """An authorization request from a browser that nobody signs in with."""
    response_type = "token" if grant == "implicit" else "code"
    agent = trial.given.nobodys_user_agent()
    return trial.send.authorize(client, response_type, user_agent=agent, decision="wait", redirect_uri=uri)


def _is_as_for_unregistered(trial: Trial, answer: Answer, client: Client, grant: str) -> bool:
    """Whether a page that asks nobody to sign in is the one that an unregistered redirect URI gets."""
    if read_page(answer.reply).sign_in_form() is not None:
        return False
    return _text(answer) == _text(_nobodys(trial, client, grant, "https://unregistered.example/cb"))


def _text(answer: Answer) -> str:
    return read_page(answer.reply).text


# Accounts: sign-in and consent


def examine_owners(examiner: Examiner) -> None:
    """Every account signs in, by the user agent where there is one, else by the password grant."""
    target = examiner.session.target
    for name in target.owners:
        if name.endswith(LOCKED_BY_PROBES):
            continue
        found = first_client(target, BY_USER_AGENT)
        if found is not None:
            client, grant = found
            examiner.try_out(
                f"[{name}]: signs in and consents",
                (name, "password"),
                partial(_signs_in, name=name, client=client, grant=grant),
                needs=["endpoints.authorization", *needs_of_user_agent(client)],
                blocks=name,
            )
        elif (by_password := first_client(target, ("password",))) is not None:
            examiner.try_out(
                f"[{name}]: its password is taken",
                (name, "password"),
                partial(_password_is_taken, name=name, client=by_password[0]),
                needs=["endpoints.token", fault_of_client(by_password[0].name)],
                blocks=name,
            )


def first_client(target: Target, grants: tuple[str, ...]) -> tuple[Client, str] | None:
    """The main client that may use one of the grants, with the grant."""
    ordinary = sorted(target.clients.values(), key=lambda client: client.name != "confidential")
    for grant in grants:
        for client in ordinary:
            special = client.name in ("restricted", "guessing", "special", "single_redirect", "introspecting")
            if not special and usable_grants(target, client, (grant,)):
                return client, grant
    return None


def _signs_in(trial: Trial, name: str, client: Client, grant: str) -> str:
    agent = trial.given.user_agent(name)
    response_type = "token" if grant == "implicit" else "code"
    answer = trial.send.authorize(client, response_type, user_agent=agent)
    if answer.get("code") or answer.get("access_token"):
        consent = "and consented" if answer.consented else "(no consent was asked for)"
        return f"signed in {consent}: the client got {'a code' if answer.get('code') else 'a token'}"
    owner = trial.target.owner(name)
    if stuck_at_sign_in(answer):
        remedy = f"check username and {variable_of(trial, owner.password, 'password')}"
        raise Wrong(f"{why_not_back(answer)}: the server refuses {owner.username!r}", remedy)
    if answer.get("error"):
        raise Pointless(f"signed in, but {why_not_back(answer)}")
    if not answer.signed_in:
        raise Wrong(f"the user agent did not get to sign in: {why_not_back(answer)}", _HOW_TO_DRIVE, ("sign_in",))
    if not answer.consented:
        says = f"no button that consents was recognized: {why_not_back(answer)}"
        raise Wrong(says, "name its text as `approve` under [sign_in]", ("sign_in", "approve"))
    raise Wrong(f"after sign-in and consent {why_not_back(answer)}", "look at the exchange")


_HOW_TO_DRIVE = "set `driver` under [sign_in], or check that the endpoint is right"


def _password_is_taken(trial: Trial, name: str, client: Client) -> str:
    reply = trial.send.password(client, name)
    if reply.members.get("error") == "invalid_grant":
        raise Wrong(
            f"the server refuses {trial.target.owner(name).username!r}: {why_refused(reply)}",
            "check username and password",
        )
    return accepted(reply)


def examine_decline(examiner: Examiner) -> None:
    """Somebody who doesn't consent finds the button that says so."""
    found = first_client(examiner.session.target, BY_USER_AGENT)
    if found is None or "resource_owner" not in examiner.session.target.owners:
        return
    client, grant = found
    examiner.try_out(
        "consent can be declined",
        ("sign_in", "decline"),
        partial(_declines, client=client, grant=grant),
        needs=["endpoints.authorization", "resource_owner", *needs_of_user_agent(client)],
        blocks="sign_in.decline",
    )


def _declines(trial: Trial, client: Client, grant: str) -> str:
    response_type = "token" if grant == "implicit" else "code"
    agent = trial.given.user_agent(fresh=True)
    answer = trial.send.authorize(client, response_type, user_agent=agent, decision="decline")
    if answer.get("code") or answer.get("access_token"):
        raise Pointless("no consent was asked for: what happens when it is declined can't be seen")
    if answer.consented or answer.destination is not None:
        return f"declined: {why_not_back(answer)}"
    raise Wrong(
        f"no button that declines was recognized: {why_not_back(answer)}", "name its text as `decline` under [sign_in]"
    )
