"""One HTTP request and its reply, as sent and received."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from conformance import __version__
from conformance.wire.challenges import error_told
from conformance.wire.content import read_json
from conformance.wire.registries import REQUEST_FAULTS

Pairs = Sequence[tuple[str, str]]
# How the suite names itself in its requests.
USER_AGENT = f"oauth2-conformance/{__version__}"
# The statuses on which a browser goes to the place in Location (Fetch standard, "redirect status").
REDIRECTS = (301, 302, 303, 307, 308)

# Error codes, letters alone, by which a server says that it failed, not what is wrong with the request.
BREAKDOWNS = frozenset(
    {
        "",
        "error",
        "servererror",
        "internal",
        "internalerror",
        "internalservererror",
        "unknownerror",
        "unexpectederror",
        "temporarilyunavailable",
        "unavailable",
        "serviceunavailable",
        "badgateway",
        "gatewaytimeout",
    }
)
# What a page of a server error may show: codes that RFC 6749, RFC 6750 and RFC 7009 define.
SHOWN = re.compile(rf"\b(?:{'|'.join(sorted(REQUEST_FAULTS))})\b")
# Bytes of a page that was written for the fault: longer ones tell of the server's insides, and quote anything.
SHORT_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out. `url` is absolute and sent verbatim; header text is latin-1."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __reduce__(self) -> tuple[type[Request], tuple[Any, ...]]:
        """Thousands go from one process to another, which dataclasses with slots do slowly."""
        return Request, (self.method, self.url, self.headers, self.body)

    def header(self, name: str) -> str | None:
        """The first header of that name, compared without case."""
        lower = name.lower()
        return next((value for key, value in self.headers if key.lower() == lower), None)


@dataclass(frozen=True)
class Reply:
    """A reply as received: status code, headers in order (latin-1 text), body bytes, seconds it took.

    `truncated` says that the body was longer than the harness reads; `remarks` are what the transport had to do.
    """

    request: Request
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    elapsed: float = 0.0
    truncated: bool = False
    remarks: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type[Reply], tuple[Any, ...]]:
        """What was received, without what has been read from it."""
        members = (self.request, self.status, self.headers, self.body, self.elapsed, self.truncated, self.remarks)
        return Reply, members

    def header(self, name: str) -> str | None:
        """The first header of that name, compared without case."""
        lower = name.lower()
        return next((value for key, value in self.headers if key.lower() == lower), None)

    def header_values(self, name: str) -> tuple[str, ...]:
        """All headers of that name, in order."""
        lower = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == lower)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def fault(self) -> str | None:
        """The error code by which the answer says what is wrong with the request; None where it names no such fault.

        It stands in the JSON of whatever status, in the Bearer challenge, or on the short page of a server error. That
        the server broke down is no fault of the request.
        """
        told = self.members.get("error")
        if not isinstance(told, str):
            shown = SHOWN.search(self.text) if self.status >= 500 and len(self.body) <= SHORT_PAGE else None
            told = error_told(self) or (shown[0] if shown else "")
        return told if re.sub("[^a-z]", "", told.lower()) not in BREAKDOWNS else None

    @property
    def is_served(self) -> bool:
        """Whether the server did what it was asked: a status 2xx beside an error is no success."""
        return self.is_success and self.fault is None

    @property
    def is_breakdown(self) -> bool:
        """A server error that names no fault: nothing was decided. Status 501 says by itself what isn't served."""
        return self.status >= 500 and self.status != 501 and self.fault is None

    @property
    def is_refusal(self) -> bool:
        """Decided, and not served."""
        return not self.is_served and not self.is_breakdown

    @property
    def is_redirect(self) -> bool:
        """Whether a browser goes elsewhere: a status that redirects, with a Location."""
        return self.status in REDIRECTS and self.header("Location") is not None

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; empty when absent."""
        return (self.header("Content-Type") or "").split(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        """The body as text: UTF-8, with replacement of what isn't."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None when it isn't any. Duplicate members keep the last value, as most parsers do."""
        return read_json(self.body)

    @property
    def members(self) -> dict[str, Any]:
        """The body's JSON object; empty when the body is anything else."""
        return self.json if isinstance(self.json, dict) else {}

    @property
    def form(self) -> dict[str, str]:
        """The body read as a form; for lenient reading only."""
        return dict(parse_qsl(self.text, keep_blank_values=True))

    def __str__(self) -> str:
        return summary(self)


def summary(reply: Reply) -> str:
    """The reply in one line for people: status, and what its body is."""
    location, error = reply.header("Location"), reply.members.get("error")
    if reply.is_redirect:
        return f"status {reply.status} with a redirect to {location}"
    if location is not None:
        return f"status {reply.status} with a Location, {location}, to which this status sends no browser"
    if error is not None:
        return f"status {reply.status} with error {error!r}"
    if reply.json is not None:
        shown = ", ".join(reply.members) if reply.members else f"{reply.text[:60]!r}"
        return f"status {reply.status} with JSON ({shown})"
    kind = reply.media_type or "no media type"
    size = f"more than {len(reply.body)}" if reply.truncated else len(reply.body)
    return f"status {reply.status} with {kind}, {size} bytes"


@dataclass(slots=True)
class Exchange:
    """A recorded request with its reply, or the failure that came in place of one.

    `phase` tells why it was sent: "given" (a precondition), "send" (the stimulus) or "effect" (asking what it did).
    `at` is seconds since the run began. `id` is its name in the run's evidence, once it has been rendered. `picture` is
    a JPEG of what a browser showed of the reply.
    """

    request: Request
    reply: Reply | None
    at: float
    phase: str = "send"
    failure: str = ""
    id: str = ""
    picture: bytes = b""

    def __reduce__(self) -> tuple[type[Exchange], tuple[Any, ...]]:
        """As for requests."""
        members = (self.request, self.reply, self.at, self.phase, self.failure, self.id, self.picture)
        return Exchange, members
