"""MkDocs asks here for the pages that are made when the site is built (`python -m mkdocs build`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reporting.text import document_name
from docs.generator import client_requirements, reference_pages, requirement_pages
from docs.generator.facts import Facts, gather

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

REQUIREMENTS = "Requirements"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those that stand in the folder, and each document to the navigation."""
    from mkdocs.structure.files import File

    facts = gather()
    made = (requirement_pages, client_requirements, reference_pages)
    for place, content in (each for pages in made for each in pages.pages(facts)):
        files.append(File.generated(config, place, content=content))
    for entry in config.nav or ():
        if REQUIREMENTS in entry:
            entry[REQUIREMENTS] += _documents(facts)
    return files


def _documents(facts: Facts) -> list[dict[str, str]]:
    return [{document_name(name): f"{requirement_pages.FOLDER}/{name}/index.md"} for name in facts.catalogue.documents]
