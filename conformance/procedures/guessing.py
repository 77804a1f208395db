"""Wrong secrets for one account up to the declared limit, then the right one: is guessing held off?

Only guessing clients and guessing accounts are ever guessed at, and only where the profile allows intrusive probes and
declares `[limits] failed_authentications`. A lock may hold wherever the account is used, and then hides that another
place counts nothing: a profile may have an account of its own for each place. Places that share one are first seen to
take the right secret; then each gets its own guesses, those that are protected least often first. Where a client may
send its secret in the body too, or another client may come, it is looked at whether a lock that has just begun holds
for that as well: if so, no more is guessed. Amid the guesses somebody else comes with the right secret, since some
servers count all failures in a row, whoever's they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, Literal, TypeVar

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested
from conformance.browser.pages import read_page
from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.client_authentication import BY_BODY, by_body_if_it_may
from conformance.profile.target import Client, ResourceOwner
from conformance.wire.exchange import Reply

Account = TypeVar("Account", Client, ResourceOwner)
ClientPlace = Literal["introspection", "introspection_in_body", "revocation", "token", "token_in_body"]
OwnerPlace = Literal["password", "password_by_public", "sign_in"]
# Each with the feature that it needs, and what it is called.
CLIENT_PLACES = {
    "introspection": ("introspection", "the introspection endpoint"),
    "introspection_in_body": ("introspection", "the introspection endpoint, in the body,"),
    "revocation": ("revocation", "the revocation endpoint"),
    "token": ("token_endpoint", "the token endpoint"),
    "token_in_body": ("token_endpoint", "the token endpoint, in the body,"),
}
OWNER_PLACES = {
    "password": ("password", "the password grant"),
    "password_by_public": ("password", "the password grant, by a public client,"),
    "sign_in": ("authorization_endpoint", "the sign-in page"),
}
# What a place ends in that is another only by where a client puts its secret, or by which client it is.
IN_BODY, BY_PUBLIC = "_in_body", "_by_public"
# Whether the declared number is the last failure that is taken or the first that isn't is left open.
MORE_THAN_DECLARED = 1
SLOW_SECONDS = 1.0
THROTTLING = (429, 503)


@dataclass(frozen=True, slots=True)
class Try:
    """One authentication: its last reply, whether it was taken, how long it took, how many secrets went out."""

    reply: Reply
    taken: bool
    seconds: float = 0.0
    secrets: int = 1


@dataclass(frozen=True, slots=True)
class Guessing:
    """What became of wrong secrets at one place, and of the right one after them.

    Where a wrong one is taken, nothing comes after it.
    """

    place: str
    wrong: tuple[Try, ...]
    right: Try

    @property
    def held_off(self) -> bool:
        """The right secret was refused, or an answer said that there were too many, or it was slow on purpose."""
        if self.wrong[-1].taken:
            return False
        throttled = any(each.reply.status in THROTTLING for each in (*self.wrong, self.right))
        refused = not self.right.taken and not self.right.reply.is_breakdown
        slowed = self.right.seconds >= max(SLOW_SECONDS, 3 * self.wrong[0].seconds)
        return throttled or refused or slowed

    @property
    def wanted(self) -> str:
        """Completes "expected ..."."""
        return f"guessing at {self.place} to be blocked or slowed down after the declared number of failures"

    def __str__(self) -> str:
        tries = sum(each.secrets for each in self.wrong)
        if self.wrong[-1].taken:
            return f"wrong secret number {tries} taken"
        how = "taken as ever" if self.right.taken else f"answered by {self.right.reply}"
        return f"the right secret {how} after {tries} wrong ones in a row"


@dataclass(frozen=True, slots=True)
class Guess(Generic[Account]):
    """An account with its right secret and with a wrong one, and somebody else's."""

    right: Account
    wrong: Account
    other: Account


def client_secret_guessed(given: Given, send: Send, place: ClientPlace) -> Guessing:
    """Guess at the secret of the guessing client."""
    given.intrusive()
    client = given.client(_client_at(given, place))
    wrong = replace(client, client_secret=given.invented("client_secret"))
    if place.endswith(IN_BODY) and not _may_choose(client):
        raise NotApplicable(f"[clients.{client.name}] has no choice of sending its secret in the body")
    attempts = {
        name: partial(_authenticate, given, send, name)
        for name, (feature, _) in CLIENT_PLACES.items()
        if given.claims(feature)
        and _client_at(given, name) == client.name
        and (not name.endswith(IN_BODY) or _may_choose(client))
    }
    return _guessed(given, f"client {client.name}", attempts, Guess(client, wrong, given.client()), place)


def _may_choose(client: Client) -> bool:
    """Whether the client may send its secret in the body, and does so only where it is told to."""
    return BY_BODY in client.authentication[1:]


def _client_at(given: Given, place: str) -> str:
    own = f"guessing_{place.removesuffix(IN_BODY)}"
    return own if given.has_client(own) else "guessing"


def password_guessed(given: Given, send: Send, place: OwnerPlace) -> Guessing:
    """Guess at the password of the guessing account."""
    given.intrusive()
    if place.endswith(BY_PUBLIC) and not _is_open_to_public(given):
        raise NotApplicable("no public client may use the password grant, or the main one is public itself")
    owner = given.owner(_owner_at(given, place))
    wrong = replace(owner, password=given.invented("password"))
    attempts = {
        name: partial(_sign_in, given, send, name)
        for name, (feature, _) in OWNER_PLACES.items()
        if given.claims(feature)
        and _owner_at(given, name) == owner.name
        and (not name.endswith(BY_PUBLIC) or _is_open_to_public(given))
    }
    return _guessed(given, f"account {owner.name}", attempts, Guess(owner, wrong, given.owner()), place)


