"""The words of verdicts, in the order in which they win, for those who come to them and those who tell of them."""

from __future__ import annotations

from typing import Literal, get_args

Verdict = Literal[
    "failed",
    "error",
    "inconclusive",
    "warned",
    "passed",
    "noted",
    "untested",
    "vacuous",
    "not applicable",
    "untestable",
]
# The order decides: of several tests of one requirement, the first of these words wins. What a line more of the profile
# would test comes before what did not arise: else nobody would be told of that line.
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Level = Literal["MUST", "SHOULD", "MAY", "STATED"]
