"""The GraphQL resource of the documented API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference_server import demo
from tests.reference_server.driver import Browser, Reply, bearer, browser

JSON = ("Content-Type", "application/json")
VIEWER = "{ viewer { clientId scopes } }"


@pytest.fixture(scope="module")
def agent() -> Browser:
    return browser()


def app_token(agent: Browser, scope: str = "app") -> str:
    reply = agent.token(demo.CONFIDENTIAL, grant_type="client_credentials", scope=scope)
    return str(reply.json["access_token"])


def ask(agent: Browser, body: Any, scope: str = "app", headers: tuple[tuple[str, str], ...] = (JSON,)) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return agent.request("POST", "/graphql", content, [*headers, bearer(app_token(agent, scope))])


def test_an_app_token_opens_it(agent: Browser) -> None:
    reply = ask(agent, {"query": VIEWER})
    assert reply.status == 200
    assert reply.json == {"data": {"viewer": {"clientId": "client-a", "scopes": ["app"]}}}


def test_variables_operation_names_and_get(agent: Browser) -> None:
    query = "query A($with: Boolean!) { viewer { clientId scopes @include(if: $with) } } query B { userCount }"
    body = {"query": query, "operationName": "A", "variables": {"with": False}}
    assert ask(agent, body).json == {"data": {"viewer": {"clientId": "client-a"}}}

    named = agent.request("GET", "/graphql?query=%7Bviewer%7BclientId%7D%7D", (), [bearer(app_token(agent))])
    assert named.json == {"data": {"viewer": {"clientId": "client-a"}}}


def test_fields_for_the_basic_right_only(agent: Browser) -> None:
    body = {"query": "{ userCount applications { clientId grants } }"}
    without, right = ask(agent, body), ask(agent, body, "app basic")
    assert without.json["data"]["userCount"] is None
    assert without.json["data"]["applications"][0] == {"clientId": "client-a", "grants": None}
    assert {error["extensions"]["code"] for error in without.json["errors"]} == {"FORBIDDEN"}
    assert right.json["data"]["userCount"] == len(demo.USERS)
    assert "errors" not in right.json


def test_other_tokens_are_refused(agent: Browser) -> None:
    user = agent.token(demo.CONFIDENTIAL, grant_type="password", username="alice", password="alice-demo-password")
    for token in (user.json["access_token"], app_token(agent, "basic")):
        reply = agent.request("POST", "/graphql", b"{}", [JSON, bearer(token)])
        assert reply.status == 403
        assert 'error="insufficient_scope"' in (reply.header("www-authenticate") or "")
    for headers in ([JSON], [JSON, bearer("invented")]):
        reply = agent.request("POST", "/graphql", json.dumps({"query": VIEWER}).encode(), headers)
        assert reply.status == 401
        assert (reply.header("www-authenticate") or "").startswith("Bearer ")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", {}, {"query": 1}, {"query": VIEWER, "variables": "x"}, {"query": VIEWER, "operationName": 1}],
    ids=str,
)
def test_malformed_requests(agent: Browser, body: Any) -> None:
    reply = ask(agent, body)
    assert reply.status == 400
    assert reply.json["errors"]


def test_other_media_types(agent: Browser) -> None:
    assert ask(agent, b"query=x", headers=(("Content-Type", "text/plain"),)).status == 415


@pytest.mark.parametrize("query", ["{", "{ nope }", "mutation { viewer }", "{ viewer " * 600], ids=len)
def test_bad_documents_are_told_as_graphql_tells(agent: Browser, query: str) -> None:
    reply = ask(agent, {"query": query})
    assert reply.status == 200
    assert reply.json["errors"][0]["message"]
    assert "data" not in reply.json
