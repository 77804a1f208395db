"""Settings that stand in the working folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.options import OPTIONS
from conformance.settings import ALLOWED, SettingsFault, read_settings
from tests.cli.commanding import command, results
from tests.cli.test_integrations import pytest_in

ONE = "rfc7009-2.1-token-required"
OTHER = "rfc7009-2.1"
OWN = f'only = ["{ONE}"]\nreports = "written"\nprocesses = 1\nunchecked = true\n'


def test_the_settings_of_its_own_file_are_taken(tmp_path: Path) -> None:
    (tmp_path / "oauth2-conformance.toml").write_text(OWN, encoding="utf-8")
    done = command("run", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "settings: oauth2-conformance.toml" in done.stderr
    assert (tmp_path / "written" / "latest" / "results.json").exists()
    assert not (tmp_path / "reports").exists()


def test_a_table_of_pyproject_is_taken_and_flags_win(tmp_path: Path) -> None:
    text = f'[project]\nname = "mine"\n[tool.oauth2-conformance]\nonly = ["{OTHER}"]\nprofile = "missing.toml"\n'
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert "missing.toml: can't be read" in command("run", folder=tmp_path).stderr
    done = command("run", "bundled", "--only", ONE, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path)["selection"] == [ONE]


def test_plain_pytest_takes_them_too(tmp_path: Path) -> None:
    (tmp_path / "oauth2-conformance.toml").write_text(OWN, encoding="utf-8")
    done = pytest_in(tmp_path, "-p", "conformance.plugin", "--pyargs", "conformance.documents.rfc7009")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "written" / "latest" / "results.json").exists()


def test_commands_that_collect_the_suites_tests_are_not_narrowed(tmp_path: Path) -> None:
    (tmp_path / "oauth2-conformance.toml").write_text(OWN, encoding="utf-8")
    listed = command("requirements", "--document", "rfc7662", folder=tmp_path).stdout
    assert "    test: " in listed
    assert "no test yet" not in listed


def test_every_gap_is_told_at_once(tmp_path: Path) -> None:
    text = (
        'onyl = []\nfail-on = "mst"\nprocesses = "many"\nquiet = 1\nonly = "rfc7009"\ninsecure = true\nfuzz-seed = []\n'
    )
    (tmp_path / "oauth2-conformance.toml").write_text(text, encoding="utf-8")
    done = command("run", folder=tmp_path)
    assert done.returncode == 4
    for told in (
        "onyl: there is no such setting; did you mean only?",
        "fail-on: must be one of must, should; did you mean must?",
        "processes: 'many' is neither a number of processes nor auto",
        "quiet: must be true or false",
        "only: must be a list of strings",
        "insecure: is said anew for each run: --insecure",
        "fuzz-seed: must be one value, N",
    ):
        assert f"oauth2-conformance.toml: {told}" in done.stderr


def test_what_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.oauth2-conformance\n", encoding="utf-8")
    with pytest.raises(SettingsFault, match=r"pyproject\.toml: is not TOML"):
        read_settings(tmp_path)


def test_other_projects_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["oauth2-conformance"]\n', encoding="utf-8")
    assert read_settings(tmp_path).source == ""


def test_an_editors_mark_at_the_beginning_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "oauth2-conformance.toml").write_text('\ufefffuzz = "quick"\n', encoding="utf-8")
    assert read_settings(tmp_path).values == {"fuzz": "quick"}


def test_whatever_isnt_for_one_run_alone_can_be_set() -> None:
    assert set(ALLOWED) == {option.name for option in OPTIONS} - {"failed", "list", "insecure"}
