"""Reads what a target sent as content: codings that nobody asked for, and JSON of any kind, bounded.

A body is untrusted: it may inflate without end, nest without end, or hold numbers and characters that later steps could
not bear. What is read here is safe to compute with, to compare and to send back; evidence shows the body as it came.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

# How deep JSON is read: what is nested deeper is left out. No response of the protocol nests more than thrice.
DEEPEST = 64
# Numbers beyond these are read as these: a float holds them.
LONGEST_INTEGER = 300
LARGEST_FLOAT = 1e300
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


class Undecodable(Exception):
    """The content has a coding that can't be taken off: says which, and why."""


def decoded(body: bytes, coding: str, largest: int) -> tuple[bytes, bool]:
    """The body without its content coding (RFC 9110 section 8.4), at most `largest` bytes; whether it was cut.

    Raises Undecodable.
    """
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise Undecodable(f"the body has the content coding {coding!r}, which nobody asked for")
    try:
        return _inflated(body, GZIP_OR_ZLIB, largest)
    except zlib.error as error:
        if coding == "deflate":
            # Many servers leave out the wrapper that the name stands for.
            try:
                return _inflated(body, -zlib.MAX_WBITS, largest)
            except zlib.error:
                pass
        raise Undecodable(f"the body is said to be {coding}, which nobody asked for, and isn't: {error}") from error


def _inflated(body: bytes, window: int, largest: int) -> tuple[bytes, bool]:
    inflating = zlib.decompressobj(window)
    content = inflating.decompress(body, largest)
    return content, bool(inflating.unconsumed_tail)


def read_json(body: bytes | str) -> Any:
    """The JSON document in a body, read leniently; None when it isn't any.

    Duplicate members keep the last value, as most parsers do; NaN and Infinity are read as null.
    """
    try:
        document = json.loads(body, parse_int=_integer, parse_float=_float, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    text = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    if text.count(b"[") + text.count(b"{") > DEEPEST:
        document = _pruned(document, DEEPEST)
    return _without_surrogates(document) if ESCAPED_SURROGATE.search(text) else document


def json_pairs(body: bytes | str) -> list[tuple[str, Any]]:
    """The members of a body's outermost JSON object in order, repeated ones too; none when it isn't an object."""
    try:
        document = json.loads(body, parse_int=_integer, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return []
    return [(name, value) for name, value in document] if isinstance(document, tuple) else []


def is_json(body: bytes, kind: type = object) -> bool:
    """Whether a body is JSON to the letter, without NaN and Infinity (RFC 8259 section 6), and of a Python type."""
    try:
        return isinstance(json.loads(body, parse_int=_integer, parse_constant=_no_json), kind)
    except (ValueError, RecursionError):
        return False


def is_json_object(body: bytes) -> bool:
    """Whether a body is one JSON object to the letter."""
    return is_json(body, dict)


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= LONGEST_INTEGER else int(digits[0] + "9" * LONGEST_INTEGER)


def _float(digits: str) -> float:
    return min(max(float(digits), -LARGEST_FLOAT), LARGEST_FLOAT)


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _pruned(value: Any, depth: int) -> Any:
    if isinstance(value, dict | list) and depth == 0:
        return None
    if isinstance(value, dict):
        return {name: _pruned(inner, depth - 1) for name, inner in value.items()}
    return [_pruned(inner, depth - 1) for inner in value] if isinstance(value, list) else value


def _without_surrogates(value: Any) -> Any:
    """Half a character can't be sent or written: the replacement character stands for it."""
    if isinstance(value, str):
        return LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {LONE_SURROGATE.sub("\ufffd", name): _without_surrogates(inner) for name, inner in value.items()}
    return [_without_surrogates(inner) for inner in value] if isinstance(value, list) else value
