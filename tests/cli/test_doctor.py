"""`doctor` and the check before a run: a mistyped profile is told as that, with its line, and never as breaches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.bundled import BundledServer, start_bundled
from reference_server.demo import CONFIDENTIAL
from tests.cli.commanding import command, results

SECRET = CONFIDENTIAL.secret or ""


@pytest.fixture(scope="module")
def server() -> Iterator[BundledServer]:
    """A reference server of our own."""
    with start_bundled() as running:
        yield running


def mistyped(server: BundledServer, folder: Path, right: str = SECRET, wrong: str = "mistyped-Xq7") -> None:
    """Write the server's profile with a mistake."""
    assert right in server.profile
    (folder / "p.toml").write_text(server.profile.replace(right, wrong), encoding="utf-8")


def test_every_control_of_a_right_profile_holds(server: BundledServer, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(server.profile, encoding="utf-8")
    done = command("doctor", "p.toml", "--json", folder=tmp_path)
    content = json.loads(done.stdout)
    assert [control["name"] for control in content["controls"] if control["state"] != "holds"] == []
    # That PKCE works shows in the codes that controls before it have redeemed.
    assert [control["name"] for control in content["controls"] if not control["exchanges"]] == ["pkce works"]
    assert (done.returncode, content["sound"]) == (0, True)
    assert content["outlook"]["requests"] > 1000


def test_a_mistake_is_told_with_line_and_exchange(server: BundledServer, tmp_path: Path) -> None:
    mistyped(server, tmp_path)
    done = command("doctor", "p.toml", folder=tmp_path)
    told = " ".join(done.stdout.split())
    assert done.returncode == 6
    assert "clients.confidential.client_secret: the server refuses client_id 'client-a'" in told
    assert "p.toml, line " in told
    assert "> POST " in told
    assert "mistyped-Xq7" not in done.stdout


def test_a_run_says_at_once_what_is_wrong(server: BundledServer, tmp_path: Path) -> None:
    mistyped(server, tmp_path)
    done = command("run", "p.toml", "--only", "rfc7009-2.1", folder=tmp_path)
    verdicts = {entry["verdict"] for entry in results(tmp_path)["requirements"]}
    assert "clients.confidential.client_secret: the server refuses" in " ".join(done.stderr.split())
    assert (done.returncode, results(tmp_path)["conclusion"]) == (6, "incomplete")
    assert not verdicts & {"failed", "warned", "error"}


def test_workers_know_what_is_wrong(server: BundledServer, tmp_path: Path) -> None:
    mistyped(server, tmp_path)
    done = command("run", "p.toml", "--only", "rfc7009-2.1", "-n", "2", folder=tmp_path)
    assert (done.returncode, results(tmp_path)["conclusion"]) == (6, "incomplete")


def test_the_failed_controls_are_in_the_results_without_secrets(server: BundledServer, tmp_path: Path) -> None:
    mistyped(server, tmp_path)
    command("run", "p.toml", "--only", "rfc7009-2.1", folder=tmp_path)
    failed = [control for control in results(tmp_path)["controls"] if control["state"] == "fails"]
    assert failed[0]["exchanges"]
    assert "mistyped-Xq7" not in json.dumps(results(tmp_path))


def test_whoever_is_sure_of_his_profile_gets_it_judged(server: BundledServer, tmp_path: Path) -> None:
    mistyped(server, tmp_path, "/oauth/revoke", "/oauth/rev")
    done = command("run", "p.toml", "--unchecked", "--only", "rfc7009-2.1", folder=tmp_path)
    assert "tried out" not in done.stderr
    assert results(tmp_path)["controls"] == []


@pytest.mark.parametrize("words", [("doctor", "p.toml"), ("run", "p.toml")], ids=lambda words: words[0])
def test_a_wrong_authority_is_told_with_its_line(server: BundledServer, words: tuple[str, ...], tmp_path: Path) -> None:
    with start_bundled() as other:
        text = server.profile.replace(server.announcement["ca_file"], other.announcement["ca_file"])
        (tmp_path / "p.toml").write_text(text, encoding="utf-8")
        done = command(*words, folder=tmp_path)
    assert done.returncode == 4
    assert "target.ca_file: name the authority" in done.stdout + done.stderr


def test_the_outlook_says_what_to_add(server: BundledServer, tmp_path: Path) -> None:
    public = server.profile.index("[clients.public]")
    (tmp_path / "p.toml").write_text(
        server.profile[:public] + server.profile[server.profile.index("[clients.special]") :], encoding="utf-8"
    )
    done = command("doctor", "p.toml", folder=tmp_path)
    assert "the profile has no client for this probe: add [clients.public]" in " ".join(done.stdout.split())
