"""The OpenAPI document is valid, and the reference server answers as it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from openapi_spec_validator import validate

from conformance.base.schemas import schema_folder
from conformance.fuzz.described import deviations
from conformance.wire.asgi import AsgiTransport
from conformance.wire.exchange import Reply, Request
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
    own = [(urlsplit(reply.request.url).path, reply) for reply in replies if reply.request.url.startswith(BASE)]
    assert sorted({text for path, reply in own for text in deviations(DOCUMENT, path, reply)}) == []
