"""What may happen to a request: to its form, down to bodies that no form library writes, and to its headers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import quote_plus, urlencode

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.fuzz.messages import LARGE, NAME
from conformance.fuzz.strategies import HOSTILE, broken_encodings, characters, dense_texts, legal_texts, nearly_legal
from conformance.harness.send import FORM

Pairs: TypeAlias = "list[tuple[bytes, bytes]]"

ELEMENT_OF = {
    "token": "access_token",
    "token_type_hint": "token_type",
    "code_verifier": "code",
    "code_challenge": "code",
}
BROKEN = broken_encodings()


# The form


@st.composite
def mangled(draw: st.DrawFn, good: dict[str, str]) -> Pairs:
    """The parameters of a request, form-encoded, with up to three of them spoiled."""
    pairs = [(quote_plus(name).encode(), quote_plus(value).encode()) for name, value in good.items()]
    for _ in range(draw(MISTAKES)):
        if pairs:
            at = draw(st.integers(0, len(pairs) - 1))
            pairs[at : at + 1] = draw(CHANGES)(draw, *pairs[at])
    return pairs


# One mistake is the most telling number: several hide each other.
MISTAKES = st.sampled_from([1, 1, 1, 0, 2, 3])
LENGTHS = st.sampled_from([300, 1_100, 5_000])


def _element(name: bytes) -> str:
    text = name.decode("latin-1")
    return ELEMENT_OF.get(text, text)


def _text(draw: st.DrawFn, texts: SearchStrategy[str]) -> bytes:
    return quote_plus(draw(texts)).encode()


def _hostile_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, _text(draw, HOSTILE))]


def _nearly_legal_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, _text(draw, nearly_legal(_element(name))))]


def _legal_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    """Another value of the right syntax; no client and no account of the target is called so."""
    return [(name, NAME.encode() + _text(draw, legal_texts(_element(name))))]


def _spoiled_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    """The right value with something hostile behind it."""
    return [(name, value + _text(draw, HOSTILE))]


def _broken_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, draw(BROKEN))]


def _long_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, b"x" * draw(LENGTHS))]


def _left_out(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return []


def _empty(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, b"")]


def _repeated(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, value), (name, value if draw(st.booleans()) else _text(draw, HOSTILE))]


def _renamed(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    """As frameworks read names: with an index, in other case, with a dot."""
    return [(draw(st.sampled_from([name + b"[]", name + b"[a][b]", name.upper(), b"." + name, b""])), value)]


def _hostile_name(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(_text(draw, HOSTILE), _text(draw, HOSTILE)), (name, value)]


Change: TypeAlias = "Callable[[st.DrawFn, bytes, bytes], Pairs]"
# Simplest first, and the most telling several times.
CHANGES: SearchStrategy[Change] = st.sampled_from(
    [
        *(_left_out, _empty, _legal_value, _nearly_legal_value, _nearly_legal_value, _hostile_value, _hostile_value),
        *(_spoiled_value, _broken_value, _broken_value, _repeated, _renamed, _long_value, _hostile_name),
    ]
)


def joined_form(pairs: Pairs, separator: bytes = b"&") -> bytes:
    return separator.join(name + b"=" + value if value or name else b"" for name, value in pairs)


def _many(length: int) -> bytes:
    return b"&".join(b"p%d=1" % at for at in range(length))


@st.composite
def odd_bodies(draw: st.DrawFn, good: dict[str, str], floods: bool) -> bytes:
    """Bodies that only a hand writes; huge ones where the target may be flooded."""
    right = urlencode(good).encode()
    match draw(BODIES if floods else MODEST_BODIES):
        case "odd":
            return draw(ODD_STARTS) + right
        case "many":
            return right + b"&" + _many(draw(st.sampled_from([1_000, 3_000])))
        case "large":
            return right + b"&filler=" + b"x" * LARGE * 2
        case "semicolons":
            return joined_form(draw(mangled(good)), b";")
        case _:
            return right + b"&" + draw(OCTETS)


MODEST_BODIES = st.sampled_from(["odd", "octets", "semicolons"])
BODIES = st.sampled_from(["odd", "octets", "semicolons", "many", "large"])
ODD_STARTS = st.sampled_from([b"&&", b"=", b"&=&", b"?", b"#", b"%", b"\x00", b"", b";"])
OCTETS = st.binary(min_size=1, max_size=40)


CONTENT_TYPES = (
    *(f"{FORM}; charset=UTF-8", f"{FORM};charset=utf-7", f"{FORM}; charset=no-such-charset", FORM.upper()),
    *("application/json", "text/plain", "multipart/form-data"),
    *("multipart/form-data; boundary=x", "application/xml", "x", ";", "", "form", 'a/b; c="'),
)
# What HTTP lets a header have: visible ASCII, octets beyond it, and blanks within.
HEADER_TEXT = dense_texts(characters(r"\x21-\x7e") + "\xe9\xff\x80", 1, 20)
ODD_HEADERS: SearchStrategy[tuple[str, str]] = st.one_of(
    st.tuples(st.sampled_from(["Accept", "Accept-Language", "Accept-Encoding", "Accept-Charset"]), HEADER_TEXT),
    st.tuples(
        st.sampled_from(["Content-Encoding", "Expect", "Range", "If-None-Match", "X-Forwarded-For"]), HEADER_TEXT
    ),
    st.tuples(st.sampled_from(["Cookie", "Referer", "Origin", "Forwarded", "X-Forwarded-Host"]), HEADER_TEXT),
)


@st.composite
def _authorizations(draw: st.DrawFn) -> str:
    """Credentials that are none of anybody: something like a user name and a password, or broken."""
    scheme, gap = draw(SCHEMES), draw(GAPS)
    match draw(st.sampled_from(["text", "octets", "pair", "encoded"])):
        case "text":
            return f"{scheme}{gap}{draw(HEADER_TEXT)}".strip()
        case "octets":
            plain = draw(OCTETS)
        case "pair":
            plain = f"{NAME}{draw(HOSTILE)}:{draw(HOSTILE)}".encode()
        case _:
            plain = f"{NAME}{quote_plus(draw(HOSTILE))}:{quote_plus(draw(HOSTILE))}".encode()
    return f"{scheme}{gap}{base64.b64encode(plain).decode()}{draw(PADDINGS)}".strip()


SCHEMES = st.sampled_from(["Basic", "Basic", "Bearer", "basic", "BASIC", "Digest", "Negotiate", "", "\xe9"])
GAPS = st.sampled_from([" ", " ", "  ", "\t", ""])
PADDINGS = st.sampled_from(["", "", "=", "!", "A"])
TYPES = st.sampled_from(CONTENT_TYPES)
AUTHORIZATIONS = _authorizations()
