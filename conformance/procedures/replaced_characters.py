"""A registered redirection URI in which one character is another: what patterns and lenient comparisons let pass.

A registered URI that is taken for a regular expression matches any character where it has a dot, one that is taken for
a pattern of a database where it has an underscore; hosts, paths and queries are compared in different ways.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult

Part = Literal["scheme", "netloc", "path", "query"]
# The classes of characters that are replaced, and the character of a class that replaces another one.
CLASSES: Mapping[str, str] = {
    "letter": string.ascii_letters,
    "digit": string.digits,
    "dot": ".",
    "hyphen": "-",
    "underscore": "_",
    "equals": "=",
    "escape": "%",
}
BY: Mapping[str, str] = {"letter": "xq", "digit": "07", "dot": ".", "hyphen": "-", "underscore": "_", "ampersand": "&"}


@dataclass(frozen=True, slots=True)
class Replacement:
    """The last character of a class in one part of a URI, replaced by one of another class or of its own."""

    part: Part
    old: str
    new: str

    def __str__(self) -> str:
        part = "host" if self.part == "netloc" else self.part
        return f"{part}-{self.old}-by-{self.new}"

    def __call__(self, uri: SplitResult) -> str | None:
        """The URI with the replacement; None where it has no such character."""
        text = str(getattr(uri, self.part)) if self.part != "netloc" else _host(uri.netloc)
        at = max((at for at, character in enumerate(text) if character in CLASSES[self.old]), default=-1)
        if at < 0:
            return None
        new = next(character for character in BY[self.new] if character != text[at])
        whole = uri.geturl()
        start = whole.find(text, _start(uri, self.part))
        return f"{whole[: start + at]}{new}{whole[start + at + 1 :]}"


def _host(netloc: str) -> str:
    """The host of an authority, in its own letter case."""
    return netloc.rpartition("@")[2].partition(":")[0]


def _start(uri: SplitResult, part: Part) -> int:
    """Where to look for a part, so that the same text in front of it isn't taken."""
    if part == "scheme":
        return 0
    if part == "netloc":
        return len(uri.scheme) + 3 + len(uri.netloc.rpartition("@")[0])
    if part == "path":
        return len(uri.scheme) + 1 + (len(uri.netloc) + 2 if uri.netloc else 0)
    return uri.geturl().index("?") + 1


REPLACEMENTS: Mapping[str, Callable[[SplitResult], str | None]] = {
    str(each): each
    for each in (
        Replacement("scheme", "letter", "letter"),
        Replacement("scheme", "letter", "digit"),
        Replacement("scheme", "dot", "letter"),
        Replacement("netloc", "letter", "letter"),
        Replacement("netloc", "letter", "digit"),
        Replacement("netloc", "letter", "hyphen"),
        Replacement("netloc", "dot", "letter"),
        Replacement("netloc", "dot", "digit"),
        Replacement("netloc", "dot", "hyphen"),
        Replacement("path", "letter", "letter"),
        Replacement("path", "letter", "digit"),
        Replacement("path", "letter", "dot"),
        Replacement("path", "dot", "letter"),
        Replacement("path", "hyphen", "letter"),
        Replacement("path", "underscore", "letter"),
        Replacement("path", "digit", "digit"),
        Replacement("query", "letter", "letter"),
        Replacement("query", "digit", "digit"),
        Replacement("query", "equals", "ampersand"),
        Replacement("query", "escape", "letter"),
    )
}
