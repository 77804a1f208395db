"""Text as Markdown: nothing of a sentence is taken for markup, but for code between backticks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from conformance.reporting.text import code_and_prose

# What Python-Markdown lets a backslash escape; any other backslash would be shown.
MARKUP = re.compile(r"([\\*_{}\[\]#])")


def text(sentence: str) -> str:
    """A sentence of the catalogue or of a schema as Markdown: in one line, fit for a table's cell."""
    pieces = code_and_prose(" ".join(sentence.split()))
    return "".join(code(piece) if is_code else _escaped(piece) for piece, is_code in pieces)


def code(word: str) -> str:
    """A word in code type, fit for a table's cell."""
    return f"`{word}`".replace("|", "&#124;") if "|" not in word else f"<code>{_entities(word)}</code>"


def link(label: str, address: str) -> str:
    """A link; the label alone where there is no address."""
    return f"[{label}]({address})" if address else label


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; empty without rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(header)} |", f"|{'---|' * len(header)}", *lines]) if lines else ""


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 test`, `2 tests`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _escaped(piece: str) -> str:
    return _entities(MARKUP.sub(r"\\\1", piece))


def _entities(piece: str) -> str:
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "&#124;")):
        piece = piece.replace(sign, entity)
    return piece