def _owner_at(given: Given, place: str) -> str:
    own = f"resource_owner_guessing_{place.removesuffix(BY_PUBLIC)}"
    return own if given.has_owner(own) else "resource_owner_guessing"


def _guessed(
    given: Given, what: str, attempts: Mapping[str, Callable[[Account], Try]], guess: Guess[Account], place: str
) -> Guessing:
    limit = int(given.limit("failed_authentications")) + MORE_THAN_DECLARED

    def controls() -> frozenset[str]:
        with given.arranging(), given.throttled_answers():
            return frozenset(name for name, attempt in attempts.items() if attempt(guess.right).taken)

    ready = given.observed(f"guessing {what}: where the right secret is taken", controls)
    if place not in ready:
        # That the guessing client may introspect is more than a profile promises.
        outcome = Untested if place.startswith("introspection") else Inconclusive
        raise outcome(
            f"positive control: the guessing {what} is not taken at {_in_words(place)} with its right secret: "
            f"check it in the profile, or wait until the lock of an earlier run has ended"
        )
    found: Guessing | None = None
    for name in (name for name in attempts if name in ready):
        lock = found if name.endswith((IN_BODY, BY_PUBLIC)) else None
        procedure = partial(_guess, _in_words(name), attempts[name], guess, limit, lock)
        with given.throttled_answers():
            found = given.observed(f"guessing {what} at {name}", procedure)
        if name == place:
            break
    assert found is not None
    return found


def _guess(
    place: str, attempt: Callable[[Account], Try], guess: Guess[Account], limit: int, lock: Guessing | None
) -> Guessing:
    """A second round decides against the server: the first may have met the end of a lock from another place."""
    if lock is not None and lock.held_off:
        held = replace(lock, place=place, right=_timed(attempt, guess.right))
        if not held.right.taken:
            return held
    first = _guess_once(place, attempt, guess, limit)
    return first if first.held_off else _guess_once(place, attempt, guess, limit)


def _guess_once(place: str, attempt: Callable[[Account], Try], guess: Guess[Account], limit: int) -> Guessing:
    tries: list[Try] = []
    while sum(each.secrets for each in tries) < limit:
        if len(tries) == limit // 2:
            attempt(guess.other)
        tries.append(_timed(attempt, guess.wrong))
        if tries[-1].taken:
            return Guessing(place, tuple(tries), tries[-1])
        if tries[-1].reply.status in THROTTLING or not tries[-1].secrets:
            break
    return Guessing(place, tuple(tries), _timed(attempt, guess.right))


def _timed(attempt: Callable[[Account], Try], account: Account) -> Try:
    started = time.perf_counter()
    result = attempt(account)
    return replace(result, seconds=time.perf_counter() - started)


def _authenticate(given: Given, send: Send, place: str, client: Client) -> Try:
    if place.endswith(IN_BODY):
        return _authenticate(given, send, place.removesuffix(IN_BODY), by_body_if_it_may(client))
    if place == "introspection":
        reply = send.introspection(given.invented("token"), client)
    elif place == "revocation":
        reply = send.revocation(given.invented("token"), _in_other_way(given, send, client))
    else:
        reply = _token_request(given, send, client)
    return Try(reply, reply.is_served)


def _in_other_way(given: Given, send: Send, client: Client) -> Client:
    """With its secret in the body, where revocation takes the right one there: what is counted by one way may not be by
    the other."""
    right = by_body_if_it_may(given.client(client.name))
    taken = given.observed(
        f"the right secret of {client.name} in the body of a revocation",
        lambda: send.revocation(given.invented("token"), right).is_served,
    )
    return by_body_if_it_may(client) if taken else client


def _token_request(given: Given, send: Send, client: Client) -> Reply:
    grant = given.any_grant(client)
    if grant == "authorization_code":
        return send.code_exchange(given.authorization_code(client))
    return send.grant(grant, client)


def _sign_in(given: Given, send: Send, place: str, owner: ResourceOwner) -> Try:
    if place != "sign_in":
        client = given.client("public") if place.endswith(BY_PUBLIC) else None
        reply = send.password(client, owner=owner.name, password=owner.password)
        return Try(reply, reply.is_served)
    response_type = "code" if given.claims("authorization_code") else "token"
    # A browser of its own each time: a lock that lives in a cookie stops nobody.
    answer = send.authorize(None, response_type, user_agent=UserAgent(owner))
    taken = answer.signed_in and answer.destination is not None
    return Try(answer.reply, taken, secrets=_passwords_sent(answer))


def _is_open_to_public(given: Given) -> bool:
    """Whether a public client may use the password grant, which isn't the main one."""
    may = given.has_client("public") and given.client("public").may_use("password")
    return may and given.client_for("password").name != "public"


def _passwords_sent(answer: Answer) -> int:
    """How many of the forms on the way that ask for a password were filled in: all but one that was given up at."""
    forms = [read_page(page).sign_in_form() for page in answer.pages]
    asking = [form is not None and bool(form.passwords) for form in forms]
    stuck = answer.destination is None and bool(asking) and asking[-1]
    return sum(asking) - stuck


def _in_words(place: str) -> str:
    return {**CLIENT_PLACES, **OWNER_PLACES}[place][1]
