"""Redaction: real secrets live in memory only; what is written shows numbered placeholders.

The `Vault` of a process knows which values are secret and what they are. A `Redactor` renders one test's texts: the
same value gets the same placeholder, numbered in the order in which the test met them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from urllib.parse import unquote_plus

from conformance.wire.content import LONE_SURROGATE
from conformance.wire.secret_patterns import (
    AROUND,
    CREDENTIALS,
    ESCAPED_PARAMETER,
    ESCAPED_WORD,
    MEMBER,
    PARAMETER,
    SCHEMES,
    SECRET_NAMES,
    WORD,
    is_label,
    possible_secrets,
    spelled,
)
from conformance.wire.vault import SHORTEST, Vault, spellings, unescaped

# From here on a value is looked for inside words as well: no word of a language holds one of that length by chance.
LONG = 12
# Characters of a text that a run is likely to meet again, and more than any text has.
SHORT = 400
ENDLESS = sys.maxsize
# What stands for a secret that was found before. A password may be the word "password", which is none of its letters.
PLACEHOLDER = r"\{[a-z_]+#[\w-]+\}"
KIND = re.compile(r"[a-z_]+")


class Redactor:
    """Renders the texts of a process: each secret becomes `{kind#n}`, the same one for the same value.

    `worker` tells the processes of one run apart, so that no number stands for two values.
    """

    def __init__(self, vault: Vault, worker: str = "") -> None:
        self._vault = vault
        self._worker = f"{worker}-" if worker else ""
        self._given: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        # Spellings that no word of a text can equal: these alone are looked for one by one.
        self._odd: dict[str, str] = {}
        # Those of all values looked for one by one that are looked for now; None for all of them.
        self._near: _Near | None = None
        # Headers that hold no word which could be a secret: most of a run's are a few that come again and again.
        self._plain: set[tuple[str, str]] = set()

    def name(self, value: str, kind: str) -> str:
        """The placeholder of a secret."""
        if value in self._vault.fixed:
            return self._vault.fixed[value]
        if value not in self._given:
            kind = self._vault.kind(value) or kind
            self._counts[kind] = self._counts.get(kind, 0) + 1
            shown = f"{{{kind}#{self._worker}{self._counts[kind]}}}"
            for spelling in spellings(value):
                self._given.setdefault(spelling, shown)
                if spelling not in self._vault.odd and not WORD.fullmatch(spelling):
                    self._odd.setdefault(spelling, shown)
                    if self._near is not None:
                        self._near.add(spelling, shown)
        return self._given[value]

    @contextmanager
    def within(self, texts: Iterable[str]) -> Iterator[None]:
        """Render parts of these texts alone: what stands in none of them isn't looked for in every header again."""
        whole = "\n".join(texts)
        if not whole.isascii():
            whole = LONE_SURROGATE.sub("\ufffd", whole)
        every = (self._vault.fixed, self._vault.odd, self._odd)
        fixed, odd, spelled = ({value: shown for value, shown in each.items() if value in whole} for each in every)
        shortest = min(map(len, (*fixed, *odd, *spelled)), default=ENDLESS)
        self._near = _Near(fixed, odd, spelled, shortest)
        try:
            yield
        finally:
            self._near = None

    def text(self, text: str) -> str:
        """A text without secrets: by name where they have one, and wherever else a known one stands.

        Half characters, which no file and no other process could take, become replacement characters.
        """
        if not text:
            return text
        near = self._near or _Near(self._vault.fixed, self._vault.odd, self._odd)
        if "\n" not in text or MEMBER.search(text) or any("\n" in value for value in near.values()):
            return self._searched(text, near) if self._concerns(text, near) else text
        # No secret goes over the end of a line: of a page only the lines are searched that may hold one.
        lines = text.split("\n")
        concerned = [number for number, line in enumerate(lines) if line and self._concerns(line, near)]
        if concerned:
            searched = self._searched("\n".join(lines[number] for number in concerned), near)
            for number, line in zip(concerned, searched.split("\n"), strict=True):
                lines[number] = line
        return "\n".join(lines)

    def _searched(self, text: str, near: _Near) -> str:
        if not text.isascii():
            text = LONE_SURROGATE.sub("\ufffd", text)
        if "=%" in text:
            text = ESCAPED_PARAMETER.sub(self._escaped_parameter, text)
        if "=" in text:
            text = PARAMETER.sub(self._parameter, text)
        if "{" in text:
            text = MEMBER.sub(self._member, text)
        for value, shown in near.fixed.items():
            if value in text and not self._vault.is_name(value):
                text = _replaced(text, value, shown)
        if "%" in text or "=" in text:
            text = _with_words(text, ESCAPED_WORD, self._escaped_word)
        text = _with_words(text, WORD, self._word)
        for value, kind in near.odd.items():
            if value in text:
                text = _replaced(text, value, self.name(value, kind))
        for value, shown in near.spelled.items():
            if value in text:
                text = _replaced(text, value, shown)
        return text

    def _concerns(self, text: str, near: _Near) -> bool:
        """Whether a text may hold a secret, or half characters."""
        possible = possible_secrets(text) if len(text) <= SHORT and text.isascii() else None
        return possible is None or self._vault.knows_any(possible) or any(value in text for value in near.values())

    def header(self, name: str, value: str) -> str:
        """A header's value without secrets."""
        if (name, value) in self._plain and self._near is not None and len(value) < self._near.shortest:
            return value
        lower = name.lower()
        if lower in ("authorization", "proxy-authorization"):
            if value.strip().lower() in SCHEMES:
                return value
            found = CREDENTIALS.fullmatch(value)
            return self._authorization(*found.groups()) if found else self._secret(value, "credentials")
        if lower == "cookie":
            pairs = (pair.partition("=") for pair in value.split(";"))
            return ";".join(f"{key}{equals}{self._secret(word, 'cookie')}" for key, equals, word in pairs)
        if lower == "set-cookie":
            pair, semicolon, attributes = value.partition(";")
            key, _, word = pair.partition("=")
            return f"{key}={self._secret(word, 'cookie')}{semicolon}{attributes}"
        if len(value) <= SHORT and possible_secrets(value) == frozenset() and value.isascii():
            self._plain.add((name, value))
        return self.text(value)

    def _authorization(self, scheme: str, blanks: str, credentials: str, end: str) -> str:
        if scheme.lower() == "basic":
            shown = self._vault.basic(credentials) or self._secret(credentials, "credentials")
        else:
            shown = self._secret(credentials, "access_token" if scheme.lower() == "bearer" else "credentials")
        return f"{scheme}{blanks}{shown}{end}"

    def _secret(self, value: str, kind: str) -> str:
        return value if self._may_be_shown(value) else self.name(value, kind)

    def _may_be_shown(self, value: str) -> bool:
        """Whether a value is none of a secret's: too short, unless the profile says it is one, or the suite's own."""
        return self._vault.is_public(value) or (len(value) < SHORTEST and value not in self._vault.fixed)

    def _parameter(self, match: re.Match[str]) -> str:
        name, value = match.group(1), match.group(2)
        if name not in SECRET_NAMES or value.startswith(("{", "$")):
            return match.group(0)
        plain = unquote_plus(value)
        if self._may_be_shown(plain):
            return match.group(0)
        return f"{name}={self.name(plain, SECRET_NAMES[name])}"

    def _escaped_parameter(self, match: re.Match[str]) -> str:
        name, value = unquote_plus(match.group(1)), unquote_plus(match.group(2))
        if name not in SECRET_NAMES or self._may_be_shown(value):
            return match.group(0)
        return f"{match.group(1)}={self.name(value, SECRET_NAMES[name])}"

    def _member(self, match: re.Match[str]) -> str:
        name, value = match.group(1), unescaped(match.group(2))
        if name not in SECRET_NAMES or value.startswith(("{", "$")) or self._may_be_shown(value):
            return match.group(0)
        if is_label(name, value) and value not in self._vault.fixed and self._vault.kind(value) is None:
            return match.group(0)
        before = match.group(0)[: match.start(2) - match.start(0)]
        return f'{before}{self.name(value, SECRET_NAMES[name])}"'

    def _word(self, word: str) -> str:
        bare = word.strip(AROUND)
        for candidate in (word, bare) if bare != word else (word,):
            kind = self._vault.kind(candidate)
            if kind is not None:
                return word.replace(candidate, self.name(candidate, kind))
        return "/".join(map(self._segment, word.split("/"))) if "/" in word else word

    def _segment(self, word: str) -> str:
        kind = self._vault.kind(word)
        return word if kind is None else self.name(word, kind)

    def _escaped_word(self, word: str) -> str:
        found = self._unescaped(word)
        if found or "/" not in word:
            return found or word
        return "/".join(self._unescaped(segment) or segment for segment in word.split("/"))

    def _unescaped(self, word: str) -> str:
        for plain in spelled(word):
            kind = self._vault.kind(plain)
            if kind is not None:
                return self.name(plain, kind)
        return ""


