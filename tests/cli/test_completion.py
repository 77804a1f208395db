"""A shell completes commands, flags, and what they name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commanding import command


def completions(line: str, folder: Path) -> list[str]:
    """What is offered for a line, by argcomplete's own protocol."""
    answer = folder / "answer"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_TYPE": "9",
    }
    words = [sys.executable, "-P", "-m", "conformance.cli"]
    subprocess.run(words, cwd=folder, env={**os.environ, **asked}, check=True, timeout=300)
    return answer.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("oauth2-conformance ver", ["verify", "version"]),
        ("oauth2-conformance run --fuzz-s", ["--fuzz-seconds", "--fuzz-seed"]),
        ("oauth2-conformance run --fail-on m", ["must"]),
        ("oauth2-conformance run --only rfc7009-2.1-token-r", ["rfc7009-2.1-token-required"]),
        ("oauth2-conformance run --defect code-works-t", ["code-works-twice"]),
        ("oauth2-conformance run --variant no-impl", ["no-implicit"]),
    ],
)
def test_words_are_offered(line: str, offered: list[str], tmp_path: Path) -> None:
    assert set(offered) <= {word.strip() for word in completions(line, tmp_path)}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_what_it_reads(shell: str, tmp_path: Path) -> None:
    done = command("completion", shell, folder=tmp_path)
    assert done.returncode == 0
    assert "_ARGCOMPLETE" in done.stdout
    assert "oauth2-conformance" in done.stdout


def test_bash_completes(tmp_path: Path) -> None:
    # The shell reads what the command prints, and asks the command itself.
    place = Path(sys.executable).parent
    script = """
    eval "$(oauth2-conformance completion bash)"
    COMP_WORDS=(oauth2-conformance comp); COMP_CWORD=1
    COMP_LINE="oauth2-conformance comp"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
    _python_argcomplete oauth2-conformance
    printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{place}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert {word.strip() for word in done.stdout.splitlines()} == {"compare", "completion"}, done.stderr
