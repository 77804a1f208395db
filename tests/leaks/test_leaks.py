"""A full run and every way in which one can go wrong leave no secret, token, code, cookie or password anywhere."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from conformance.bundled import BundledServer, when_ready
from tests.cli.commanding import Done, command, forked, plain_pytest, started_anew
from tests.leaks import sabotage
from tests.leaks.scanner import Secrets, files_below, leaks

HERE = Path(__file__).resolve().parent
NARROW = ("--only", "rfc7009", "--only", "rfc6749-4.1.3")
# Whatever of pytest shows more than usual.
CHATTY = ("--", "-v", "-v", "-l", "--full-trace", "--tb=long", "-rA", "--capture=no", "--debug=debug.log")


@dataclass
class World:
    """A server with unusual secrets, and where it writes down what it issues."""

    server: BundledServer
    log: Path

    def secrets(self) -> Secrets:
        """Every secret so far; Basic credentials hold a client's, in base64."""
        values = self.log.read_text(encoding="utf-8").splitlines()
        return Secrets.of(values)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    log = tmp_path_factory.mktemp("server") / "issued"
    arguments = ["--port", "0", "--plain", "--control", "--announce", "--exit-with-stdin"]
    process = subprocess.Popen(
        [sys.executable, str(HERE / "server.py"), str(log), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with when_ready(process) as server:
        yield World(server, log)


@dataclass
class Ended:
    """A command that ended: its exit code, and everything that it wrote, by place."""

    code: int
    places: list[tuple[str, bytes]]

    def text(self) -> str:
        """What it said on the terminal."""
        return b"\n".join(content for name, content in self.places if name in ("stdout", "stderr")).decode()


def ran(world: World, folder: Path, carry_out: Callable[..., Done], *words: str) -> Ended:
    """What a command wrote, in a folder that holds the profile."""
    profile = folder / "target.toml"
    profile.write_text(world.server.profile, encoding="utf-8")
    done = carry_out(*words, folder=folder)
    profile.unlink()
    printed = [("stdout", done.stdout.encode()), ("stderr", done.stderr.encode())]
    return Ended(done.returncode, [*printed, *files_below(folder)])


def run(world: World, folder: Path, *words: str) -> Ended:
    """A run of the suite."""
    return ran(world, folder, command, "run", "target.toml", *words)


def sabotaged(world: World, folder: Path, kind: str, *words: str) -> Ended:
    """A run that goes wrong."""

    def broken(*words: str, folder: Path) -> Done:
        return forked(partial(sabotage.main, kind), words, folder)

    return ran(world, folder, broken, "run", "target.toml", *words)


def test_a_full_run_and_every_report_of_it(world: World, tmp_path: Path) -> None:
    # In a process that starts from nothing, as a user's does.
    ended = ran(world, tmp_path, started_anew, "run", "target.toml", *CHATTY)
    names = {Path(name).name for name, _ in ended.places}
    assert {"results.json", "report.html", "tests.html", "junit.xml", "journal.jsonl"} <= names
    assert ended.code in (0, 1, 6), ended.text()[-3000:]
    assert leaks(ended.places, world.secrets()) == []
    for form in ("har", "markdown", "sarif", "badge"):
        made = ran(world, tmp_path, command, "report", "reports/latest/results.json", "--format", form)
        assert made.code == 0
        assert leaks(made.places[:2], world.secrets()) == []


def test_a_run_with_workers(world: World, tmp_path: Path) -> None:
    ended = run(world, tmp_path, *NARROW, "-n", "2", *CHATTY)
    assert ended.code in (0, 1, 6), ended.text()[-3000:]
    assert leaks(ended.places, world.secrets()) == []


def test_a_fuzzing_run(world: World, tmp_path: Path) -> None:
    ended = run(world, tmp_path, "--fuzz", "quick", "--only", "robustness", *CHATTY)
    assert ended.code in (0, 1), ended.text()[-3000:]
    assert leaks(ended.places, world.secrets()) == []


def test_a_check_before_the_run_that_breaks(world: World, tmp_path: Path) -> None:
    ended = sabotaged(world, tmp_path, "crash", *NARROW, *CHATTY)
    assert ended.code == 3, ended.text()[-3000:]
    assert leaks(ended.places, world.secrets()) == []


def test_tests_that_break(world: World, tmp_path: Path) -> None:
    ended = sabotaged(world, tmp_path, "crash", "--unchecked", *NARROW, *CHATTY)
    assert ended.code == 3, ended.text()[-3000:]
    assert "the suite broke at" in ended.text()
    assert leaks(ended.places, world.secrets()) == []


def test_a_plugin_that_breaks(world: World, tmp_path: Path) -> None:
    ended = sabotaged(world, tmp_path, "internal", *NARROW, *CHATTY)
    assert ended.code == 3, ended.text()[-3000:]
    assert "the plugin broke" in ended.text()
    assert leaks(ended.places, world.secrets()) == []


def test_an_interrupted_run(world: World, tmp_path: Path) -> None:
    ended = sabotaged(world, tmp_path, "interrupt", *NARROW, *CHATTY)
    assert ended.code == 2, ended.text()[-3000:]
    assert leaks(ended.places, world.secrets()) == []


def test_a_killed_run_and_what_is_rendered_of_it(world: World, tmp_path: Path) -> None:
    ended = sabotaged(world, tmp_path, "kill", *NARROW)
    assert ended.code == -9
    assert leaks(ended.places, world.secrets()) == []
    again = run(world, tmp_path, "--only", "rfc7009-2.1-token-required")
    assert "rendered from its journal" in again.text()
    assert leaks(again.places, world.secrets()) == []


def test_plain_pytest_with_everything_logged(world: World, tmp_path: Path) -> None:
    words = ["-p", "conformance.plugin", "--pyargs", "conformance.documents.rfc7009", "--profile", "target.toml"]
    ended = ran(world, tmp_path, plain_pytest, *words, "--log-cli-level=DEBUG", "--log-file=all.log", *CHATTY[1:])
    assert ended.code in (0, 1, 6), ended.text()[-3000:]
    assert leaks(ended.places, world.secrets()) == []


# The scanner finds what there is


def test_a_run_that_redacts_nothing_is_found_out(world: World, tmp_path: Path) -> None:
    ended = sabotaged(world, tmp_path, "leak", *NARROW)
    places = {found.partition(":")[0].rpartition("/")[2] for found in leaks(ended.places, world.secrets())}
    # tests.html holds exchanges of tests that were not kept, and these are.
    assert {"results.json", "journal.jsonl", "report.html"} <= places


@pytest.mark.parametrize("kind", ["leak_beside_tests", "leak_in_words"])
def test_a_secret_in_the_log_of_pytest_is_found_out(kind: str, world: World, tmp_path: Path) -> None:
    ended = sabotaged(world, tmp_path, kind, "--only", "rfc7009-2.1-token-required")
    found = leaks(ended.places, world.secrets())
    assert {each.partition(":")[0].rpartition("/")[2] for each in found} == {"tests.html"}
    assert len(found) > 3


SECRET = "Planted/7+secret: ü&=%"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        "".join(f"%{byte:02x}" for byte in SECRET.encode()),
        SECRET.replace("&", "&amp;").replace("/", "&#47;"),
        SECRET.replace("/", "\\/").replace("ü", "\\u00fc"),
        base64.b64encode(f"client:{quote_plus(SECRET)}".encode()).decode(),
        base64.urlsafe_b64encode(f"client:{quote_plus(SECRET)}".encode()).decode().rstrip("="),
        quote(base64.b64encode(f"client:{quote(SECRET)}".encode()).decode()),
        base64.b64encode(f"before\n{SECRET}".encode()).decode(),
    ],
)
def test_the_scanner_knows_every_encoding(written: str) -> None:
    assert leaks([("x", f"before {written} after".encode())], Secrets.of([SECRET])) == [f"x: {SECRET}"]
