"""Mistakes with challenges and verifiers (RFC 7636)."""

import hashlib
import random
import secrets
import time
from collections.abc import Callable

from ..defect import Defect
from ..pipeline import Draft, Edit, Login, Refused, after, named, remove, replace
from ..steps.authorization import put_code_challenge, put_code_challenge_method
from ..steps.authorization_answer import refuse_error
from ..steps.token import put_code_verifier
from .conditions import Condition, at_other_server, has_secret, unless, when

REQUEST, ANSWER = "authorization.request", "authorization.answer"
PLAIN = ("rfc7636-4.2-client-uses-s256", "rfc7636-7.2-client-avoids-plain", "rfc7636-7.2-client-secure-method")
FRESH = ("rfc7636-4.1-client-creates-verifier",)
WEAK = ("rfc7636-4.1-client-verifier-entropy", "rfc7636-7.1-client-256-bits")


def made(make: Callable[[Login], str]) -> Edit:
    """Verifiers are made in another way."""

    def make_otherwise(login: Login) -> None:
        login.verifier = make(login)

    return replace(REQUEST, "make_verifier", named("make_verifier", make_otherwise))


def challenged(transform: Callable[[str], str]) -> Edit:
    """Challenges are made in another way."""

    def challenge_otherwise(login: Login) -> None:
        login.draft.query.append(("code_challenge", transform(login.verifier)))

    return replace(REQUEST, "put_code_challenge", named("put_code_challenge", challenge_otherwise))


def show_verifier(login: Login) -> None:
    """One parameter more or less."""
    login.draft.query.append(("code_verifier", login.verifier))


def put_plain_challenge(login: Login) -> None:
    """The verifier itself."""
    login.draft.query.append(("code_challenge", login.verifier))


def put_plain_method(login: Login) -> None:
    """Says that the challenge is the verifier."""
    login.draft.query.append(("code_challenge_method", "plain"))


def plain_where(condition: Condition) -> tuple[Edit, ...]:
    """Plain in some places."""
    return (
        replace(REQUEST, "put_code_challenge", when(condition, put_plain_challenge, put_code_challenge)),
        replace(REQUEST, "put_code_challenge_method", when(condition, put_plain_method, put_code_challenge_method)),
    )


def left_out_where(condition: Condition) -> tuple[Edit, ...]:
    """No PKCE in some places."""
    return (
        replace(REQUEST, "put_code_challenge", unless(condition, put_code_challenge)),
        replace(REQUEST, "put_code_challenge_method", unless(condition, put_code_challenge_method)),
        replace("code.request", "put_code_verifier", unless(condition, put_code_verifier)),
    )


def methods(login: Login) -> object:
    """What the server announces."""
    return (login.metadata or {}).get("code_challenge_methods_supported")


def announces_none(login: Login) -> bool:
    """The server says nothing of PKCE."""
    return methods(login) is None


def announces_plain_alone(login: Login) -> bool:
    """The server says that it knows plain, and no hash."""
    return methods(login) == ["plain"]


def announces_no_hash(login: Login) -> bool:
    """The server doesn't say that it knows S256."""
    announced = methods(login)
    return not (isinstance(announced, list) and "S256" in announced)


def ask_again_by_plain(login: Login) -> None:
    """What refused the hash may take less."""
    try:
        refuse_error(login)
    except Refused:
        if login.parameter("error") != "invalid_request" or "plain" in login.client.memory:
            raise
        login.client.memory["plain"] = "tried"
        login.draft = Draft("GET", login.authorization_endpoint)
        login.run("authorization.request")
        replace_query(login, "code_challenge", login.verifier)
        replace_query(login, "code_challenge_method", "plain")
        login.run("authorization.visit")
        try:
            login.run("authorization.answer")
        finally:
            login.client.memory.pop("plain", None)


def replace_query(login: Login, name: str, value: str) -> None:
    """Another value in the authorization request."""
    login.draft.query = [(key, value if key == name else old) for key, old in login.draft.query]


def of_the_process(login: Login) -> str:
    """One good verifier for all logins."""
    return login.client.memory.setdefault("verifier", secrets.token_urlsafe(32))


def in_hexadecimal_digits(verifier: str) -> str:
    """The hash as command lines print it."""
    return hashlib.sha256(verifier.encode("ascii")).hexdigest()


def mirrored(text: str) -> str:
    """Twice as long, and no harder to guess."""
    return text + text[::-1]


def in_both_cases(text: str) -> str:
    """The same."""
    return text + text.upper()


