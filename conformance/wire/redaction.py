"""Redaction: real secrets live in memory only; what is written shows numbered placeholders.

The `Vault` of a process knows which values are secret and what they are. A `Redactor` renders one test's texts: the
same value gets the same placeholder, numbered in the order in which the test met them.
"""

from __future__ import annotations

import base64
import html
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote, quote_plus, unquote_plus

from conformance.wire.content import LONE_SURROGATE
from conformance.wire.exchange import Reply, Request
from conformance.wire.secret_patterns import (
    AROUND,
    ATTRIBUTE,
    CREDENTIALS,
    ESCAPED_PARAMETER,
    ESCAPED_WORD,
    HIDDEN_INPUT,
    MEMBER,
    PARAMETER,
    SCHEMES,
    SECRET_NAMES,
    WORD,
    possible_secrets,
    spelled,
)

# What these JSON members hold are codes for people or programs, not secrets.
PUBLIC_VALUES = frozenset({"true", "false", "null", "none", ""})
SHORTEST = 4
# From here on a value is looked for inside words as well: no word of a language holds one of that length by chance.
LONG = 12
# Characters of a text that a run is likely to meet again, and more than any text has.
SHORT = 400
ENDLESS = sys.maxsize
# What stands for a secret that was found before. A password may be the word "password", which is none of its letters.
PLACEHOLDER = r"\{[a-z_]+#[\w-]+\}"
KIND = re.compile(r"[a-z_]+")
# The kind of a value that the suite made up.
PUBLIC = "public"


