"""Controls of clients: their credentials, each way to authenticate, each grant, each redirect URI."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from conformance.harness.exchange import Reply
from conformance.harness.refusals import refuses_client, why_refused
from conformance.harness.session import Trial
from conformance.harness.target import Client, Target, fault_of_client, fault_of_redirect_uri
from conformance.preflight.controls import Examiner, Pointless, Wrong

IN_WORDS = {"client_secret_basic": "HTTP Basic", "client_secret_post": "client_secret in the body"}
# What the guessing probes of a run before may have left locked: nothing to prove a profile by.
LOCKED_BY_PROBES = ("guessing",)
BY_TOKEN_REQUEST = ("client_credentials", "password")
BY_USER_AGENT = ("authorization_code", "implicit")


def examine_clients(examiner: Examiner) -> None:
    """The credentials of every client that has any, or that asks the token endpoint without."""
    for client in examiner.session.target.clients.values():
        if client.name in LOCKED_BY_PROBES:
            continue
        if client.client_secret:
            _examine_secret(examiner, client)
        elif usable_grants(examiner.session.target, client, (*BY_TOKEN_REQUEST, "authorization_code")):
            examiner.try_out(
                f"[clients.{client.name}]: known as a public client",
                ("clients", client.name, "client_id"),
                partial(_is_known, client=client),
                needs=["endpoints.token"],
                blocks=None if _stood_the_user_agent(examiner, client) else fault_of_client(client.name),
            )


def _stood_the_user_agent(examiner: Examiner, client: Client) -> bool:
    """Whether the authorization endpoint knows the client_id: then it isn't mistyped."""
    place = ("clients", client.name, "redirect_uris")
    return any(control.place == place and control.state == "holds" for control in examiner.controls)


def usable_grants(target: Target, client: Client, grants: tuple[str, ...]) -> tuple[str, ...]:
    """Those grants that the profile claims and lets the client use."""
    return tuple(grant for grant in grants if grant in target.features and client.may_use(grant))


def _examine_secret(examiner: Examiner, client: Client) -> None:
    """Each way to authenticate; only where none works are the credentials themselves in doubt."""
    methods = [method for method in client.authentication if method in IN_WORDS]
    controls = [
        examiner.try_out(
            f"[clients.{client.name}]: client_secret by {IN_WORDS[method]}",
            ("clients", client.name, "client_secret"),
            partial(_authenticates, client=client, method=method),
            needs=["endpoints.token"],
        )
        for method in methods
    ]
    if controls and all(control.state == "fails" for control in controls):
        examiner.faults[fault_of_client(client.name)] = controls[0].diagnosis()


def _authenticates(trial: Trial, client: Client, method: str) -> str:
    reply = _presented(trial, replace(client, authentication=(method,)))
    if not refuses_client(reply):
        return accepted(reply)
    if method == "client_secret_basic":
        for credentials in _other_spellings(client):
            other = _presented(trial, client, credentials)
            if not refuses_client(other):
                return f"{accepted(other)}, but only where id and secret are not form-encoded (RFC 6749 section 2.3.1)"
    who = f"client_id {client.client_id!r} with this secret by {IN_WORDS[method]}"
    says = f"the server refuses {who}: {why_refused(reply)}"
    for way in (each for each in IN_WORDS if each != method):
        if refuses_client(_presented(trial, replace(client, authentication=(way,)))):
            continue
        if client.name == "special":
            # Its characters are there to break servers: the credentials are right, so a run judges the rest.
            raise Pointless(f"{says}; it takes them by {IN_WORDS[way]}, so a run judges that")
        raise Wrong(says, f'it takes them by {IN_WORDS[way]}: set `authentication = "{way}"` for this client')
    raise Wrong(says, f"check client_id and {variable_of(trial, client.client_secret, 'client_secret')}")


def variable_of(trial: Trial, secret: str | None, key: str) -> str:
    """What holds a secret: the variable that it came from, else the key."""
    shown = trial.session.vault.fixed.get(secret or "", "")
    return f"the value of {shown}" if shown.startswith("$") else key


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
    if usable_grants(trial.target, client, ("client_credentials",)):
        return trial.send.client_credentials(client, authentication, headers)
    redirect_uri = next(iter(client.redirect_uris), None)
    own: dict[str, str | None] = {"code": trial.invented("code"), "redirect_uri": redirect_uri}
    return trial.send.token("authorization_code", client, own, authentication, headers)


def accepted(reply: Reply) -> str:
    """How a reply shows that the credentials were taken."""
    return "a token was issued" if reply.is_success else f"past authentication: {reply}"


def _is_known(trial: Trial, client: Client) -> str:
    reply = _presented(trial, client)
    if refuses_client(reply):
        raise Wrong(
            f"the server refuses client_id {client.client_id!r} without a secret: {why_refused(reply)}",
            "check client_id, and that it is registered as a public client",
        )
    return accepted(reply)


def needs_of_user_agent(client: Client) -> list[str]:
    """The faults that would keep a client's authorization requests from coming back."""
    return [fault_of_redirect_uri(client.name, uri) for uri in client.redirect_uris[:1]]
