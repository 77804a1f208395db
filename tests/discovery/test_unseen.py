"""What a deployment doesn't show is told, with the flag or key that would show it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.discovery.found_endpoints import Metadata, Places
from conformance.discovery.learned import LearnedClient, LearnedFeatures
from conformance.discovery.unseen import lines_of_unseen
from tests.harness.fakes import BASE, CLIENT

LEARNED = {"confidential": LearnedClient(replace(CLIENT, grants=("client_credentials",)))}
ENDPOINTS = {name: f"{BASE}/{name}" for name in ("token", "revocation", "introspection", "metadata")}


def metadata(**members: list[str]) -> Metadata:
    """A metadata document."""
    return Metadata(f"{BASE}/.well-known/oauth-authorization-server", True, members)


@pytest.mark.parametrize(
    ("places", "scopes", "told"),
    [
        (Places(ENDPOINTS, ""), (), "scopes other than the default one: name them with --scope"),
        (Places({"token": BASE}, ""), (), "name it with --endpoint introspection=URL"),
        (Places({"token": BASE}, ""), (), "nothing stands at /.well-known/oauth-authorization-server"),
        (Places(ENDPOINTS, "", metadata(grant_types_supported=["urn:x"])), (), "how the grant urn:x is asked for"),
    ],
)
def test_what_is_missing_is_told(places: Places, scopes: tuple[str, ...], told: str) -> None:
    assert any(told in line for line in lines_of_unseen(places, LEARNED, LearnedFeatures(), scopes))


@pytest.mark.parametrize(
    ("places", "scopes"),
    [(Places(ENDPOINTS, ""), ("a",)), (Places(ENDPOINTS, "", metadata(scopes_supported=["a"])), ())],
)
def test_what_was_seen_is_not(places: Places, scopes: tuple[str, ...]) -> None:
    assert not any("default one" in line for line in lines_of_unseen(places, LEARNED, LearnedFeatures(), scopes))
