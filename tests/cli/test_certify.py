"""A vendor's way: a template, a key, a strict run, a bundle; and a buyer's, who checks it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.bundled import start_bundled
from tests.cli.commanding import command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the profile of a running server, a key, and answers that are filled in."""
    folder = tmp_path_factory.mktemp("vendor")
    with start_bundled() as server:
        (folder / "server.toml").write_text(server.profile, encoding="utf-8")
        assert command("certify", "--new-key", "vendor.pem", folder=folder).returncode == 0
        assert command("certify", "server.toml", "--template", "empty.toml", folder=folder).returncode == 0
        text = (folder / "empty.toml").read_text(encoding="utf-8")
        text = re.sub(r'^(name|version|contact|text) = ""', r'\1 = "as it should be"', text, flags=re.MULTILINE)
        (folder / "named.toml").write_text(text, encoding="utf-8")
        (folder / "answers.toml").write_text(text.replace('kept = ""', 'kept = "yes"'), encoding="utf-8")
        yield folder


def certify(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A certification, which runs the whole suite."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "conformance.cli", "certify", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_a_strict_run_becomes_a_bundle_that_verifies(folder: Path) -> None:
    done = certify(folder, "server.toml", "--statement", "answers.toml", "--key", "vendor.pem")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    checked = command("verify", "bundle.zip", "--public-key", "vendor.pub.pem", folder=folder)
    assert checked.returncode == 0, checked.stdout
    assert "intact, signed by the key that you gave" in checked.stdout
    assert "full: The authorization server keeps RFC 6749" in checked.stdout
    content = (folder / "bundle.zip").read_bytes()
    (folder / "changed.zip").write_bytes(content.replace(b"as it should be", b"as it could be!", 1))
    changed = command("verify", "changed.zip", folder=folder)
    assert changed.returncode == 1
    assert "changed.zip: NOT VALID: is damaged" in changed.stdout


def test_what_is_not_attested_is_refused_before_anything_is_sent(folder: Path) -> None:
    words = ("server.toml", "--statement", "named.toml", "--certification", "revocation")
    done = command("certify", *words, folder=folder)
    assert done.returncode == 6
    assert "Not certified (before anything was sent), for 2 reasons:" in done.stdout
    assert "not attested: rfc7009-5-denial-of-service-countermeasures (MUST): Which measures" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["certify"], "name the profile of what is to be certified"),
        (["certify", "server.toml"], "name the vendor's answers by --statement"),
        (["certify", "server.toml", "--statement", "missing.toml"], "missing.toml: can't be read"),
        (["certify", "server.toml", "--statement", "empty.toml"], ": is empty: fill it in"),
        (["certify", "server.toml", "--statement", "answers.toml", "--key", "server.toml"], "is not a private key"),
        (["certify", "server.toml", "--template", "empty.toml"], "empty.toml: is there already"),
        (["certify", "server.toml", "--template", "x.toml", "--certification", "gold"], "no certification gold: there"),
        (["certify", "--new-key", "vendor.pem"], "vendor.pem: is there already"),
        (["certify", "missing.toml", "--template", "x.toml"], "missing.toml: can't be read"),
        (["verify", "missing.zip"], "missing.zip: can't be read"),
        (["verify", "empty.toml", "--public-key", "empty.toml"], "empty.toml: is not a public key in PEM"),
        (["verify", "empty.toml", "--public-key", "missing.pem"], "missing.pem: can't be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_exit_4_with_a_message(words: list[str], message: str, folder: Path) -> None:
    done = command(*words, folder=folder)
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 4


def test_a_profile_that_forbids_probes_is_not_overruled(folder: Path) -> None:
    text = (folder / "server.toml").read_text(encoding="utf-8")
    (folder / "careful.toml").write_text(text.replace("[target]\n", "[target]\nintrusive = false\n", 1))
    done = command("certify", "careful.toml", "--statement", "answers.toml", folder=folder)
    assert done.returncode == 4
    assert "`intrusive = false` forbids probes that a certification needs" in done.stderr


def test_what_is_no_bundle_is_said_so(folder: Path) -> None:
    done = command("verify", "answers.toml", folder=folder)
    assert done.returncode == 1
    assert "answers.toml: NOT VALID: is damaged: File is not a zip file" in done.stdout
