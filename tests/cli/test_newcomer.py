"""What `tests.bench.newcomer` measures: the paths lead where they should, and one that takes too long is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.newcomer import PATHS, Steps, report

COMMAND = str(Path(sys.executable).with_name("oauth2-conformance"))


def test_a_wrong_secret_leads_to_its_line_by_one_command(tmp_path: Path) -> None:
    path = Steps()
    PATHS["wrong-secret"](tmp_path, COMMAND, path)
    assert path.commands == {"run, wrong secret": 1}


@pytest.mark.parametrize(("seconds", "code"), [(59.0, 0), (61.0, 1)])
def test_a_path_that_takes_too_long_is_told_by_the_exit_code(
    seconds: float, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Steps()
    with path.step("run, wrong secret"):
        pass
    path.steps["run, wrong secret"] = seconds
    assert report(path, as_json=False) == code
    assert f"{seconds} s" in (told := capsys.readouterr().out)
    assert "1 command" in told
