"""What fields and buttons of sign-in and consent pages are called: the patterns of `words.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal[
    "decline",
    "approve",
    "proceed",
    "sign_in",
    "aside",
    "search",
    "banner",
    "accounts",
    "remember",
    "user_name",
    "no_user_name",
    "one_time_field",
    "one_time_code",
    "captcha",
    "needs_script",
    "refused",
]


def says(kind: Kind, text: str) -> bool:
    """Whether a text has a word of a kind."""
    return _pattern(kind).search(text) is not None


@cache
def _pattern(kind: Kind) -> re.Pattern[str]:
    """Compiled when it is first asked for: most commands never read a page."""
    return re.compile("|".join(word for each in _tables()[kind].values() for word in each), re.I)


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def user_name_score(marks: str, said: str, kind: str, autocomplete: str) -> int:
    """How much a field looks like the one for the user name: 3 and more is sure, below 1 it isn't."""
    tokens = autocomplete.split()
    if says("no_user_name", marks) or "one-time-code" in tokens or kind == "search":
        return -9
    score = 6 * ("username" in tokens or "email" in tokens) + 3 * (kind == "email")
    score += 4 * says("user_name", marks) + 3 * says("user_name", said)
    return score - 9 * says("one_time_code", said)
