"""Controls of clients: who they are, each way to authenticate, and which key is wrong where they are refused."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from conformance.harness.refusals import refuses_client, why_refused
from conformance.harness.trial import Trial
from conformance.preflight.controls import Control, Examiner, Pointless, Wrong
from conformance.preflight.free_requests import is_known
from conformance.procedures.code_exchanges import made_up_code
from conformance.profile.target import Client, Target, fault_of_client
from conformance.wire.exchange import Reply

IN_WORDS = {
    "client_secret_basic": "HTTP Basic",
    "client_secret_post": "client_secret in the body",
    "none": "client_id alone",
}
BY_SECRET = ("client_secret_basic", "client_secret_post")
BY_TOKEN_REQUEST = ("client_credentials", "password")


def examine_clients(examiner: Examiner) -> None:
    """Tries the credentials of every client; a public client is tried where it may ask the token endpoint."""
    for client in examiner.session.target.clients.values():
        if client.is_guessed_at:
            continue  # The guessing probes of a run before may have left it locked: nothing to prove a profile by.
        if client.client_secret:
            _examine_secret(examiner, client)
        elif usable_grants(examiner.session.target, client, (*BY_TOKEN_REQUEST, "authorization_code")):
            examiner.try_out(
                f"[clients.{client.name}]: known as a public client",
                ("clients", client.name, "client_id"),
                partial(_is_known, examiner=examiner, client=client),
                needs=["endpoints.token"],
                blocks=fault_of_client(client.name),
            )


def usable_grants(target: Target, client: Client, grants: tuple[str, ...]) -> tuple[str, ...]:
    """Those grants that the profile claims and lets the client use."""
    return tuple(grant for grant in grants if grant in target.features and client.may_use(grant))


def _examine_secret(examiner: Examiner, client: Client) -> None:
    """Each way to authenticate; only where none works are the credentials themselves in doubt."""
    controls: list[Control] = []
    for method in (each for each in client.authentication if each in IN_WORDS):
        name = f"[clients.{client.name}]: {'client_secret by ' if method in BY_SECRET else ''}{IN_WORDS[method]}"
        procedure = partial(_authenticates, examiner=examiner, client=client, method=method)
        controls.append(
            examiner.try_out(name, ("clients", client.name, "client_secret"), procedure, needs=["endpoints.token"])
        )
    if controls and all(control.state == "fails" for control in controls):
        examiner.faults[fault_of_client(client.name)] = controls[0].diagnosis()


def _authenticates(trial: Trial, examiner: Examiner, client: Client, method: str) -> str:
    reply = _presented(trial, replace(client, authentication=(method,)))
    if not refuses_client(reply):
        return _believed(trial, examiner, client, method, reply)
    if method == "client_secret_basic":
        for credentials in _other_spellings(client):
            other = _presented(trial, client, credentials)
            if not refuses_client(other):
                return (
                    f"{how_accepted(other)}, but only where id and secret are not form-encoded (RFC 6749 section 2.3.1)"
                )
    with_secret = " with this secret" if method in BY_SECRET else ""
    who = f"client_id {client.client_id!r}{with_secret} by {IN_WORDS[method]}"
    says = f"the server refuses {who}: {why_refused(reply)}"
    for way in (each for each in BY_SECRET if each != method):
        if refuses_client(_presented(trial, replace(client, authentication=(way,)))):
            continue
        if client.name == "special":
            # Its characters are there to break servers: the credentials are right, so a run judges the rest.
            raise Pointless(f"{says}; it takes them by {IN_WORDS[way]}, so a run judges that")
        remedy = f'it takes them by {IN_WORDS[way]}: set `authentication = "{way}"` for this client'
        raise Wrong(says, remedy, ("clients", client.name, "authentication"))
    raise _unknown_or_secret(trial, client, says)


def _unknown_or_secret(trial: Trial, client: Client, says: str) -> Wrong:
    """Which half of the credentials is wrong, as far as the authorization endpoint tells."""
    secret = variable_of(trial, client.client_secret, "client_secret")
    match is_known(trial, client):
        case True:
            return Wrong(f"{says}; the authorization endpoint knows this client_id", f"check {secret}")
        case False:
            remedy = "check client_id: the authorization endpoint doesn't know it either"
            return Wrong(says, remedy, ("clients", client.name, "client_id"))
        case None:
            return Wrong(says, f"check client_id and {secret}")


def _believed(trial: Trial, examiner: Examiner, client: Client, method: str, reply: Reply) -> str:
    """What an answer proves that isn't about the credentials: nothing where a made-up secret gets it too."""
    if reply.is_success:
        examiner.proven.add(client.name)
        return how_accepted(reply)
    if method not in BY_SECRET:
        return how_accepted(reply)
    forged = replace(client, client_secret=trial.invented("client_secret"), authentication=(method,))
    if refuses_client(_presented(trial, forged)):
        examiner.proven.add(client.name)
        return f"{how_accepted(reply)}; a made-up secret is refused"
    raise Pointless(f"a made-up secret gets the same answer ({reply}): a grant has to show it")


