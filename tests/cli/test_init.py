"""`init`: from a URL to a profile that a run can use, without a terminal, a secret in a file, or an overwritten one."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.bundled import BundledServer, start_bundled
from reference_server.demo import ALICE, BOB, CONFIDENTIAL, GUESS, OTHER, PUBLIC, RESTRICTED, SPECIAL, UNICODE
from reference_server.demo_native import NATIVE
from tests.cli.commanding import command

SECRETS = {
    "OAUTH2_CLIENT_SECRET": CONFIDENTIAL.secret or "",
    "OAUTH2_OTHER_CLIENT_SECRET": OTHER.secret or "",
    "OAUTH2_PASSWORD": ALICE.password,
}
CLIENTS = (
    *("--client-id", CONFIDENTIAL.client_id, "--redirect-uri", CONFIDENTIAL.redirect_uris[0]),
    *("--other-client-id", OTHER.client_id, "--other-redirect-uri", OTHER.redirect_uris[0]),
    *("--username", ALICE.username),
)


@pytest.fixture(scope="module")
def server() -> Iterator[BundledServer]:
    """A reference server of our own."""
    with start_bundled() as running:
        yield running


def init(server: BundledServer, folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`init` for a reference server."""
    place = (server.announcement["base_url"], "--ca-file", server.announcement["ca_file"])
    return command("init", *place, *words, folder=folder, **{**SECRETS, **more})


def profile_for(folder: Path, *variant: str) -> dict[str, Any]:
    """The profile that `init` writes for a variant of the reference server."""
    with start_bundled(["--variant", *variant] if variant else []) as running:
        done = init(running, folder, *CLIENTS)
    assert done.returncode == 0, done.stderr
    return tomllib.loads(done.stdout)


def test_the_profile_says_what_the_server_does(tmp_path: Path) -> None:
    found = profile_for(tmp_path)
    assert sorted(found["features"]["grants"]) == sorted(CONFIDENTIAL.grants)
    assert found["clients"]["confidential"]["authentication"] == ["client_secret_basic", "client_secret_post"]
    assert found["clients"]["confidential"]["grant_scopes"]["client_credentials"] == ["app", "basic"]
    assert found["endpoints"]["revocation"] == "/oauth/revoke"
    assert found["features"]["introspection"] is True
    assert found["target"]["issuer"] == found["target"]["base_url"]
    assert {"pkce", "pkce_plain", "issuer_metadata", "issuer_parameter"} <= set(found["features"])


@pytest.mark.parametrize(
    ("variant", "claimed"), [("native-apps", True), ("native-apps-by-claimed-https", True), (None, False)]
)
def test_native_apps_are_claimed_where_one_is_served(variant: str | None, claimed: bool, tmp_path: Path) -> None:
    uris = [word for uri in NATIVE.redirect_uris[:4] for word in ("--native-redirect-uri", uri)]
    if variant != "native-apps":
        uris = uris[6:]
    with start_bundled(["--variant", variant] if variant else []) as running:
        done = init(running, tmp_path, *CLIENTS, "--native-client-id", NATIVE.client_id, *uris)
    assert done.returncode == 0, done.stderr
    found = tomllib.loads(done.stdout)
    assert found["clients"]["native"]["type"] == "native"
    assert ("native_apps" in found["features"], "# not native_apps: " in done.stdout) == (claimed, not claimed)


def test_no_secret_is_written_or_shown(server: BundledServer, tmp_path: Path) -> None:
    done = init(server, tmp_path, *CLIENTS)
    assert [secret for secret in SECRETS.values() if secret in done.stdout + done.stderr] == []
    assert 'client_secret = "env:OAUTH2_CLIENT_SECRET"' in done.stdout


