"""A team's way with a baseline: made from a run, filled in, kept up to date, and what the gate makes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.commanding import command, results

SELECTED = ("--only", "rfc6749-4.1.2-reused-code-denied")
DEFECT = ("--defect", "code-works-twice")


def filled_in(path: Path) -> None:
    """Do what a person does with placeholders."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'^(reason|owner) = "".*$', r'\1 = "ticket 7"', text, flags=re.MULTILINE)
    path.write_text(re.sub(r'^expires = "".*$', "expires = 2999-12-31", text, flags=re.MULTILINE), encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The baseline that is made from a run that found something."""
    folder = tmp_path_factory.mktemp("made")
    assert command("run", *SELECTED, *DEFECT, folder=folder).returncode == 1
    done = command("baseline", "update", "-o", "known.toml", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "[[deviation]]" in done.stdout
    assert 'owner = ""  # who takes care of it' in done.stdout
    return folder / "known.toml"


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A folder with that baseline."""
    (tmp_path / "known.toml").write_bytes(made.read_bytes())
    return tmp_path


def test_placeholders_have_to_be_filled_in(folder: Path) -> None:
    done = command("run", *SELECTED, *DEFECT, "--baseline", "known.toml", folder=folder)
    assert done.returncode == 4
    assert re.search(r"known\.toml, line \d+: deviation\.0\.\w+: is empty: fill it in", done.stdout + done.stderr)


def test_known_findings_open_the_gate_and_stay_visible(folder: Path) -> None:
    filled_in(folder / "known.toml")
    done = command("run", *SELECTED, *DEFECT, "--baseline", "known.toml", folder=folder)
    content = results(folder)
    assert done.returncode == content["gate"] == 0
    assert content["conclusion"] == "not conformant"
    assert {entry["state"] for entry in content["baseline"]["entries"]} == {"known"}
    assert "known deviation (until 2999-12-31, ticket 7: ticket 7)" in done.stdout


def test_stale_entries_close_the_gate_until_an_update_drops_them(folder: Path) -> None:
    filled_in(folder / "known.toml")
    done = command("run", *SELECTED, "--baseline", "known.toml", folder=folder)
    assert done.returncode == 1
    assert results(folder)["conclusion"] == "partial"
    assert "stale    rfc6749-4.1.2-reused-code-denied: take it out" in done.stdout
    update = command("baseline", "update", "-o", "known.toml", folder=folder)
    assert "the target keeps it now" in update.stdout
    assert command("run", *SELECTED, "--baseline", "known.toml", folder=folder).returncode == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["baseline"], "the following arguments are required: ACTION"),
        (["baseline", "update"], "the following arguments are required: -o"),
        (["baseline", "update", "-o", "b.toml"], "reports/latest/results.json: can't be read"),
        (["baseline", "update", "broken.json", "-o", "b.toml"], "broken.json: is not JSON"),
        (["baseline", "update", "other.json", "-o", "b.toml"], "other.json: is not a results.json of this suite"),
        (["run", "--baseline", "missing.toml"], "missing.toml: can't be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_exit_4_with_a_message(words: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "other.json").write_text("{}")
    done = command(*words, folder=tmp_path)
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 4
