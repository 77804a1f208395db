"""How a client under test ends a login."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Seconds that one pause counts for at most: where this process was held up, so was the client.
LONGEST_PAUSE = 0.25
# How a login came to its end. Only what has ended, or begun anew, has refused what it didn't act on.
How = Literal["succeeded", "refused", "answered", "timed out"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a client ended a login: `words` say it for people, `output` is what a command printed."""

    how: How
    words: str
    output: str = ""


class UnusableClient(Exception):
    """The client can't be begun at all: the profile is wrong about it."""