class Vault:
    """All secrets that this process has met: value -> what it is."""

    def __init__(self, placeholders: Mapping[str, str], names: Iterable[str] = ()) -> None:
        """`placeholders` are the profile's secrets and how to show them, `names` what of the profile is public.

        A secret that is a name as well (an account whose password is its name) is one only where it is used as such.
        """
        self._fixed: dict[str, str] = {}
        self._clients: dict[tuple[str, str], str] = {}
        self._names = frozenset(spelling for name in names for spelling in _spellings(name))
        self._kinds: dict[str, str] = {}
        # Those that no word of a text can equal, with what they are: they are looked for one by one.
        self.odd: dict[str, str] = {}
        self._public: set[str] = set()
        self._news: list[tuple[str, str]] = []
        for value, shown in placeholders.items():
            for spelling in _spellings(value):
                self._fixed[spelling] = shown

    def add_basic(self, client_id: str, secret: str, shown: str) -> None:
        """Know the Basic credentials that a client id and secret make; `shown` says whose they are."""
        self._clients[client_id, secret] = shown
        for user, word in ((client_id, secret), (quote_plus(client_id), quote_plus(secret))):
            credentials = base64.b64encode(f"{user}:{word}".encode()).decode()
            self._fixed[credentials] = self.basic(credentials) or f"{{{shown}}}"

    def basic(self, credentials: str) -> str | None:
        """How Basic credentials of a client are shown: whose they are and, where it matters, how they are encoded.

        None for those of nobody that the profile names.
        """
        try:
            user, _, word = base64.b64decode(credentials, validate=True).decode().partition(":")
        except ValueError:
            return None
        decoded = (unquote_plus(user), unquote_plus(word))
        if (user, word) in self._clients:
            as_they_are = "" if decoded == (user, word) else ", not form-encoded"
            return f"{{{self._clients[user, word]}{as_they_are}}}"
        return f"{{{self._clients[decoded]}, form-encoded}}" if decoded in self._clients else None

    def invented(self, value: str) -> str:
        """Mark a value that the suite made up: it may be shown."""
        if value not in self._public:
            self._public.add(value)
            self._news.append((value, PUBLIC))
        return value

    def add(self, value: str, kind: str) -> None:
        """Remember a secret met in an exchange."""
        if value in self._kinds or len(value) < SHORTEST or value in self._public or value.lower() in PUBLIC_VALUES:
            return
        self._know(value, kind)
        self._news.append((value, kind))

    def _know(self, value: str, kind: str) -> None:
        self._kinds.setdefault(value, kind)
        is_fixed = value in self._fixed and not self.is_name(value)
        if not is_fixed and not WORD.fullmatch(value):
            self.odd.setdefault(value, kind)

    def take_news(self) -> list[tuple[str, str]]:
        """What was learned since the last call: values and what they are."""
        news, self._news = self._news, []
        return news

    def hear(self, news: Iterable[tuple[str, str]]) -> None:
        """Know what another process's vault has learned."""
        for value, kind in news:
            if kind == PUBLIC:
                self._public.add(value)
            else:
                self._know(value, kind)

    def is_public(self, value: str) -> bool:
        """Whether the suite made this value up."""
        return value in self._public

    def kind(self, value: str) -> str | None:
        """What a known secret is; None for anything else."""
        return self._kinds.get(value)

    def knows_any(self, values: frozenset[str]) -> bool:
        """Whether one of these values is a secret that was met."""
        return not self._kinds.keys().isdisjoint(values)

    @property
    def fixed(self) -> Mapping[str, str]:
        """The profile's secrets in every spelling, and how each is shown."""
        return self._fixed

    def is_name(self, value: str) -> bool:
        """Whether a secret of the profile is a public name of it as well."""
        return value in self._names

    def values(self) -> frozenset[str]:
        """Every real secret that was met: for tests that search what was written."""
        return frozenset(self._kinds) | frozenset(self._fixed)

    def learn(self, request: Request, reply: Reply | None) -> None:
        """Find the secrets of one exchange by their names."""
        self._learn_text(request.url.partition("?")[2])
        if request.body:
            self._learn_text(request.body.decode("utf-8", "replace"))
        for name, value in request.headers:
            self._learn_header(name.lower(), value)
        if reply is None:
            return
        for name, value in reply.headers:
            self._learn_header(name.lower(), value)
        if reply.body:
            self._learn_text(reply.text)
            if "<input" in reply.text:
                self._learn_inputs(reply.text)

    def _learn_text(self, text: str) -> None:
        for name, value in PARAMETER.findall(text):
            if name in SECRET_NAMES:
                self.add(value, SECRET_NAMES[name])
                self.add(unquote_plus(value), SECRET_NAMES[name])
        if "{" in text:
            for name, value in MEMBER.findall(text):
                if name in SECRET_NAMES:
                    self.add(value, SECRET_NAMES[name])
                    self.add(_unescaped(value), SECRET_NAMES[name])

    def _learn_header(self, name: str, value: str) -> None:
        if name in ("authorization", "proxy-authorization"):
            scheme, _, credentials = value.partition(" ")
            self.add(credentials.strip(), "access_token" if scheme.lower() == "bearer" else "credentials")
        elif name == "cookie":
            for pair in value.split(";"):
                self.add(pair.partition("=")[2].strip(), "cookie")
        elif name == "set-cookie":
            self.add(value.partition(";")[0].partition("=")[2].strip(), "cookie")
        elif name == "location":
            self._learn_text(value)

    def _learn_inputs(self, text: str) -> None:
        for tag in HIDDEN_INPUT.findall(text):
            attributes = {key.lower(): a or b or c for key, a, b, c in ATTRIBUTE.findall(tag)}
            name, value = attributes.get("name", ""), attributes.get("value", "")
            if attributes.get("type", "").lower() == "hidden" and re.search(r"csrf|token|nonce|verif", name, re.I):
                self.add(value, "csrf_token")
                self.add(html.unescape(value), "csrf_token")


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
            for spelling in _spellings(value):
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
        name, value = match.group(1), _unescaped(match.group(2))
        if name not in SECRET_NAMES or value.startswith(("{", "$")) or self._may_be_shown(value):
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


def _spellings(value: str) -> set[str]:
    """A value as it may stand in a URL, a form, a JSON text."""
    return {value, quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1]}


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return LONE_SURROGATE.sub("\ufffd", json.loads(f'"{text}"'))
    except (ValueError, RecursionError):
        return text
