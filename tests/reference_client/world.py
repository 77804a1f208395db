"""A reference server in a thread, with TLS; a registration there; a user agent that signs in and consents."""

from __future__ import annotations

import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import uvicorn

from reference_client import Refused, Registration
from reference_server import Call, Client, Edit, Response, Settings, build, demo
from reference_server.certificates import tls_context, write_certificates
from reference_server.endpoints import PATHS
from reference_server.server import public_app

LOOPBACK_CLIENT = Client(
    name="loopback",
    client_id="client-loopback",
    secret="loopback-demo-secret-7Gd0",
    title="Demo native application",
    redirect_uris=("http://127.0.0.1:8912/cb",),
)


@dataclass
class World:
    """One server, what arrived there, and the registrations of its clients."""

    issuer: str
    certificates: str
    calls: list[Call] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)

    def registration(self, client: Client = demo.CONFIDENTIAL, *asked: str) -> Registration:
        """As the client knows it."""
        return Registration(
            issuer=self.issuer,
            client_id=client.client_id,
            client_secret=client.secret,
            redirect_uri=client.redirect_uris[0],
            visit=self.browse,
            resource=f"{self.issuer}/api/me",
            scope="me profile",
            asked=frozenset(asked),
            certificates=self.certificates,
        )

    def browse(self, url: str) -> str:
        """Signs in, consents, and returns where the user agent is sent."""
        self.visited.append(url)
        with httpx.Client(verify=tls(self.certificates), trust_env=False, base_url=self.issuer) as agent:
            page = agent.get(url)
            if page.is_redirect:
                return str(page.headers["Location"])
            if page.is_error:
                raise Refused("the server sends nobody back")
            signed_in = agent.post(
                "/sign_in", data={**hidden(page), "username": "alice", "password": "alice-demo-password"}
            )
            asked = agent.get(signed_in.headers["Location"])
            decided = agent.post("/oauth/authorize", data={**hidden(asked), "decision": "approve"})
            return str(decided.headers["Location"])

    def sent(self, endpoint: str) -> list[Call]:
        """The requests that arrived at an endpoint."""
        return [call for call in self.calls if call.endpoint == endpoint]

    def forms(self, endpoint: str) -> list[dict[str, str]]:
        """What they held in their bodies."""
        return [dict(parse_qsl(call.body.decode())) for call in self.sent(endpoint)]

    def asked(self) -> list[dict[str, str]]:
        """The authorization requests that the user agent was given."""
        return [query(url) for url in self.visited]


@contextmanager
def serving(folder: Path, edits: Sequence[Edit] = (), settings: Settings | None = None) -> Iterator[World]:
    """A server for as long as the block takes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        issuer = f"https://127.0.0.1:{listening.getsockname()[1]}"
        world = World(issuer, str(folder / "ca.pem"))
        chosen = settings or Settings()
        known = (*chosen.clients, LOOPBACK_CLIENT)
        server = build(replace(chosen, issuer=issuer, clients=known, password_cost=2), edits)
        for name in {*PATHS.values(), "metadata"} & set(server.pipelines):
            server.pipelines[name].insert(0, world.calls.append)
        names = server.settings.certificate_names or ("127.0.0.1",)
        write_certificates(folder / "ca.pem", names, server.settings.certificate_days)
        config = uvicorn.Config(
            public_app(server), interface="asgi3", lifespan="off", log_config=None, log_level="critical", ws="none"
        )
        config.load()
        config.ssl = tls_context(folder, server.settings)
        listener = uvicorn.Server(config)
        thread = threading.Thread(target=listener.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not listener.started:
            time.sleep(0.005)
        try:
            yield world
        finally:
            listener.should_exit = listener.force_exit = True
            thread.join()


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in found}


def tls(certificates: str) -> ssl.SSLContext:
    """Trust in the server's authority alone."""
    return ssl.create_default_context(cafile=certificates)


def query(url: str) -> dict[str, str]:
    """Parameters in a URL."""
    return dict(parse_qsl(urlsplit(url).query))


def answers(status: int, body: bytes, *headers: tuple[str, str]) -> Response:
    """An answer of a hostile server."""
    return Response(status, body, [("Content-Type", "application/json"), *headers])


def follow(url: str) -> str:
    """What the user agent shows in the end at the client's own redirection endpoint."""
    return httpx.get(url, trust_env=False, follow_redirects=True, timeout=300).text


def main() -> None:
    """A user agent as a command: the server's authority, its issuer, and the URL to open."""
    certificates, issuer, url = sys.argv[1:]
    follow(World(issuer, certificates).browse(url))


if __name__ == "__main__":
    main()
