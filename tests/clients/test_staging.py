"""Stages at an address, a name and with a certificate of the profile's own: `[stage]`, for clients in containers."""

from __future__ import annotations

import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from conformance.base import exit_codes
from conformance.base.outcomes import Untested
from conformance.bundled.reference_stages import prepared_stages
from conformance.cli import main
from conformance.clients.login_browser import Browser
from conformance.clients.serve import Serve
from conformance.harness.trial import Trial
from conformance.profile.loading import Profile, ProfileError, parse_profile
from conformance.wire.stages import Credentials
from reference_server.certificates import write_certificates
from tests.clients import plain
from tests.clients.running import session_with

ROOT = Path(__file__).resolve().parents[2]
PROFILE = """
[target]
name = "plain client"
role = "client"
[driver]
callable = "client_of_this_test:login"
[stage]
"""
SECOND = 'listen = "127.0.0.2"\n'
OWN = 'certificate = "own.pem"\nkey = "own.key"\n'


def certified(folder: Path, host: str, days: int = 30) -> Path:
    """Writes `own.pem`, `own.key` and their authority into a folder; returns the file of the authority."""
    authority = folder / "authority.pem"
    write_certificates(authority, (host,), days)
    key, certificate = (folder / "server.pem").read_text(encoding="ascii").split("-----BEGIN CERTIFICATE")
    (folder / "own.key").write_text(key, encoding="ascii")
    chain = f"-----BEGIN CERTIFICATE{certificate}{authority.read_text(encoding='ascii')}"
    (folder / "own.pem").write_text(chain, encoding="ascii")
    return authority


def profile_in(folder: Path, table: str) -> Profile:
    return parse_profile(PROFILE + table, "client.toml", folder=folder)


def places(folder: Path, table: str, login: Callable[..., object] = plain.login) -> list[str]:
    """Where the requests of an honest login went that used its token."""
    profile = profile_in(folder, table)
    (folder / "stages").mkdir()
    with session_with(login, folder, profile, prepared_stages(folder / "stages", profile)) as session:
        played = Serve(Trial(session)).honest(until="resource")
    assert played.has("served")
    return [urlsplit(sent.request.url).hostname or "" for sent in played.sent]


@pytest.mark.parametrize(
    ("table", "host"),
    [
        (SECOND, "127.0.0.2"),
        ('listen = "::1"\n', "::1"),
        ('listen = "0.0.0.0"\npublic_url = "https://127.0.0.3"\n', "127.0.0.3"),
        ('public_url = "https://localhost"\n', "localhost"),
    ],
    ids=["second-address", "ipv6", "every-address", "name"],
)
def test_a_login_is_at_the_address_that_the_profile_names(tmp_path: Path, table: str, host: str) -> None:
    assert set(places(tmp_path, table)) == {host}


def test_the_browser_finds_a_host_that_only_the_client_can_find(tmp_path: Path) -> None:
    profile = profile_in(tmp_path, SECOND + 'public_url = "https://stage.example"\n')
    with closing(prepared_stages(tmp_path, profile)()) as house:
        stage = house.open(Credentials("a-client", None, "https://client.example/cb", "me"))
        origin = stage.issuer.rpartition("/")[0]
        browser = Browser(frozenset({origin}), str(house.certificates), profile.target.staging.reached_at)
        with closing(browser):
            answer = browser.browse(f"{stage.urls['authorization']}?response_type=code&client_id=a-client")

    assert urlsplit(stage.issuer).hostname == "stage.example"
    assert "code=" in answer
    assert stage.arrived[0].reply.request.url.startswith(stage.urls["authorization"])


def test_a_stage_shows_a_certificate_of_the_profile(tmp_path: Path) -> None:
    authority = certified(tmp_path, "127.0.0.2")

    def by_it_alone(context: plain.Context) -> Mapping[str, object]:
        plain.login(replace(context, certificates=str(authority)))
        return plain.login(context)

    assert set(places(tmp_path, SECOND + OWN, by_it_alone)) == {"127.0.0.2"}


