"""Controls of accounts: each signs in, and whoever doesn't consent finds the button that says so.

Nobody approves anything here: what is asked for is declined.
"""

from __future__ import annotations

from functools import partial

from conformance.browser.answer import Answer
from conformance.harness.refusals import stuck_at_sign_in, was_let_in, why_not_back, why_refused
from conformance.harness.trial import Trial
from conformance.preflight.client_controls import how_accepted, usable_grants, variable_of
from conformance.preflight.controls import Examiner, Pointless, Wrong
from conformance.preflight.free_requests import RESPONSE_TYPES, Way, ways_to_ask
from conformance.profile.target import Client, fault_of_client


def examine_sign_in(examiner: Examiner) -> None:
    """The main account signs in and declines, by the first way that leads to the sign-in page."""
    target = examiner.session.target
    if "resource_owner" not in target.owners or not ways_to_ask(target):
        return
    examiner.try_out(
        "[resource_owner]: signs in",
        ("resource_owner", "password"),
        partial(_enters, examiner=examiner),
        needs=["endpoints.authorization"],
        blocks="resource_owner",
    )
    if examiner.entrance is not None and target.sign_in.can_decline:
        examiner.try_out(
            "consent can be declined",
            ("sign_in", "decline"),
            partial(_declines, way=examiner.entrance),
            needs=["resource_owner"],
            blocks="sign_in.decline",
        )


def _enters(trial: Trial, examiner: Examiner) -> str:
    """Client after client, since one of them may be mistyped."""
    first: Wrong | None = None
    told = "no client has a redirect URI to sign in for"
    for way in ways_to_ask(trial.target):
        answer = _declined(trial, "resource_owner", way)
        if answer.signed_in:
            _check_password(trial, "resource_owner", answer)
            examiner.entrance = way
            return f"signed in, then {_ended(answer)}"
        if answer.get("code") or answer.get("access_token"):
            examiner.entrance = way
            return "the server asks nobody: a grant came at once"
        if answer.get("error"):
            told = f"nobody was asked to sign in: {why_not_back(answer)}"
        else:
            first = first or _not_asked(answer)
    raise first or Pointless(told)


def _declined(trial: Trial, name: str, way: Way) -> Answer:
    agent, response_type = trial.given.user_agent(name), RESPONSE_TYPES[way.grant]
    decision = "decline" if trial.target.sign_in.can_decline else "wait"
    return trial.send.authorize(way.client, response_type, user_agent=agent, decision=decision, redirect_uri=way.uri)


def _ended(answer: Answer) -> str:
    return "a grant came back" if answer.get("code") or answer.get("access_token") else why_not_back(answer)


def _check_password(trial: Trial, name: str, answer: Answer) -> None:
    """Raise Wrong where the password was sent and the server is not content with it."""
    refused = answer.destination is None and answer.reply.status in (400, 401, 403, 422)
    if stuck_at_sign_in(answer) or (refused and not was_let_in(answer)):
        owner = trial.target.owner(name)
        remedy = f"check username and {variable_of(trial, owner.password, 'password')}"
        raise Wrong(f"{why_not_back(answer)}: the server refuses {owner.username!r}", remedy, (name, "password"))


def _not_asked(answer: Answer) -> Wrong:
    """Why nobody was asked to sign in; the first client's way tells it best."""
    says = f"the user agent did not get to sign in: {why_not_back(answer)}"
    if "hosts" in answer.stuck:
        return Wrong(says, "name that origin", ("sign_in", "hosts"))
    return Wrong(says, "check the client's keys, or set `driver` under [sign_in]", ("sign_in",))


def _declines(trial: Trial, way: Way) -> str:
    answer = _declined(trial, "resource_owner", way)
    if answer.doubt and not answer.get("error"):
        raise Pointless(f"what happens when it is declined can't be seen: {answer.doubt}")
    if answer.get("code") or answer.get("access_token"):
        raise Pointless("no consent was asked for: what happens when it is declined can't be seen")
    if answer.consented:
        return f"declined: {why_not_back(answer)}"
    if answer.destination is not None:
        raise Pointless(f"nothing was asked: {why_not_back(answer)}")
    raise Wrong(f"no button that declines was recognized: {why_not_back(answer)}", "name its text as `decline`")


def examine_owners(examiner: Examiner) -> None:
    """Every further account signs in, by the user agent where there is one, else by the password grant."""
    target, way = examiner.session.target, examiner.entrance
    by_password = [client for client in target.clients.values() if _takes_passwords(examiner, client)]
    for name in target.owners:
        if name.startswith("resource_owner_guessing"):
            continue  # The guessing probes of a run before may have left it locked.
        if way is not None and name != "resource_owner":
            examiner.try_out(
                f"[{name}]: signs in",
                (name, "password"),
                partial(_signs_in, name=name, way=way),
                needs=["endpoints.authorization"],
                blocks=name,
            )
        elif way is None and by_password and name not in examiner.faults:
            examiner.try_out(
                f"[{name}]: its password is taken",
                (name, "password"),
                partial(_password_is_taken, name=name, client=by_password[0]),
                needs=["endpoints.token", fault_of_client(by_password[0].name)],
                blocks=name,
            )


def _takes_passwords(examiner: Examiner, client: Client) -> bool:
    external = examiner.session.target.documented.get("external_authentication_token")
    takes_external_tokens = isinstance(external, dict) and external.get("client") == client.name
    ordinary = client.name not in ("special", "restricted") and not client.is_guessed_at
    return (
        ordinary and not takes_external_tokens and bool(usable_grants(examiner.session.target, client, ("password",)))
    )


def _signs_in(trial: Trial, name: str, way: Way) -> str:
    answer = _declined(trial, name, way)
    if answer.signed_in:
        _check_password(trial, name, answer)
        return f"signed in, then {_ended(answer)}"
    raise Pointless(f"nobody was asked to sign in: {_ended(answer)}")


def _password_is_taken(trial: Trial, name: str, client: Client) -> str:
    reply = trial.send.password(client, name)
    if reply.members.get("error") == "invalid_grant":
        owner = trial.target.owner(name)
        raise Wrong(
            f"the server refuses {owner.username!r}: {why_refused(reply)}",
            f"check username and {variable_of(trial, owner.password, 'password')}",
        )
    return how_accepted(reply)
