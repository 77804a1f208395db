"""What a stage offers to clients of all kinds: metadata at every place where they look, ID tokens, a key."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from conformance.bundled.reference_stages import Playhouse
from conformance.wire.stages import Credentials, Stage

CALLBACK = "https://client.example/callback"
NAMES = ("oauth-authorization-server", "openid-configuration")


@pytest.fixture
def house(certificates: Path) -> Iterator[Playhouse]:
    with closing(Playhouse(certificates)) as house:
        yield house


@pytest.fixture
def http(house: Playhouse) -> Iterator[httpx.Client]:
    with httpx.Client(verify=ssl.create_default_context(cafile=str(house.certificates)), trust_env=False) as client:
        yield client


def stage_with(house: Playhouse, scope: str) -> Stage:
    return house.open(Credentials("a-client", None, CALLBACK, scope))


def tokens(http: httpx.Client, stage: Stage, scope: str) -> Mapping[str, Any]:
    asked = {"response_type": "code", "client_id": "a-client", "scope": scope, "nonce": "once"}
    answer = http.get(f"{stage.urls['authorization']}?{urlencode(asked)}")
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "client_id": "a-client"}
    return dict(http.post(stage.urls["token"], data=form).json())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_inserted", [True, False], ids=["inserted", "appended"])
def test_metadata_are_at_every_place_where_clients_look(
    house: Playhouse, http: httpx.Client, name: str, is_inserted: bool
) -> None:
    stage = stage_with(house, "me")
    origin, _, path = stage.issuer.rpartition("/")
    place = f"{origin}/.well-known/{name}/{path}" if is_inserted else f"{stage.issuer}/.well-known/{name}"

    metadata = http.get(place).json()

    assert metadata["issuer"] == stage.issuer
    assert "jwks_uri" not in metadata


def test_with_openid_an_id_token_comes_that_the_keys_verify(house: Playhouse, http: httpx.Client) -> None:
    stage = stage_with(house, "openid me")
    metadata = http.get(f"{stage.issuer}/.well-known/openid-configuration").json()
    came = tokens(http, stage, "openid me")

    keys = KeySet.import_key_set(http.get(metadata["jwks_uri"]).json())
    claims = jwt.decode(came["id_token"], keys, metadata["id_token_signing_alg_values_supported"]).claims

    assert (claims["iss"], claims["aud"], claims["nonce"]) == (stage.issuer, "a-client", "once")
    form = {"grant_type": "refresh_token", "refresh_token": came["refresh_token"], "client_id": "a-client"}
    again = http.post(stage.urls["token"], data=form).json()
    assert "nonce" not in jwt.decode(again["id_token"], keys, ["RS256"]).claims


def test_without_openid_no_id_token_comes(house: Playhouse, http: httpx.Client) -> None:
    assert "id_token" not in tokens(http, stage_with(house, "openid me"), "me")
    assert "id_token" not in tokens(http, stage_with(house, "me"), "me")
