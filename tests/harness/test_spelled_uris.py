"""Spellings of redirect URIs that are other strings than what they are made of, and nothing more is changed."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from conformance.procedures.redirects import near_miss
from conformance.procedures.spelled_uris import RARE_SPELLINGS, SPELLINGS

REGISTERED = "https://client.example:8443/cb"
SPELLED = {
    "backslashes": "https:\\\\client.example:8443\\cb",
    "dot-behind-host": "https://client.example.:8443/cb",
    "host-in-full-width": "https://client.exampl\uff45:8443/cb",
    "doubled-slash": "https://client.example:8443//cb",
    "path-parameter": "https://client.example:8443/cb;attacker=1",
    "empty-query": "https://client.example:8443/cb?",
    "empty-fragment": "https://client.example:8443/cb#",
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_uri_is_spelled_otherwise(name: str) -> None:
    assert near_miss(name, [REGISTERED]) == SPELLED[name]


@pytest.mark.parametrize(
    ("name", "uri", "spelled"),
    [
        ("space-by-plus", "https://client.example/cb?a=b%20c", "https://client.example/cb?a=b+c"),
        ("escapes-in-other-case", "https://client.example/cb?a=%C3%a9", "https://client.example/cb?a=%c3%A9"),
        ("private-scheme-in-capitals", "com.example.app:/cb", "COM.EXAMPLE.APP:/cb"),
        ("private-longer-path", "com.example.app:/cb", "com.example.app:/cb/attacker"),
    ],
)
def test_a_rare_uri_is_spelled_otherwise(name: str, uri: str, spelled: str) -> None:
    assert near_miss(name, [REGISTERED, uri]) == spelled


@pytest.mark.parametrize("uri", ["http://127.0.0.1/cb", "http://[::1]:8080/cb", "app:/cb"])
def test_a_host_without_a_name_has_no_dot_behind_it(uri: str) -> None:
    assert SPELLINGS["dot-behind-host"](urlsplit(uri)) is None


@pytest.mark.parametrize("name", RARE_SPELLINGS)
def test_a_plain_uri_has_no_rare_spelling(name: str) -> None:
    assert RARE_SPELLINGS[name](urlsplit(REGISTERED)) in (None, REGISTERED)
