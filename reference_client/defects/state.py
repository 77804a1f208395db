"""Mistakes with `state` (RFC 6749 sections 4.1.1, 10.8 and 10.12)."""

import hashlib
import itertools
import random
import secrets
import time
from collections.abc import Callable

from ..defect import Defect
from ..pipeline import Edit, Login, Refused, after, named, remove, replace
from ..steps.authorization import make_state
from ..steps.authorization_answer import check_state
from .conditions import at_other_server, unless

REQUEST, ANSWER = "authorization.request", "authorization.answer"
UNBOUND = ("rfc6749-10.12-client-uses-state",)
FORGERY = ("rfc6749-10.12-client-csrf-protection", *UNBOUND)
GUESSABLE = ("rfc6749-10.12-binding-value-unguessable",)
COUNTER = itertools.count(1)


def accepted(fits: Callable[[str, str], bool]) -> Edit:
    """States are compared in another way: what came, what was sent."""

    def check_otherwise(login: Login) -> None:
        if not fits(login.parameter("state") or "", login.state):
            raise Refused("the answer doesn't belong to this login")

    return replace(ANSWER, "check_state", check_otherwise)


def made(make: Callable[[Login], str]) -> Edit:
    """States are made in another way."""

    def make_otherwise(login: Login) -> None:
        login.state = make(login)

    return replace(REQUEST, "make_state", named("make_state", make_otherwise))


def of_the_process(login: Login) -> str:
    """One good value for all logins."""
    return login.client.memory.setdefault("state", secrets.token_urlsafe(32))


def remember_state(login: Login) -> None:
    """Keeps what was once sent, and never forgets it."""
    make_state(login)
    login.client.memory[f"state {login.state}"] = "sent"


def check_among_all(login: Login) -> None:
    """Any state that was ever sent is good."""
    if f"state {login.parameter('state')}" not in login.client.memory:
        raise Refused("the answer doesn't belong to this login")


def missing(name: str) -> Callable[[Login], bool]:
    """The answer doesn't have a parameter."""
    return lambda login: login.parameter(name) is None


def keep_state(login: Login) -> None:
    """Keeps the state for the check that comes later."""


