"""Pages from their templates."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from docs.generator import markdown

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,
)
ENVIRONMENT.filters |= {"text": markdown.text, "code": markdown.code}
BLANK = re.compile(r"\n{3,}")


def render(template: str, **values: object) -> str:
    """A page as Markdown."""
    return BLANK.sub("\n\n", ENVIRONMENT.get_template(template).render(**values)).strip() + "\n"