def variable_of(trial: Trial, secret: str | None, key: str) -> str:
    """What holds a secret: the key, and the variable that it came from."""
    shown = trial.session.vault.fixed.get(secret or "", "")
    return f"{key}, the value of {shown}" if shown.startswith("$") else key


def _other_spellings(client: Client) -> Iterator[tuple[str, str]]:
    """Basic credentials as in a URI, and not encoded at all: what servers take that overlook the form-encoding."""
    pairs = {(quote(client.client_id, safe=""), quote(client.client_secret or "", safe=""))}
    pairs.add((client.client_id, client.client_secret or ""))
    for user, word in sorted(pairs):
        yield ("Authorization", "Basic " + base64.b64encode(f"{user}:{word}".encode()).decode())


def _presented(trial: Trial, client: Client, credentials: tuple[str, str] | None = None) -> Reply:
    """A request that the client has to authenticate for: a token request that issues nothing to keep, if it can."""
    authentication, headers = ("absent", [credentials]) if credentials else (None, [])
    if client.name == "introspecting":
        asked = {"token": trial.invented("token")}
        return trial.send.as_client("introspection", asked, client, authentication, headers)
    if client.client_secret and usable_grants(trial.target, client, ("client_credentials",)):
        return trial.send.client_credentials(client, authentication, headers)
    return trial.send.token("authorization_code", client, made_up_code(trial, client), authentication, headers)


def how_accepted(reply: Reply) -> str:
    """How a reply shows that the credentials were taken."""
    return "a token was issued" if reply.is_success else f"past authentication: {reply}"


def _is_known(trial: Trial, examiner: Examiner, client: Client) -> str:
    """Whether a client without a secret is one that the server knows; else which of its keys is wrong."""
    reply = _presented(trial, client)
    if not refuses_client(reply):
        if reply.is_success or refuses_client(_presented(trial, replace(client, client_id=trial.invented("id")))):
            examiner.proven.add(client.name)
            return how_accepted(reply)
        if is_known(trial, client):
            return "the authorization endpoint knows it"
        raise Pointless(f"a made-up client_id gets the same answer ({reply}): a grant has to show it")
    says = f"the server refuses client_id {client.client_id!r} without a secret: {why_refused(reply)}"
    match is_known(trial, client):
        case True:
            place = ("clients", client.name, "authentication")
            remedy = "the authorization endpoint knows it: check that it is registered as a public client"
            raise Wrong(says, remedy, place, may_be_breach=True)
        case False:
            raise Wrong(says, "check client_id: the authorization endpoint doesn't know it either")
        case None if not usable_grants(trial.target, client, ("authorization_code",)):
            # RFC 6749 section 5.2 lets a server say so of a client without a secret that may not use a grant.
            raise Pointless(f"a public client that has no codes may be refused like one that isn't known: {reply}")
        case None:
            raise Wrong(says, "check client_id, and that it is registered as a public client")
