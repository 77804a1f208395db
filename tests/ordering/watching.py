"""Watches who presents which credential: no test may present what another one was given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from conformance.wire.exchange import Reply, Request
from conformance.wire.transport import Transport

# Credentials are long; words so long hardly occur otherwise.
WORD = re.compile(r"[A-Za-z0-9_\-.]{20,}")
IN_BODY = ("access_token", "refresh_token")
IN_REDIRECT = ("code", "access_token")


@dataclass
class Watching:
    """A transport that notes which test each credential was given to, and which others present it."""

    inner: Transport
    test: str = ""
    owners: dict[str, str] = field(default_factory=dict)
    borrowed: set[tuple[str, str]] = field(default_factory=set)

    def send(self, request: Request) -> Reply:
        """Send one request."""
        self._look_at(request)
        reply = self.inner.send(request)
        self._learn(reply)
        return reply

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Send several at once."""
        for request in requests:
            self._look_at(request)
        replies = self.inner.send_together(requests, rehearsal)
        for reply in replies:
            self._learn(reply)
        return replies

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def _look_at(self, request: Request) -> None:
        headers = " ".join(value for _, value in request.headers)
        text = unquote_plus(f"{request.url} {headers} {request.body.decode('utf-8', 'replace')}")
        for word in WORD.findall(text):
            owner = self.owners.get(word, self.test)
            if owner != self.test:
                self.borrowed.add((self.test, owner))

    def _learn(self, reply: Reply) -> None:
        for value in _issued(reply):
            self.owners.setdefault(value, self.test)


def _issued(reply: Reply) -> Iterator[str]:
    try:
        members = json.loads(reply.body)
    except ValueError:
        members = {}
    if isinstance(members, dict):
        yield from (members[name] for name in IN_BODY if isinstance(members.get(name), str))
    parts = urlsplit(reply.header("Location") or "")
    for name, value in (*parse_qsl(parts.query), *parse_qsl(parts.fragment)):
        if name in IN_REDIRECT:
            yield value
