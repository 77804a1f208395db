"""The exit codes of a run: what the gate says to a pipeline."""

from collections.abc import Mapping

OK = 0
FINDINGS = 1
INTERRUPTED = 2
FAULT = 3
USAGE = 4
NOTHING_SELECTED = 5
INCOMPLETE = 6

MEANINGS: Mapping[int, str] = {
    OK: "no finding at the gate",
    FINDINGS: "a finding at the gate's level",
    INTERRUPTED: "interrupted",
    FAULT: "a fault in the suite",
    USAGE: "bad profile, wrong usage, or nothing answers at the target",
    NOTHING_SELECTED: "nothing selected",
    INCOMPLETE: "incomplete: an obligation stayed undecided",
}
