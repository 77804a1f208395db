"""What a run shows on the terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from conformance.base.commanded import Color
from conformance.reporting import summary
from conformance.reporting.console import print_summary

from . import synthetic


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def printed(content: dict[str, Any], encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    print_summary(content, Path("reports/now"), stream)
    stream.flush()
    return raw.getvalue().decode(encoding)


def test_summary_of_a_run_with_findings() -> None:
    content = synthetic.full_run(broken=0.05)
    text = printed(content)
    for entry in summary.findings(content):
        assert entry["id"] in text
    shown = re.findall(r"^(failed|warned) +rfc", text, re.MULTILINE)
    assert shown == sorted(shown)
    assert set(shown) == {"failed", "warned"}
    assert "    curl --header 'Authorization: Basic {basic credentials of confidential}' --data-raw" in text
    assert "Requirements on resource servers, outside the conclusion" in text
    left_out = sum(entry["reason"] == "the profile doesn't claim implicit" for entry in summary.of_target(content))
    assert f"{left_out}  the profile doesn't claim implicit" in text
    assert text.rstrip().endswith(summary.conclusion_sentence(content))


def test_the_baseline_says_what_it_lets_pass_and_what_closes_the_gate() -> None:
    content = synthetic.full_run(broken=0.05)
    broken = summary.findings(content)[0]["id"]
    entries = [synthetic.known(broken), synthetic.known("x-1-old", "expired"), synthetic.known("x-2-kept", "stale")]
    text = printed({**content, "baseline": {"source": "known.toml", "entries": entries}})
    assert "known deviation (until 2027-01-01, platform: the proxy does it)" in text
    assert "Baseline known.toml: 1 known, 1 expired, 1 stale" in text
    assert "expired  x-1-old: mend it, or give it a new day (platform, 2027-01-01)" in text
    assert "stale    x-2-kept: take it out (platform, 2027-01-01)" in text


@pytest.mark.parametrize(
    ("color", "no_color", "stream", "is_colored"),
    [
        ("auto", "", Terminal, True),
        ("auto", "1", Terminal, False),
        ("auto", "", io.StringIO, False),
        ("always", "", io.StringIO, True),
        ("always", "1", io.StringIO, True),
        ("never", "", Terminal, False),
    ],
)
def test_colors_are_for_terminals_unless_somebody_says_otherwise(
    color: Color, no_color: str, stream: type[io.StringIO], is_colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", no_color)
    shown = stream()
    print_summary(synthetic.full_run(), Path("reports/now"), shown, "normal", color)
    assert ("\x1b[1;31m" in shown.getvalue()) == is_colored


def test_a_quiet_summary_concludes() -> None:
    content = synthetic.full_run(broken=0.05)
    shown = io.StringIO()
    print_summary(content, Path("reports/now"), shown, "quiet")
    assert shown.getvalue().strip() == summary.conclusion_sentence(content)


def test_a_run_of_some_requirements_tells_of_those_alone() -> None:
    text = printed(synthetic.content(selection=("rfc7009",)))
    assert "RFC 7009" in text
    assert "RFC 6749" not in text
    assert "resource servers" not in text
    assert "Robustness" not in text


def test_no_terminal_no_colors_no_trailing_blanks() -> None:
    text = printed(synthetic.full_run())
    assert "\x1b" not in text
    # The table's last column is numbers, the rest is text that ends where it ends.
    assert not [line for line in text.splitlines() if line.endswith(" ")]


def test_a_stream_that_is_not_unicode_gets_ascii() -> None:
    assert printed(synthetic.hostile_run(), "ascii").isascii()


def test_a_target_can_not_drive_the_terminal() -> None:
    assert not set(printed(synthetic.hostile_run())) & set("\x00\x07\x1b\x7f\x9b\u202e\r")


def test_however_many_findings_none_is_cut_to_a_bare_line() -> None:
    content = synthetic.full_run(broken=0.9)
    text = printed(content)
    assert all(entry["id"] in text for entry in summary.findings(content))
    assert text.count("    expected  ") >= len(summary.findings(content)) > 500
    assert text.count("curl ") >= len(summary.findings(content))


def test_a_curl_line_leaves_only_the_profiles_variables_to_the_shell() -> None:
    assert summary.shell_variables(synthetic.content()) == {"CLIENT_A_SECRET", "ALICE_PASSWORD"}


@pytest.mark.parametrize(
    ("conclusion", "start"),
    [
        ("not conformant", "staging is not conformant: it breaks 5 MUST and 6 STATED requirements."),
        ("faulty", "No conclusion about staging: the suite itself failed at 5 requirements."),
        ("interrupted", "No conclusion about staging: the run was interrupted."),
        ("incomplete", "No conclusion about staging yet: 5 MUST requirements could not be decided."),
        ("partial", "No breach was found in staging, but 1 requirement untested"),
        ("conformant", "staging is conformant: every applicable MUST and STATED requirement"),
    ],
)
def test_conclusion_in_words(conclusion: str, start: str) -> None:
    content = {**synthetic.content(), "conclusion": conclusion}
    verdicts = ["failed"] * 11 + ["error"] * 5 + ["inconclusive"] * 5 + ["untested"]
    levels = ["MUST"] * 5 + ["STATED"] * 6 + ["SHOULD"] * 5 + ["MUST"] * 5 + ["SHOULD"]
    own = [entry for entry in content["requirements"] if summary.counts_for_conclusion(entry)][: len(verdicts)]
    content["requirements"] = [
        {**entry, "verdict": verdict, "level": level, "no_test_yet": False}
        for entry, verdict, level in zip(own, verdicts, levels, strict=True)
    ]
    assert summary.conclusion_sentence(content).startswith(start)


def test_where_documents_differ_both_verdicts_are_told() -> None:
    text = printed(synthetic.documents_differ())
    assert "see also  documented-flow-1-refresh-token-string: passed" in text
    assert "is warned of the RFC's sentence" in " ".join(text.split())
