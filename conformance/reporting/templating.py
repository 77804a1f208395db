"""Jinja as every page of ours uses it: autoescaped, strict, style and script allowed by their digest alone."""

from __future__ import annotations

import base64
import hashlib
import sys
from contextlib import suppress
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from conformance.base.files import write_whole
from conformance.base.toml_writing import as_toml
from conformance.reporting.summary import explanation, relation
from conformance.reporting.text import (
    body_in_parts,
    body_lines,
    clause_link,
    clause_name,
    code_and_prose,
    document_name,
    visible,
)

METHODS = frozenset(dir(dict))
TEMPLATES = Path(__file__).with_name("templates")


def rendered_page(template: str, scripts: tuple[str, ...], view: dict[str, Any], style: str = "report.css") -> str:
    """A self-contained page. `style` and `scripts` are files beside the templates, these put together in this order."""
    css, script = _part(style), "\n".join(_part(name) for name in scripts)
    own = {
        "style": Markup(css),
        "script": Markup(script),
        "style_digest": _digest(css),
        "script_digest": _digest(script),
    }
    return _environment().get_template(template).render(view | own)


def compile_templates() -> None:
    """Compile the templates of a run's report ahead of its end."""
    for name in ("report.html.j2", "page.html.j2", "macros.html.j2"):
        _environment().get_template(name)


class Compiled(BytecodeCache):
    """Compiled templates, kept where Python keeps compiled modules, and as those only where it may write."""

    def get_source_checksum(self, source: str) -> str:
        """What a template was compiled from: Jinja's release and the settings of this module decide as well."""
        return super().get_source_checksum(f"{source}{version('jinja2')}{Path(__file__).read_text(encoding='utf-8')}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read what was kept: Jinja leaves it where it was compiled from something else."""
        with suppress(OSError), _place_of(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if sys.dont_write_bytecode:
            return
        place = _place_of(bucket)
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, bucket.bytecode_to_string())


class _Environment(Environment):
    """Finds a member of a dictionary at once: Jinja looks for an attribute first, in vain, a hundred thousand times."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What stands behind a dot in a template; a method of dictionaries stays one."""
        if type(obj) is dict and attribute in obj and attribute not in METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)


def _place_of(bucket: Bucket) -> Path:
    # The key stands for the template's name and path.
    return Path(cache_from_source(str(TEMPLATES / f"{bucket.key}.py")))


@cache
def _environment() -> Environment:
    environment = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=Compiled(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters.update(
        body=body_lines,
        body_in_parts=body_in_parts,
        clause_link=clause_link,
        clause_name=clause_name,
        document_name=document_name,
        explanation=explanation,
        relation=relation,
        toml=as_toml,
    )
    environment.globals["prose"] = _prose
    return environment


@lru_cache(maxsize=4096)
def _prose(text: str) -> Markup:
    """A sentence as HTML, its pieces of code marked as such. A report says many of them in several places."""
    pieces = ((escape(visible(piece)), is_code) for piece, is_code in code_and_prose(text))
    return Markup("".join(f"<code>{piece}</code>" if is_code else piece for piece, is_code in pieces))


def _finalized(value: Any) -> Any:
    """Every text of the page, before it is escaped: what a reader couldn't see shows as an escape."""
    return visible(value) if type(value) is str else value


def _part(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
