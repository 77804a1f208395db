"""Which redirection URIs lead somewhere else than the registered ones, and which are those, written otherwise."""

from __future__ import annotations

import pytest

from conformance.fuzz.neighbors import is_equivalent

REGISTERED = ("https://client.example/cb", "https://other.example:8443/a/b?tenant=1")
# What django-oauth-toolkit and @jmondi/oauth2-server take for the registered URI, and more of that kind.
EQUIVALENT = (
    "https://client.examplE/cb",
    "HTTPS:client.example/cb",
    "https:\\\\client.example\\cb",
    "https://client.example:443/cb",
    "https://client\uff0eexample/attacker/%2e%2e/./c%62?#",
    "https://client.example\t/cb\x00",
    "https://OTHER.example:8443/a/b?ten%61nt=1",
)
ELSEWHERE = (
    "https://attacker.example/cb",
    "https://client.example.attacker.example/cb",
    "https://client.example@attacker.example/cb",
    "https://attacker.example\\@client.example/cb",
    "https://somebody@client.example/cb",
    "https://client.example./cb",
    "https://client.example:8443/cb",
    "https://client.example:443x/cb",
    "https://other.example/a/b?tenant=1",
    "https://other.example:8443/a/b",
    "http://client.example/cb",
    "https://client.example/cb/",
    "https://client.example/cb/../",
    "https://client.example//cb",
    "https://client.example/CB",
    "https://client.example/cb?more=1",
    "https://client.example/cb#more",
    "https://client.example/cb%0d%0a",
    "attacker-app://client.example/cb",
    "//client.example/cb",
    "",
)


@pytest.mark.parametrize("uri", EQUIVALENT)
def test_another_way_to_write_a_registered_uri_is_told_by_its_string_alone(uri: str) -> None:
    assert is_equivalent(uri, REGISTERED)


@pytest.mark.parametrize("uri", ELSEWHERE)
def test_another_place_is_a_miss(uri: str) -> None:
    assert not is_equivalent(uri, REGISTERED)
