"""The OpenAPI document is valid, and the reference server answers as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from conformance.harness.asgi import AsgiTransport
from conformance.harness.exchange import Reply, Request
from conformance.harness.schemas import fault, schema_folder
from tests.matrix.engine import BASE, cases, open_world, run_case

PATH: Path = schema_folder() / "openapi.yaml"
DOCUMENT: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))


def test_the_document_is_valid() -> None:
    validate(DOCUMENT, base_uri=PATH.as_uri())


def test_schemathesis_loads_it() -> None:
    schemathesis = pytest.importorskip("schemathesis")
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    assert len(list(schema.get_all_operations())) == sum(len(item) for item in DOCUMENT["paths"].values())


def test_links_lead_to_operations() -> None:
    operations = {operation["operationId"] for item in DOCUMENT["paths"].values() for operation in item.values()}
    links = DOCUMENT["paths"]["/oauth/token"]["post"]["responses"]["200"]["links"]
    assert {link["operationId"] for link in links.values()} <= operations


@pytest.mark.parametrize(
    ("variant", "document"),
    [
        (None, ""),
        ("documented-refresh-token", "documented"),
        ("user-credentials-alias", "documented"),
        ("delete-token-answers-200", "documented"),
        ("token-info-extra-members", "documented"),
        ("extra-members", "documented"),
        ("external-refusal-on-page", "documented"),
    ],
)
def test_the_reference_server_answers_as_documented(
    monkeypatch: pytest.MonkeyPatch, variant: str | None, document: str
) -> None:
    """In every exchange of a whole run, and of the documented API's part of one on servers that differ."""
    replies: list[Reply] = []
    call = AsgiTransport._call

    async def recorded(transport: AsgiTransport, request: Request) -> Reply:
        reply = await call(transport, request)
        replies.append(reply)
        return reply

    monkeypatch.setattr(AsgiTransport, "_call", recorded)
    world = open_world(variant)
    try:
        for case in cases():
            if case.requirement.startswith(document):
                run_case(case, world)
    finally:
        world.session.close()

    assert replies
    assert sorted({text for reply in replies for text in deviations(reply)}) == []


def deviations(reply: Reply) -> Iterator[str]:
    """How an answer of a documented path leaves the document."""
    parts = urlsplit(reply.request.url)
    item = DOCUMENT["paths"].get(parts.path)
    if item is None or not reply.request.url.startswith(BASE):
        return
    what = f"{reply.request.method} {parts.path}: {reply.status}"
    operation = item.get(reply.request.method.lower())
    if operation is None:
        if reply.status not in (404, 405):
            yield f"{what}: the method is not documented"
        return
    response = resolved(operation["responses"].get(str(reply.status)))
    if response is None:
        yield f"{what}: the status is not documented"
        return
    required = [name for name, header in response.get("headers", {}).items() if header.get("required")]
    yield from (f"{what}: no {name}" for name in required if reply.header(name) is None)
    content = response.get("content")
    if content is None or not reply.body:
        return
    if reply.media_type not in content:
        yield f"{what}: {reply.media_type} is not documented"
    elif reply.media_type == "application/json":
        reason = body_fault(content[reply.media_type]["schema"], reply.json)
        if reason is not None:
            yield f"{what}: {reason}"


def resolved(response: dict[str, Any] | None) -> dict[str, Any] | None:
    """A response of an operation, or the one of the components that it refers to."""
    if response is None or "$ref" not in response:
        return response
    found: dict[str, Any] = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return found


def body_fault(schema: dict[str, Any], body: Any) -> str | None:
    """Why a body doesn't fit its schema."""
    if "$ref" in schema:
        error = fault(schema["$ref"].removesuffix(".schema.json"), body)
    else:
        error = next(Draft202012Validator(schema).iter_errors(body), None)
    return None if error is None else error.message
