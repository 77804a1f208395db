"""Small things that a user stumbles over otherwise."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from conformance.bundled import start_bundled
from conformance.certification.matrix import in_words, read_record
from conformance.profile.loading import parse_profile, read_profile
from conformance.reporting import summary
from tests.cli.commanding import command, results
from tests.cli.test_usage import PROFILE
from tests.reporting import synthetic
from tests.reporting.test_console import printed

ONE = "rfc7009-2.1-token-required"


def test_replay_says_that_the_target_is_another_one(tmp_path: Path) -> None:
    words = ("--only", "rfc7009-2", "--defect", "revocation-does-nothing")
    command("run", *words, folder=tmp_path)
    known = results(tmp_path)["target"]
    failed = next(entry["id"] for entry in results(tmp_path)["requirements"] if entry["verdict"] == "failed")
    with start_bundled() as server:
        (tmp_path / "other.toml").write_text(server.profile.replace("reference server", "other"), encoding="utf-8")
        done = command("replay", "other.toml", "reports/latest", failed.upper(), folder=tmp_path)
        url = server.announcement["base_url"]
    assert (
        f"these results are of {known['name']} at {known['base_url']}; what follows is of other at {url}" in done.stderr
    )
    same = command("replay", "bundled", "reports/latest", failed, *words[2:], folder=tmp_path)
    assert "these results are of" not in same.stderr


@pytest.mark.parametrize(
    ("base_url", "title"), [("https://other.example", "other.example"), ("http://127.0.0.1:1/x", "local")]
)
def test_a_moved_profile_is_called_by_its_new_host(base_url: str, title: str) -> None:
    moved = parse_profile(PROFILE.replace('"literal"', '"env:S"'), "p", base_url, {"S": "secret"})
    assert moved.target.name == title


def test_verify_says_what_its_exit_codes_mean(tmp_path: Path) -> None:
    assert "exit codes of verify:" in command("verify", "--help", folder=tmp_path).stdout


def test_an_editors_mark_at_the_beginning_of_a_profile_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("\ufeff" + PROFILE, encoding="utf-8")
    assert read_profile(tmp_path / "p.toml").target.name == "local"


def test_a_reason_has_one_count_on_the_console_in_the_report_and_in_what_doctor_counts() -> None:
    content = synthetic.full_run()
    # As doctor: whatever binds a server.
    own = [e for e in content["requirements"] if e["role"] in (summary.SERVER, summary.RESOURCE_SERVER)]
    expected = Counter(e["reason"] for e in own if e["verdict"] == "not applicable")
    shown = re.findall(r"^ +(\d+)  (the profile doesn't claim .*)$", printed(content), re.MULTILINE)
    assert shown
    assert {reason: int(number) for number, reason in shown} == {
        reason: number for reason, number in expected.items() if reason in {each for _, each in shown}
    }
    page = summary.by_reason(summary.with_verdict(summary.of_tested(content), "not applicable"))
    assert {reason: len(entries) for reason, entries in page} == expected


def test_the_statement_and_the_listing_count_the_same_defects(tmp_path: Path) -> None:
    last = command("defects", folder=tmp_path).stdout.splitlines()[-1]
    rows = json.loads(command("defects", "--json", folder=tmp_path).stdout)
    directed = sum(not row["fuzz"] for row in rows)
    assert last == (f"{len(rows)} defects: {directed} show in directed tests, {len(rows) - directed} only with --fuzz")
    record = read_record()
    told = in_words(record, record["catalogue"])
    assert f"of {len(record['defects'])} deliberate defects of the reference server that show in directed tests" in told


def test_one_is_told_as_one(tmp_path: Path) -> None:
    done = command("run", "--only", ONE, folder=tmp_path)
    assert "1 requirement of RFC 7009" in done.stderr
    assert not re.search(r"\b1 (requirements|tests|findings|questions|reasons|controls)\b", done.stdout + done.stderr)