@pytest.mark.parametrize(
    ("variant", "line"),
    [
        ("pkce-demanded", 'pkce = "S256"  # demanded: '),
        ("state-demanded", "# `state` is demanded"),
        ("no-default-scope", "# a request without a scope is refused"),
        ("body-authentication-only", 'authentication = "client_secret_post"'),
        ("no-implicit", "# not implicit: the metadata lists no response type token"),
        ("no-password", "# not password: "),
        ("introspection-restricted", "introspection_restricted = true"),
    ],
)
def test_what_a_deployment_demands_is_found_out(variant: str, line: str, tmp_path: Path) -> None:
    with start_bundled(["--variant", variant]) as running:
        done = init(running, tmp_path, *CLIENTS)
    assert line in done.stdout


def test_an_introspection_that_tells_a_part_of_the_scope_is_not_said_to_tell_it_whole(tmp_path: Path) -> None:
    with start_bundled(["--variant", "introspection-tells-part-of-scope"]) as running:
        done = init(running, tmp_path, *CLIENTS)
    assert "introspection = true" in done.stdout
    assert "introspection_scope" not in done.stdout


def test_a_file_is_overwritten_only_when_told(server: BundledServer, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mine")
    refused = init(server, tmp_path, *CLIENTS, "-o", "mine.toml")
    assert (refused.returncode, (tmp_path / "mine.toml").read_text()) == (4, "mine")
    assert "mine.toml exists" in refused.stderr
    assert init(server, tmp_path, *CLIENTS, "-o", "mine.toml", "--force").returncode == 0
    assert tomllib.loads((tmp_path / "mine.toml").read_text())["clients"]["other"]["client_id"] == OTHER.client_id


@pytest.mark.parametrize(
    ("words", "more", "message"),
    [
        ((), {}, "client_id of a confidential client: give --client-id or $OAUTH2_CLIENT_ID"),
        (("--client-id", "client-a"), {"OAUTH2_CLIENT_SECRET": ""}, "its client_secret: give $OAUTH2_CLIENT_SECRET"),
        (CLIENTS, {"OAUTH2_PASSWORD": ""}, "its password: give $OAUTH2_PASSWORD"),
        (CLIENTS, {"OAUTH2_CLIENT_SECRET": "mistyped"}, "check client_id 'client-a' and the value of $OAUTH2_CLIENT"),
        (("--endpoint", "tokn=/x"), {}, "--endpoint tokn: known are"),
        (("--token-parameter", "audience"), {"OAUTH2_CLIENT_ID": "client-a"}, "must be NAME=VALUE"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    server: BundledServer, words: tuple[str, ...], more: dict[str, str], message: str, tmp_path: Path
) -> None:
    done = init(server, tmp_path, *words, **more)
    assert (done.returncode, done.stdout) == (4, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("as.example.com", "is not an http or https URL, such as https://as.example.com"),
        ("http://127.0.0.1:1", "nothing answers at http://127.0.0.1:1: connection failed: "),
    ],
)
def test_a_url_that_leads_nowhere_is_named(url: str, message: str, tmp_path: Path) -> None:
    done = command("init", url, folder=tmp_path)
    assert (done.returncode, done.stdout) == (4, "")
    assert message in done.stderr


def test_without_an_account_the_profile_says_what_is_left_out(server: BundledServer, tmp_path: Path) -> None:
    done = init(server, tmp_path, "--client-id", CONFIDENTIAL.client_id)
    assert tomllib.loads(done.stdout)["features"]["grants"] == ["client_credentials"]
    assert "name of a test account (--username or $OAUTH2_USERNAME)" in done.stderr


EVERYBODY = {
    "OAUTH2_PUBLIC_CLIENT_ID": PUBLIC.client_id,
    "OAUTH2_PUBLIC_REDIRECT_URI": " ".join(PUBLIC.redirect_uris),
    "OAUTH2_SPECIAL_CLIENT_ID": SPECIAL.client_id,
    "OAUTH2_SPECIAL_CLIENT_SECRET": SPECIAL.secret or "",
    "OAUTH2_SPECIAL_REDIRECT_URI": SPECIAL.redirect_uris[0],
    "OAUTH2_RESTRICTED_CLIENT_ID": RESTRICTED.client_id,
    "OAUTH2_RESTRICTED_CLIENT_SECRET": RESTRICTED.secret or "",
    "OAUTH2_RESTRICTED_REDIRECT_URI": RESTRICTED.redirect_uris[0],
    "OAUTH2_INTROSPECTING_CLIENT_ID": OTHER.client_id,
    "OAUTH2_INTROSPECTING_CLIENT_SECRET": OTHER.secret or "",
    "OAUTH2_GUESSING_CLIENT_ID": "client-guessing",
    "OAUTH2_GUESSING_CLIENT_SECRET": "locked-by-now",
    "OAUTH2_OTHER_USERNAME": BOB.username,
    "OAUTH2_OTHER_PASSWORD": BOB.password,
    "OAUTH2_UNICODE_USERNAME": UNICODE.username,
    "OAUTH2_UNICODE_PASSWORD": UNICODE.password,
    "OAUTH2_GUESSING_USERNAME": GUESS.username,
    "OAUTH2_GUESSING_PASSWORD": GUESS.password,
}


def test_every_client_and_account_gets_its_table_and_doctor_holds_it(server: BundledServer, tmp_path: Path) -> None:
    resource = ("--endpoint", "protected_resource=/api/me", "--endpoint", "token_info=/oauth/token/info")
    done = init(server, tmp_path, *CLIENTS, *resource, "-o", "p.toml", **EVERYBODY)
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "p.toml").read_text()
    found = tomllib.loads(written)
    assert {"public", "special", "restricted", "introspecting", "guessing"} <= set(found["clients"])
    assert {"resource_owner", "resource_owner_other", "resource_owner_unicode", "resource_owner_guessing"} <= set(found)
    assert sorted(found["clients"]["restricted"]["barred"]) == ["client_credentials", "implicit", "password"]
    assert "# its credentials are refused: " in written
    assert (found["features"]["metadata"], found["features"]["bearer_form_body"]) == (True, True)
    assert found["target"]["insufficient_scope"] in ("profile", "email")
    assert found["target"]["introspection_scope"] == "whole"
    told = command("doctor", "p.toml", folder=tmp_path, **SECRETS, **EVERYBODY)
    assert told.returncode == 0, told.stdout


def test_what_could_not_be_seen_is_said(server: BundledServer, tmp_path: Path) -> None:
    bare = init(server, tmp_path, *CLIENTS)
    more = init(server, tmp_path, *CLIENTS, "--endpoint", "protected_resource=/api/me")
    assert "name one with --endpoint protected_resource=URL" in bare.stderr
    assert "# whether tokens open a protected resource: " in bare.stdout
    assert "protected_resource=URL" not in more.stdout


def test_redirect_uris_registered_in_part_are_noticed(tmp_path: Path) -> None:
    assert profile_for(tmp_path, "redirect-uris-registered-in-part")["features"]["full_redirect_uris"] is False


def test_a_missing_authority_is_named_by_its_flag(server: BundledServer, tmp_path: Path) -> None:
    done = command("init", server.announcement["base_url"], *CLIENTS, folder=tmp_path, **SECRETS)
    assert done.returncode == 4
    assert "the certificate does not verify" in done.stderr
    assert done.stderr.count("--ca-file FILE") == 1
    assert "[target]" not in done.stderr


def test_http_in_place_of_https_is_named(server: BundledServer, tmp_path: Path) -> None:
    url = server.announcement["base_url"]
    done = command("init", url.replace("https:", "http:"), *CLIENTS, folder=tmp_path, **SECRETS)
    assert (done.returncode, f"the URL is {url}" in done.stderr) == (4, True)


def test_init_leaves_no_token_behind(server: BundledServer, tmp_path: Path) -> None:
    done = init(server, tmp_path, *CLIENTS)
    assert "Left to expire" not in done.stderr
    assert "Sent: " in done.stderr
