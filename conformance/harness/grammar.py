"""The syntax elements of RFC 6749 Appendix A, as patterns over decoded text."""

from __future__ import annotations

import re
from collections.abc import Mapping

VSCHAR = r"\x20-\x7e"
NQCHAR = r"\x21\x23-\x5b\x5d-\x7e"
NQSCHAR = r"\x20-\x21\x23-\x5b\x5d-\x7e"
UNICODECHARNOCRLF = r"\x09\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
NAME_CHAR = r"A-Za-z0-9_.\-"
# RFC 3986: what a URI reference may consist of.
URI_REFERENCE = r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+"
ABSOLUTE_URI = r"[A-Za-z][A-Za-z0-9+.\-]*:" + URI_REFERENCE

# Element -> (pattern, what it means in words, the appendix's section)
ELEMENTS: Mapping[str, tuple[re.Pattern[str], str, str]] = {
    "client_id": (re.compile(f"[{VSCHAR}]*"), "printable ASCII", "A.1"),
    "client_secret": (re.compile(f"[{VSCHAR}]*"), "printable ASCII", "A.2"),
    "response_type": (
        re.compile(r"[A-Za-z0-9_]+(?: [A-Za-z0-9_]+)*"),
        "words of letters, digits and underscores, single spaces between",
        "A.3",
    ),
    "scope": (
        re.compile(f"[{NQCHAR}]+(?: [{NQCHAR}]+)*"),
        "printable ASCII words without quote and backslash, single spaces between",
        "A.4",
    ),
    "state": (re.compile(f"[{VSCHAR}]+"), "one or more printable ASCII characters", "A.5"),
    "redirect_uri": (re.compile(URI_REFERENCE), "a URI reference", "A.6"),
    "error": (re.compile(f"[{NQSCHAR}]+"), "printable ASCII without quote and backslash", "A.7"),
    "error_description": (re.compile(f"[{NQSCHAR}]+"), "printable ASCII without quote and backslash", "A.8"),
    "error_uri": (re.compile(URI_REFERENCE), "a URI reference", "A.9"),
    "grant_type": (
        re.compile(f"(?:[{NAME_CHAR}]+|{ABSOLUTE_URI})"),
        "a name of letters, digits, underscore, dot and hyphen, or an absolute URI",
        "A.10",
    ),
    "code": (re.compile(f"[{VSCHAR}]+"), "one or more printable ASCII characters", "A.11"),
    "access_token": (re.compile(f"[{VSCHAR}]+"), "one or more printable ASCII characters", "A.12"),
    "token_type": (
        re.compile(f"(?:[{NAME_CHAR}]+|{ABSOLUTE_URI})"),
        "a name of letters, digits, underscore, dot and hyphen, or an absolute URI",
        "A.13",
    ),
    "expires_in": (re.compile(r"[0-9]+"), "one or more digits", "A.14"),
    "username": (re.compile(f"[{UNICODECHARNOCRLF}]*"), "any text without line breaks and controls", "A.15"),
    "password": (re.compile(f"[{UNICODECHARNOCRLF}]*"), "any text without line breaks and controls", "A.16"),
    "refresh_token": (re.compile(f"[{VSCHAR}]+"), "one or more printable ASCII characters", "A.17"),
    "parameter_name": (re.compile(f"[{NAME_CHAR}]+"), "letters, digits, underscore, dot and hyphen", "A.18"),
}


def fits(element: str, text: str) -> bool:
    """Whether a text has the syntax of an element."""
    return ELEMENTS[element][0].fullmatch(text) is not None


def in_words(element: str) -> str:
    """The syntax of an element, for messages."""
    _, words, section = ELEMENTS[element]
    return f"{words} (Appendix {section})"


def unfit_characters(element: str, text: str) -> str:
    """The characters of a text that break an element's syntax on their own, as readable escapes."""
    pattern = ELEMENTS[element][0]
    return " ".join(sorted({ascii(character) for character in text if not pattern.fullmatch(character)}))
