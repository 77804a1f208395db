"""Defects and variants fit the lists, and get through a login at an honest server as far as they can."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace as changed
from pathlib import Path

import pytest

import reference_client
from conformance import documents
from reference_client import Refused, chosen, logged_in, setting
from reference_client.defects import DEFECTS, Defect
from reference_client.variants import VARIANTS, Variant
from reference_server import demo
from tests.reference_client.world import World, serving

# What an honest server refuses: the mistake shows at once.
REFUSED_AT_ONCE = {
    "authenticated-twice",
    "authenticated-twice-at-refresh",
    "authenticated-twice-at-second-login",
    "authorization-parameter-twice",
    "challenge-in-hexadecimal-digits",
    "code-exchanged-twice",
    "code-in-token-uri",
    "exchange-without-secret",
    "exchange-without-secret-at-second-login",
    "issuer-refused",
    "metadata-asked-by-post",
    "more-scope-asked-at-refresh",
    "old-refresh-token-kept",
    "old-refresh-token-tried-again",
    "parameters-in-fragment",
    "public-client-nameless",
    "redirect-uri-left-out-at-second-login",
    "redirect-uri-left-out-of-exchange",
    "redirect-uri-twice-at-second-login",
    "redirect-uri-with-slash-in-exchange",
    "refresh-by-get",
    "refresh-parameter-twice",
    "refresh-token-at-resource-after-refresh",
    "refresh-without-secret",
    "scope-twice-at-second-login",
    "token-and-more-in-form",
    "token-and-more-in-query",
    "token-asked-for-at-second-login",
    "token-in-body-of-get",
    "token-in-query",
    "token-in-query-at-second-login",
    "token-in-query-once-refused",
    "token-parameter-twice",
    "token-request-as-json",
    "token-request-by-get",
    "token-type-in-one-spelling",
    "token-type-in-one-spelling-at-refresh",
    "token-without-scheme",
    "verifier-padded",
    "verifier-short-at-second-login",
    "verifier-too-long",
    "verifier-too-short",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with serving(tmp_path_factory.mktemp("server")) as world:
        yield world


def signed_in(world: World, client: reference_client.Client, public: bool = False) -> bool:
    """Whether the client gets through a login with everything that may be asked beside it."""
    registration = world.registration(demo.PUBLIC if public else demo.CONFIDENTIAL, "refresh", "second_login")
    where = f"{world.issuer}/oauth"
    try:
        return bool(
            logged_in(
                client,
                changed(registration, authorization_endpoint=f"{where}/authorize", token_endpoint=f"{where}/token"),
            )
        )
    except Refused:
        return False


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_gets_as_far_as_it_can(world: World, defect: Defect) -> None:
    client = chosen(None, defect.name)
    assert signed_in(world, client, defect.on == "public-client") == (defect.name not in REFUSED_AT_ONCE)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_variant_signs_in(world: World, variant: Variant) -> None:
    assert signed_in(world, chosen(variant.name), public=variant.name == "public-client")


def test_what_defects_break_binds_clients() -> None:
    catalogues = Path(documents.__file__).parent.glob("*/requirements.toml")
    entries = [entry for file in catalogues for entry in tomllib.loads(file.read_text("utf-8")).get("requirement", [])]
    binding = {entry["id"] for entry in entries if entry["role"] == "client"}
    assert [(d.name, i) for d in DEFECTS for i in (*d.breaks, *d.blocks) if i not in binding] == []


def test_there_are_enough() -> None:
    assert len(DEFECTS) >= 80
    assert len(VARIANTS) >= 20


def test_what_does_not_exist_is_told() -> None:
    with pytest.raises(ValueError, match="did you mean state-not-checked"):
        chosen(None, "state-not-checkd")
    with pytest.raises(ValueError, match="no one step named"):
        reference_client.build([reference_client.remove("login", "no_such_step")])
    with pytest.raises(ValueError, match="no settings"):
        reference_client.build([setting(no_such_setting=1)])
