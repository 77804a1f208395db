"""Breaches of RFC 7636 sections 4.3 to 4.6: whether, against what and by which method a verifier is checked."""

import re
from collections.abc import Callable
from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Parameters, Step, named, remove, replace
from ..steps.authorization_response import make_code
from ..steps.forms import refuse_repeated
from ..steps.grant_authorization_code import (
    check_code_verifier,
    check_redirect_uri,
    invalid_grant,
    require_code_verifier,
    transformed,
)
from ..steps.token import RECOGNIZED
from ..steps.token_response import put_error
from .conditions import Condition, nothing, only, when

GRANT = "grant.authorization_code"
BOTH = (require_code_verifier, check_code_verifier)
CUT_AT = 43


def verifier_of(call: Call) -> str:
    """What the token request brings."""
    return call.parameters.get("code_verifier") or ""


def unchecked(condition: Condition) -> tuple[Edit, ...]:
    """No verifier is demanded or checked where the condition holds."""
    return tuple(replace(GRANT, step.__name__, when(condition, nothing, step)) for step in BOTH)


def checked_by(fits: Callable[[Call, str], bool]) -> tuple[Edit, ...]:
    """The verifier is compared in another way; one in the wrong format is compared as well."""

    def check_otherwise(call: Call) -> None:
        if call.code.challenge is not None and not fits(call, verifier_of(call)):
            raise invalid_grant("The code verifier does not match.")

    return remove(GRANT, "require_code_verifier"), replace(GRANT, "check_code_verifier", check_otherwise)


def fits_rightly(call: Call, verifier: str) -> bool:
    """As it should be."""
    return transformed(verifier, call.code.challenge_method) == call.code.challenge


def is_confidential(call: Call) -> bool:
    """A client that has proved its identity asks."""
    return call.client.confidential


def is_public(call: Call) -> bool:
    """A client without a secret asks."""
    return not call.client.confidential


def lacks_verifier(call: Call) -> bool:
    """No verifier came."""
    return call.parameters.get("code_verifier") is None


def brings_empty_verifier(call: Call) -> bool:
    """The parameter came without a value."""
    return lacks_verifier(call) and re.search(rb"(?:^|&)code_verifier=?(?:&|$)", call.body) is not None


def is_plain(call: Call) -> bool:
    """The challenge is the verifier."""
    return call.code.challenge_method == "plain"


def fits_hash_or_challenge(call: Call, verifier: str) -> bool:
    """Tries one method after the other."""
    return fits_rightly(call, verifier) or verifier == call.code.challenge


def fits_by_method_of_token_request(call: Call, verifier: str) -> bool:
    """Takes the method from the request at hand, if it names one."""
    method = call.parameters.get("code_challenge_method") or call.code.challenge_method
    return transformed(verifier, method) == call.code.challenge


def fits_any_code(call: Call, verifier: str) -> bool:
    """Looks for the challenge among all codes of the client."""
    rows = call.server.store.connection.execute(
        "SELECT challenge FROM codes JOIN grants ON grants.id = grant_id WHERE client_id = ?", (call.client.client_id,)
    )
    return transformed(verifier, call.code.challenge_method) in {challenge for (challenge,) in rows}


def fits_in_any_case(call: Call, verifier: str) -> bool:
    """Compares as a database without regard to letter case does."""
    return transformed(verifier, call.code.challenge_method).lower() == (call.code.challenge or "").lower()


def fits_as_beginning(call: Call, verifier: str) -> bool:
    """Compares as far as the verifier goes."""
    return verifier != "" and (call.code.challenge or "").startswith(transformed(verifier, call.code.challenge_method))


def fits_in_short_column(call: Call, verifier: str) -> bool:
    """The challenge stands in a column that is made for hashes."""
    return transformed(verifier, call.code.challenge_method)[:CUT_AT] == (call.code.challenge or "")[:CUT_AT]


