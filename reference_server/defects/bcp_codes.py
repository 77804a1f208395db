"""Breaches of RFC 9700 sections 2.1.1, 4.2, 4.5 and 4.8: codes, challenges and verifiers."""

from ..errors import OAuthError
from ..pipeline import Call, Edit, before, named, remove, replace
from ..steps.authorization_request import require_code_challenge
from ..steps.client_authentication import refuse_unauthenticated
from ..steps.grant_authorization_code import (
    check_code_client,
    refuse_unexpected_verifier,
    transformed,
)
from ..variants.security_bcp import REQUEST
from .bcp import bcp
from .conditions import Condition, only
from .pkce import (
    GRANT,
    brings_empty_verifier,
    checked_by,
    fits_any_code,
    fits_hash_or_challenge,
    fits_rightly,
    is_confidential,
    is_public,
    lacks_verifier,
    unchecked,
)

SUPPORTED, ENFORCED, DOWNGRADE = (
    "2.1.1-pkce-supported",
    "2.1.1-verifier-enforced",
    "2.1.1-verifier-without-challenge-refused",
)
BOUND, STOLEN, TRANSACTION = (
    "4.2.4-code-bound",
    "4.5.3.1-stolen-code-of-public-client-refused",
    "4.5.2-code-bound-to-transaction",
)
AT_EXCHANGE, LATE = "4.5.2-redirect-uri-compared-at-exchange", "4.8.2-challenge-bound-to-code"
REQUIRED = "4.8.2-required-challenge-enforced"
DETECTABLE, PUBLISHED = "2.1.1-pkce-support-detectable", "2.1.1-challenge-methods-published"


def fits_challenge_of_token_request(call: Call, verifier: str) -> bool:
    """Takes the challenge from the request at hand, if it brings one."""
    challenge = call.parameters.get("code_challenge") or call.code.challenge
    return transformed(verifier, call.code.challenge_method) == challenge


def fits_of_public_client(call: Call, verifier: str) -> bool:
    """The same for public clients alone."""
    return fits_challenge_of_token_request(call, verifier) if is_public(call) else fits_rightly(call, verifier)


