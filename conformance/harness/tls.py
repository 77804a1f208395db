"""TLS probes with the standard ssl module: which protocol versions are spoken, and whether the certificate holds."""

from __future__ import annotations

import socket
import ssl
import warnings
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from conformance.harness.target import host_and_port

VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


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
    url: str, timeout: float, *, only: str | None = None, ca_file: str | None = None, verify: bool = False
) -> Handshake:
    """Try a handshake with the host of a URL; `only` offers one protocol version, `verify` checks the certificate.

    Raises LocallyUnavailable when this machine can't offer the version.
    """
    context = _context(only, ca_file, verify)
    try:
        plain = socket.create_connection(host_and_port(url), timeout)
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


def _context(only: str | None, ca_file: str | None, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file) if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if only is not None:
        with warnings.catch_warnings():
            # Old versions are deprecated, which is what the probe is about.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = VERSIONS[only]
            context.maximum_version = VERSIONS[only]
    return context
