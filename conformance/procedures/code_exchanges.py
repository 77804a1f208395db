"""Codes in other hands, at other times and several times at once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.harness.tokens import Code
from conformance.procedures.authorization_answers import code_client
from conformance.procedures.client_authentication import by_body_if_it_may
from conformance.procedures.token_requests import code_exchange_seen
from conformance.profile.target import Client, Target
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from conformance.harness.trial import Trial

# So many at once, so many times: the moment between looking at a code and marking it as used is short.
AT_ONCE = 5
LONG_AFTER = 24 * 3600
# What an exchange need not have where the authorization request had nothing that it answers to: whose code, and how
# the request differs.
NOT_OWED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "redirect_uri": ("single_redirect", {"redirect_uri": OMIT}),
    "code_verifier": ("confidential", {"code_challenge": OMIT, "code_challenge_method": OMIT}),
}


@dataclass(frozen=True, slots=True)
class Race:
    """What simultaneous exchanges of one code came to."""

    replies: tuple[Reply, ...]

    @property
    def issued(self) -> tuple[Reply, ...]:
        """Those of them that obtained an access token."""
        return tuple(reply for reply in self.replies if reply.is_success and reply.members.get("access_token"))


def races(given: Given, send: Send) -> tuple[Race, ...]:
    """Several tries of exchanging a fresh code several times in the same instant."""
    # Each code is issued just before its race: the one before may have ended all that the client had.
    return tuple(_race(send, given.authorization_code(client)) for client in _racing(given))


def _racing(given: Given) -> tuple[Client, ...]:
    """Who races: the main client, a public one, and the main one with its secret in the body; the main one for those
    that the profile doesn't have.
    """
    code_exchange_seen(given)
    main = given.client_for("authorization_code")
    with suppress(Inconclusive, NotApplicable, Untested):
        return main, seen_exchanged(given, code_client(given, "public")), by_body_if_it_may(main)
    return main, main, by_body_if_it_may(main)


def _race(send: Send, code: Code) -> Race:
    return Race(tuple(send.together([send.code_exchange_request(code)] * AT_ONCE)))


def long_expired_code(given: Given, target: Target, client: Client | None = None) -> Code:
    """A code of yesterday; where none can be made older, one that has outlived its declared lifetime."""
    return expired_code(given, LONG_AFTER if target.control_url else given.limit("code_lifetime"), client)


def expired_code(given: Given, seconds: float, client: Client | None = None) -> Code:
    """A code that was issued so many seconds ago; the control is a fresh one that can be exchanged."""
    seen_exchanged(given, client or given.client_for("authorization_code"))
    code = given.authorization_code(client)
    given.outlived(code.value, seconds)
    return code


def presented_by_another(
    given: Given, send: Send, issued_to: str, presented_by: str, authentication: str | None = None
) -> Reply:
    """A code of one client (names of the profile) presented by another one; both can exchange codes of their own."""
    owner, other = code_client(given, issued_to), code_client(given, presented_by)
    seen_exchanged(given, owner)
    seen_exchanged(given, other)
    code = given.authorization_code(owner)
    reply = send.code_exchange(code, client=other, authentication=authentication)
    given.control(code, after=reply)
    return reply


def seen_exchanged(given: Given, client: Client) -> Client:
    """The positive control: a client can exchange a code of its own; seen once."""
    given.observed(
        f"a code exchange by {client.name}", lambda: given.tokens_for(given.authorization_code(client)).reply
    )
    return client


def code_of(given: Given, name: str) -> Code:
    """A fresh code of a client of the profile that was seen to exchange another one."""
    return given.authorization_code(seen_exchanged(given, code_client(given, name)))


def in_the_name_of_another(given: Given, send: Send) -> Reply:
    """A code of the second client, presented by the first one, which proves who it is and gives the other's name.

    The first one authenticates by HTTP Basic, so that `client_id` in the body is free for another name.
    """
    code = code_of(given, "other")
    presenter = seen_exchanged(given, given.client_authenticating_by("client_secret_basic", "authorization_code"))
    if presenter.client_id == code.client.client_id:
        raise Untested("this probe needs two clients that authenticate by client_secret_basic: add [clients.other]")
    reply = send.code_exchange(code, client=presenter, client_id=code.client.client_id)
    given.control(code, after=reply)
    return reply


def exchanging_client(given: Given) -> Client:
    """The main client with a secret, seen to exchange a code of its own."""
    return seen_exchanged(given, given.client_with_secret("authorization_code"))


def verifiable_code(given: Given, send: Send) -> Code:
    """A code whose verifier the server looks at: another one is refused. Vacuous where it doesn't know verifiers."""
    code_exchange_seen(given)

    def procedure() -> bool:
        code = given.authorization_code()
        if code.verifier is None:
            return False
        wrong = code.verifier[::-1]
        with given.arranging():
            return send.code_exchange(code, code_verifier=wrong).is_refusal

    if not given.observed("whether a wrong code_verifier is refused", procedure):
        raise Vacuous("the server takes no notice of code_verifier, which another document defines")
    return given.authorization_code()


def code_that_owes_no(given: Given, send: Send, parameter: str) -> Code:
    """A code whose exchange needs no `redirect_uri`, or no `code_verifier`.

    Vacuous where the request for such a code is refused (section 3.1.2.3, RFC 7636 section 4.4.1).
    """
    name, changes = NOT_OWED[parameter]
    with given.arranging():
        answer = send.authorize(code_client(given, name), **changes)
    if not answer.get("code"):
        raise Vacuous(f"no code comes for a request that makes {parameter} needless: {answer}")
    code = given.code_in(answer)
    return replace(code, verifier=None) if parameter == "code_verifier" else code


def exchanged_without(given: Given, send: Send, parameter: str) -> Reply:
    """The exchange of a code that owes no such parameter. Vacuous where it is refused, which others judge."""
    reply = send.code_exchange(code_that_owes_no(given, send, parameter))
    if reply.is_refusal:
        raise Vacuous(f"an exchange that owes no {parameter} is refused without one: {reply}")
    return given.issued(reply)


def altered(code: Code) -> Code:
    """The code with one character in its middle replaced by another of its kind."""
    at = len(code.value) // 2
    old = code.value[at]
    new = "0" if old.isdigit() and old != "0" else "1" if old.isdigit() else "b" if old == "a" else "a"
    return replace(code, value=code.value[:at] + new + code.value[at + 1 :])


def made_up_code(trial: Trial, client: Client) -> dict[str, str | None]:
    """What a token request carries for a code that nobody issued; all else is as the client has to send it."""
    return {
        "code": trial.invented("code"),
        "redirect_uri": next(iter(client.redirect_uris), None),
        "code_verifier": secrets.token_urlsafe(32) if client.pkce != "off" else None,
    }
