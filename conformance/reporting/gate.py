"""Why the gate is open or closed, in one line: what a pipeline's exit code means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from conformance.base import exit_codes
from conformance.reporting import summary
from conformance.reporting.summary import Content, counted


def gate_sentence(content: Content, code: int | None = None, more: Sequence[str] = ()) -> str:
    """The gate and what decided it.

    `code` is the exit code where it isn't the gate's own, for reasons that lie outside the results: `more`.
    """
    decided = content["gate"] if code is None else code
    if decided == exit_codes.OK:
        return f"gate open: {_why_open(content)} (exit 0)"
    reasons = [*more, *_why_closed(content)]
    return f"gate closed: {', '.join(reasons)} (exit {decided})"


def _why_closed(content: Content) -> list[str]:
    match content.get("gate"):
        case exit_codes.INTERRUPTED:
            return ["the run was interrupted"]
        case exit_codes.NOTHING_SELECTED:
            return ["no test was selected"]
        case exit_codes.FAULT:
            faults = summary.with_verdict(content["requirements"], "error")
            return [f"the suite itself failed at {counted(len(faults), 'requirement')}"]
        case exit_codes.FINDINGS:
            return _findings(content)
        case exit_codes.INCOMPLETE:
            return [f"{summary.undecided_in_words(content)} undecided"]
        case _:
            return []


def _findings(content: Content) -> list[str]:
    """What has to be mended: in the target, then in the baseline."""
    in_baseline = summary.deviations_of_findings(content)
    found = [entry for entry in _at_the_gate(content) if entry["id"] not in in_baseline]
    noun = "new finding" if "baseline" in content else "finding"
    reasons = [counted(len(found), noun)] if found else []
    states = Counter(entry["state"] for entry in summary.deviations_that_close(content))
    for state in ("stale", "expired"):
        if states[state]:
            number = counted(states[state], "entry", "entries").replace(" ", f" {state} baseline ", 1)
            reasons.append(number)
    vanished = len(summary.no_longer_decided(content))
    return reasons + ([f"{counted(vanished, 'requirement')} decided before and vacuous now"] if vanished else [])


def _at_the_gate(content: Content) -> list[summary.Entry]:
    words = ("failed", "warned") if content["fail_on"] == "should" else ("failed",)
    return summary.with_verdict(content["requirements"], *words)


def _why_open(content: Content) -> str:
    known = len(_at_the_gate(content))
    warned = len(summary.findings(content)) - known
    reasons = [counted(known, "known finding")] if known else []
    if warned:
        reasons.append(f"{counted(warned, 'warning')}, let through unless `--fail-on should`")
    return ", ".join(reasons) or "no finding"
