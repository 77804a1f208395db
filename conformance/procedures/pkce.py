"""Codes with a challenge (RFC 7636), and the verifiers that are presented for them.

The pairs are the test's own: what the profile says of a client's PKCE plays no part here.
"""

from __future__ import annotations

import base64
import re
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.browser.authorization_request import challenge
from conformance.browser.user_agent import Answer
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Change, Send
from conformance.harness.tokens import Code
from conformance.procedures.authorization_answers import code_client, other_redirect_uri
from conformance.procedures.authorization_requests import ordinary_request, taken_by_post
from conformance.procedures.code_exchanges import seen_exchanged
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

ALPHANUMERIC = string.ascii_letters + string.digits
UNRESERVED = ALPHANUMERIC + "-._~"
SHORTEST, LONGEST, BETWEEN = 43, 128, 64
SPECIAL = "-._~"
# Loosely, what a text says that explains a fault of PKCE.
EXPLAINS = re.compile(r"challenge|pkce|proof|verif|method|transform|algorithm|S256|[^\x00-\x7f]", re.I)
# The pair of Appendix B.
EXAMPLE_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@dataclass(frozen=True, slots=True)
class Pair:
    """A verifier, its challenge, and the method as it is sent: None where it is left out."""

    verifier: str
    challenge: str
    method: str | None

    @property
    def parameters(self) -> dict[str, Any]:
        """What an authorization request carries."""
        return {"code_challenge": self.challenge or OMIT, "code_challenge_method": self.method or OMIT}


NO_PAIR = Pair("", "", None)


def s256_pair(verifier: str | None = None) -> Pair:
    """A pair by S256, with a fresh verifier unless one is given."""
    verifier = verifier or verifier_of(SHORTEST)
    return Pair(verifier, challenge(verifier, "S256")["code_challenge"], "S256")


def plain_pair(verifier: str | None = None, *, named: bool = True) -> Pair:
    """A pair whose challenge is the verifier; the method is left out unless it is to be named."""
    verifier = verifier or verifier_of(SHORTEST)
    return Pair(verifier, verifier, "plain" if named else None)


def plain_by_default() -> Pair:
    """A pair whose challenge is the verifier, without a method."""
    return plain_pair(named=False)


def hashed_without_method(verifier: str | None = None) -> Pair:
    """A challenge by S256 that goes out without a method: by default it is taken for the verifier itself."""
    return replace(s256_pair(verifier), method=None)


def appendix_b_pair() -> Pair:
    """The pair of Appendix B."""
    return s256_pair(EXAMPLE_VERIFIER)


def in_both_alphabets() -> Pair:
    """A pair whose challenge holds both characters that base64url has in place of base64's."""
    return pair_where(lambda text: "-" in text and "_" in text, BETWEEN)


def of_text() -> Pair:
    """A pair that base64 and base64url write alike, of another length than most."""
    return pair_where(has_no_special, BETWEEN)


def of_every_character() -> Pair:
    """A pair whose verifier holds every unreserved character."""
    return pair_where(has_no_special, len(UNRESERVED) + 2, UNRESERVED)


def shortest_pair() -> Pair:
    """A pair with a verifier as short as can be, with every kind of character."""
    return pair_where(has_no_special, SHORTEST, SPECIAL)


def longest_pair() -> Pair:
    """A pair with a verifier as long as can be."""
    return pair_where(has_no_special, LONGEST)


def shortest_plain() -> Pair:
    """A pair of the shortest challenge, by plain, with every kind of character."""
    return plain_pair(verifier_of(SHORTEST, SPECIAL))


def longest_plain() -> Pair:
    """A pair of the longest challenge, by plain, with every kind of character."""
    return plain_pair(verifier_of(LONGEST, SPECIAL))


