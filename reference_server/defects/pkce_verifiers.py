"""Breaches of RFC 7636 sections 4.1 to 4.2 and Appendix B: which verifiers are served, and by which method."""

import base64
import binascii
import hashlib
import re

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, replace, setting
from ..steps.authorization_request import (
    check_code_challenge_method,
)
from ..steps.grant_authorization_code import check_code_verifier, invalid_grant, require_code_verifier
from .conditions import when

GRANT = "grant.authorization_code"
REQUEST = "authorization.validate_request"
ORDINARY = 43
EXAMPLE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def verifier_of(call: Call) -> str:
    """What the token request brings."""
    return call.parameters.get("code_verifier") or ""


def held_to(pattern: str) -> Edit:
    """The format of verifiers is another one."""
    wanted = re.compile(pattern)

    def require_narrow_verifier(call: Call) -> None:
        require_code_verifier(call)
        if call.code.challenge is not None and not wanted.fullmatch(verifier_of(call)):
            raise invalid_grant("The code verifier is malformed.")

    return replace(GRANT, "require_code_verifier", require_narrow_verifier)


def require_32_octets(call: Call) -> None:
    """What is 43 characters long has to be 32 octets in base64url."""
    require_code_verifier(call)
    if len(verifier_of(call)) == ORDINARY and re.search(r"[.~]", verifier_of(call)):
        raise invalid_grant("The code verifier is malformed.")


def is_long(call: Call) -> bool:
    """A verifier by S256 that isn't as long as most are."""
    return call.code.challenge_method == "S256" and len(verifier_of(call)) > ORDINARY


def check_base64(call: Call) -> None:
    """Encodes the hash in the alphabet of base64."""
    value = base64.b64encode(hashlib.sha256(verifier_of(call).encode()).digest()).rstrip(b"=").decode("ascii")
    if value != call.code.challenge:
        raise invalid_grant("The code verifier does not match.")


def check_hash_of_octets(call: Call) -> None:
    """Hashes the octets that the verifier stands for."""
    try:
        octets = base64.urlsafe_b64decode(verifier_of(call) + "==")
    except binascii.Error as error:
        raise invalid_grant("The code verifier is malformed.") from error
    value = base64.urlsafe_b64encode(hashlib.sha256(octets).digest()).rstrip(b"=").decode()
    if value != call.code.challenge:
        raise invalid_grant("The code verifier does not match.")


def refuse_example(call: Call) -> None:
    """The verifier that everybody knows is on a list of leaked secrets."""
    if verifier_of(call) == EXAMPLE:
        raise invalid_grant("The code verifier is known to others.")
    check_code_verifier(call)


def refuse_verifier(call: Call) -> None:
    """Never comes to the same value."""
    raise invalid_grant("The code verifier does not match.")


def is_public(call: Call) -> bool:
    """A client without a secret asks."""
    return not call.client.confidential


def by_s256(call: Call) -> bool:
    """The challenge is a hash."""
    return call.parameters.get("code_challenge_method") == "S256"


def refuse_all(call: Call) -> None:
    """Knows nothing of it."""
    raise OAuthError("invalid_request", "The code challenge method is not supported.")


DEFECTS = (
    Defect(
        name="pkce-base64-alphabet",
        says="The hash of a long verifier is encoded in base64, with plus and slash.",
        breaks=("rfc7636-3-challenge-base64url",),
        edits=(replace(GRANT, "check_code_verifier", when(is_long, check_base64, check_code_verifier)),),
    ),
    Defect(
        name="pkce-hashes-decoded-octets",
        says="A long verifier is decoded before it is hashed.",
        breaks=("rfc7636-4.2-s256-challenge-is-hash",),
        edits=(replace(GRANT, "check_code_verifier", when(is_long, check_hash_of_octets, check_code_verifier)),),
    ),
    Defect(
        name="pkce-verifier-without-tilde",
        says="A verifier with a tilde or a full stop is refused.",
        breaks=("rfc7636-4.1-unreserved-characters-served",),
        edits=(held_to(r"[A-Za-z0-9\-_]*"),),
    ),
    Defect(
        name="pkce-verifier-is-32-octets",
        says="A verifier of 43 characters has to be 32 octets in base64url.",
        breaks=("rfc7636-4.1-shortest-verifier-served",),
        edits=(replace(GRANT, "require_code_verifier", require_32_octets),),
    ),
    Defect(
        name="pkce-verifier-up-to-100",
        says="A verifier of more than 100 characters is refused.",
        breaks=("rfc7636-4.1-longest-verifier-served",),
        edits=(held_to(".{43,100}"),),
    ),
    Defect(
        name="pkce-example-refused",
        says="The verifier of Appendix B is refused, since everybody knows it.",
        breaks=("rfc7636-B-example-served",),
        edits=(replace(GRANT, "check_code_verifier", refuse_example),),
    ),
    Defect(
        name="pkce-s256-not-implemented",
        says="Challenges by S256 are refused.",
        breaks=("rfc7636-4.2-s256-implemented", "rfc7636-4.3-challenge-parameters-taken"),
        edits=(setting(pkce_methods=("plain",)),),
        on="clients-use-plain",
    ),
    Defect(
        name="pkce-verifiers-refused",
        says="Challenges by S256 are stored, and no verifier redeems the code.",
        breaks=("rfc7636-4.5-verifier-taken", "rfc7636-4.6-right-verifier-goes-on"),
        edits=(
            replace(
                GRANT,
                "check_code_verifier",
                when(lambda call: call.code.challenge_method == "S256", refuse_verifier, check_code_verifier),
            ),
        ),
        on="clients-use-plain",
    ),
    Defect(
        name="pkce-plain-refused-though-supported",
        says="Challenges by plain are refused, though the server claims them.",
        breaks=("rfc7636-4.2-plain-challenge-is-verifier", "rfc7636-4.3-method-optional"),
        edits=(setting(pkce_methods=("S256",)),),
    ),
    Defect(
        name="pkce-plain-refused-to-public-clients",
        says="Challenges by plain are refused to public clients, though the server claims them.",
        breaks=("rfc7636-4.2-plain-challenge-is-verifier",),
        edits=(
            replace(
                REQUEST,
                "check_code_challenge_method",
                when(lambda call: is_public(call) and not by_s256(call), refuse_all, check_code_challenge_method),
            ),
        ),
    ),
)
