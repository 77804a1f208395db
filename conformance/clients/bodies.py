"""What a client meant to say in a body that is no form: read leniently, so that the mistake itself can be judged."""

from __future__ import annotations

from email import message_from_bytes

from conformance.browser.answer import pairs_of
from conformance.wire.content import read_json
from conformance.wire.exchange import Pairs, Request


def read_leniently(request: Request) -> Pairs:
    """The parameters of a body that isn't said to be a form: parts, members of JSON, or pairs under another name."""
    if (request.header("Content-Type") or "").strip().lower().startswith("multipart/"):
        return _parts(request)
    found = read_json(request.body)
    if isinstance(found, dict):
        return tuple((name, value) for name, value in found.items() if isinstance(value, str))
    return pairs_of(request.body.decode("utf-8", "replace"))


def _parts(request: Request) -> Pairs:
    """Each part that has a name."""
    head = f"Content-Type: {request.header('Content-Type')}\r\n\r\n".encode("utf-8", "replace")
    found = []
    for part in message_from_bytes(head + request.body).walk():
        name, value = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            found.append((name, value.decode("utf-8", "replace")))
    return found
