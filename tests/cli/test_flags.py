"""What the flags of `run` do, and what is said to those who mistype them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.bundled import BundledServer, start_bundled
from conformance.options import OPTIONS
from conformance.plugin import pytest_addoption
from tests.cli.commanding import command, results
from tests.cli.test_usage import PROFILE
from tests.reporting import synthetic

ONE = "rfc7009-2.1-token-required"
CODE = "rfc6749-4.1.2-reused-code-denied"


@pytest.fixture
def server(tmp_path: Path) -> BundledServer:
    """The bundled server, with a profile that trusts no certificate of its."""
    with start_bundled() as started:
        lines = [line for line in started.profile.splitlines() if not line.startswith("ca_file")]
        (tmp_path / "staging.toml").write_text("\n".join(lines), encoding="utf-8")
        yield started


def test_the_first_line_is_the_target_and_what_will_be_tested(tmp_path: Path) -> None:
    done = command("run", "--only", "rfc7009-2.1-token-required", folder=tmp_path)
    target = results(tmp_path)["target"]
    assert done.stderr.splitlines()[0] == (
        f"Testing reference server at {target['base_url']}: 1 requirement of RFC 7009"
    )


def test_a_quiet_run_says_its_conclusion_and_its_gate(tmp_path: Path) -> None:
    done = command("run", "--only", ONE, "-q", folder=tmp_path)
    lines = [line for line in done.stdout.splitlines() if line]
    assert done.stderr == ""
    assert lines[0].startswith("No breach was found in reference server")
    assert lines[-1] == "gate open: no finding (exit 0)"
    assert len(lines) == 5


def test_a_verbose_run_names_each_test(tmp_path: Path) -> None:
    done = command("run", "--only", ONE, "-v", folder=tmp_path)
    assert f"passed          {ONE}  test_a_request_without_token_is_refused" in done.stderr


def test_the_summary_as_json_is_all_that_stands_on_standard_output(tmp_path: Path) -> None:
    words = ("run", "--only", CODE, "--defect", "code-works-twice", "--json")
    done = command(*words, folder=tmp_path)
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["conclusion"]) == (1, 1, "not conformant")
    assert told["gate"] == "gate closed: 1 finding (exit 1)"
    assert [(each["id"], each["verdict"]) for each in told["findings"]] == [(CODE, "failed")]
    assert (Path(told["reports"]) / "report.html").exists()
    assert json.loads(command(*words, "--", "-v", folder=tmp_path).stdout)["exit_code"] == 1


def test_what_is_excluded_is_left_out_and_every_report_says_so(tmp_path: Path) -> None:
    done = command("run", "--only", "rfc7009-2.1", "--exclude", ONE.upper(), folder=tmp_path)
    content = results(tmp_path)
    by_id = {entry["id"]: entry for entry in content["requirements"]}
    assert done.returncode == 0
    assert (by_id[ONE]["verdict"], by_id[ONE]["tests"]) == ("untested", [])
    assert sum(bool(entry["tests"]) for entry in by_id.values()) > 10
    assert content["selection"] == ["rfc7009-2.1", f"--exclude {ONE.upper()}"]


def test_what_failed_in_the_last_run_is_run_again(tmp_path: Path) -> None:
    assert command("run", "--only", "rfc7009", "--defect", "revocation-does-nothing", folder=tmp_path).returncode == 1
    failed = [entry["id"] for entry in results(tmp_path)["requirements"] if entry["verdict"] in ("failed", "warned")]
    done = command("run", "--failed", folder=tmp_path)
    tested = [entry["id"] for entry in results(tmp_path)["requirements"] if entry["tests"]]
    assert done.returncode == 0
    assert tested == failed
    done = command("run", "--failed", folder=tmp_path)
    assert done.returncode == 5
    assert "nothing failed in the last run" in done.stderr


def test_what_failed_is_that_of_the_same_target(tmp_path: Path, server: BundledServer) -> None:
    command("run", "--only", ONE, folder=tmp_path)
    done = command("run", "staging.toml", "--failed", folder=tmp_path)
    assert done.returncode == 4
    assert f"reports has no earlier run of {server.announcement['base_url']}" in done.stderr


def test_a_certificate_that_nobody_vouches_for_is_taken_on_demand_and_every_report_says_so(
    tmp_path: Path, server: BundledServer
) -> None:
    assert command("run", "staging.toml", "--only", ONE, folder=tmp_path).returncode == 4
    only = [word for each in (ONE, "rfc6749-1.6", "rfc6749-10.9") for word in ("--only", each)]
    done = command("run", "staging.toml", *only, "--insecure", folder=tmp_path)
    content = results(tmp_path)
    verdicts = {entry["id"]: entry["verdict"] for entry in content["requirements"]}
    assert done.returncode == 0, done.stdout + done.stderr
    assert verdicts[ONE] == "passed"
    assert content["insecure"] is True
    assert "its certificate is NOT verified" in done.stderr
    assert "Certificate: NOT verified (--insecure)" in done.stdout
    latest = tmp_path / "reports" / "latest"
    for name in ("report.html", "junit.xml", "results.sarif", "summary.md", "badge.svg", "tests.html"):
        assert "NOT verified" in (latest / name).read_text(encoding="utf-8"), name
    looked_at = [entry["verdict"] for entry in content["requirements"] if "leave out `--insecure`" in entry["reason"]]
    assert set(looked_at) == {"untested"}


def test_a_reference_in_any_case_is_known(tmp_path: Path) -> None:
    words = ("run", "--only", ONE.upper(), "--defect", "Code-Works-Twice", "--only", "RFC6749-4.1.2")
    assert command(*words, folder=tmp_path).returncode == 1
    assert command("requirements", "--document", "RFC7009", folder=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("run --onyl rfc7009", "unknown: --onyl; did you mean --only?"),
        ("run --fail must", "unknown: --fail; did you mean --failed?"),
        ("run --fail-on mst", "did you mean must?"),
        ("rnu", "did you mean run?"),
        ("run --only rfc7009-2.1-token-requird", "did you mean rfc7009-2.1-token-required?"),
        ("run --exclude rfc7O09", "did you mean rfc7009?"),
        ("run --defect code-works-twic", "did you mean code-works-twice?"),
        ("run --variant no-implict", "did you mean no-implicit?"),
        ("requirements --document rfc709", "did you mean rfc7009?"),
        ("run --failed --only rfc7009-2.1-token-requird", "did you mean rfc7009-2.1-token-required?"),
        ("run --list --exclude rfc7O09", "did you mean rfc7009?"),
        ("certify p.toml --template a.toml --certification cor", "did you mean core?"),
        ("init https://as.example.com --endpoint tokn=/x", "did you mean token?"),
        ("replay bundled results.json rfc7009-2.1-token-requird", "did you mean rfc7009-2.1-token-required?"),
        ("serve --prot 1", "did you mean --port?"),
        ("serve --defect code-works-twic", "did you mean code-works-twice?"),
    ],
)
def test_what_was_meant_is_asked(words: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "results.json").write_text(json.dumps(synthetic.content()), encoding="utf-8")
    done = command(*words.split(), folder=tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 4
    assert last.endswith(told)
    assert last.startswith("oauth2-conformance: ")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("run --failed", 4, "reports has no earlier run of the bundled server: leave out --failed"),
        ("run p.toml --failed", 4, "reports has no earlier run of http://127.0.0.1:1: leave out --failed"),
        ("run --failed --reports nowhere", 4, "nowhere has no earlier run of the bundled server"),
        ("run --list --failed", 4, "no earlier run"),
        ("run --list p.toml -- -k code", 4, "leave out what stands behind --"),
        ("run --list missing.toml", 4, "missing.toml: can't be read"),
        ("run p.toml --insecure", 4, "nothing answers at http://127.0.0.1:1"),
        ("run --quiet --verbose", 4, "--quiet and --verbose exclude each other"),
        (f"run --only {ONE} --exclude rfc7009", 5, "no test was selected"),
        (f"run --exclude {ONE} --only {ONE} --list", 5, "0 requirements would be tested"),
        ("run --exclude", 4, "argument --exclude: expected one argument"),
    ],
)
def test_what_leads_nowhere_says_so(words: str, code: int, told: str, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(PROFILE, encoding="utf-8")
    done = command(*words.split(), folder=tmp_path)
    assert (done.returncode, told in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("damaged", ["{}", "[]", "{", "3"])
def test_results_that_are_damaged_are_no_last_run(damaged: str, tmp_path: Path) -> None:
    (tmp_path / "reports" / "20990101T000000Z-x").mkdir(parents=True)
    (tmp_path / "reports" / "20990101T000000Z-x" / "results.json").write_text(damaged)
    done = command("run", "--failed", folder=tmp_path)
    assert (done.returncode, "no earlier run of the bundled server" in done.stderr) == (4, True), done.stderr


@pytest.mark.parametrize("words", ["report --fromat html", "baseline update --nonsense", "serve --nonsense"])
def test_the_usage_is_that_of_the_command(words: str, tmp_path: Path) -> None:
    done = command(*words.split(), folder=tmp_path)
    named = " ".join(word for word in words.split() if not word.startswith("--") and word != "html")
    assert done.stderr.startswith(f"usage: oauth2-conformance {named} [-h]")


def test_the_version_names_the_catalogue(tmp_path: Path) -> None:
    told = command("version", folder=tmp_path).stdout
    assert told.startswith("oauth2-conformance 0.")
    command("run", "--only", ONE, folder=tmp_path)
    assert f"catalogue {results(tmp_path)['suite']['catalogue']}\n" in told


def test_plain_pytest_takes_the_same_options() -> None:
    taken: list[str] = []

    class Parser:
        def getgroup(self, _name: str) -> Parser:
            return self

        def addoption(self, name: str, **_keywords: object) -> None:
            taken.append(name)

    pytest_addoption(Parser())  # type: ignore[arg-type]
    assert taken == [f"--{option.name}" for option in OPTIONS if option.of_pytest]
