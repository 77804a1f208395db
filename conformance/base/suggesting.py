"""What was meant by a word that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?`, to be added to a message, or nothing where no known word is like it."""
    by_key = {each.casefold(): each for each in known}
    found = get_close_matches(word.casefold(), by_key, n=1, cutoff=0.6)
    return f"; did you mean {by_key[found[0]]}?" if found else ""


def in_any_case(word: str, known: Iterable[str]) -> str:
    """The known word that differs from a word in upper and lower case alone; else the word itself."""
    return next((each for each in known if each.casefold() == word.casefold()), word)
