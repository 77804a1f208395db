"""Where endpoints are found: in metadata wherever it is, in common layouts, and never on a host that was not named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.discovery.found_endpoints import Places, find_places, issuer_of, metadata_urls
from tests.harness.fakes import BASE, Answering, trial_with

METADATA = {"token_endpoint": f"{BASE}/t", "authorization_endpoint": f"{BASE}/a"}


def places_at(documents: Mapping[str, Mapping[str, Any]], url: str = BASE) -> Places:
    """What is found at a server that has these JSON documents, by path."""

    def handler(_method: str, path: str, _parameters: dict[str, str]) -> Answering:
        if path in documents:
            status = 400 if "error" in documents[path] else 200
            return status, {"Content-Type": "application/json"}, json.dumps(documents[path])
        return 404, {}, "not found"

    return find_places(trial_with(handler).session, url)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (BASE, "/.well-known/oauth-authorization-server"),
        (BASE, "/.well-known/openid-configuration"),
        (f"{BASE}/tenant", "/.well-known/oauth-authorization-server/tenant"),
        (f"{BASE}/tenant", "/tenant/.well-known/oauth-authorization-server"),
        (f"{BASE}/tenant", "/tenant/.well-known/openid-configuration"),
        (f"{BASE}/tenant", "/.well-known/openid-configuration/tenant"),
        (f"{BASE}/tenant", "/.well-known/oauth-authorization-server"),
        (f"{BASE}/odd/.well-known/openid-configuration", "/odd/.well-known/openid-configuration"),
    ],
)
def test_metadata_is_found_with_and_without_a_path(url: str, path: str) -> None:
    found = places_at({path: {"issuer": issuer_of(url), **METADATA}}, url)
    assert found.endpoints["token"] == f"{BASE}/t"
    assert found.how == f"metadata at {BASE}{path}"
    assert found.remarks == ()


def test_the_document_whose_issuer_fits_comes_first() -> None:
    documents = {
        "/.well-known/oauth-authorization-server": {"issuer": "https://else.test", **METADATA},
        "/.well-known/openid-configuration": {"issuer": BASE, "token_endpoint": f"{BASE}/right"},
    }
    assert places_at(documents).endpoints["token"] == f"{BASE}/right"


def test_an_issuer_that_does_not_fit_is_remarked() -> None:
    found = places_at({"/.well-known/oauth-authorization-server": {"issuer": "https://else.test", **METADATA}})
    assert found.remarks == (f"the metadata's issuer is https://else.test, not {BASE}",)


def test_other_hosts_are_announced_and_unencrypted_endpoints_left_out() -> None:
    metadata = {**METADATA, "issuer": BASE, "introspection_endpoint": "https://api.test/i"}
    metadata["revocation_endpoint"] = "http://as.test/revoke"
    found = places_at({"/.well-known/oauth-authorization-server": metadata})
    assert "endpoints on another host, which will get requests too: api.test" in found.remarks
    assert "left out: the metadata's revocation_endpoint is not encrypted: http://as.test/revoke" in found.remarks
    assert "revocation" not in found.endpoints


@pytest.mark.parametrize(
    ("token", "how"),
    [
        ("/oauth/token", "the documented layout, for want of metadata"),
        ("/o/token/", "a common layout, for want of metadata"),
    ],
)
def test_a_layout_is_probed_where_there_is_no_metadata(token: str, how: str) -> None:
    found = places_at({token: {"error": "invalid_request"}})
    assert (found.endpoints["token"], found.how) == (BASE + token, how)


@pytest.mark.parametrize("document", [{"token_endpoint": 5}, {"token_endpoint": "javascript:x"}, {}], ids=str)
def test_odd_metadata_names_no_endpoint(document: dict[str, Any]) -> None:
    assert "token" not in places_at({"/.well-known/oauth-authorization-server": document}).endpoints


def test_urls_are_tried_once_each() -> None:
    urls = metadata_urls(f"{BASE}/")
    assert len(urls) == len(set(urls)) == 2
