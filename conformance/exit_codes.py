"""The exit codes of a run: what the gate says to a pipeline."""

OK = 0
FINDINGS = 1
INTERRUPTED = 2
FAULT = 3
USAGE = 4
NOTHING_SELECTED = 5
INCOMPLETE = 6
