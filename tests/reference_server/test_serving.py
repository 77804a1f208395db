"""The serving process, over real sockets."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

COMMAND = [sys.executable, "-m", "reference_server", "--announce"]
ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def announced(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    return dict(json.loads(process.stdout.readline()))


def end(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=3000)
    return process.returncode


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    process = start("--control", "--plain", "--exit-with-stdin")
    try:
        announcement = announced(process)
        yield announcement
    finally:
        code = end(process)
    assert code == 0
    assert not Path(announcement["ca_file"]).parent.exists()


@pytest.fixture(scope="module")
def client(server: dict[str, Any]) -> Iterator[httpx.Client]:
    context = ssl.create_default_context(cafile=server["ca_file"])
    with httpx.Client(verify=context, base_url=server["base_url"], trust_env=False) as client:
        yield client


def test_tls_token_control_and_plain_http(server: dict[str, Any], client: httpx.Client) -> None:
    profile = tomllib.loads(server["profile"])
    registered = profile["clients"]["confidential"]
    form = {"grant_type": "client_credentials"}
    reply = client.post("/oauth/token", data=form, auth=(registered["client_id"], registered["client_secret"]))
    assert reply.status_code == 200
    assert "server" not in reply.headers
    assert "date" in reply.headers
    token = reply.json()["access_token"]
    aged = httpx.post(f"{server['control']}/age", data={"credential": token, "seconds": "1209601"}, trust_env=False)
    assert aged.status_code == 204
    assert client.get("/oauth/token/info", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    plain = httpx.post(f"{server['plain_http']}/oauth/token", data=form, trust_env=False)
    assert plain.status_code == 403
    assert client.get("/.well-known/oauth-authorization-server").json()["issuer"] == server["base_url"]


def test_the_external_provider_has_an_origin_of_its_own(server: dict[str, Any], client: httpx.Client) -> None:
    found = client.get(f"{server['provider']}/.well-known/openid-configuration").json()
    assert found["issuer"] == server["provider"] != server["base_url"]
    assert tomllib.loads(server["profile"])["documented"]["federation"]["provider"] == server["provider"]


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        arguments = [*COMMAND, "--provider-port", str(taken.getsockname()[1])]
        done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert "in use" in done.stderr


def test_forwarded_schemes_are_not_believed(server: dict[str, Any]) -> None:
    headers = {"X-Forwarded-Proto": "https"}
    reply = httpx.post(f"{server['plain_http']}/oauth/token", headers=headers, trust_env=False)
    assert reply.status_code == 403


def test_head_has_no_body(client: httpx.Client) -> None:
    reply = client.head("/.well-known/oauth-authorization-server")
    assert (reply.status_code, reply.content) == (200, b"")


def test_a_large_body_is_refused(client: httpx.Client) -> None:
    reply = client.post("/oauth/token", content=b"x" * 100_000)
    assert (reply.status_code, reply.json()["error"]) == (413, "invalid_request")


def test_without_tls_it_ends_by_signal(tmp_path: Path) -> None:
    process = start("--no-tls", "--profile", str(tmp_path / "profile.toml"), "--variant", "no-implicit")
    announcement = announced(process)
    assert announcement["base_url"].startswith("http://127.0.0.1:")
    assert (announcement["ca_file"], announcement["provider"]) == (None, None)
    assert httpx.get(f"{announcement['base_url']}/oauth/token/info", trust_env=False).status_code == 401
    profile = tomllib.loads((tmp_path / "profile.toml").read_text())
    assert "implicit" not in profile["features"]["grants"]
    # Who tests the server by this profile need not wait for anything to expire.
    assert profile["control"]["url"] == announcement["control"]
    assert httpx.post(f"{announcement['control']}/age", trust_env=False).status_code < 500
    process.send_signal(signal.SIGTERM)
    assert end(process) == 0


@pytest.mark.parametrize("arguments", [["--defect", "nope"], ["--port", "x"], ["--port", "99999"], ["--unknown"]])
def test_bad_arguments(arguments: list[str]) -> None:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)
    assert done.returncode == 4
    assert done.stderr.startswith("usage: ")
