"""Evidence as plain text: the wire log of exchanges, and links to the clauses that requirements come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.base.documents import documents
from conformance.reporting.curl import curl_line

__all__ = ["clause_link", "clause_name", "curl_line", "document_name", "exchanges_as_text", "section_title", "visible"]

Exchange = Mapping[str, Any]

# Control, format and direction characters, line separators and surrogates: what a target may send to fool a reader
# or drive his terminal. Tab and line feed stay.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
LINE_END = re.compile("\r\n?")
# What makes a page look and move: what its elements hold, and files of it. A short one may be what a finding is about.
MACHINERY = re.compile(r"(<(style|script)\b[^>]*>)(.*?)(?=</\2\b|\Z)", re.IGNORECASE | re.DOTALL)
MACHINERY_TYPE = re.compile(r"(text/css|(text|application)/(x-)?javascript)\b", re.IGNORECASE)
SHORT = 200  # characters
NUMBERED = re.compile(r"(\d+|[A-Z])(\.\d+)*")
RFC = re.compile(r"rfc(\d+)")


def visible(text: str) -> str:
    """The text with everything escaped that a reader could not see, such as `\\x1b` or `\\u202e`."""
    # Nearly every text is printable, which is known faster than what isn't.
    return text if text.isprintable() else UNSEEN.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return {0x0D: "\\r"}.get(code, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def code_and_prose(text: str) -> list[tuple[str, bool]]:
    """A sentence in pieces, with whether each is code: what stands between backticks."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return [(text, False)]
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]


def body_lines(body: str) -> str:
    """A body with plain line ends, everything unseen escaped."""
    return visible(LINE_END.sub("\n", body))


def body_in_parts(body: str, headers: Iterable[Sequence[str]]) -> list[tuple[str, bool]]:
    """A body in parts, with whether each is a stylesheet or script that nobody reads on paper."""
    shown = body_lines(body)
    if any(name.lower() == "content-type" and MACHINERY_TYPE.match(value) for name, value in headers):
        return [(shown, len(shown) > SHORT)]
    parts, end = [], 0
    for found in MACHINERY.finditer(shown):
        if len(found[3]) > SHORT:
            parts += [(shown[end : found.start(3)], False), (found[3], True)]
            end = found.end(3)
    return [*parts, (shown[end:], False)]


def exchanges_as_text(exchanges: Iterable[Exchange], marks: Mapping[int, str] | None = None) -> str:
    """The wire log of exchanges, one after the other: `>` goes out, `<` comes back.

    `marks` says of some of them, by place from 0, what a finding makes of them.
    """
    known = marks or {}
    return "\n\n".join(_exchange_as_text(place, each, known.get(place, "")) for place, each in enumerate(exchanges))


def _exchange_as_text(place: int, exchange: Exchange, mark: str) -> str:
    request = exchange["request"]
    lines = [
        f"[{place + 1}] {exchange['phase']}, at {exchange['at']:.3f} s{f' ({mark})' if mark else ''}",
        f"> {request['method']} {request['url']}",
    ]
    lines += [f"> {name}: {value}" for name, value in request["headers"]]
    lines += _body(">", request["body"])
    response = exchange.get("response")
    if response is None:
        lines.append(f"< no response: {exchange.get('failure', '')}")
    else:
        lines.append(f"< {response['status']}  ({response['ms']} ms, {response['size']} bytes)")
        lines += [f"< {name}: {value}" for name, value in response["headers"]]
        lines += _body("<", response["body"])
    lines += [f"* {remark}" for remark in exchange.get("remarks", ())]
    return "\n".join(visible(line) for line in lines)


def _body(mark: str, body: str) -> list[str]:
    if not body:
        return []
    return [mark, *(f"{mark} {line}" for line in LINE_END.sub("\n", body).split("\n"))]


# Documents and clauses


def document_name(document: str) -> str:
    """A document as people call it: `RFC 6749`, `Documented API`; by its own name where it isn't known here."""
    known = documents().get(document)
    return known.title if known else document


def clause_name(document: str, section: str) -> str:
    """A clause as people cite it: `RFC 6749 section 4.1.2`, `RFC 6749 appendix A.1`."""
    kind = "appendix" if section[:1].isalpha() and NUMBERED.fullmatch(section) else "section"
    return f"{document_name(document)} {kind} {section}" if section else document_name(document)


def clause_link(document: str, section: str) -> str:
    """The address of a clause; empty where the document has none."""
    known = documents().get(document)
    if known is None or not known.link or not RFC.fullmatch(document) or not NUMBERED.fullmatch(section):
        return known.link if known else ""
    return f"{known.link}#{'appendix' if section[0].isalpha() else 'section'}-{section}"


def section_title(document: str, section: str) -> str:
    """The heading of a document's section; empty when it isn't known."""
    known = documents().get(document)
    return known.sections.get(section, "") if known else ""
