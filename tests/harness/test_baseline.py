"""The baseline: how it is read, what its entries become in a run, and what they do to the gate and to nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.base import schemas
from conformance.base.toml_files import FileFault
from conformance.base.toml_writing import rewritten
from conformance.tally.baseline import Baseline, Deviation, State, as_toml, read_baseline, read_unfinished, state_of
from conformance.tally.baseline_update import brought_up_to_date
from conformance.tally.gathered import TestResult
from tests.reporting import synthetic

MUST = "rfc6749-5.1-token-response-no-store"
OTHER = "rfc7009-2.1-token-required"
GOOD = f"""
[[deviation]]
id = "{MUST}"
reason = "the proxy sets it"
owner = "platform"
expires = 2026-12-31

[[deviation]]
id = "{OTHER}"
reason = "mended in 3.2"
owner = "tokens"
expires = "2026-06-30"
"""
KNOWN = (MUST, OTHER)


def baseline_file(folder: Path, text: str) -> Path:
    """A baseline with this text."""
    path = folder / "known.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_baseline_is_read(tmp_path: Path) -> None:
    entries = read_baseline(baseline_file(tmp_path, GOOD), KNOWN).entries
    assert entries[0] == Deviation(MUST, "the proxy sets it", "platform", "2026-12-31")
    assert entries[1].expires == "2026-06-30"


def test_an_editors_mark_at_the_beginning_is_passed_over(tmp_path: Path) -> None:
    assert len(read_baseline(baseline_file(tmp_path, f"\ufeff{GOOD}"), KNOWN).entries) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[deviation]", "is not TOML"),
        (GOOD.replace("owner", "since = 1\nowner", 1), "line 5: deviation.0: has no key 'since'"),
        (GOOD.replace('owner = "tokens"\n', ""), "line 8: deviation.1: lacks owner"),
        (GOOD.replace("mended in 3.2", ""), "line 10: deviation.1.reason: is empty: fill it in"),
        (GOOD.replace("mended in 3.2", "  "), "line 10: deviation.1.reason: is '  ', must match"),
        (GOOD.replace("2026-06-30", "soon"), "line 12: deviation.1.expires: is 'soon', must be a date (YYYY-MM-DD)"),
        (GOOD.replace("2026-06-30", "2026-06-31"), "line 12: deviation.1.expires: is '2026-06-31', must be a date"),
        (GOOD.replace("2026-12-31", "2026-12-31T00:00:00Z"), "line 6: deviation.0.expires: is '2026-12-31T00"),
        (GOOD.replace(OTHER, "rfc9-1-x"), "line 9: deviation.1.id: there is no requirement rfc9-1-x"),
        (GOOD.replace(OTHER, MUST), f"line 9: deviation.1.id: {MUST} stands twice"),
        ("deviation = 3", "line 1: deviation: is an integer, must be array"),
        ("[deviations]", "line 1: the document: has no key 'deviations'"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_key(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(FileFault) as caught:
        read_baseline(baseline_file(tmp_path, text), KNOWN)
    assert message in str(caught.value)


def test_every_gap_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = GOOD.replace(OTHER, f"{MUST}x").replace("the proxy sets it", "").replace("2026-06-30", "soon")
    with pytest.raises(FileFault) as caught:
        read_baseline(baseline_file(tmp_path, text.replace("owner", "ownr", 1)), KNOWN)
    told = [line.partition(", ")[2] for line in str(caught.value).splitlines()]
    assert told == [
        "line 2: deviation.0: lacks owner",
        "line 4: deviation.0.reason: is empty: fill it in",
        "line 5: deviation.0: has no key 'ownr'; did you mean owner?",
        f"line 9: deviation.1.id: there is no requirement {MUST}x; did you mean {MUST}?",
        "line 12: deviation.1.expires: is 'soon', must be a date (YYYY-MM-DD)",
    ]


def test_a_baseline_with_gaps_is_read_to_be_updated(tmp_path: Path) -> None:
    path = baseline_file(tmp_path, as_toml([Deviation(MUST)], {MUST: "says\nmore"}))
    assert read_unfinished(path).entries == (Deviation(MUST),)
    with pytest.raises(FileFault, match=r"reason: is empty: fill it in"):
        read_baseline(path, KNOWN)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    entries = (
        Deviation(MUST, 'a "quoted" \\ reason\nin two lines \x7f', "ö", "2026-12-31"),
        Deviation(OTHER, "x", "y"),
    )
    assert read_unfinished(baseline_file(tmp_path, as_toml(entries, {}))).entries == entries


@pytest.mark.parametrize(
    ("verdict", "is_complete", "today", "state"),
    [
        ("failed", True, "2026-12-31", "known"),
        ("warned", True, "2026-01-01", "known"),
        ("failed", True, "2027-01-01", "expired"),
        ("passed", True, "2027-01-01", "expired"),
        ("passed", True, "2026-01-01", "stale"),
        ("noted", True, "2026-01-01", "stale"),
        ("passed", False, "2026-01-01", "undecided"),
        ("inconclusive", True, "2026-01-01", "undecided"),
        ("untested", True, "2026-01-01", "undecided"),
        ("error", True, "2026-01-01", "undecided"),
    ],
)
def test_what_becomes_of_an_entry(verdict: str, is_complete: bool, today: str, state: State) -> None:
    entry = Deviation(MUST, "x", "y", "2026-12-31")
    assert state_of(entry, verdict, is_complete=is_complete, today=today) == state


def run_with(outcomes: dict[str, str], *entries: Deviation) -> dict[str, Any]:
    """A run of the year 2026 in which every tested requirement was kept but for some, measured against a baseline."""
    tests = [TestResult(r.id, f"test_{r.id}", outcomes.get(r.id, "kept")) for r in synthetic.catalogue().requirements]
    known = Baseline("known.toml", entries) if entries else None
    return synthetic.content(tests, baseline=known)


ENTRY = Deviation(MUST, "x", "y", "2026-12-31")


@pytest.mark.parametrize(
    ("outcomes", "entries", "gate"),
    [
        ({MUST: "broken"}, (), 1),
        ({MUST: "broken"}, (ENTRY,), 0),
        ({MUST: "broken", OTHER: "broken"}, (ENTRY,), 1),
        ({}, (ENTRY,), 1),
        ({MUST: "broken"}, (Deviation(MUST, "x", "y", "2026-02-28"),), 1),
        ({MUST: "broken", OTHER: "inconclusive"}, (ENTRY,), 6),
        ({MUST: "inconclusive"}, (ENTRY,), 6),
        ({MUST: "error"}, (ENTRY,), 3),
    ],
    ids=["none", "known", "new", "stale", "expired", "incomplete", "hides-incomplete", "hides-fault"],
)
def test_a_baseline_changes_the_gate_and_nothing_else(
    outcomes: dict[str, str], entries: tuple[Deviation, ...], gate: int
) -> None:
    content, without = run_with(outcomes, *entries), run_with(outcomes)
    assert content["gate"] == gate
    assert content["conclusion"] == without["conclusion"]
    assert content["requirements"] == without["requirements"]
    assert schemas.fault("results", content) is None


# What was decided


def vacuous_at(identifier: str, known: Baseline, **more: Any) -> dict[str, Any]:
    """A run against a baseline in which one requirement is vacuous and the others are kept."""
    outcomes = {identifier: "vacuous"}
    tests = [TestResult(r.id, f"test_{r.id}", outcomes.get(r.id, "kept")) for r in synthetic.catalogue().requirements]
    return synthetic.content(tests, baseline=known, **more)


@pytest.mark.parametrize(
    ("known", "gate"),
    [
        (Baseline("known.toml", (), (MUST,)), 1),
        (Baseline("known.toml", (ENTRY,)), 1),
        (Baseline("known.toml", (), (OTHER,)), 0),
        (Baseline("known.toml", ()), 0),
    ],
    ids=["decided", "deviation", "another", "knows-nothing"],
)
def test_what_was_decided_and_is_vacuous_now_closes_the_gate(known: Baseline, gate: int) -> None:
    content = vacuous_at(MUST, known)
    assert content["gate"] == gate
    assert content["conclusion"] == "conformant"
    assert content["baseline"]["no_longer_decided"] == ([MUST] if gate else [])
    assert schemas.fault("results", content) is None


def test_a_recommendation_that_is_vacuous_now_leaves_the_gate_open() -> None:
    should = next(r.id for r in synthetic.catalogue().requirements if r.level == "SHOULD" and r.is_tested)
    assert vacuous_at(should, Baseline("known.toml", (), (should,)))["gate"] == 0


def test_an_update_lists_what_is_decided_and_takes_out_what_is_vacuous() -> None:
    known = Baseline("known.toml", (ENTRY,), (MUST, OTHER))
    updated = brought_up_to_date(known, vacuous_at(MUST, known), "must")
    assert OTHER in updated.decided
    assert MUST not in updated.decided
    assert updated.vanished == [MUST]
    assert [deviation for deviation, _ in updated.dropped] == [ENTRY]


def test_an_update_remembers_what_an_earlier_run_decided() -> None:
    known = Baseline("known.toml", (), (MUST,))
    assert MUST in brought_up_to_date(known, run_with({MUST: "inconclusive"}), "must").decided


def test_what_was_decided_is_written_and_read_again(tmp_path: Path) -> None:
    path = baseline_file(tmp_path, as_toml((ENTRY,), {}, (MUST, OTHER)))
    assert read_baseline(path, KNOWN) == Baseline(str(path), (ENTRY,), (MUST, OTHER))


# Update


def test_an_update_keeps_words_takes_in_findings_and_drops_what_is_kept() -> None:
    known = Baseline("known.toml", (Deviation(OTHER, "x", "y", "2026-12-31"), ENTRY, Deviation("rfc1-2-gone", "z")))
    new = "rfc7009-2.1-refresh-token-type-supported"
    assert new not in KNOWN
    updated = brought_up_to_date(known, run_with({OTHER: "broken", new: "broken"}), "must")
    assert {entry.id for entry in updated.new} <= {entry.id for entry in updated.entries}
    assert Deviation(OTHER, "x", "y", "2026-12-31") in updated.entries
    assert {deviation.id for deviation, _ in updated.dropped} == {MUST, "rfc1-2-gone"}


def test_an_update_keeps_what_the_run_did_not_decide() -> None:
    updated = brought_up_to_date(Baseline("known.toml", (ENTRY,)), run_with({MUST: "inconclusive"}), "must")
    assert (updated.entries, updated.dropped) == ([ENTRY], [])


def test_warnings_come_in_when_they_count_at_the_gate() -> None:
    should = next(r.id for r in synthetic.catalogue().requirements if r.level == "SHOULD" and r.is_tested)
    content = run_with({should: "broken"})
    assert brought_up_to_date(Baseline("", ()), content, "must").new == []
    assert brought_up_to_date(Baseline("", ()), content, "should").new == [Deviation(should)]


# Generated input


@pytest.mark.parametrize(
    ("directed", "verdict"), [("kept", "passed"), ("broken", "failed"), ("inconclusive", "inconclusive")]
)
def test_fuzzing_that_decides_nothing_takes_no_verdict_away(directed: str, verdict: str) -> None:
    idle = {"examples": 3, "undecided": 3, "exchanges": 9, "seconds": 1.0, "cut_short": False}
    fuzzed = TestResult(MUST, "test_any", "inconclusive", "no example was decided", fuzz=idle)
    content = synthetic.content([TestResult(MUST, "test_one", directed), fuzzed])
    entry = next(entry for entry in content["requirements"] if entry["id"] == MUST)
    assert entry["verdict"] == verdict
    assert len(entry["tests"]) == 2


COMMENTED = f"""# ours, kept since 2025

