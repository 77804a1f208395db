"""How secrets look in a text: the names that they have there, and the patterns by which they are found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

# Parameters and members whose value is a secret, and what the placeholder calls it.
SECRET_NAMES: Mapping[str, str] = {
    "access_token": "access_token",
    "refresh_token": "refresh_token",
    "id_token": "id_token",
    "token": "token",
    "code": "code",
    "client_secret": "client_secret",
    "password": "password",
    "external_authentication_token": "external_authentication_token",
    "credential": "credential",
    "assertion": "assertion",
    "csrf": "csrf_token",
    "csrf_token": "csrf_token",
    "csrfmiddlewaretoken": "csrf_token",
    "authenticity_token": "csrf_token",
    "_csrf": "csrf_token",
    "_csrf_token": "csrf_token",
    "_token": "csrf_token",
}
PARAMETER = re.compile(r"(?<![\w-])([A-Za-z_]+)=([^&\s\"'<>#;]+)")
# A parameter of which nothing stands as it is: a form may be written so. A name begins where its escapes do: tried from
# each of them, thousands would take a time that grows with their square.
ESCAPED_PARAMETER = re.compile(r"(?<!%[0-9A-Fa-f]{2})((?:%[0-9A-Fa-f]{2})+)=((?:%[0-9A-Fa-f]{2})+)")
MEMBER = re.compile(r"\"([A-Za-z_]+)\"\s*:\s*\"((?:[^\"\\]|\\.)*)\"")
HIDDEN_INPUT = re.compile(r"<input\b[^>]*>", re.I)
ATTRIBUTE = re.compile(r"\b(name|value|type)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
WORD = re.compile(r"[A-Za-z0-9_.~+/-]{12,}")
# What may be a value with escapes of a URL in it, or with the padding of base64: one of these ends its plain beginning.
ESCAPED_WORD = re.compile(
    r"(?<![A-Za-z0-9_.~+/-])(?=[A-Za-z0-9_.~+/-]*(?:%[0-9A-Fa-f]{2}|=))(?:[A-Za-z0-9_.~+/-]|%[0-9A-Fa-f]{2}){4,}={0,2}"
)
# Scheme, blanks and the rest of an Authorization header: blanks are shown as they were sent.
SCHEMES = frozenset({"basic", "bearer", "digest", "dpop"})  # names that stand there without credentials are no secrets
CREDENTIALS = re.compile(r"(\S+)(\s+)(.*?)(\s*)", re.S)
# What stands around a value in a sentence or a path, and isn't part of it.
AROUND = "./-+~"
# A run asks for the same headers, bodies and URLs thousands of times.
MOST_REMEMBERED = 4096


@lru_cache(MOST_REMEMBERED)
def possible_secrets(text: str) -> frozenset[str] | None:
    """The values in a text that may turn out to be known secrets; None where a name in it says that one is there."""
    if any(name in SECRET_NAMES for name in _names(text)):
        return None
    found = {each for word in WORD.findall(text) for each in (word, word.strip(AROUND), *word.split("/"))}
    if "%" in text or "=" in text:
        found.update(
            each for word in ESCAPED_WORD.findall(text) for part in (word, *word.split("/")) for each in spelled(part)
        )
    return frozenset(found)


def is_label(name: str, value: str) -> bool:
    """Whether a member is what a page calls a field, as in its texts for a language: `"password": "Password"`."""
    return value.casefold() == name.casefold()


def _names(text: str) -> Iterator[str]:
    """The names of all that looks like a parameter or a member."""
    if "=" in text:
        yield from (name for name, _ in PARAMETER.findall(text))
    if "=%" in text:
        yield from (unquote_plus(name) for name, _ in ESCAPED_PARAMETER.findall(text))
    if "{" in text:
        yield from (name for name, _ in MEMBER.findall(text))


def spelled(word: str) -> Iterable[str]:
    """A word as it stands, and as it may be read in a URL."""
    yield word
    if "%" in word:
        yield unquote(word)
    if "+" in word:
        yield unquote_plus(word)
