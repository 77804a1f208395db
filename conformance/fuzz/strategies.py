"""Values of RFC 6749 Appendix A: as its syntax has them, nearly so, and hostile.

Texts are dense: a long one holds many kinds of characters at once, so that few examples meet many, and shrinking leaves
the one that matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.harness.grammar import ELEMENTS, NAME_CHAR, NQCHAR, NQSCHAR, VSCHAR

# Beyond ASCII: what changes its length or its case, combines, turns the direction of writing, ends a line, isn't seen.
NOTABLE = "é\u0301ßıİſ\u00a0€\u200b\u2028\u202e\ufeff\ufffd\ue000漢🔑"
CONTROLS = "".join(map(chr, range(0x20))) + "\x7f\x80\x85\x9f"
# What ends, escapes or separates something in URIs, forms, JSON, HTML, SQL, shells and templates.
SPECIAL = "\"'\\<>&%+;=#?/:@|`{}[]()$*,~^!."
LETTERS = "abcxyzABCXYZ0189_-"
LONGEST_STATE = 512


def characters(char_class: str) -> str:
    """The ASCII characters of a class of Appendix A, the most ordinary ones first: texts shrink towards those."""
    found = [chr(code) for code in range(0x80) if re.fullmatch(f"[{char_class}]", chr(code))]
    return "".join(sorted(found, key=lambda character: (not character.isalnum(), character)))


def dense_texts(alphabet: str, smallest: int = 1, largest: int = 40) -> SearchStrategy[str]:
    """A text of some length between two bounds, as often a long one as a short one.

    Both are drawn within the same bounds, so that a long one shrinks to what matters in it.
    """
    long = st.text(alphabet, min_size=max(smallest, largest // 2), max_size=largest)
    return st.one_of(st.text(alphabet, min_size=smallest, max_size=largest), long)


def words(alphabet: str, most: int = 4) -> SearchStrategy[str]:
    """Words with single spaces between them."""
    return st.lists(dense_texts(alphabet, 1, 12), min_size=1, max_size=most).map(" ".join)


UNICODE = characters(VSCHAR) + "\t" + NOTABLE
NAMES = characters(NAME_CHAR)
# Element of Appendix A -> texts of its syntax.
LEGAL: dict[str, SearchStrategy[str]] = {
    **dict.fromkeys(("client_id", "client_secret", "state", "code"), dense_texts(characters(VSCHAR))),
    **dict.fromkeys(("access_token", "refresh_token"), dense_texts(characters(VSCHAR))),
    **dict.fromkeys(("error", "error_description"), dense_texts(characters(NQSCHAR))),
    **dict.fromkeys(("username", "password"), dense_texts(UNICODE)),
    **dict.fromkeys(("grant_type", "token_type", "parameter_name"), dense_texts(NAMES)),
    "response_type": words(characters("A-Za-z0-9_")),
    "scope": words(characters(NQCHAR)),
    "expires_in": st.integers(0, 2**40).map(str),
    "redirect_uri": dense_texts(characters(r"A-Za-z0-9\-._~/?=&"), 1, 40).map(
        lambda rest: f"https://client.example/{rest}"
    ),
}
LEGAL["error_uri"] = LEGAL["redirect_uri"]

# Texts full of what something downstream may trip over.
HOSTILE: SearchStrategy[str] = st.one_of(
    dense_texts(CONTROLS + NOTABLE + SPECIAL + LETTERS, 1, 30),
    dense_texts(SPECIAL + LETTERS, 1, 30),
    dense_texts(CONTROLS + LETTERS, 1, 30),
    dense_texts(NOTABLE + LETTERS, 1, 30),
)


def legal_texts(element: str) -> SearchStrategy[str]:
    """Texts of an element's syntax; what Appendix A doesn't know is taken for a name of its own."""
    return LEGAL.get(element, LEGAL["code"])


@cache
def nearly_legal(element: str) -> SearchStrategy[str]:
    """Texts of an element's syntax but for one character that it doesn't have."""
    pattern = ELEMENTS[element][0] if element in ELEMENTS else ELEMENTS["code"][0]
    unfit = [each for each in CONTROLS + NOTABLE + SPECIAL if not pattern.fullmatch(f"a{each}a")]
    if not unfit:
        return HOSTILE
    return st.tuples(legal_texts(element), st.sampled_from(unfit), legal_texts(element)).map("".join)


# What a `state` may begin or end with that something takes for syntax, a number, or blanks to be trimmed.
BEGINNINGS = (
    "",
    "",
    "",
    " ",
    "[",
    "{",
    "(",
    "<",
    '"',
    "'",
    "`",
    "0",
    "00",
    "/",
    "//",
    "%",
    "=",
    "&",
    "?",
    "#",
    "+",
    "\\",
)
ENDS = ("", "", "", " ", "  ", "=", "==", "&", "%", "+", "#", ".", "/", "\\", '"', ";", ",")


def states() -> SearchStrategy[str]:
    """Any legal `state` of up to 512 characters: numbers, long ones, and ones that look like something else."""
    alphabet = characters(VSCHAR)
    short, long = (
        dense_texts(alphabet, 1, 60),
        st.text(alphabet, min_size=LONGEST_STATE - 80, max_size=LONGEST_STATE - 4),
    )
    numbers = st.text("0123456789", min_size=1, max_size=12)
    middle = st.one_of(short, dense_texts(alphabet, 1, LONGEST_STATE - 4), numbers, long)
    edged = st.tuples(st.sampled_from(BEGINNINGS), middle, st.sampled_from(ENDS)).map("".join)
    return st.one_of(middle, edged)


def subsets(names: Sequence[str]) -> SearchStrategy[list[str]]:
    """Some of a few names, at least one, in any order."""
    return st.lists(st.sampled_from(list(names)), min_size=1, max_size=len(names), unique=True)


# What a lookup takes for something else than the text: patterns, conditions, an end of the string.
WILDCARDS = (
    *("%", "*", "_", "?", ".*", "' or '1'='1", '" or ""="', "'; --", "*)(&", "[$ne]", "\x00", "null", "${x}", ".."),
)
# A server may trim blanks: those alone alter nothing.
ADDED = st.one_of(st.sampled_from(WILDCARDS), HOSTILE.filter(lambda text: text.strip() != ""))
AT_THE_END = -1
# How a secret is altered that is known only when the test runs: how much of it stays ahead, what is put there, and
# whether the rest follows.
alterations: SearchStrategy[tuple[int, str, bool]] = st.tuples(
    st.one_of(st.just(AT_THE_END), st.integers(0, 64)), ADDED, st.booleans()
)


def altered(value: str, alteration: tuple[int, str, bool]) -> str:
    """Another value, made from a real one."""
    keep, text, follows = alteration
    at = len(value) if keep == AT_THE_END else keep % len(value)
    return f"{value[:at]}{text}{value[at:] if follows else ''}"


# How a text is written in a form


def _escaped(character: str, form: str) -> str:
    return "".join(f"%{octet:{form}}" for octet in character.encode())


# The plainest first: inputs shrink towards it.
SPELL: dict[str, Callable[[str], str]] = {
    "plain": quote_plus,
    "escaped": lambda character: _escaped(character, "02X"),
    "lower": lambda character: _escaped(character, "02x"),
    "uri": lambda character: quote(character, safe=""),
}

# Values that no form library would write. Some are no UTF-8, some no escapes, all of them are bytes on the wire.
BROKEN_ENCODINGS = (
    b"%",
    b"%4",
    b"%zz",
    b"%u0041",
    b"%00",
    b"%FF%FE",
    b"%C0%80",
    b"%ED%A0%80",
    b"%F4%90%80%80",
    b"%0D%0A",
    b"\x00",
    b"\xff\xfe",
    b"\xc3\xa9",
    b"\r\n",
    b"%25%30%30",
)


def broken_encodings() -> SearchStrategy[bytes]:
    """A value with octets or escapes in it that are no form encoding of any text."""
    pieces = st.sampled_from([b"a", b"+", *BROKEN_ENCODINGS])
    return st.lists(pieces, min_size=1, max_size=6).map(b"".join)