# asked for by the proxy's team
[[deviation]]
id = "{MUST}"
reason = "the proxy sets it"  # ticket 7
owner = "platform"
expires = 2026-12-31

# goes with 3.2
[[deviation]]
id = "{OTHER}"
reason = "mended in 3.2"
owner = "tokens"
expires = "2026-06-30"

# what counts as decided
[decided]
requirements = [
    "{MUST}",  # long since
]
"""


def test_comments_of_a_baselines_owner_survive_an_update(tmp_path: Path) -> None:
    kept, new = Deviation(OTHER, "mended in 3.2", "tokens", "2026-06-30"), Deviation("rfc6749-3.2-get-refused")
    text = rewritten(COMMENTED, as_toml([kept, new], {new.id: "MUST: says"}, (MUST, OTHER)))
    updated = read_unfinished(baseline_file(tmp_path, text))
    assert updated.entries == (kept, new)
    assert updated.decided == (MUST, OTHER)
    assert [line for line in text.splitlines() if "#" in line] == [
        "# ours, kept since 2025",
        "# asked for by the proxy's team",
        "# goes with 3.2",
        "# MUST: says",
        'reason = ""  # why it is accepted for now',
        'owner = ""  # who takes care of it',
        'expires = ""  # YYYY-MM-DD, its last day',
        "# what counts as decided",
        f'    "{MUST}",  # long since',
    ]


def test_what_is_rewritten_with_the_same_stays_as_it_is() -> None:
    assert rewritten(COMMENTED, COMMENTED) == COMMENTED


def test_comments_of_a_profiles_owner_survive_a_new_one() -> None:
    kept = '# staging\n[target]\nname = "old"  # ours\ntimeout = 4\n# two a day\n[limits]\nx = 1\n'
    new = '# written\n[target]\nname = "new"\ntimeout = 4\n\n[features]\na = true\n'
    expected = '# staging\n[target]\nname = "new"  # ours\ntimeout = 4\n# two a day\n\n[features]\na = true\n'
    assert rewritten(kept, new) == expected
