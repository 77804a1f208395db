"""What became of the credentials of a judged request before it was sent, read from the evidence of its test.

In evidence a credential is a placeholder, the same one for the same value: where it stands in a response it was issued,
where it stands in a request it was used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

Exchange = Mapping[str, Any]
Event = Literal["another client's", "used before", "revoked", "expired", "replayed", "parent revoked"]

CREDENTIAL = re.compile(r"\{(?:code|access_token|refresh_token)#[0-9-]+\}")
BASIC = re.compile(r"\{basic credentials of ([^,}]+)")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that had happened to a credential: which kind it is, and what."""

    kind: str
    event: Event


def story_of(judged: int, exchanges: Sequence[Exchange], clients: Mapping[str, str]) -> frozenset[Chapter]:
    """What had happened to the credentials of a request.

    `exchanges` are those of its test in order, `judged` is the request's place among them; `clients` are the client
    identifiers of the profile's clients by name.
    """
    before, request = exchanges[:judged], exchanges[judged]["request"]
    return frozenset(
        chapter
        for credential in dict.fromkeys(CREDENTIAL.findall(_sent(request)))
        for chapter in _chapters(credential, request, before, clients)
    )


def _chapters(
    credential: str, request: Mapping[str, Any], before: Sequence[Exchange], clients: Mapping[str, str]
) -> Iterator[Chapter]:
    kind = credential[1:].partition("#")[0]
    origin = next((place for place, each in enumerate(before) if credential in _received(each)), None)
    if origin is not None:
        owner, user = _client_at(origin, before, clients), _client_of(request, clients)
        if owner and user and owner != user and kind != "access_token":
            yield Chapter(kind, "another client's")
        for issued, parent in _parents(origin, before):
            if any(_is_use(each, parent) for each in before[issued + 1 :]):
                yield Chapter(kind, "replayed")
            if any(_is_revocation(each, parent) for each in before[issued + 1 :]):
                yield Chapter(kind, "parent revoked")
    if any(_is_use(each, credential) and _place(each) == request["url"].partition("?")[0] for each in before):
        yield Chapter(kind, "used before")
    if any(_is_revocation(each, credential) for each in before):
        yield Chapter(kind, "revoked")
    if any(_is_aging(each, credential) for each in before):
        yield Chapter(kind, "expired")


def _parents(origin: int, before: Sequence[Exchange]) -> Iterator[tuple[int, str]]:
    """The codes and refresh tokens that a credential goes back to, each with the place of what was issued for it."""
    for parent in CREDENTIAL.findall(_sent(before[origin]["request"])):
        yield origin, parent
        earlier = next((place for place, each in enumerate(before[:origin]) if parent in _received(each)), None)
        if earlier is not None:
            yield from _parents(earlier, before)


def _sent(request: Mapping[str, Any]) -> str:
    return "\n".join((request["url"], *(value for _, value in request["headers"]), request["body"]))


def _received(exchange: Exchange) -> str:
    response = exchange.get("response")
    if response is None:
        return ""
    return "\n".join((*(value for _, value in response["headers"]), response["body"]))


def _place(exchange: Exchange) -> str:
    return str(exchange["request"]["url"].partition("?")[0])


def _parameters(exchange_or_request: Mapping[str, Any]) -> dict[str, str]:
    request = exchange_or_request.get("request", exchange_or_request)
    return dict(parse_qsl(f"{request['url'].partition('?')[2]}&{request['body']}", keep_blank_values=True))


def _is_use(exchange: Exchange, credential: str) -> bool:
    """Whether a request presented a code or refresh token for tokens."""
    sent = _parameters(exchange)
    return "grant_type" in sent and credential in sent.values()


def _is_revocation(exchange: Exchange, credential: str) -> bool:
    """Whether a request revoked a credential: it names it as `token`, and no answer tells of it, or it deletes it."""
    request, response = exchange["request"], exchange.get("response")
    if response is None or response["status"] >= 300 or '"active"' in response["body"]:
        return False
    return _parameters(exchange).get("token") == credential or (
        request["method"] == "DELETE" and credential in _sent(request)
    )


def _is_aging(exchange: Exchange, credential: str) -> bool:
    sent = _parameters(exchange)
    return sent.get("credential") == credential and "seconds" in sent


def _client_of(request: Mapping[str, Any], clients: Mapping[str, str]) -> str:
    """The client that a request names, by its identifier."""
    for name, value in request["headers"]:
        found = BASIC.search(value) if name.lower() == "authorization" else None
        if found:
            return clients.get(found.group(1), found.group(1))
    return _parameters(request).get("client_id", "")


def _client_at(place: int, exchanges: Sequence[Exchange], clients: Mapping[str, str]) -> str:
    """The client that something was issued to: of the request itself, or of the authorization request ahead of it."""
    for each in reversed(exchanges[: place + 1]):
        client = _client_of(each["request"], clients)
        if client:
            return client
    return ""
