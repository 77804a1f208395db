"""Samples of what the server issues, collected once a run, and values in their likeness that it didn't issue."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import replace

from conformance.base.outcomes import Inconclusive
from conformance.harness.given import Given
from conformance.harness.tokens import ActiveToken, Tokens
from conformance.procedures.sampling import SAMPLE_SIZE, is_jwt

SAMPLED = "a sample, which says more than a second one would"


def access_tokens(given: Given) -> list[str]:
    """Access tokens issued one after the other by the cheapest grant."""
    return given.observed("a sample of access tokens", lambda: _access_tokens(given))


def _access_tokens(given: Given) -> list[str]:
    given.once(SAMPLED)
    values: list[str] = []
    reused = False
    while len(values) < SAMPLE_SIZE:
        tokens = given.tokens()
        if reused or tokens.access_token not in values[-1:] or is_jwt(tokens.access_token):
            values.append(tokens.access_token)
        else:
            reused = True
        if reused and not given.claims("revocation"):
            break
        if reused:
            # A token that is handed out again as long as it lives: only an end brings a new one.
            given.revoked(tokens.access_token, tokens.client)
    return values


def refresh_tokens(given: Given) -> list[str]:
    """Refresh tokens issued one after the other: by refreshing where each is replaced, else by new grants."""
    return given.observed("a sample of refresh tokens", lambda: _refresh_tokens(given))


def _refresh_tokens(given: Given) -> list[str]:
    given.once(SAMPLED)
    is_replaced = _replaces(given)
    tokens = given.refreshable()
    values = [tokens.refresh_token or ""]
    while len(values) < SAMPLE_SIZE:
        tokens = given.refreshed(tokens) if is_replaced else given.refreshable(tokens.client, tokens.grant)
        if tokens.refresh_token in values[-1:]:
            break  # One token as long as it lives.
        values.append(tokens.refresh_token or "")
    return values


def _replaces(given: Given) -> bool:
    """Whether a refresh brings another refresh token."""
    tokens = given.refreshable()
    try:
        return given.refreshed(tokens).refresh_token != tokens.refresh_token
    except Inconclusive:
        return False


def codes(given: Given) -> list[str]:
    """Authorization codes issued one after the other."""
    return given.observed("a sample of codes", lambda: _codes(given))


def _codes(given: Given) -> list[str]:
    given.once(SAMPLED)
    return [given.authorization_code().value for _ in range(SAMPLE_SIZE)]


# Values that the server didn't issue


def with_one_character_changed(value: str) -> str:
    """One character in the middle is another of its kind: the last ones of an encoded text may mean nothing."""
    at = len(value) // 2
    kinds = ("0123456789", "abcdef", "ABCDEF")
    kind = next((kind for kind in kinds if value[at] in kind), "ag")
    return value[:at] + kind[(kind.find(value[at]) + 1) % len(kind)] + value[at + 1 :]


ALTERATIONS: dict[str, Callable[[str], str]] = {
    "changed": with_one_character_changed,
    "shortened": lambda value: value[:-4],
    "lengthened": lambda value: value + value[-4:],
}


def in_the_likeness(values: list[str]) -> str:
    """Each character is taken from one value or another at that place; of a JWT only the signature is made up."""
    if is_jwt(values[0]):
        head, _, signature = values[0].rpartition(".")
        return f"{head}.{secrets.token_urlsafe(len(signature))[: len(signature)]}"
    length = min(map(len, values))
    made = "".join(secrets.choice(values)[at] for at in range(length))
    return made if made not in values else with_one_character_changed(made)


def unsigned_jwt(values: list[str]) -> str:
    """A JWT that says of itself that it has no signature, with the claims of a real one where tokens are JWTs."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    claims = values[0].split(".")[1] if is_jwt(values[0]) else "eyJzdWIiOiJzb21lYm9keSJ9"
    return f"{header}.{claims}."


FORGERIES: dict[str, Callable[[list[str]], str]] = {
    "in the likeness of issued ones": in_the_likeness,
    "JWT without signature": unsigned_jwt,
}


def asked_about(live: ActiveToken, value: str) -> ActiveToken:
    """Another value, to be asked about where a token was seen active."""
    return replace(live, value=value)


def kept_refreshable(given: Given) -> Tokens:
    """Tokens whose refresh token is presented altered; refresh tokens are seen to work as they are."""
    return given.refreshed(given.refreshable())