DEFECTS = (
    Defect(
        name="state-not-checked",
        says="A state is sent, and what comes back isn't looked at.",
        breaks=UNBOUND,
        edits=(remove(ANSWER, "check_state"),),
    ),
    Defect(
        name="state-checked-if-present",
        says="An answer without a state is accepted.",
        breaks=UNBOUND,
        edits=(replace(ANSWER, "check_state", unless(missing("state"), check_state)),),
    ),
    Defect(
        name="state-empty-accepted",
        says="An answer with an empty state is accepted.",
        breaks=UNBOUND,
        edits=(replace(ANSWER, "check_state", unless(lambda login: login.parameter("state") == "", check_state)),),
    ),
    Defect(
        name="state-never-sent",
        says="No state is sent, and none is expected.",
        breaks=("rfc6749-4.1.1-client-sends-state", *UNBOUND),
        edits=(remove(REQUEST, "put_state"), remove(ANSWER, "check_state")),
    ),
    Defect(
        name="state-constant",
        says="The state is a word in the source.",
        breaks=GUESSABLE,
        edits=(made(lambda login: "login-with-oauth-provider"),),
    ),
    Defect(
        name="state-of-the-process",
        says="One state, unguessable as it is, serves all logins of a process.",
        breaks=UNBOUND,
        edits=(made(of_the_process),),
    ),
    Defect(
        name="state-counted",
        says="States are numbers that count up.",
        breaks=GUESSABLE,
        edits=(made(lambda login: f"{next(COUNTER)}"),),
    ),
    Defect(
        name="state-of-the-clock",
        says="The state is the time of day.",
        breaks=GUESSABLE,
        edits=(made(lambda login: f"{time.time_ns() // 1000}"),),
    ),
    Defect(
        name="state-short",
        says="The state has four hexadecimal digits.",
        breaks=GUESSABLE,
        edits=(made(lambda login: secrets.token_hex(2)),),
    ),
    Defect(
        name="state-seeded-by-the-second",
        says="The state comes from a generator that is seeded with the time in seconds.",
        breaks=GUESSABLE,
        edits=(made(lambda login: f"{random.Random(int(time.time())).getrandbits(128):032x}"),),
    ),
    Defect(
        name="state-compared-as-beginning",
        says="A state that begins as the right one does is accepted.",
        breaks=UNBOUND,
        edits=(accepted(lambda came, sent: came != "" and (sent.startswith(came) or came.startswith(sent))),),
    ),
    Defect(
        name="state-compared-in-any-case",
        says="States are compared without regard to letter case.",
        breaks=UNBOUND,
        edits=(accepted(lambda came, sent: came.lower() == sent.lower()),),
    ),
    Defect(
        name="state-compared-by-length",
        says="Any state of the right length is accepted.",
        breaks=UNBOUND,
        edits=(accepted(lambda came, sent: len(came) == len(sent)),),
    ),
    Defect(
        name="state-of-any-login",
        says="A state of an earlier login is good for a later one.",
        breaks=UNBOUND,
        edits=(replace(REQUEST, "make_state", remember_state), replace(ANSWER, "check_state", check_among_all)),
    ),
    Defect(
        name="state-checked-too-late",
        says="The state is checked after the code was exchanged.",
        breaks=UNBOUND,
        edits=(
            remove(ANSWER, "check_state"),
            replace(ANSWER, "forget_state", keep_state),
            after("login", "exchange_code", unless(lambda login: not login.answer, check_state)),
        ),
    ),
    Defect(
        name="state-holds-secret",
        says="The state names the client's secret, so that the redirection endpoint needs no memory.",
        breaks=("rfc6749-10.8-client-state-holds-no-secrets",),
        edits=(made(lambda login: f"{secrets.token_urlsafe(16)}.{login.context.client_secret or login.verifier}"),),
    ),
    Defect(
        name="state-is-verifier",
        says="One random value is both state and verifier.",
        breaks=("rfc6749-10.8-client-state-holds-no-secrets",),
        edits=(after(REQUEST, "make_verifier", named("share", lambda login: setattr(login, "verifier", login.state))),),
    ),
    Defect(
        name="state-not-checked-without-pkce",
        says="Neither state nor challenge binds an answer to its login.",
        breaks=FORGERY,
        edits=(remove(ANSWER, "check_state"),),
        on="no-pkce",
    ),
    Defect(
        name="state-of-any-login-without-pkce",
        says="A state of an earlier login is good for a later one, and no challenge binds the code.",
        breaks=FORGERY,
        edits=(replace(REQUEST, "make_state", remember_state), replace(ANSWER, "check_state", check_among_all)),
        on="no-pkce",
    ),
    Defect(
        name="state-checked-if-present-without-pkce",
        says="An answer without a state is accepted, and no challenge binds the code.",
        breaks=FORGERY,
        edits=(replace(ANSWER, "check_state", unless(missing("state"), check_state)),),
        on="no-pkce",
    ),
    Defect(
        name="state-digest-of-time",
        says="The state is a digest of the time in milliseconds.",
        breaks=GUESSABLE,
        edits=(made(lambda login: hashlib.sha256(str(int(time.time() * 1000)).encode()).hexdigest()),),
    ),
    Defect(
        name="state-checked-at-first-server-alone",
        says="The state of an answer is looked at in logins at the first server, and in no other's.",
        breaks=UNBOUND,
        edits=(replace(ANSWER, "check_state", unless(at_other_server, check_state)),),
    ),
    Defect(
        name="state-of-repeated-blocks",
        says="The state is four hexadecimal digits, written eight times.",
        breaks=GUESSABLE,
        edits=(made(lambda login: secrets.token_hex(2) * 8),),
    ),
)
