"""What a client's authorization requests and code exchanges say about PKCE."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

from conformance.base.outcomes import Vacuous
from conformance.clients.played import Played, Sent
from conformance.procedures.sampling import bits, described, guessing_hint

# RFC 7636 section 4.1: 43 to 128 unreserved characters.
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
# 32 octets in base64url.
OF_32_OCTETS = re.compile(r"[A-Za-z0-9_-]{43}")
WANTED_BITS = 256


def with_challenge(login: Played) -> Played:
    """The same login; vacuous where its authorization requests have no challenge, since then PKCE isn't used."""
    if not any(sent.first("code_challenge") for sent in login.all("start")):
        raise Vacuous("the client sends no code challenge")
    return login


def with_hash(login: Played) -> Played:
    """The login, of a client that sent an S256 challenge; vacuous for any other, as no server refused it anything."""
    if not any(sent.first("code_challenge_method") == "S256" for sent in login.all("start")):
        raise Vacuous("the client sends no challenge by S256")
    return login


def lacks_challenge(sent: Sent) -> str:
    """No challenge in a request for a code; other grants know none."""
    asks_for_code = "code" in (sent.first("response_type") or "code").split()
    return "no code_challenge" if asks_for_code and not sent.first("code_challenge") else ""


def is_plain(sent: Sent) -> str:
    """A challenge by plain, which is also what no method means; no challenge at all is no matter of method."""
    plain = sent.first("code_challenge") and (sent.first("code_challenge_method") or "plain") == "plain"
    return "a challenge by plain" if plain else ""


def is_no_hash(sent: Sent) -> str:
    """A challenge by another method than S256."""
    method = sent.first("code_challenge_method") or "none, which is plain"
    return f"the method {method}" if sent.first("code_challenge") and method != "S256" else ""


def challenges_of(starts: Sequence[Sent]) -> list[str]:
    """The challenges of some authorization requests; vacuous without any."""
    found = [challenge for sent in starts if (challenge := sent.first("code_challenge"))]
    if not found:
        raise Vacuous("the client sends no code challenge")
    return found


def verifiers_of(exchanges: Sequence[Sent]) -> list[str]:
    """The verifiers of some code exchanges, one for each code, which may come twice; vacuous without any."""
    found = {sent.first("code"): verifier for sent in exchanges if (verifier := sent.first("code_verifier"))}
    if not found:
        raise Vacuous("the client sends no code verifier")
    return list(found.values())


def repeated_values(values: Sequence[str]) -> str:
    """Values that come more than once."""
    return "" if len(set(values)) == len(values) else f"only {len(set(values))} different ones among {len(values)}"


def malformed_verifier(sent: Sent) -> str:
    """A verifier outside the grammar of section 4.1."""
    verifier = sent.first("code_verifier")
    if verifier is None or VERIFIER.fullmatch(verifier):
        return ""
    return f"a code_verifier of {len(verifier)} characters, or with others than the unreserved ones"


def weak_verifiers(values: Sequence[str]) -> str:
    """Verifiers that can be guessed."""
    return guessing_hint(values) or ""


def of_few_bits(values: Sequence[str]) -> str:
    """Verifiers with less than 256 bits, at most."""
    return "" if bits(values) >= WANTED_BITS else described(values)


def of_other_octets(values: Sequence[str]) -> str:
    """Verifiers that aren't 32 octets in base64url; vacuous where another way gives at least as many bits."""
    if all(OF_32_OCTETS.fullmatch(value) for value in values):
        return ""
    if bits(values) >= WANTED_BITS:
        raise Vacuous("the client makes its verifiers in another way, which is good for as many bits")
    return f"verifiers of {', '.join(map(str, sorted({len(value) for value in values})))} characters"


def underived_verifier(login: Played) -> str:
    """A verifier that no challenge of the login was made from."""
    challenges = {sent.first("code_challenge") for sent in login.all("start")}
    for sent in login.all("code exchange"):
        verifier = sent.first("code_verifier") or ""
        if not {verifier, s256_challenge(verifier)} & challenges:
            return "no code_challenge that is the code_verifier or its hash"
    return ""


def s256_challenge(verifier: str) -> str:
    """RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode("ascii")