def test_bad_certificates_are_judged_where_their_authority_is_trusted(tmp_path: Path) -> None:
    authority = certified(tmp_path, "127.0.0.2")
    profile = profile_in(tmp_path, SECOND + OWN)
    (tmp_path / "stages").mkdir()
    opened = prepared_stages(tmp_path / "stages", profile)

    def by_own_authority(context: plain.Context) -> object:
        return plain.login(replace(context, certificates=str(authority)))

    with session_with(plain.login, tmp_path, profile, opened) as session:
        trusting = Serve(Trial(session)).login("token-at-expired")
    with (
        session_with(by_own_authority, tmp_path, profile, opened) as session,
        pytest.raises(Untested, match="trust all"),
    ):
        Serve(Trial(session)).login("token-at-expired")

    assert trusting.twin is not None
    assert trusting.twin.has("tokens")
    assert not trusting.has("token")


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('listen = "my-machine"\n', "line 8: stage.listen: 'my-machine' is not an IP address"),
        ('listen = "0.0.0.0"\n', "stands for every address"),
        ('public_url = "http://stage.example"\n', "stage.public_url"),
        ('public_url = "https://stage.example:8443"\n', "stage.public_url"),
        ('certificate = "own.pem"\n', "key"),
        ('port = 8443\n', "port"),
        ('listen = "192.0.2.77"\n', "this machine has no address 192.0.2.77"),
        (SECOND + 'certificate = "none.pem"\nkey = "own.key"\n', "none.pem: can't be read: No such file"),
        (SECOND + 'certificate = "own.key"\nkey = "own.key"\n', "own.key: is no certificate in PEM"),
        (SECOND + 'certificate = "own.pem"\nkey = "own.pem"\n', "is not the key of the certificate"),
        (OWN, "own.pem: is for 127.0.0.2, and not for 127.0.0.1"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_stage_is_told(tmp_path: Path, table: str, why: str) -> None:
    certified(tmp_path, "127.0.0.2")
    with pytest.raises(ProfileError) as caught:
        prepared_stages(tmp_path, profile_in(tmp_path, table))

    assert why in str(caught.value)


def test_an_expired_certificate_is_told(tmp_path: Path) -> None:
    certified(tmp_path, "127.0.0.2", -1)
    with pytest.raises(ProfileError, match="has expired at"):
        prepared_stages(tmp_path, profile_in(tmp_path, SECOND + OWN))


def test_doctor_tells_where_stages_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = (Path(__file__).parent / "plain.toml").read_text(encoding="utf-8")
    (tmp_path / "plain.py").write_text("from tests.clients.plain import login\n", encoding="utf-8")
    (tmp_path / "client.toml").write_text(f"{profile}\n[stage]\n{SECOND}", encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(f'{profile}\n[stage]\nlisten = "192.0.2.77"\n', encoding="utf-8")

    assert main(["doctor", str(tmp_path / "client.toml")]) == exit_codes.OK
    assert "asked at 127.0.0.2" in capsys.readouterr().out
    assert main(["doctor", str(tmp_path / "wrong.toml")]) == exit_codes.USAGE
    assert "wrong.toml, line 13: stage.listen: this machine has no address" in capsys.readouterr().err


def opened_by_hand(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "conformance.cli", "serve", "--stage", *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # What runs in the background ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_a_stage_by_hand_is_told_as_variables_and_tells_what_comes(tmp_path: Path) -> None:
    trust = tmp_path / "trust.pem"
    process = opened_by_hand("--misbehavior", "access-token-long", "--trust", str(trust))
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "# What arrives:\n")
    told = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines if line.startswith("export"))
    form = {"grant_type": "client_credentials", "scope": "me"}
    try:
        with httpx.Client(verify=ssl.create_default_context(cafile=trust), trust_env=False) as http:
            credentials = (told["OAUTH2_CLIENT_ID"], told["OAUTH2_CLIENT_SECRET"])
            reply = http.post(told["OAUTH2_TOKEN_ENDPOINT"], data=form, auth=credentials)
        line = process.stdout.readline()
    finally:
        process.send_signal(signal.SIGINT)

    assert told["SSL_CERT_FILE"] == str(trust)
    assert len(reply.json()["access_token"]) > 4000
    assert line == "# 200 POST /stage-1/oauth/token Authorization: Basic (grant_type scope)\n"
    assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--misbehavior", "access-denid"], "did you mean access-denied?"),
        (["--profile", "nowhere.toml"], "nowhere.toml: can't be read"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_what_cannot_be_opened_by_hand_is_told(words: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--stage", *words]) == exit_codes.USAGE
    assert why in capsys.readouterr().err
