"""What the tool that compares defects with what they declare may write, and how."""

from __future__ import annotations

import tomllib

import pytest

from tests.matrix.reconcile import read_options
from tests.matrix.reconciling import as_toml


@pytest.mark.parametrize("name", ["plain-name", "implicit[public]", "two words", 'in "quotes"', "with.a.dot"])
def test_any_name_of_a_defect_is_read_back_as_it_is(name: str) -> None:
    table = {name: {"breaks": ["rfc6749-4.1.2-state-exact"], "blocks": ["rfc6749-6-scope-never-widened"]}}
    assert tomllib.loads(as_toml(table)) == table


@pytest.mark.parametrize("writing", ["--write", "--write-kills"])
def test_what_was_seen_of_some_requirements_is_not_written(capsys: pytest.CaptureFixture[str], writing: str) -> None:
    with pytest.raises(SystemExit):
        read_options([writing, "--of", "rfc6749-4.1.2-state-exact"])
    assert "--of looks at a part" in capsys.readouterr().err


@pytest.mark.parametrize("alone", [["--write", "--write-kills"], ["--of", "rfc6749-4.1.2-state-exact"]])
def test_either_alone_is_taken(alone: list[str]) -> None:
    assert read_options(alone)
