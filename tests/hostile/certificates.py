"""Certificates of every kind from a private authority, for servers and clients on loopback."""

from __future__ import annotations

import datetime
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Authority:
    """A private certificate authority and where its certificate stands."""

    ca: trustme.CA
    ca_file: Path

    @classmethod
    def at(cls, folder: Path) -> Authority:
        """A new one."""
        ca = trustme.CA()
        ca.cert_pem.write_to_path(folder / "ca.pem")
        return cls(ca, folder / "ca.pem")

    def server(self, name: str = "127.0.0.1", *, expired: bool = False, asks_clients: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for a name; it may have ended, or ask clients for theirs."""
        ends = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC) if expired else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(name, not_after=ends, not_before=ends and ends.replace(year=2019)).configure_cert(context)
        if asks_clients:
            self.ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client(self, folder: Path) -> tuple[Path, Path]:
        """A client's certificate and key."""
        issued = self.ca.issue_cert("suite@example.com")
        certificate, key = folder / "client.pem", folder / "client-key.pem"
        issued.cert_chain_pems[0].write_to_path(certificate)
        issued.private_key_pem.write_to_path(key)
        return certificate, key
