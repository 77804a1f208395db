"""Redirect URIs of native apps: their kinds, their ports, and what nearly is one of them."""

from __future__ import annotations

import pytest

from conformance.base.uris import without_loopback_port
from conformance.documents.rfc8252.loopback import at_free_port, at_port, free_port, is_registered
from conformance.documents.rfc8252.misses import MISSES
from conformance.documents.rfc8252.native_clients import kind_of
from conformance.documents.rfc8252.registration import has_unfit_scheme
from conformance.profile.target import Target

TARGET = Target("t", "http://127.0.0.1:50000", frozenset(), {}, {}, {})
URIS = {
    "private-scheme": "com.example.app:/cb/Done?app=1",
    "claimed-https": "https://app.example/cb/Done?app=1",
    "loopback-ipv4": "http://127.0.0.1:8400/cb/Done?app=1",
    "loopback-ipv6": "http://[::1]/cb/Done?app=1",
}


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        *((uri, kind) for kind, uri in URIS.items()),
        ("http://localhost:8400/cb", "localhost"),
        ("myapp:/cb", "private-scheme"),
        ("http://app.example/cb", None),
        ("http://127.0.0.2/cb", None),
    ],
)
def test_a_redirect_uri_is_of_one_kind(uri: str, kind: str | None) -> None:
    assert kind_of(uri) == kind


@pytest.mark.parametrize(
    ("uri", "there"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"),
        ("http://127.0.0.1:8400/cb?a=1", "http://127.0.0.1:51004/cb?a=1"),
        ("http://[::1]/cb", "http://[::1]:51004/cb"),
        ("http://[::1]:8400/cb", "http://[::1]:51004/cb"),
    ],
)
def test_an_app_asks_at_the_port_that_it_found(uri: str, there: str) -> None:
    assert at_port(uri, 51004) == there
    assert without_loopback_port(there) == without_loopback_port(uri)


def test_the_port_is_nobodys() -> None:
    drawn = {free_port(TARGET, "http://127.0.0.1:49152/cb") for _ in range(2000)}
    assert drawn.isdisjoint({49152, 50000})
    assert all(49152 < port < 65536 for port in drawn)
    assert at_free_port(TARGET, "http://[::1]/cb").startswith("http://[::1]:")


@pytest.mark.parametrize(
    ("uri", "known"),
    [
        ("http://localhost:1/cb", True),
        ("http://localhost:1/other", False),
        ("http://127.0.0.1:1/cb", False),
        ("https://app.example:8443/cb", False),
        ("https://app.example/cb", True),
    ],
)
def test_a_port_of_this_machine_makes_no_other_uri(uri: str, known: bool) -> None:
    assert is_registered(uri, ("http://localhost:8400/cb", "https://app.example/cb")) == known


@pytest.mark.parametrize("name", MISSES)
def test_what_nearly_is_a_redirect_uri_is_none(name: str) -> None:
    uri = URIS[MISSES[name].kind]
    missed = MISSES[name].make(uri, 51004)
    assert missed is not None
    assert not is_registered(missed, (uri,))


@pytest.mark.parametrize(
    ("uri", "unfit"), [("myapp:/cb", True), ("com.example.app:/cb", False), (URIS["claimed-https"], False)]
)
def test_a_scheme_without_a_period_is_unfit(uri: str, unfit: bool) -> None:
    assert has_unfit_scheme(uri) == unfit