def fits_hash_of_either(call: Call, verifier: str) -> bool:
    """Hashes what came, and for plain the challenge too."""
    return fits_rightly(call, verifier) or verifier == transformed(call.code.challenge or "", "S256")


def make_code_with_hashed_challenge(call: Call) -> None:
    """Takes a challenge without a method for a hash."""
    if call.parameters.get("code_challenge") and call.parameters.get("code_challenge_method") is None:
        pairs = (*call.parameters.pairs, ("code_challenge_method", "S256"))
        call.parameters = changed(call.parameters, pairs=pairs)
    make_code(call)


def fits_hash_without_method(call: Call, verifier: str) -> bool:
    """Lets a hash pass by plain as well."""
    return fits_rightly(call, verifier) or transformed(verifier, "S256") == call.code.challenge


def refuse_stray_method(call: Call) -> None:
    """Knows the parameter, and that it doesn't belong here."""
    if call.parameters.get("code_challenge_method") is not None:
        raise OAuthError("invalid_request", "The code_challenge_method parameter has no place here.")
    require_code_verifier(call)


def check_code_verifier_first(call: Call) -> None:
    """Whoever has the verifier is the client that asked: nothing else is looked at."""
    if call.code.challenge is None or not fits_rightly(call, verifier_of(call)):
        check_redirect_uri(call)


def take_last_verifier(call: Call) -> None:
    """Takes the last of several, as form parsers do."""
    values = [value for name, value in call.parameters.pairs if name == "code_verifier"]
    others = tuple(pair for pair in call.parameters.pairs if pair[0] != "code_verifier")
    kept = [("code_verifier", values[-1])] if values else []
    call.parameters = Parameters((*others, *kept))


def refused_with(code: str) -> Step:
    """Another error code for a verifier that doesn't fit."""

    def check_code_verifier_otherwise(call: Call) -> None:
        try:
            check_code_verifier(call)
        except OAuthError as error:
            raise OAuthError(code, error.description) from error

    return named("check_code_verifier", check_code_verifier_otherwise)


def refuse_silently(call: Call) -> None:
    """Raises what has no error code."""
    try:
        check_code_verifier(call)
    except OAuthError as error:
        raise OAuthError("", error.description) from error


def without_repetitions(name: str) -> Edit:
    """A parameter that may be repeated."""
    known = tuple(each for each in RECOGNIZED if each != name)
    return replace("token", "refuse_repeated_parameters", refuse_repeated(*known))


