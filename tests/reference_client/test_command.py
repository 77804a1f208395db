"""The client as a command: environment variables, the browser, the redirection endpoint on loopback, its page."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace as changed
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

import reference_client
from reference_client import Registration, setting
from reference_client.commanding import main, sign_in
from tests.reference_client.world import LOOPBACK_CLIENT, World, follow, query, serving

ROOT = Path(__file__).parents[2]
MARKUP = "<script>alert(1)</script>\x1b[2J"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serving(tmp_path) as world:
        yield world


def environment(world: World, folder: Path) -> dict[str, str]:
    browser = folder / "browser"
    words = [sys.executable, "-m", "tests.reference_client.world", world.certificates, world.issuer]
    browser.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$1"\n')
    browser.chmod(0o755)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "OAUTH2_ISSUER": world.issuer,
        "OAUTH2_CLIENT_ID": LOOPBACK_CLIENT.client_id,
        "OAUTH2_CLIENT_SECRET": LOOPBACK_CLIENT.secret or "",
        "OAUTH2_REDIRECT_URI": LOOPBACK_CLIENT.redirect_uris[0],
        "OAUTH2_RESOURCE": f"{world.issuer}/api/me",
        "OAUTH2_ASKED": "refresh, revocation",
        "SSL_CERT_FILE": world.certificates,
        "BROWSER": str(browser),
    }


def test_a_process_signs_in(world: World, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reference_client"]
    done = subprocess.run(
        command, env=environment(world, tmp_path), capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["Signed in."]
    assert [form["grant_type"] for form in world.forms("token")] == ["authorization_code", *["refresh_token"] * 2]
    assert len(world.forms("revocation")) == 1


def test_what_is_missing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], {"OAUTH2_ISSUER": "https://server.example"}) == 4
    assert "OAUTH2_CLIENT_ID is not set" in capsys.readouterr().err
    assert main(["--defect", "no-such-defect"], {}) == 4
    assert "no defect named 'no-such-defect'" in capsys.readouterr().err


class Agent:
    """A user agent that brings an answer of its own, and keeps what it was shown."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.page = ""
        self.thread = threading.Thread()

    def visit(self, url: str) -> str:
        asked = query(url)
        target = f"{asked['redirect_uri']}?{self.answer.format(state=asked['state'])}"
        self.thread = threading.Thread(target=self.bring, args=(target,))
        self.thread.start()
        return url

    def bring(self, url: str) -> None:
        self.page = follow(url)


def registration(world: World, agent: Agent) -> Registration:
    redirect_uri = "http://127.0.0.1/cb"  # without a port: any free one
    return changed(world.registration(LOOPBACK_CLIENT), redirect_uri=redirect_uri, visit=agent.visit)


@pytest.mark.parametrize("answer", ["state={{state}}&iss={iss}&error=access_denied&error_description={text}", "code=x"])
def test_a_refusal_is_told_without_markup(world: World, answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    agent = Agent(answer.format(iss=quote(world.issuer, safe=""), text=quote(MARKUP)))
    assert sign_in(reference_client.build(), registration(world, agent)) == 1
    agent.thread.join()
    assert "The sign-in failed" in agent.page
    assert "<script>" not in agent.page
    assert "\x1b" not in capsys.readouterr().err
    assert world.sent("token") == []


def test_nobody_comes_back(world: World) -> None:
    client = reference_client.build([setting(browser_seconds=0.1)])
    patient = changed(registration(world, Agent("")), visit=lambda url: url)
    assert sign_in(client, patient) == 1


def test_where_nobody_comes_by_a_browser_nobody_is_waited_for(world: World) -> None:
    client = reference_client.build([setting(page_seconds=600)])
    stranger = changed(registration(world, Agent("")), issuer=f"{world.issuer}/elsewhere", authorization_endpoint=None)

    began = time.monotonic()
    assert sign_in(client, stranger) == 1
    assert time.monotonic() - began < 300


def test_the_redirection_endpoint_sends_credentials_on(world: World) -> None:
    seen: list[httpx.Response] = []

    def visit(url: str) -> str:
        asked = query(url)
        target = f"{asked['redirect_uri']}?state={asked['state']}&code=invented"
        threading.Thread(target=lambda: seen.append(httpx.get(target, trust_env=False))).start()
        return url

    client = reference_client.build([setting(page_seconds=0.1)])
    assert sign_in(client, changed(registration(world, Agent("")), visit=visit)) == 1
    (reply,) = seen
    assert (reply.status_code, reply.headers["Location"], reply.text) == (303, "/done", "")
    assert "invented" not in str(reply.headers)
