"""Bad input gets a clear message, the right exit code, and never a traceback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commanding import command

PROFILE = """
[target]
name = "local"
base_url = "http://127.0.0.1:1"

[clients.confidential]
client_id = "a"
client_secret = "literal"

[features]
grants = ["client_credentials"]
"""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "--fail-on", "never"], "invalid choice: 'never'"),
        (["fly"], "invalid choice: 'fly'"),
        (["run", "--base-url", "https://as.example.com"], "a URL alone says nothing of clients and accounts"),
        (["run", "missing.toml"], "missing.toml: can't be read"),
        (["run", "broken.toml"], "broken.toml, line 3: target: has no key 'nmae'"),
        (["run", "silent.toml"], "nothing answers at http://127.0.0.1:1"),
        (["run", "--only", "rfc9999"], "no such requirement, section"),
        (["run", "--defect", "nonsense"], "no defect nonsense"),
        (["run", "--variant", "nonsense"], "no variant nonsense"),
        (["run", "silent.toml", "--defect", "code-works-twice"], "edit the bundled server: leave out the profile"),
        (["run", "silent.toml", "--variant", "redirect-303"], "edit the bundled server: leave out the profile"),
        (["replay", "silent.toml", ".", "x", "--defect", "code-works-twice"], "edit the bundled server"),
        (["run", "--fuzz-seconds", "soon"], "'soon' is no number of seconds"),
        (["requirements", "--document", "rfc1"], "no document rfc1"),
        (["serve", "--port", "nonsense"], "port"),
        (["serve", "--defect", "nonsense"], "nonsense"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_exit_4_with_a_message(words: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text('[target]\nname = "x"\nnmae = "x"\nbase_url = "http://127.0.0.1"\n')
    (tmp_path / "silent.toml").write_text(PROFILE)
    done = command(*words, folder=tmp_path)
    told = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("oauth2-conformance: ")]
    assert any(message in line for line in told), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 4


def test_the_environment_variable_moves_a_profile(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(PROFILE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    done = command("run", "p.toml", folder=tmp_path, OAUTH2_CONFORMANCE_BASE_URL=url)
    assert f"nothing answers at {url}" in done.stdout + done.stderr


def test_the_catalogue_is_listed_with_its_tests(tmp_path: Path) -> None:
    done = command("requirements", "--document", "rfc7009", "--json", folder=tmp_path)
    rows = json.loads(done.stdout)
    assert all(row["id"].startswith("rfc7009-") for row in rows)
    assert next(row["tests"] for row in rows if row["id"] == "rfc7009-2.1-token-required")


def test_a_variant_that_is_like_another_tells_what_it_changes_beside(tmp_path: Path) -> None:
    listed = command("variants", folder=tmp_path).stdout
    told = listed.partition("bcp-302-after-sign-in\n")[2].splitlines()[1:3]
    assert told == ["    like: security-bcp", "    changes: rfc9700-4.12-303-used: warned"]


@pytest.mark.parametrize("what", ["defects", "variants"])
def test_defects_and_variants_are_listed(what: str, tmp_path: Path) -> None:
    done = command(what, "--json", folder=tmp_path)
    assert all(row["name"] and row["says"] for row in json.loads(done.stdout))


def test_fuzz_tests_are_collected_on_demand_only(tmp_path: Path) -> None:
    collecting = ("--", "--collect-only", "-q")
    assert "fuzz/" not in command("run", *collecting, folder=tmp_path).stdout
    assert "fuzz/" in command("run", "--fuzz", "quick", *collecting, folder=tmp_path).stdout


def test_defects_say_which_of_them_need_more_to_be_seen(tmp_path: Path) -> None:
    rows = {row["name"]: row for row in json.loads(command("defects", "--json", folder=tmp_path).stdout)}
    assert rows["code-works-twice"]["needs"] == []
    assert rows["challenge-method-shown-unescaped"]["needs"] == ["--fuzz quick"]
    assert "    needs: --fuzz quick" in command("defects", folder=tmp_path).stdout


def test_a_command_loads_only_what_it_needs(tmp_path: Path) -> None:
    heavy = {"pytest", "httpx", "httpcore", "jsonschema", "cryptography", "rich", "hypothesis", "conformance.harness"}
    code = "import sys; from conformance.cli import main; main(['--version']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert heavy & set(done.stdout.split()) == set()
