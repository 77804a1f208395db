"""How an answer leaves the OpenAPI document: its status, its headers, its media type, its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from conformance.base.schemas import fault
from conformance.wire.exchange import Reply

Document = Mapping[str, Any]


def deviations(document: Document, path: str, reply: Reply) -> Iterator[str]:
    """What the document doesn't say of an answer at one of its paths, in words; nothing for other paths."""
    item = document["paths"].get(path)
    if item is None:
        return
    what = f"{reply.request.method} {path}: {reply.status}"
    operation = item.get(reply.request.method.lower())
    if operation is None:
        if reply.status not in (404, 405):
            yield f"{what}: the method is not documented"
        return
    response = _resolved(document, operation["responses"].get(str(reply.status)))
    if response is None:
        yield f"{what}: the status is not documented"
        return
    required = [name for name, header in response.get("headers", {}).items() if header.get("required")]
    yield from (f"{what}: no {name}" for name in required if reply.header(name) is None)
    content = response.get("content")
    if content is None or not reply.body:
        return
    if reply.media_type not in content:
        yield f"{what}: {reply.media_type or 'no media type'} is not documented"
    elif reply.media_type == "application/json":
        reason = _body_fault(content[reply.media_type]["schema"], reply.json)
        if reason is not None:
            yield f"{what}: {reason}"


def _resolved(document: Document, response: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A response of an operation, or the one of the components that it refers to."""
    if response is None or "$ref" not in response:
        return response
    found: Mapping[str, Any] = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return found


def _body_fault(schema: Mapping[str, Any], body: Any) -> str | None:
    """Why a body doesn't fit its schema."""
    if "$ref" in schema:
        error = fault(schema["$ref"].removesuffix(".schema.json"), body)
    else:
        error = next(Draft202012Validator(schema).iter_errors(body), None)
    return None if error is None else error.message
