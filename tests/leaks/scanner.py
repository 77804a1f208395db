"""Looks for secrets in whatever was written, in every encoding that occurs there.

Texts are decoded until nothing new comes out (HTML, JSON and percent escapes, base64, gzip), and each form is searched
for the secrets as they are.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, unquote_plus

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
ISSUED = re.compile(r"[A-Za-z0-9_-]{43,}")
ISSUED_LENGTH = 43
JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\([\"\\/])")
DEPTH = 3
QUOTE = '"'
# What no secret reaches across, in the spellings that occur in JSON and pages.
QUOTES = re.compile(rb'"|&quot;|&#34;')


@dataclass(frozen=True)
class Secrets:
    """What must not be found: issued values of one length, by which words can be looked up, and all others."""

    issued: frozenset[str]
    others: tuple[str, ...]

    @classmethod
    def of(cls, values: Iterable[str]) -> Secrets:
        """Sort values by how they are looked for. Raises ValueError for one with a quote: contents are cut there."""
        all_of_them = set(values)
        if any(QUOTE in value for value in all_of_them):
            raise ValueError("a secret with a double quote would not be found")
        issued = frozenset(value for value in all_of_them if len(value) == ISSUED_LENGTH and ISSUED.fullmatch(value))
        return cls(issued, tuple(sorted(all_of_them - issued)))

    def found_in(self, texts: Iterable[str]) -> set[str]:
        """The secrets that stand in some texts as they are."""
        words: set[str] = set()
        found: set[str] = set()
        for text in texts:
            words.update(ISSUED.findall(text))
            found.update(secret for secret in self.others if secret in text)
        for word in words:
            if len(word) < 20 * ISSUED_LENGTH:
                windows = (word[at : at + ISSUED_LENGTH] for at in range(len(word) - ISSUED_LENGTH + 1))
                found.update(window for window in windows if window in self.issued)
        return found


def leaks(places: Iterable[tuple[str, bytes]], secrets: Secrets) -> list[str]:
    """Every secret that is found, with the place where it stands."""
    return [f"{name}: {secret}" for name, content in places for secret in sorted(secrets.found_in(forms(content)))]


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder, hidden ones included, with its name: a file's name could tell as well."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), str(path).encode() + b"\n" + path.read_bytes()


def forms(content: bytes, depth: int = DEPTH) -> Iterator[str]:
    """A content and everything that it becomes when it is decoded; of what it has in quotes, each text once."""
    text = QUOTE.encode().join(dict.fromkeys(QUOTES.split(content))).decode("utf-8", "replace")
    shown = html.unescape(text)
    variants = {text, shown, unquote(text), unquote_plus(text), unquote_plus(shown)}
    variants |= {JSON_ESCAPE.sub(_unescaped, each) for each in (text, shown)}
    yield from variants
    if depth:
        words = {word for variant in variants for word in BASE64.findall(variant)}
        inner = b"\n".join(decoded for word in words if (decoded := _decoded(word)))
        if inner:
            yield from forms(inner, depth - 1)


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def _decoded(word: str) -> bytes:
    """What a word of base64 holds, unpacked when it is packed; empty when it is no base64."""
    plain = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        content = base64.b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        return b""
    if content[:2] == b"\x1f\x8b":
        try:
            return gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return b""
    # A word of a text decodes to noise, which holds no secret: only what could be text is worth looking at.
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return b""
    return content
