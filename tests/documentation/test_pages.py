"""The generated pages of the documentation leave nothing out of what they are made from."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from conformance.base import exit_codes
from conformance.cli import parser
from conformance.reporting.text import clause_link
from conformance.tally.catalogue import Requirement, load_catalogue
from docs.generator import client_requirements, markdown, reference_pages, requirement_pages
from docs.generator.facts import Facts, gather, schema
from reference_server.defects import DEFECTS
from reference_server.variants import VARIANTS


@pytest.fixture(scope="module")
def facts() -> Facts:
    return gather()


@pytest.fixture(scope="module")
def pages(facts: Facts) -> dict[str, str]:
    """Every generated page by its place."""
    return dict((*requirement_pages.pages(facts), *reference_pages.pages(facts), *client_requirements.pages(facts)))


def test_each_requirement_on_clients_is_decided_or_says_why_not(facts: Facts, pages: Mapping[str, str]) -> None:
    page = pages[client_requirements.PLACE]
    decided, _, others = page.partition("## Decided by none")
    bound = [each for each in facts.catalogue.requirements if each.role == "client"]

    assert [each.id for each in bound if f"/{each.id}.md)" not in page] == []
    assert decided.count(".md) |") == sum(each.id in facts.tests for each in bound) >= 110
    assert [each.id for each in bound if each.untestable and markdown.text(each.untestable) not in others] == []


def test_each_requirement_has_a_page_that_says_what_is_owed_and_where(pages: Mapping[str, str]) -> None:
    lacking = [r.id for r in load_catalogue().requirements if not _says_what_is_owed(pages.get(place(r), ""), r)]
    assert lacking == []


def _says_what_is_owed(page: str, requirement: Requirement) -> bool:
    link = clause_link(requirement.document, requirement.section)
    return markdown.text(requirement.says) in page and f"**{requirement.level}**" in page and link in page


def place(requirement: Requirement) -> str:
    return requirement_pages.place_of(requirement)


def test_a_page_has_topic_tests_and_defects_of_its_requirement(facts: Facts, pages: Mapping[str, str]) -> None:
    lacking = []
    for r in facts.catalogue.requirements:
        topic = facts.topics.get(r.id)
        wanted = [test.name for test in facts.tests.get(r.id, ())]
        wanted += [case for test in facts.tests.get(r.id, ()) for case in map(markdown.code, test.cases)]
        wanted += [f"`{defect.name}`" for defect in DEFECTS if r.id in (*defect.breaks, *defect.blocks)]
        wanted += [f"`{variant.name}`" for variant in VARIANTS if r.id in variant.changes]
        wanted += [markdown.text(text) for text in (topic.matters, topic.causes)] if topic else []
        wanted += [markdown.text(text) for text in (r.untestable, r.attest, r.explains) if text]
        lacking += [(r.id, each) for each in wanted if each not in pages[place(r)]]
    assert lacking == []


def test_a_page_shows_the_source_of_each_test(facts: Facts, pages: Mapping[str, str]) -> None:
    shown = {(r.id, test.name) for r in facts.catalogue.requirements for test in facts.tests.get(r.id, ())}
    by_id = facts.catalogue.by_id
    assert [pair for pair in shown if not has_source(pages[place(by_id[pair[0]])], pair[1])] == []


def has_source(page: str, name: str) -> bool:
    """Whether a page has a whole test function: a decorator, its head and an indented line of its body."""
    return re.search(rf"@.*?\ndef {re.escape(name)}\(.*?:\n    \S", page, re.DOTALL) is not None


def test_each_document_lists_its_requirements(facts: Facts, pages: Mapping[str, str]) -> None:
    missing = [r.id for r in facts.catalogue.requirements if f"({r.id}.md)" not in pages[listing(r)]]
    assert missing == []


def listing(requirement: Requirement) -> str:
    return f"requirements/{requirement.document}/index.md"


def test_the_reference_has_every_command_with_every_argument(pages: Mapping[str, str]) -> None:
    page = pages["reference/commands.md"]
    assert [word for word in words_of(parser()) if word not in page] == []


def words_of(outer: argparse.ArgumentParser) -> Iterator[str]:
    """Names of commands and their options."""
    for action in outer._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield f"## {inner.prog}\n"
                yield from words_of(inner)
        elif outer.prog != "oauth2-conformance" and not isinstance(action, argparse._HelpAction):
            yield from (f"`{option}" for option in action.option_strings)


def test_the_reference_has_every_exit_code(pages: Mapping[str, str]) -> None:
    codes = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    assert codes == set(exit_codes.MEANINGS) == set(reference_pages.GATE_ORDER)
    page = pages["reference/exit-codes.md"]
    assert [code for code, meaning in exit_codes.MEANINGS.items() if f"| `{code}` | {meaning} |" not in page] == []


def test_the_reference_has_every_member_of_the_results(pages: Mapping[str, str]) -> None:
    page = pages["reference/results.md"]
    assert [name for name, says in members(schema("results.schema.json")) if row(name, says) not in page] == []


def row(name: str, says: str) -> str:
    return f"| {markdown.code(name)} |" if not says else f"{markdown.text(says)} |"


def members(content: Any) -> Iterator[tuple[str, str]]:
    """Every member of every object in a schema, with its description."""
    if isinstance(content, dict):
        for name, inner in content.get("properties", {}).items():
            yield name, inner.get("description", "")
        for inner in content.values():
            yield from members(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from members(inner)


def test_the_lists_have_every_defect_and_every_variant(pages: Mapping[str, str]) -> None:
    assert [each.name for each in DEFECTS if f"`{each.name}`" not in pages["reference/defects.md"]] == []
    assert [each.name for each in VARIANTS if f"`{each.name}`" not in pages["reference/variants.md"]] == []


@pytest.mark.parametrize(
    ("sentence", "as_markdown"),
    [
        ("no *stars*, no under_scores", r"no \*stars\*, no under\_scores"),
        ("a <b> & a | b", "a &lt;b&gt; &amp; a &#124; b"),
        ("the member `token_type`", "the member `token_type`"),
        ("one\n  line", "one line"),
        ("2^-128 ~ #1", r"2^-128 ~ \#1"),
        ("[not](a link)", r"\[not\](a link)"),
    ],
    ids=["emphasis", "entities", "code", "lines", "signs", "link"],
)
def test_nothing_of_a_sentence_is_taken_for_markup(sentence: str, as_markdown: str) -> None:
    assert markdown.text(sentence) == as_markdown
