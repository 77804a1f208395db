"""Cases drawn from the OpenAPI document: they name all of it, are served where they should be, and hold no secret."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from conformance.fuzz.openapi import OPERATIONS, document, token_requests
from conformance.fuzz.openapi_links import LINKS
from conformance.harness.fuzzing import fuzzing_of
from conformance.harness.trial import Trial
from conformance.running.collecting import Case
from conformance.wire.exchange import Reply
from reference_server.pipeline import Call, Response, after, before
from tests.fuzz.running import fuzz_cases, fuzzed
from tests.matrix.engine import open_world


def test_every_operation_and_link_of_the_document_is_known() -> None:
    paths = document()["paths"]
    described = {
        operation["operationId"]: (path, method.upper())
        for path, item in paths.items()
        for method, operation in item.items()
    }
    assert {name: (path, method) for name, (path, method, _) in OPERATIONS.items()} == described
    assert set(LINKS) == set(paths["/oauth/token"]["post"]["responses"]["200"]["links"])


def own_cases(*parts: str) -> list[Case]:
    """The tests on the document that have one of these parts in their names."""
    own = [case for case in fuzz_cases() if "test_openapi" in case.function.__module__]
    return [case for case in own if any(part in case.name for part in parts)]


@pytest.mark.parametrize("case", own_cases("as_described", "leads_to"), ids=lambda case: case.name)
def test_positive_cases_are_served_and_not_refused(case: Case) -> None:
    replies: list[Reply] = []

    def recorded(trial: Trial, *arguments: Any) -> Reply:
        replies.append(exchange(trial, *arguments))
        return replies[-1]

    exchange = Trial.exchange
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trial, "exchange", recorded)
        (ended,) = fuzzed([case], "quick").values()

    assert ended.outcome.word == "kept", ended.outcome
    assert len(replies) >= 10
    assert [str(reply) for reply in replies if not (reply.is_success or reply.is_redirect)] == []


def test_cases_with_a_token_are_let_in() -> None:
    ended = fuzzed(own_cases("server_error[getMe]", "server_error[postApp]", "server_error[getTokenInfo]"), "quick")

    last = [each.trial.exchanges[-1].reply for each in ended.values()]
    assert [reply.status if reply else None for reply in last] == [200, 200, 200]


def test_stored_cases_hold_placeholders_for_secrets() -> None:
    world = open_world(None)
    world.session.fuzzing = fuzzing_of("quick", 0)
    drawn: list[str] = []

    @settings(max_examples=30, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(fields=token_requests(Trial(world.session).given))
    def keep(fields: dict[str, str]) -> None:
        drawn.append(str(fields))

    keep()
    world.session.close()
    secrets = {client.client_secret for client in world.session.target.clients.values()}
    secrets |= {owner.password for owner in world.session.target.owners.values()}
    assert any("{password}" in text for text in drawn)
    assert not [text for text in drawn for secret in secrets if secret and secret in text]


def broken_down(call: Call) -> Response:
    """A server that answers nothing but that it failed."""
    return Response(500)


def test_a_server_error_keeps_no_sentence() -> None:
    edits = (after("introspection", "read_form", broken_down), before("token_info", "require_bearer", broken_down))
    chosen = own_cases("whatever_introspection_serves", "token_info_tells_nothing")

    ended = fuzzed(chosen, "quick", edits=edits)

    assert [each.outcome.word for each in ended.values()] == ["inconclusive", "inconclusive"]