@dataclass(slots=True)
class _Near:
    """Values that are looked for one by one: the profile's, those of the vault with what they are, other spellings."""

    fixed: Mapping[str, str]
    odd: Mapping[str, str]
    spelled: dict[str, str]
    # Characters of the shortest, as far as that was asked for.
    shortest: int = 0

    def values(self) -> Iterator[str]:
        """All of them."""
        return chain(self.fixed, self.odd, self.spelled)

    def add(self, spelling: str, shown: str) -> None:
        """Look for another spelling as well."""
        self.spelled.setdefault(spelling, shown)
        self.shortest = min(self.shortest, len(spelling))


def _with_words(text: str, pattern: re.Pattern[str], shown: Callable[[str], str]) -> str:
    """A text with each word of a pattern as it is shown. Few words of a page are secrets, many stand there twice."""
    changed = {word: to for word in dict.fromkeys(pattern.findall(text)) if (to := shown(word)) != word}
    return pattern.sub(lambda match: changed.get(match[0], match[0]), text) if changed else text


def _replaced(text: str, value: str, shown: str) -> str:
    """A text with a secret replaced; a short one only where it stands as a whole, never inside a word."""
    if len(value) >= LONG and not KIND.fullmatch(value):
        return text.replace(value, shown)
    before, after = (r"(?<!\w)" if value[0].isalnum() else ""), (r"(?!\w)" if value[-1].isalnum() else "")
    # A secret that is the name of one stays readable where it is that name.
    name = r"(?![\"']?\s*[=:])" if value in SECRET_NAMES else ""
    found = f"(?P<placeholder>{PLACEHOLDER})|{before}{re.escape(value)}{after}{name}"
    return re.sub(found, lambda match: match["placeholder"] or shown, text)
