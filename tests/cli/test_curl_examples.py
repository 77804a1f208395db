"""The curl examples of the documented API, repaired, against `oauth2-conformance serve`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: apt-get install curl")

SECONDS_TO_START = 30
# The page's examples, word for word, with the quote closed and the parameters of the second one where they belong.
MACHINE_TO_MACHINE = """
curl --location --request POST "$base_url/oauth/token" --header 'Content-Type: application/x-www-form-urlencoded' \
     --data-urlencode 'grant_type=client_credentials' --data-urlencode "client_id=$client_id" \
     --data-urlencode "client_secret=$client_secret" --data-urlencode 'scope=app'
"""
EXTERNAL_AUTHENTICATION_TOKEN = """
curl --location --request POST "$base_url/oauth/token" --header 'Content-Type: application/x-www-form-urlencoded' \
     --data-urlencode 'grant_type=password' --data-urlencode "client_id=$client_id" --data-urlencode 'scope=me' \
     --data-urlencode "external_authentication_token=$external_authentication_token"
"""


@dataclass(frozen=True)
class Served:
    """A server that a user has started, and the profile that it wrote."""

    profile: dict[str, Any]

    def run(self, example: str, **variables: str) -> dict[str, Any]:
        """What a shell gets from an example."""
        target = self.profile["target"]
        environment = {
            "PATH": os.environ["PATH"],
            "CURL_CA_BUNDLE": target["ca_file"],
            "base_url": target["base_url"],
            **variables,
        }
        command = ["sh", "-c", example.strip()]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`oauth2-conformance serve` in the foreground of another process."""
    file = tmp_path_factory.mktemp("serve") / "server.toml"
    command = [sys.executable, "-P", "-m", "conformance.cli", "serve", "--port", "0", "--profile", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=file.parent)
    try:
        yield Served(_when_written(file))
    finally:
        process.terminate()
        process.communicate(timeout=300)


def _when_written(file: Path) -> dict[str, Any]:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        if text:
            return tomllib.loads(text)
        time.sleep(0.05)
    raise TimeoutError("the server did not start")


def test_getting_an_access_token_with_app_scope(served: Served) -> None:
    client = served.profile["clients"]["confidential"]
    answer = served.run(MACHINE_TO_MACHINE, client_id=client["client_id"], client_secret=client["client_secret"])
    assert answer["access_token"]
    assert (answer["token_type"].lower(), answer["expires_in"], answer["scope"]) == ("bearer", 1_209_600, "app")
    assert abs(answer["created_at"] - time.time()) < 60


def test_login_with_an_external_authentication_token(served: Served) -> None:
    flow = served.profile["documented"]["external_authentication_token"]
    client = served.profile["clients"][flow["client"]]
    answer = served.run(
        EXTERNAL_AUTHENTICATION_TOKEN, client_id=client["client_id"], external_authentication_token=flow["value"]
    )
    assert answer["access_token"]
    assert (answer["token_type"].lower(), answer["scope"]) == ("bearer", "me")


def test_a_wrong_secret_gets_the_error_of_the_contract(served: Served) -> None:
    client = served.profile["clients"]["confidential"]
    answer = served.run(MACHINE_TO_MACHINE, client_id=client["client_id"], client_secret="wrong")
    assert answer["error"] == "invalid_client"