def fits_beginning(call: Call, verifier: str) -> bool:
    """Compares as much of the verifier as an index holds."""
    return fits_rightly(call, verifier) or any(
        fits_rightly(call, verifier + letter)
        for letter in "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )


def uses_code_again() -> tuple[Edit, ...]:
    """Forgets that a code was used."""
    return tuple(
        remove(GRANT, name) for name in ("revoke_tokens_of_replayed_code", "check_code_unused", "consume_code")
    )


def tell_one_method(call: Call) -> None:
    """Tells of the method in a text."""
    call.answer["code_challenge_methods_supported"] = "S256"


def tell_plain(call: Call) -> None:
    """Tells of the method that it doesn't have."""
    call.answer["code_challenge_methods_supported"] = ["plain"]


def check_code_of_confidential(call: Call) -> None:
    """A client with a secret has shown who it is."""
    if not call.client.confidential:
        check_code_client(call)


def end_access_token_alone(call: Call) -> None:
    """Ends what can be used, and leaves what can be exchanged."""
    if call.code.used_at is not None:
        statement = "UPDATE tokens SET revoked_at = 1 WHERE grant_id = ? AND kind = 'access_token'"
        call.server.store.connection.execute(statement, (call.code.grant.id,))


def end_refresh_token_alone(call: Call) -> None:
    """Ends what can be exchanged, and leaves what expires anyhow."""
    if call.code.used_at is not None:
        statement = "UPDATE tokens SET revoked_at = 1 WHERE grant_id = ? AND kind = 'refresh_token'"
        call.server.store.connection.execute(statement, (call.code.grant.id,))


def exchanges_code(call: Call) -> bool:
    """A code is exchanged."""
    return call.parameters.get("grant_type") == "authorization_code"


def is_other(call: Call) -> bool:
    """Anything but the exchange of a code."""
    return not exchanges_code(call)


def refuse_challenge(condition: Condition) -> Edit:
    """Some clients can't use PKCE."""

    def refuse(call: Call) -> None:
        if call.parameters.get("code_challenge") is not None and condition(call):
            raise OAuthError("invalid_request", "The code_challenge parameter is unknown.")

    return before(REQUEST, "check_code_challenge", refuse)


DEFECTS = (
    bcp(
        "challenge-of-confidential-clients-refused",
        "Clients with a secret can't use PKCE.",
        (SUPPORTED,),
        refuse_challenge(is_confidential),
        on="bcp-clients-without-pkce",
        blocks=(ENFORCED, DOWNGRADE, TRANSACTION, LATE),
    ),
    bcp(
        "challenge-of-public-clients-refused",
        "Public clients can't use PKCE.",
        (SUPPORTED,),
        refuse_challenge(is_public),
        on="bcp-clients-without-pkce",
        blocks=(ENFORCED, DOWNGRADE, BOUND, STOLEN, LATE),
    ),
    bcp(
        "verifier-unchecked",
        "The challenge is stored, and no verifier is looked at.",
        (SUPPORTED, ENFORCED, BOUND, STOLEN, TRANSACTION, LATE),
        *unchecked(lambda call: True),
    ),
    bcp(
        "verifier-unchecked-for-public-clients",
        "No verifier is looked at where nobody authenticates.",
        (SUPPORTED, ENFORCED, BOUND, STOLEN, LATE),
        *unchecked(is_public),
    ),
    bcp(
        "verifier-unchecked-for-confidential-clients",
        "Clients with a secret need no verifier.",
        (SUPPORTED, ENFORCED, TRANSACTION, LATE),
        *unchecked(is_confidential),
    ),
    bcp(
        "missing-verifier-served",
        "The verifier is checked if there is one.",
        (ENFORCED, STOLEN),
        *unchecked(lacks_verifier),
    ),
    bcp(
        "empty-verifier-served",
        "An empty verifier counts as a right one.",
        (ENFORCED,),
        *unchecked(brings_empty_verifier),
    ),
    bcp(
        "challenge-passes-as-verifier",
        "The challenge itself is taken for a verifier.",
        (ENFORCED,),
        *checked_by(fits_hash_or_challenge),
    ),
    bcp(
        "shortened-verifier-served",
        "A verifier without its last character passes.",
        (ENFORCED,),
        *checked_by(fits_beginning),
    ),
    bcp(
        "verifier-of-any-code",
        "A verifier is good for every code of the client.",
        (TRANSACTION,),
        *checked_by(fits_any_code),
    ),
    bcp(
        "challenge-from-token-request",
        "A challenge in the token request stands in for the one of the code.",
        (LATE,),
        *checked_by(fits_challenge_of_token_request),
    ),
    bcp(
        "challenge-from-token-request-of-public-client",
        "The same, for public clients alone.",
        (LATE,),
        *checked_by(fits_of_public_client),
    ),
    bcp(
        "downgrade-served",
        "A verifier for a code without a challenge is ignored.",
        (DOWNGRADE,),
        remove(GRANT, "refuse_unexpected_verifier"),
    ),
    bcp(
        "downgrade-of-public-client-served",
        "A public client needs no challenge, and its verifier is ignored then.",
        (DOWNGRADE, REQUIRED),
        replace(REQUEST, "require_code_challenge", only(is_confidential, require_code_challenge)),
        replace(GRANT, "refuse_unexpected_verifier", only(is_confidential, refuse_unexpected_verifier)),
    ),
    bcp(
        "required-challenge-forgotten",
        "No client needs a challenge.",
        (REQUIRED,),
        remove(REQUEST, "require_code_challenge"),
    ),
    bcp(
        "pkce-untold",
        "The metadata doesn't tell of PKCE.",
        (DETECTABLE, PUBLISHED),
        remove("metadata", "put_code_challenge_methods"),
    ),
    bcp(
        "pkce-told-in-a-text",
        "The challenge methods are told as a text.",
        (DETECTABLE, PUBLISHED),
        replace("metadata", "put_code_challenge_methods", named("put_code_challenge_methods", tell_one_method)),
    ),
    bcp(
        "pkce-told-wrongly",
        "The metadata names another challenge method than there is.",
        (DETECTABLE,),
        replace("metadata", "put_code_challenge_methods", named("put_code_challenge_methods", tell_plain)),
    ),
    bcp(
        "code-works-twice",
        "A code can be redeemed more than once.",
        ("4.2.4-code-invalidated", "4.2.4-replay-revokes-tokens"),
        *uses_code_again(),
    ),
    bcp(
        "code-replay-unpunished",
        "A code that comes again is refused, and that is all.",
        ("4.2.4-replay-revokes-tokens",),
        remove(GRANT, "revoke_tokens_of_replayed_code"),
    ),
    bcp(
        "code-replay-ends-access-token-alone",
        "After a replay the refresh token lives on.",
        ("4.2.4-replay-revokes-tokens",),
        replace(
            GRANT, "revoke_tokens_of_replayed_code", named("revoke_tokens_of_replayed_code", end_access_token_alone)
        ),
    ),
    bcp(
        "code-replay-ends-refresh-token-alone",
        "After a replay the access token lives on.",
        ("4.2.4-replay-revokes-tokens",),
        replace(
            GRANT, "revoke_tokens_of_replayed_code", named("revoke_tokens_of_replayed_code", end_refresh_token_alone)
        ),
    ),
    bcp(
        "code-for-any-client",
        "A code is good for every client that authenticates.",
        (BOUND, AT_EXCHANGE),
        replace(GRANT, "check_code_client", named("check_code_client", check_code_of_confidential)),
        remove(GRANT, "check_redirect_uri"),
    ),
    bcp(
        "secret-unchecked-at-code-exchange",
        "Whoever has a code needs no right secret.",
        (BOUND,),
        replace("client_authentication", "refuse_unauthenticated", only(is_other, refuse_unauthenticated)),
    ),
    bcp(
        "redirect-uri-unchecked-at-exchange",
        "Another redirect URI makes no difference at the exchange.",
        (AT_EXCHANGE,),
        remove(GRANT, "check_redirect_uri"),
    ),
    bcp(
        "redirect-uri-not-needed-at-exchange",
        "The redirect URI may be left out at the exchange.",
        (AT_EXCHANGE,),
        remove(GRANT, "require_redirect_uri"),
    ),
)
