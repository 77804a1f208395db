"""The run in one line of SVG, for a README: the conclusion, and what is kept at each level, never one number."""

from __future__ import annotations

from collections import Counter
from xml.sax.saxutils import escape

from conformance.reporting import summary
from conformance.reporting.provenance import provenance
from conformance.reporting.summary import Content
from conformance.reporting.text import visible

COLORS = {"conformant": "#1d6336", "not conformant": "#a3161a", "faulty": "#7a1f8f"}
OPEN = "#665000"
LEVELS = ("MUST", "STATED", "SHOULD")
HEIGHT = 20
# Widths of a character at 11 px, about; `textLength` makes the text fit what was reckoned.
WIDTH_OF = 6.6
PADDING = 8


def badge(content: Content) -> str:
    """The SVG document. Its description holds where it comes from."""
    parts = [("OAuth 2.0", "#444"), (_conclusion(content), COLORS.get(content["conclusion"], OPEN))]
    parts += [(text, "#444") for text in levels(content)]
    boxes, x = [], 0
    for text, color in parts:
        width = round(len(text) * WIDTH_OF) + 2 * PADDING
        boxes.append(_box(text, color, x, width))
        x += width
    title = _legal(f"{content['target']['name']}: {summary.conclusion_sentence(content)}")
    told = _legal("\n".join(f"{name}: {value}" for name, value in provenance(content).items()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{x}" height="{HEIGHT}" viewBox="0 0 {x} {HEIGHT}" role="img"'
        f' aria-labelledby="title">\n<title id="title">{title}</title>\n<desc>{told}</desc>\n'
        f'<g font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" fill="#fff">\n{"".join(boxes)}</g>\n</svg>\n'
    )


def levels(content: Content) -> list[str]:
    """`MUST 244/244` and so on: how many of the applicable requirements of a level are kept, vacuous ones left out."""
    numbers = summary.by_level(summary.concluded_entries(content))
    return [f"{level} {numbers[level]['passed']}/{_applicable(numbers[level])}" for level in LEVELS]


def _conclusion(content: Content) -> str:
    """The conclusion, with how many requirements it says nothing about: `conformant; 3 vacuous`."""
    vacuous = len(summary.with_verdict(summary.concluded_entries(content), "vacuous"))
    told = vacuous and content["conclusion"] == "conformant"
    return f"conformant; {vacuous} vacuous" if told else str(content["conclusion"])


def _applicable(numbers: Counter[str]) -> int:
    return sum(numbers.values()) - sum(numbers[word] for word in ("vacuous", "not applicable", "untestable"))


def _box(text: str, color: str, x: int, width: int) -> str:
    return (
        f'<rect x="{x}" width="{width}" height="{HEIGHT}" fill="{color}"/>'
        f'<text x="{x + PADDING}" y="14" textLength="{width - 2 * PADDING}">{escape(text)}</text>\n'
    )


def _legal(text: str) -> str:
    return escape(visible(text)).encode("ascii", "xmlcharrefreplace").decode("ascii")
