"""Credentials that a run knows, and which recorded answers hold one of them: by value, whatever it is called there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from conformance.profile.target import Target
from conformance.wire.exchange import Reply, Request

# A shorter value, or one of letters alone, may be a word that stands somewhere by chance.
SHORTEST = 12
# What tokens are made of as a rule. What else a value has in it makes it odd: those are looked for one by one.
WORD = re.compile(r"[A-Za-z0-9._~+-]{12,}")


@dataclass(frozen=True, slots=True)
class Values:
    """Credentials, to be looked for in texts: those that are words, without padding, and the odd ones."""

    words: frozenset[str]
    odd: frozenset[str]

    def __or__(self, others: Values) -> Values:
        """These and others: a text is read once for all of them."""
        return Values(self.words | others.words, self.odd | others.odd)

    def within(self, text: str) -> bool:
        """Whether one of them stands in a text, as a word of its own."""
        return not self.words.isdisjoint(WORD.findall(text)) or any(value in text for value in self.odd)

    def given_by(self, request: Request) -> bool:
        """Whether the request itself holds one of them in its URI: the answer may repeat where it leads."""
        return self.within(unquote(request.url))


def values_of(values: Iterable[object]) -> Values:
    """Credentials to be looked for: texts that are no word of a language."""
    known = {value.rstrip("=") for value in values if isinstance(value, str)}
    known = {value for value in known if len(value) >= SHORTEST and not value.isalpha()}
    words = frozenset(value for value in known if WORD.fullmatch(value))
    return Values(words, frozenset(known - words))


def passwords_of(target: Target) -> Values:
    """The secrets of the profile's clients, and the passwords of its accounts, but for those that are a name too."""
    secrets = [client.client_secret for client in target.clients.values()]
    secrets += [owner.password for owner in target.owners.values()]
    names = {client.client_id for client in target.clients.values()}
    names |= {owner.username for owner in target.owners.values()}
    return values_of(secret for secret in secrets if secret not in names)


def body_of(reply: Reply) -> str:
    """The text of an answer, slashes as they are meant: some encoders of JSON escape them."""
    return reply.text.replace("\\/", "/")


def query_reached(reply: Reply) -> str:
    """What goes over the wire when a redirect is followed: its URI up to the fragment, decoded."""
    return unquote((reply.header("Location") or "").partition("#")[0])