DEFECTS = (
    Defect(
        name="pkce-plain",
        says="The challenge is the verifier.",
        breaks=PLAIN,
        edits=plain_where(lambda login: True),
    ),
    Defect(
        name="pkce-plain-by-default",
        says="The challenge is the verifier, and no method is named.",
        breaks=PLAIN,
        edits=(
            replace(REQUEST, "put_code_challenge", put_plain_challenge),
            remove(REQUEST, "put_code_challenge_method"),
        ),
    ),
    Defect(
        name="pkce-plain-where-it-is-announced",
        says="Plain is used where the server announces nothing else.",
        breaks=PLAIN[:2],
        edits=plain_where(announces_plain_alone),
    ),
    Defect(
        name="pkce-plain-where-none-is-announced",
        says="Plain is used where the server doesn't announce S256.",
        breaks=PLAIN[:2],
        edits=plain_where(announces_no_hash),
    ),
    Defect(
        name="pkce-plain-after-refusal",
        says="Where S256 is refused, the client asks again with plain.",
        breaks=("rfc7636-7.2-client-no-downgrade",),
        edits=(replace(ANSWER, "refuse_error", ask_again_by_plain),),
    ),
    Defect(
        name="pkce-never-sent",
        says="The client knows no PKCE.",
        breaks=("rfc7636-5-client-sends-to-all",),
        edits=left_out_where(lambda login: True),
    ),
    Defect(
        name="pkce-sent-if-announced",
        says="PKCE is left out where the server doesn't announce it.",
        breaks=("rfc7636-5-client-sends-to-all",),
        edits=left_out_where(announces_none),
    ),
    Defect(
        name="pkce-not-sent-with-secret",
        says="A client with a secret sends no challenge.",
        breaks=("rfc7636-5-client-sends-to-all",),
        edits=left_out_where(has_secret),
    ),
    Defect(
        name="pkce-not-sent-to-second-server",
        says="A second server gets no challenge.",
        breaks=("rfc7636-5-client-sends-to-all",),
        edits=left_out_where(at_other_server),
    ),
    Defect(
        name="verifier-of-repeated-blocks",
        says="The verifier is eight hexadecimal digits, written six times.",
        breaks=WEAK,
        edits=(made(lambda login: secrets.token_hex(4) * 6),),
    ),
    Defect(
        name="verifier-mirrored",
        says="The verifier is 128 bits, and the same backward.",
        breaks=("rfc7636-7.1-client-256-bits",),
        edits=(made(lambda login: mirrored(secrets.token_urlsafe(16))),),
    ),
    Defect(
        name="verifier-in-both-cases",
        says="The verifier is 24 hexadecimal digits, and the same in capitals.",
        breaks=("rfc7636-7.1-client-256-bits",),
        edits=(made(lambda login: in_both_cases(secrets.token_hex(12))),),
    ),
    Defect(
        name="verifier-constant",
        says="The verifier is a text in the source.",
        breaks=FRESH,
        edits=(made(lambda login: "a-verifier-from-the-source-code-0123456789-abcdef"),),
    ),
    Defect(
        name="verifier-of-the-process",
        says="One verifier serves all logins of a process.",
        breaks=FRESH,
        edits=(made(of_the_process),),
    ),
    Defect(
        name="verifier-of-one-digit",
        says="A verifier is a number with many zeros in front of it.",
        breaks=WEAK,
        edits=(made(lambda login: f"{secrets.randbelow(10**6):043d}"),),
    ),
    Defect(
        name="verifier-seeded-by-the-second",
        says="The verifier comes from a generator that is seeded with the time in seconds.",
        breaks=("rfc7636-7.1-client-verifier-random", *FRESH),
        edits=(made(lambda login: f"{random.Random(int(time.time())).getrandbits(256):064x}"),),
    ),
    Defect(
        name="verifier-of-the-clock",
        says="The verifier is the time of day, filled up to its length.",
        breaks=WEAK,
        edits=(made(lambda login: f"{time.time_ns():043d}"),),
    ),
    Defect(
        name="verifier-too-short",
        says="The verifier has 32 characters.",
        breaks=FRESH,
        edits=(made(lambda login: secrets.token_hex(16)),),
    ),
    Defect(
        name="verifier-too-long",
        says="The verifier has 171 characters.",
        breaks=FRESH,
        edits=(made(lambda login: secrets.token_urlsafe(128)),),
    ),
    Defect(
        name="verifier-of-24-octets",
        says="The verifier is 24 octets in hexadecimal digits: long enough, and weaker than recommended.",
        breaks=("rfc7636-7.1-client-256-bits",),
        edits=(made(lambda login: secrets.token_hex(24)),),
    ),
    Defect(
        name="verifier-padded",
        says="The verifier ends with the padding of base64.",
        breaks=FRESH,
        edits=(made(lambda login: secrets.token_urlsafe(32) + "="),),
    ),
    Defect(
        name="challenge-in-hexadecimal-digits",
        says="The challenge is the hash in hexadecimal digits.",
        breaks=("rfc7636-4.2-client-derives-challenge",),
        edits=(challenged(in_hexadecimal_digits),),
    ),
    Defect(
        name="verifier-in-authorization-request",
        says="The verifier goes through the user agent.",
        breaks=("rfc9700-2.1.1-client-hides-verifier",),
        edits=(after(REQUEST, "make_verifier", show_verifier),),
    ),
    Defect(
        name="verifier-digest-of-state",
        says="The verifier is a digest of the state.",
        breaks=("rfc7636-7.1-client-verifier-random",),
        edits=(made(lambda login: hashlib.sha256(login.state.encode()).hexdigest()),),
    ),
)
