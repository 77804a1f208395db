"""HTML pages from templates that escape whatever they are given (RFC 6749 section 10.14)."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .pipeline import Response

if TYPE_CHECKING:
    from jinja2 import Environment

PAGES = Path(__file__).parent / "pages"


@cache
def style() -> str:
    """The one style sheet, put into each page."""
    return (PAGES / "style.css").read_text("utf-8").strip()


@cache
def content_security_policy() -> str:
    """Allows the one style block, known by its hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


@cache
def _environment() -> Environment:
    # Imported late: it takes longer than all the rest of the start, and most test servers never show a page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, auto_reload=False)


def prepare_pages() -> None:
    """Compile every template, so that no request waits for it."""
    for name in _environment().list_templates(extensions=["html"]):
        _environment().get_template(name)


def page(template: str, status: int = 200, **context: object) -> Response:
    """Renders a template."""
    html = _environment().get_template(template).render(style=style(), **context)
    return Response(status, html.encode(), [("Content-Type", "text/html; charset=utf-8")])


def message(status: int, heading: str, text: str) -> Response:
    """A page that says one thing."""
    return page("message.html", status, heading=heading, text=text)


def plain_text(status: int, text: str) -> Response:
    """A line for whoever reads the answer; no RFC speaks of it."""
    return Response(status, f"{text}\n".encode(), [("Content-Type", "text/plain; charset=utf-8")])
