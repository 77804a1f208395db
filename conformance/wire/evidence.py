"""Exchanges as evidence: redacted where they are shown, and bounded."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from conformance.wire.exchange import Exchange
from conformance.wire.redaction import Redactor


def rendered(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    """An exchange as evidence: redacted, bounded, ready for JSON."""
    with redactor.within(_texts_of(exchange)):
        return _rendered(exchange, redactor)


def _texts_of(exchange: Exchange) -> list[str]:
    """All texts of an exchange, as they are redacted, or more of them."""
    request, reply = exchange.request, exchange.reply
    texts = [request.url, exchange.failure, *(value for _, value in request.headers), _read(request.body)]
    if reply is not None:
        texts += [*reply.remarks, *(value for _, value in reply.headers), _read(reply.body)]
    return texts


def _rendered(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    request, reply = exchange.request, exchange.reply
    headers, remarks = _shown_headers(request.headers, redactor)
    shown: dict[str, Any] = {
        "at": round(exchange.at, 4),
        "phase": exchange.phase,
        "request": {
            "method": request.method,
            "url": _cut(redactor.text(request.url[:LONGEST_URL]), len(request.url), LONGEST_URL),
            "headers": headers,
            "body": _shown_body(request.body, redactor),
        },
    }
    if reply is None:
        shown["failure"] = redactor.text(exchange.failure)
    else:
        headers, more_remarks = _shown_headers(reply.headers, redactor)
        remarks += [*map(redactor.text, reply.remarks), *more_remarks]
        shown["response"] = {
            "status": reply.status,
            "headers": headers,
            "body": _shown_body(reply.body, redactor),
            "ms": round(reply.elapsed * 1000, 2),
            "size": len(reply.body),
        }
    if remarks:
        shown["remarks"] = remarks
    if exchange.picture:
        shown["picture"] = f"data:image/jpeg;base64,{base64.b64encode(exchange.picture).decode('ascii')}"
    return shown


# Bytes and characters that are shown of a body, a header's value, all headers together, a URL.
LONGEST_EVIDENCE = 4096
LONGEST_HEADERS = 4 * LONGEST_EVIDENCE
LONGEST_URL = 4 * LONGEST_EVIDENCE
# Read beyond the cut, so that a secret which the cut goes through is known as one.
BEYOND_THE_CUT = 2 * LONGEST_EVIDENCE


def _shown_body(body: bytes, redactor: Redactor) -> str:
    """Body text for evidence; what isn't UTF-8 shows as replacement characters, what is long is cut and says so."""
    text = redactor.text(_read(body))
    return text if len(body) <= LONGEST_EVIDENCE else f"{text[:LONGEST_EVIDENCE]}\n... ({len(body)} bytes in all)"


def _read(body: bytes) -> str:
    """As much of a body as matters for what is shown of it."""
    return body[: LONGEST_EVIDENCE + BEYOND_THE_CUT].decode("utf-8", "replace")


def _shown_headers(headers: Sequence[tuple[str, str]], redactor: Redactor) -> tuple[list[list[str]], list[str]]:
    """Headers for evidence, as many as there is room for; a remark where some are left out."""
    shown: list[list[str]] = []
    room = LONGEST_HEADERS
    for name, value in headers:
        pair = [_cut(name, len(name)), _cut(redactor.header(name, value), len(value))]
        room -= len(pair[0]) + len(pair[1])
        if room < 0:
            return shown, [f"{len(headers)} headers in all: the first {len(shown)} are shown"]
        shown.append(pair)
    return shown, []


def _cut(text: str, length: int, longest: int = LONGEST_EVIDENCE) -> str:
    return text if len(text) <= longest and length <= longest else f"{text[:longest]}... ({length} characters in all)"
