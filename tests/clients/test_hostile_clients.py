"""Clients that mean harm, or tell everything: bounded, rightly judged, and nothing of a secret is kept.

Those that hang, crash, flood their output, open a browser twice or run on are in `test_commands.py`.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from conformance.clients.context import Context
from conformance.harness.session import Session
from conformance.wire.stages import Credentials, Stage
from reference_server.stage import MOST_REQUESTS
from tests.cli.commanding import command
from tests.clients import plain
from tests.clients.running import session_with, verdicts

STATE = "rfc6749-10.12-client-uses-state"
SENDS_STATE = "rfc6749-4.1.1-client-sends-state"
TELLING = """
import os, pathlib, sys
from tests.clients import plain, scripts

def told(context):
    tokens = plain.login(context)
    secrets = [context.client_secret, tokens["access_token"], tokens["refresh_token"]]
    print(os.environ["OAUTH2_CLIENT_SECRET"], *secrets, sep="\\n")
    with pathlib.Path(sys.argv[1]).open("a") as file:
        print(*secrets, sep="\\n", file=file)

told(scripts.context(lambda url: scripts.browse_by("opens", url)))
"""
PROFILE = """
[target]
name = "a client that tells everything"
role = "client"
[driver]
command = [{python!r}, "-W", "ignore", "telling.py", {secrets!r}]
env = ["PYTHONPATH"]
"""


def test_what_a_client_prints_of_its_secrets_is_kept_nowhere(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    (tmp_path / "telling.py").write_text(TELLING, encoding="utf-8")
    profile = PROFILE.format(python=sys.executable, secrets=str(secrets)).replace("'", '"')
    (tmp_path / "client.toml").write_text(profile, encoding="utf-8")
    root = str(Path(__file__).resolve().parents[2])

    done = command("run", "client.toml", "--only", SENDS_STATE, folder=tmp_path, PYTHONPATH=root)

    told = set(secrets.read_text(encoding="utf-8").split())
    kept = {path: path.read_bytes() for path in (tmp_path / "reports").rglob("*") if path.is_file()}
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(told) >= 3
    assert [path for path, content in kept.items() if any(value.encode() in content for value in told)] == []
    assert not any(value in done.stdout + done.stderr for value in told)


def test_a_client_that_floods_its_stage_is_held_off_and_judged(certificates: Path) -> None:
    def flooding(context: Context) -> Mapping[str, Any]:
        trusted = ssl.create_default_context(cafile=context.certificates)
        with httpx.Client(verify=trusted, trust_env=False) as http:
            for _ in range(MOST_REQUESTS + 50):
                http.post(context.token_endpoint, data={"grant_type": "x" * 2000})
        return plain.login(context)

    with session_with(flooding, certificates) as session:
        found = verdicts(session, lambda case: case.requirement == SENDS_STATE)
        assert len(session.record.exchanges) <= MOST_REQUESTS
    assert {word for word, _ in found.values()} == {"inconclusive"}


def test_a_client_reaches_no_stage_but_its_own(certificates: Path) -> None:
    answers: list[int] = []

    def prying(context: Context) -> Mapping[str, Any]:
        origin, _, own = context.issuer.rpartition("/")
        trusted = ssl.create_default_context(cafile=context.certificates)
        with httpx.Client(verify=trusted, trust_env=False) as http:
            for name in ("", "stage-0", "stage-999", f"{own}/age", f"{own}/forget", f"{own}/../control", "age"):
                answers.append(http.post(f"{origin}/{name}", json={"token": "x", "seconds": 1}).status_code)
        return plain.login(context)

    with session_with(prying, certificates) as session:
        earlier = opened(session)
        found = verdicts(session, lambda case: case.requirement == STATE)
    assert {word for word, _ in found.values()} == {"kept"}
    assert set(answers) == {404}
    assert earlier.arrived == []


def opened(session: Session) -> Stage:
    """Another stage, beside those of the client's logins."""
    return session.house().open(Credentials("another", None, "https://client.example/callback", "me"))
