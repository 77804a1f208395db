"""The documented API: what a client is given, and how it is transferred."""

from __future__ import annotations

import pytest

from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.plain_http import (
    authorization_request_in_the_clear,
    certificate_checked,
    expect_unserved,
    handshake,
    introspection_in_the_clear,
    token_request_in_the_clear,
)

EACH_ENDPOINT = pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param("authorization", marks=needs("authorization_endpoint")),
        "token",
        pytest.param("introspection", marks=needs("introspection")),
    ],
)


@requirement("documented-credentials-not-over-plain-http")
def test_no_token_request_over_plain_http(given: Given, send: Send, expect: Expect) -> None:
    probe = token_request_in_the_clear(given, send)

    expect_unserved(expect, probe, "a token request")


@requirement("documented-credentials-not-over-plain-http")
@needs("introspection")
def test_no_introspection_over_plain_http(given: Given, send: Send, expect: Expect) -> None:
    probe = introspection_in_the_clear(given, send)

    expect_unserved(expect, probe, "an introspection request")


@requirement("documented-credentials-not-over-plain-http")
@needs("authorization_code")
def test_no_sign_in_over_plain_http(given: Given, send: Send, expect: Expect) -> None:
    probe = authorization_request_in_the_clear(given, send)

    expect_unserved(expect, probe, "an authorization request")


@requirement("documented-credentials-tls-1-2-spoken")
@EACH_ENDPOINT
def test_tls_is_spoken(given: Given, send: Send, expect: Expect, endpoint: str) -> None:
    found = handshake(given, send, endpoint)

    expect.that(found.succeeded, "a handshake in TLS 1.2 or 1.3", found.failure)


@requirement("documented-credentials-certificate-valid")
@EACH_ENDPOINT
def test_the_certificate_is_valid(given: Given, send: Send, expect: Expect, endpoint: str) -> None:
    found = certificate_checked(given, send, endpoint)

    expect.that(found.succeeded, "a certificate that verifies for the host", found.failure)


@requirement("documented-credentials-old-tls-off")
@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1"])
@EACH_ENDPOINT
def test_old_tls_is_off(given: Given, send: Send, expect: Expect, endpoint: str, version: str) -> None:
    handshake(given, send, endpoint)

    found = handshake(given, send, endpoint, version)

    expect.that(not found.succeeded, f"no handshake in {version}", "one that succeeded", breach="act")