DEFECTS = (
    Defect(
        name="pkce-verifier-never-checked",
        says="The challenge is stored, and no verifier is ever looked at.",
        breaks=("rfc7636-4.6-verifier-verified", "rfc7636-B-unequal-values-rejected"),
        edits=unchecked(lambda call: True),
    ),
    Defect(
        name="pkce-unchecked-for-confidential-clients",
        says="Clients with a secret need no verifier.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=unchecked(is_confidential),
    ),
    Defect(
        name="pkce-unchecked-for-public-clients",
        says="The verifier is checked where clients are authenticated, which public ones are not.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=unchecked(is_public),
    ),
    Defect(
        name="pkce-missing-verifier-served",
        says="The verifier is checked if there is one.",
        breaks=("rfc7636-4.5-verifier-required",),
        edits=unchecked(lacks_verifier),
    ),
    Defect(
        name="pkce-empty-verifier-served",
        says="An empty verifier counts as a right one.",
        breaks=("rfc7636-4.5-verifier-required",),
        edits=unchecked(brings_empty_verifier),
    ),
    Defect(
        name="pkce-last-of-two-verifiers-served",
        says="Of two verifiers the last one counts.",
        breaks=("rfc7636-4.5-verifier-required",),
        edits=(without_repetitions("code_verifier"), replace(GRANT, "require_code_verifier", take_last_verifier)),
    ),
    Defect(
        name="pkce-challenge-passes-as-verifier",
        says="Where the hash doesn't fit, the verifier itself is compared with the challenge.",
        breaks=("rfc7636-4.6-s256-compared", "rfc7636-4.5-method-bound-to-code"),
        edits=checked_by(fits_hash_or_challenge),
    ),
    Defect(
        name="pkce-method-from-token-request",
        says="The token request may name the method that its verifier is checked by.",
        breaks=("rfc7636-4.5-method-bound-to-code",),
        edits=checked_by(fits_by_method_of_token_request),
    ),
    Defect(
        name="pkce-stray-method-refused",
        says="A token request that names a method is refused.",
        breaks=("rfc7636-4.5-method-bound-to-code",),
        edits=(replace(GRANT, "require_code_verifier", refuse_stray_method),),
    ),
    Defect(
        name="pkce-verifier-of-any-code",
        says="A verifier is good for every code of the client.",
        breaks=("rfc7636-4.4-challenge-bound-to-code",),
        edits=checked_by(fits_any_code),
    ),
    Defect(
        name="pkce-compared-in-any-case",
        says="Challenges are compared without regard to letter case.",
        breaks=("rfc7636-4.6-plain-compared",),
        edits=checked_by(fits_in_any_case),
    ),
    Defect(
        name="pkce-beginning-compared",
        says="Of the challenge as much is compared as the verifier is long.",
        breaks=("rfc7636-4.6-plain-compared",),
        edits=checked_by(fits_as_beginning),
    ),
    Defect(
        name="pkce-challenge-cut",
        says="Of a challenge the first 43 characters are stored and compared.",
        breaks=("rfc7636-4.6-plain-compared",),
        edits=checked_by(fits_in_short_column),
    ),
    Defect(
        name="pkce-hash-passes-for-plain",
        says="The hash of a challenge by plain is taken for its verifier.",
        breaks=("rfc7636-4.6-plain-compared",),
        edits=checked_by(fits_hash_of_either),
    ),
    Defect(
        name="pkce-plain-never-checked",
        says="A challenge by plain is stored, and the verifier isn't compared with it.",
        breaks=("rfc7636-4.6-plain-compared",),
        edits=unchecked(is_plain),
    ),
    Defect(
        name="pkce-hash-by-default",
        says="A challenge without a method is taken for a hash.",
        breaks=("rfc7636-4.3-method-defaults-to-plain",),
        edits=(replace("authorization.code_response", "make_code", make_code_with_hashed_challenge),),
    ),
    Defect(
        name="pkce-hash-without-method",
        says="A challenge without a method may be a hash as well.",
        breaks=("rfc7636-4.3-method-defaults-to-plain",),
        edits=checked_by(fits_hash_without_method),
    ),
    Defect(
        name="pkce-right-verifier-excuses-redirect-uri",
        says="Where the verifier is right, no other redirect URI is noticed.",
        breaks=("rfc7636-4.6-right-verifier-goes-on",),
        edits=(replace(GRANT, "check_redirect_uri", check_code_verifier_first),),
    ),
    Defect(
        name="pkce-wrong-verifier-invalid-request",
        says="A wrong verifier is called an invalid request.",
        breaks=("rfc7636-4.6-wrong-verifier-invalid-grant",),
        edits=(replace(GRANT, "check_code_verifier", refused_with("invalid_request")),),
    ),
    Defect(
        name="pkce-wrong-verifier-access-denied",
        says="A public client's wrong verifier is called a denial.",
        breaks=("rfc7636-4.6-wrong-verifier-invalid-grant",),
        edits=(
            replace(GRANT, "check_code_verifier", when(is_public, refused_with("access_denied"), check_code_verifier)),
        ),
    ),
    Defect(
        name="pkce-wrong-verifier-without-error",
        says="The answer to a wrong verifier names no error.",
        breaks=("rfc7636-B-unequal-values-rejected", "rfc7636-4.6-wrong-verifier-invalid-grant"),
        edits=(
            replace(GRANT, "check_code_verifier", refuse_silently),
            replace("token.error", "put_error", only(lambda call: call.error.error != "", put_error)),
        ),
    ),
)
