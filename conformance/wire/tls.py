"""TLS probes with the standard ssl module: which protocol versions are spoken, and whether the certificate holds."""

from __future__ import annotations

import base64
import socket
import ssl
import warnings
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from conformance.base.uris import host_and_port
from conformance.wire.network import Proxy, Reach, tls_context, unverifying_context, with_client_certificate

VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
# Bytes that a proxy's answer to CONNECT may have.
LONGEST_HEAD = 16 * 1024


class LocallyUnavailable(Exception):
    """This machine's TLS library can't speak the version: nothing was learned of the target."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a handshake ended: the version agreed on, or the failure in words and what caused it."""

    version: str | None
    failure: str = ""
    cause: Literal["", "certificate", "protocol", "connection"] = ""

    @property
    def succeeded(self) -> bool:
        """Whether a session was agreed on."""
        return self.version is not None


def shake_hands(
    url: str, reach: Reach, *, only: str | None = None, verify: bool = False, proxy: Proxy | None = None
) -> Handshake:
    """Try a handshake with the host of a URL; `only` offers one protocol version, `verify` checks the certificate.

    The time limit, authority and client certificate hold. Raises LocallyUnavailable when this machine can't
    offer the version.
    """
    context = _context(only, reach, verify)
    try:
        plain = _connected(url, reach.timeout, proxy)
    except OSError as error:
        return Handshake(None, f"the connection failed: {error}", "connection")
    try:
        with plain, context.wrap_socket(plain, server_hostname=urlsplit(url).hostname) as secured:
            return Handshake(secured.version() or "an unnamed version")
    except ssl.SSLCertVerificationError as error:
        return Handshake(None, f"the certificate does not verify: {error.verify_message}", "certificate")
    except ssl.SSLError as error:
        if error.reason in ("NO_CIPHERS_AVAILABLE", "NO_PROTOCOLS_AVAILABLE"):
            raise LocallyUnavailable(f"this machine's TLS library can't offer {only}") from error
        return Handshake(None, f"the handshake failed: {error.reason or error}", "protocol")
    except OSError as error:
        # Some servers answer a version that they don't speak by cutting the connection.
        return Handshake(None, f"the handshake failed: {error}", "protocol")


def _connected(url: str, timeout: float, proxy: Proxy | None) -> socket.socket:
    """A connection to the host of a URL, through an HTTP proxy where there is one. Raises OSError."""
    if proxy is None:
        return socket.create_connection(host_and_port(url), timeout)
    host, port = host_and_port(url)
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    if proxy.credentials:
        credentials = base64.b64encode(":".join(proxy.credentials).encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {credentials}")
    connection = socket.create_connection(host_and_port(proxy.url), timeout)
    try:
        if proxy.url.startswith("https:"):
            secured = ssl.create_default_context()
            connection = secured.wrap_socket(connection, server_hostname=host_and_port(proxy.url)[0])
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
        _expect_tunnel(connection, proxy)
    except OSError:
        connection.close()
        raise
    return connection


def _expect_tunnel(connection: socket.socket, proxy: Proxy) -> None:
    """Read the proxy's answer to CONNECT, and nothing beyond it. Raises OSError when it refuses."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and len(head) < LONGEST_HEAD:
        byte = connection.recv(1)
        if not byte:
            break
        head += byte
    words = head.split(b"\r\n")[0].split(b" ", 2)
    if len(words) < 2 or not words[1].startswith(b"2"):
        raise OSError(f"the proxy {proxy} refused: {b' '.join(words[1:]).decode('latin-1') or 'no answer'}")


def _context(only: str | None, reach: Reach, verify: bool) -> ssl.SSLContext:
    context = tls_context(reach) if verify else with_client_certificate(unverifying_context(), reach)
    if only is not None:
        with warnings.catch_warnings():
            # Old versions are deprecated, which is what the probe is about.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = VERSIONS[only]
            context.maximum_version = VERSIONS[only]
    return context
