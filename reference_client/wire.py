"""Sends requests: bounded in time and size, over TLS that is verified, and never on to where an answer leads."""

from __future__ import annotations

import json
import ssl
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

import httpcore as httpcore  # httpx would import it when it is first used: all imports come at the start
import httpx

from .refusal import Refused
from .settings import Settings

FORM = "application/x-www-form-urlencoded"


Pairs: TypeAlias = list[tuple[str, str]]


@dataclass(slots=True)
class Draft:
    """A request that steps put together."""

    method: str
    url: str
    query: Pairs = field(default_factory=list)
    form: Pairs = field(default_factory=list)
    headers: Pairs = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes

    def json_object(self) -> dict[str, Any] | None:
        """The body as a JSON object; None: it isn't one."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


@dataclass(slots=True)
class Wire:
    """The connections of one login."""

    settings: Settings
    client: httpx.Client

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    def send(self, draft: Draft) -> Reply:
        """Sends a request as it was put together; what can't be sent or read ends the login."""
        return self.send_content(draft, urlencode(draft.form), FORM) if draft.form else self.send_content(draft)

    def send_content(self, draft: Draft, text: str | None = None, media_type: str = "") -> Reply:
        """Sends a request with a body of some type."""
        content = None if text is None else text.encode("ascii")
        headers = [*draft.headers, *([("Content-Type", media_type)] if media_type else [])]
        url = with_query(draft.url, draft.query)
        try:
            with self.client.stream(draft.method, url, content=content, headers=headers) as reply:
                return Reply(reply.status_code, reply.headers, self._read(reply))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as fault:
            raise Refused(f"{urlsplit(url).netloc} can't be asked: {fault}") from fault

    def _read(self, reply: httpx.Response) -> bytes:
        body = bytearray()
        end = time.monotonic() + self.settings.answer_seconds
        for chunk in reply.iter_bytes():
            body += chunk
            if len(body) > self.settings.answer_limit:
                raise Refused("the answer is too long")
            if time.monotonic() > end:
                raise Refused("the answer takes too long")
        return bytes(body)


def with_query(url: str, pairs: Pairs) -> str:
    """RFC 6749 sections 3.1 and 3.2: parameters are added to a query that is there already."""
    bare = url.partition("#")[0]
    if not pairs:
        return bare
    return bare + ("&" if "?" in bare else "?") + urlencode(pairs)


def connect(settings: Settings, certificates: str | None) -> Wire:
    """RFC 6749 section 10.9: certificate and host name are checked. Nothing of the environment changes a request."""
    trust = ssl.create_default_context(cafile=certificates)
    if not settings.verify_host or not settings.verify_tls:
        trust.check_hostname = False
    if not settings.verify_tls:
        trust.verify_mode = ssl.CERT_NONE
    client = httpx.Client(
        verify=trust,
        trust_env=False,
        follow_redirects=settings.follow_redirects,
        timeout=httpx.Timeout(settings.answer_seconds, connect=settings.connect_seconds),
    )
    return Wire(settings, client)