def verifier_of(length: int, special: str = "") -> str:
    """A fresh verifier of so many characters: letters and digits, with `special` in its middle."""
    drawn = "".join(secrets.choice(ALPHANUMERIC) for _ in range(length - len(special)))
    return drawn[: length // 2] + special + drawn[length // 2 :]


def pair_where(holds: Callable[[str], bool], length: int, special: str = "") -> Pair:
    """A fresh pair by S256 whose challenge has a property."""
    while not holds((pair := s256_pair(verifier_of(length, special))).challenge):
        pass
    return pair


def has_no_special(text: str) -> bool:
    """Whether a challenge reads the same in base64 and base64url."""
    return "-" not in text and "_" not in text


# Flows


def pkce_client(given: Given, name: str) -> Client:
    """The main client that gets codes (`main`), or one by its name."""
    return given.client_for("authorization_code") if name == "main" else code_client(given, name)


def code_with(given: Given, client: Client, pair: Pair, redirect_uri: str | None = None) -> Code:
    """A fresh code with that challenge, for the client's first redirection URI unless told; what it needs is the pair's
    verifier."""
    place = {"redirect_uri": redirect_uri} if redirect_uri is not None else {}
    return replace(given.authorization_code(client, **pair.parameters, **place), verifier=pair.verifier)


def redemption_reply(given: Given, send: Send, name: str, pair: Pair, **changes: Any) -> Reply:
    """The exchange of a fresh code with that challenge, by its verifier."""
    return send.code_exchange(code_with(given, pkce_client(given, name), pair), **changes)


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of a challenge: the answer to the authorization request, and the reply to the exchange by its
    verifier; None where no code came."""

    pair: Pair
    answer: Answer
    reply: Reply | None


def flow(given: Given, send: Send, name: str, make: Callable[[], Pair] = s256_pair) -> Flow:
    """A flow in which everything is right, where the client gets tokens as it usually does; seen once for each client
    and kind of pair."""
    client = pkce_client(given, name)

    def procedure() -> Flow:
        seen_exchanged(given, client)
        pair = make()
        answer = send.authorize(client, **pair.parameters)
        if not answer.get("code"):
            return Flow(pair, answer, None)
        return Flow(pair, answer, send.code_exchange(replace(given.code_in(answer), verifier=pair.verifier)))

    return given.observed(f"a code of {client.name} with a challenge ({make.__name__})", procedure)


def expect_served(expect: Expect, found: Flow) -> None:
    """A code with that challenge is issued, and its verifier redeems it."""
    expect(found.answer).carries("code")
    if found.reply is not None:
        expect(found.reply).issues_a_token()


def client_seen_to_exchange(given: Given, send: Send, name: str, make: Callable[[], Pair] = s256_pair) -> Client:
    """The positive control: the client got a token for a code with a challenge of that kind."""
    found = flow(given, send, name, make)
    if found.reply is None:
        raise Inconclusive(f"positive control: a flow with PKCE should get a code, but got {found.answer}")
    given.issued(found.reply, "an exchange with the right verifier")
    return pkce_client(given, name)


# What is presented instead of the right verifier: changes of the token request. The second argument is the verifier
# of an earlier code of the same client, which was redeemed with it.
PRESENTED: Mapping[str, Callable[[Code, str], dict[str, Any]]] = {
    "another": lambda code, earlier: {"code_verifier": verifier_of(SHORTEST)},
    "earlier": lambda code, earlier: {"code_verifier": earlier},
    "missing": lambda code, earlier: {"code_verifier": OMIT},
    "empty": lambda code, earlier: {"code_verifier": ""},
    "truncated": lambda code, earlier: {"code_verifier": _verifier(code)[:-1]},
    "extended": lambda code, earlier: {"code_verifier": f"{_verifier(code)}x"},
    "letter-case": lambda code, earlier: {"code_verifier": _verifier(code).swapcase()},
    "space-behind": lambda code, earlier: {"code_verifier": f"{_verifier(code)} "},
    "last-character": lambda code, earlier: {"code_verifier": _verifier(code)[:-1] + "~"},
    "twice": lambda code, earlier: {"code_verifier": [verifier_of(SHORTEST), _verifier(code)]},
    "challenge-itself": lambda code, earlier: {"code_verifier": s256_pair(_verifier(code)).challenge},
    "stray-method": lambda code, earlier: {
        "code_verifier": s256_pair(_verifier(code)).challenge,
        "code_challenge_method": "plain",
    },
}


def _verifier(code: Code) -> str:
    return code.verifier or ""


def reply_without_verifier(
    given: Given, send: Send, how: str, name: str = "main", make: Callable[[], Pair] = s256_pair
) -> Reply:
    """The answer to a code exchange without the right verifier, between two that succeed with theirs; asked once."""
    client = pkce_client(given, name)

    def procedure() -> Reply:
        client_seen_to_exchange(given, send, name, make)
        code = code_with(given, client, make())
        earlier = flow(given, send, name, make).pair.verifier
        reply = send.code_exchange(code, **PRESENTED[how](code, earlier))
        given.control(code, after=reply)
        return reply

    return given.observed(f"the verifier of {client.name}: {how} ({make.__name__})", procedure)


def presented_again(given: Given, send: Send, verifier: Change) -> Reply:
    """A second exchange with a verifier that isn't the one, or without any, after a first was refused; asked once."""
    client = client_seen_to_exchange(given, send, "main")
    code = code_with(given, client, s256_pair())
    first = send.code_exchange(code, code_verifier=verifier_of(SHORTEST))
    if not first.is_refusal:
        raise Vacuous(f"the first exchange with another verifier is not refused: {first}")
    return send.code_exchange(code, code_verifier=verifier)


def code_at_second_uri(given: Given, name: str) -> Code:
    """A fresh code with a challenge, for the second redirection URI of a client that was seen to exchange another.

    A server may look at challenges where its own examples have them: at the first client, at its first URI.
    """
    client, pair = seen_exchanged(given, code_client(given, name)), s256_pair()
    return code_with(given, client, pair, other_redirect_uri(client))


def with_verifier_of_parallel_flow(given: Given, send: Send) -> Reply:
    """A code presented with the verifier of another code of the same client, which is good at the same time."""
    client = client_seen_to_exchange(given, send, "main")
    code, other = code_with(given, client, s256_pair()), code_with(given, client, s256_pair())
    reply = send.code_exchange(code, code_verifier=other.verifier)
    given.control(code, after=reply)
    return reply


# Authorization requests that should fail


def asked_with(given: Given, send: Send, name: str, **changes: Any) -> Answer:
    """How an authorization request with other PKCE parameters ended; an ordinary one was served before. Asked once."""
    client = pkce_client(given, name)

    def procedure() -> Answer:
        client_seen_to_exchange(given, send, name)
        return send.authorize(client, **{**s256_pair().parameters, **changes})

    return given.observed(f"PKCE parameters of {client.name}: {sorted(changes.items(), key=str)}", procedure)


def without_challenge(given: Given, send: Send, value: Change = OMIT) -> Answer:
    """A public client's request without a challenge, or an empty one. Vacuous where the server serves it."""
    answer = asked_with(given, send, "public", code_challenge=value, code_challenge_method=OMIT)
    if answer.get("code"):
        raise Vacuous("the server doesn't require PKCE of this public client")
    return answer


def without_challenge_otherwise(given: Given, send: Send, how: str) -> Answer:
    """The same where the server doesn't serve the plain request: with a method alone, for the `last-uri`, by `post`."""
    without_challenge(given, send)
    if how == "post":
        taken_by_post(given, ordinary_request(given, send))
    uri = pkce_client(given, "public").redirect_uris[-1]
    own: dict[str, dict[str, Any]] = {
        "method-alone": {"code_challenge_method": "S256"},
        "last-uri": {"redirect_uri": uri},
        "post": {"method": "POST"},
    }
    return asked_with(given, send, "public", **{"code_challenge": OMIT, "code_challenge_method": OMIT, **own[how]})


def without_pkce(given: Given, send: Send) -> Flow:
    """A flow of the main client without challenge and verifier."""

    def procedure() -> Flow:
        answer = send.authorize(given.client_for("authorization_code"), **NO_PAIR.parameters)
        reply = send.code_exchange(replace(given.code_in(answer), verifier=None)) if answer.get("code") else None
        return Flow(NO_PAIR, answer, reply)

    return given.observed("a flow without PKCE", procedure)


def readable_in(text: str, hidden: str) -> bool:
    """Whether somebody who holds a text can read something in it: as it is, or in a part of it that is base64."""
    parts = re.split(r"[.~:|]", text)
    return hidden in text or any(hidden.encode() in decoded for part in parts for decoded in _decoded(part))


def _decoded(part: str) -> list[bytes]:
    """What a part is in base64, base64url or hexadecimal; nothing where it is none of them."""
    found = []
    for read in (base64.urlsafe_b64decode, base64.b64decode, bytes.fromhex):
        padded = part if read is bytes.fromhex else part + "=" * (-len(part) % 4)
        try:
            found.append(read(padded))
        except ValueError:
            continue
    return found
