"""The journal: wherever its writer is killed, what stands in it can be rendered, and nothing of it is invented."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.base import schemas
from conformance.running import recovery
from conformance.tally.baseline import Baseline, Deviation
from conformance.tally.gathered import Header, Run, TestResult
from conformance.tally.journal import NAME, Journal, JournalFault, is_abandoned, read_journal
from tests.reporting import synthetic

TESTED = [r.id for r in synthetic.catalogue().requirements if r.is_tested and not r.needs]
HEADER = Header(
    target_name="staging",
    base_url=synthetic.BASE_URL,
    started="2026-03-01T10:00:00Z",
    profile=synthetic.PROFILE,
    features=("authorization_code", "tls"),
    declined={},
    fail_on="must",
    selection=(),
    catalogue_digest=synthetic.catalogue().digest,
    baseline=Baseline("known.toml", (Deviation(TESTED[0], "x", "y", "2026-12-31"),)),
)
# What a target may send: separators that some readers take for line ends, half of a surrogate pair.
ODD = "\u2028\x85\x0c\ud800 \u00fc"
TESTS = [
    synthetic.with_evidence(TestResult(name, f"test[{n}]", "kept", notes=(ODD,)), synthetic.exchange(body=f"{n}{ODD}"))
    for n, name in enumerate(TESTED[:4])
]


def written(folder: Path, header: Header = HEADER) -> bytes:
    """The journal of a run that was killed after its tests."""
    journal = Journal(folder, header)
    for test in TESTS:
        journal.add(test)
    del journal
    return (folder / NAME).read_bytes()


def test_a_journal_tells_all_that_the_run_knew(tmp_path: Path) -> None:
    written(tmp_path)
    run = read_journal(tmp_path).run
    assert run.header == HEADER
    assert run.tests == TESTS
    assert run.interrupted


def test_a_run_that_ended_is_not_interrupted_though_its_reports_are_missing(tmp_path: Path) -> None:
    run = Run(HEADER, collected={TESTED[0]: ["a", "b"]}, finished="2026-03-01T10:00:12Z")
    Journal(tmp_path, HEADER).end(run)
    read = read_journal(tmp_path).run
    assert (read.interrupted, read.finished, read.collected) == (False, run.finished, run.collected)


def test_killed_at_any_moment(tmp_path: Path) -> None:
    whole = written(tmp_path)
    for length in range(0, len(whole), 97):
        (tmp_path / NAME).write_bytes(whole[:length])
        complete = whole[:length].count(b"\n")
        if not complete:
            with pytest.raises(JournalFault, match="is not the journal of a run"):
                read_journal(tmp_path)
            continue
        journaled = read_journal(tmp_path)
        assert journaled.run.tests == TESTS[: complete - 1]
        assert journaled.dropped == (not whole[:length].endswith(b"\n"))


def test_what_is_rendered_says_interrupted_and_what_did_not_run(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(written(tmp_path)[:-20])
    assert is_abandoned(tmp_path)
    recovered = recovery.recover(tmp_path, synthetic.catalogue())
    verdicts = {entry["id"]: (entry["verdict"], entry["reason"]) for entry in recovered.content["requirements"]}
    assert schemas.fault("results", recovered.content) is None
    assert (recovered.content["conclusion"], recovered.content["gate"]) == ("interrupted", 2)
    assert verdicts[TESTED[3]] == ("untested", "the run ended before it")
    assert "3 tests had ended; a line that was written by half is left out" in str(recovered)
    assert {"results.json", "report.html", "junit.xml"} <= {path.name for path in tmp_path.iterdir()}
    assert not is_abandoned(tmp_path)
    assert read_journal(tmp_path).run.tests == TESTS[:3]


def test_what_was_not_selected_is_told_apart_from_what_the_run_did_not_reach(tmp_path: Path) -> None:
    written(tmp_path, replace(HEADER, selection=("rfc7009",)))
    content = recovery.content_of(read_journal(tmp_path), synthetic.catalogue())
    reasons = {e["document"]: e["reason"] for e in content["requirements"] if e["verdict"] == "untested"}
    assert reasons["rfc6749"] == "deselected in this run"


def test_a_journal_of_another_catalogue_is_not_judged_by_this_one(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    written(folder, replace(HEADER, catalogue_digest="0" * 64, version="0.0.9"))
    with pytest.raises(JournalFault, match=r"another catalogue of requirements \(suite 0\.0\.9\)"):
        recovery.recover(folder, synthetic.catalogue())
    assert list(recovery.recover_all(tmp_path, synthetic.catalogue())) == []


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    journal = Journal(folder, HEADER)
    assert list(recovery.recover_all(tmp_path, synthetic.catalogue())) == []
    with pytest.raises(BlockingIOError):
        recovery.recover(folder, synthetic.catalogue())
    journal.close()
    assert not is_abandoned(folder)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b'{"header": {}}\n', b'{"header": 1}\n', b"\xff\xfe\n", b"[]\n"]
)
def test_what_is_no_journal_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(JournalFault, match="is not the journal of a run"):
        read_journal(tmp_path)
