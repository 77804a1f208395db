"""Passwords are hashed slowly, beside everything else; guesses at one account take turns."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from urllib.parse import urlencode

import pytest

from reference_server import demo, secrets, setting
from reference_server.accounts import SLOW
from reference_server.server import public_app
from tests.reference_server.driver import FORM, Browser, Reply, browser, called, credentials

PASSWORD = {"grant_type": "password", "username": "guess", "password": "wrong"}
APP = {"grant_type": "client_credentials", "scope": "app"}


@pytest.fixture
def agent() -> Browser:
    return browser(setting(password_cost=SLOW))


def asked(agent: Browser, form: dict[str, str]) -> asyncio.Task[Reply]:
    """A token request, under way."""
    body = urlencode({**credentials(demo.CONFIDENTIAL), **form}).encode()
    return asyncio.create_task(called(public_app(agent.server), "POST", "/oauth/token", body, [FORM], "https"))


def test_others_are_answered_while_a_password_is_hashed(agent: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    began, may_end = threading.Event(), threading.Event()

    def slow(password: str, salt: bytes, cost: int) -> bytes:
        began.set()
        may_end.wait(10)
        return password.encode()

    monkeypatch.setattr(secrets, "password_hash", slow)

    async def meet() -> tuple[bool, Reply, Reply]:
        first = asked(agent, PASSWORD)
        await asyncio.to_thread(began.wait, 10)
        second = await asked(agent, APP)
        waits = not first.done()
        may_end.set()
        return waits, await first, second

    waits, first, second = asyncio.run(meet())

    assert waits
    assert first.json["error"] == "invalid_grant"
    assert second.status == 200


def test_guesses_that_come_together_are_counted_one_by_one(agent: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    right = secrets.password_hash

    def counted(password: str, salt: bytes, cost: int) -> bytes:
        tried.append(password)
        return right(password, salt, cost)

    monkeypatch.setattr(secrets, "password_hash", counted)

    async def guess() -> Sequence[Reply]:
        forms = ({**PASSWORD, "password": f"wrong-{number}"} for number in range(30))
        return await asyncio.gather(*(asked(agent, form) for form in forms))

    replies = asyncio.run(guess())

    assert {reply.json["error"] for reply in replies} == {"invalid_grant"}
    assert len([password for password in tried if password.startswith("wrong-")]) == 10
