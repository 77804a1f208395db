"""What of a run is secret: real values live in memory only."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus, unquote_plus

from conformance.wire.content import LONE_SURROGATE
from conformance.wire.exchange import Reply, Request
from conformance.wire.secret_patterns import ATTRIBUTE, HIDDEN_INPUT, MEMBER, PARAMETER, SECRET_NAMES, WORD, is_label

# What these JSON members hold are codes for people or programs, not secrets.
PUBLIC_VALUES = frozenset({"true", "false", "null", "none", ""})
SHORTEST = 4
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
        self._names = frozenset(spelling for name in names for spelling in spellings(name))
        self._kinds: dict[str, str] = {}
        # Those that no word of a text can equal, with what they are: they are looked for one by one.
        self.odd: dict[str, str] = {}
        self._public: set[str] = set()
        self._news: list[tuple[str, str]] = []
        for value, shown in placeholders.items():
            for spelling in spellings(value):
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
            self._learn_text(reply.text, may_be_labels=True)
            if "<input" in reply.text:
                self._learn_inputs(reply.text)

    def _learn_text(self, text: str, may_be_labels: bool = False) -> None:
        for name, value in PARAMETER.findall(text):
            if name in SECRET_NAMES:
                self.add(value, SECRET_NAMES[name])
                self.add(unquote_plus(value), SECRET_NAMES[name])
        if "{" in text:
            for name, value in MEMBER.findall(text):
                if name in SECRET_NAMES and not (may_be_labels and is_label(name, value)):
                    self.add(value, SECRET_NAMES[name])
                    self.add(unescaped(value), SECRET_NAMES[name])

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


def spellings(value: str) -> set[str]:
    """A value as it may stand in a URL, a form, a JSON text."""
    return {value, quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1]}


def unescaped(text: str) -> str:
    """A JSON text as it is meant; as it stands, where it is none."""
    if "\\" not in text:
        return text
    try:
        return LONE_SURROGATE.sub("\ufffd", json.loads(f'"{text}"'))
    except (ValueError, RecursionError):
        return text
