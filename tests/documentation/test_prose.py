"""What the README and the documentation show is what the project takes: commands, keys, files, exit codes."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml

from conformance.base import exit_codes
from conformance.base.verdict_words import VERDICTS
from conformance.cli import parser
from conformance.commands import serving_stage
from conformance.settings import ALLOWED, FILE, read_settings
from conformance.tally.verdicts import Conclusion
from docs.generator.facts import ROOT, schema
from reference_server import serving

HAND_WRITTEN = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
TEMPLATES = ROOT / "docs" / "generator"
PAGES = [page for page in HAND_WRITTEN if not page.is_relative_to(TEMPLATES)]
# Pages that stand nowhere but in the built site, where the links to them are checked.
GENERATED = re.compile(r"(requirements/|reference/(commands|exit-codes|results|defects|variants)|project/c)")
BLOCK = re.compile(r"^ *``` ?(\w+)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)[^)\s]*\)")
TOX = re.compile(r"tox -e ([\w,-]+\w)")
README = ROOT / "README.md"
NAME = "oauth2-conformance"


def blocks(page: Path, *languages: str) -> list[str]:
    """The code blocks of a page in some languages."""
    return [text for language, text in BLOCK.findall(page.read_text(encoding="utf-8")) if language in languages]


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each command of ours that a page shows, comments left out."""
    for block in blocks(page, "console", "sh"):
        for line in re.sub(r"\\\n", " ", block).splitlines():
            words = shlex.split(line.strip().removeprefix("$ "), comments=True)
            # The container takes the same words.
            at = next(
                (n for n, word in enumerate(words) if word.rpartition("/")[2] == NAME and "-t" not in words), None
            )
            if at is not None and words[at + 1 :]:
                yield words[at + 1 :]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_on_a_page_is_one_that_the_parser_takes(page: Path) -> None:
    for words in commands(page):
        own = words[: words.index("--")] if "--" in words else words
        if own[0] == "serve" and serving_stage.FLAG in own:
            serving_stage.argument_parser().parse_args(own[1:])
        elif own[0] == "serve":
            serving.argument_parser().parse_args(own[1:])
        else:
            parser().parse_args(own)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    goals = [(page.parent / link).resolve() for link in links]
    assert [goal for goal in goals if not goal.exists() and not GENERATED.match(below_docs(goal))] == []


def below_docs(path: Path) -> str:
    """A path as the site has it."""
    return path.relative_to(ROOT / "docs").as_posix() if path.is_relative_to(ROOT / "docs") else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_key_of_a_file_on_a_page_is_one_that_is_read(page: Path, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        content = tomllib.loads(block)
        if "deviation" in content:
            jsonschema.validate(yaml_dates_as_text(content), schema("baseline.schema.json"))
        elif set(content) <= set(ALLOWED):
            (tmp_path / FILE).write_text(block, encoding="utf-8")
            read_settings(tmp_path)
        elif not {"requirement", "project"} & set(content):
            jsonschema.validate(content, without_required(schema("target.schema.json")))


def yaml_dates_as_text(content: Mapping[str, Any]) -> dict[str, Any]:
    """A baseline as its schema takes it, days as text."""
    return {"deviation": [{**entry, "expires": str(entry["expires"])} for entry in content["deviation"]]}


def without_required(content: Any) -> Any:
    """A schema that takes parts of a document as well."""
    if isinstance(content, dict):
        return {name: without_required(inner) for name, inner in content.items() if name != "required"}
    return [without_required(inner) for inner in content] if isinstance(content, list) else content


def test_the_readme_has_every_exit_code_in_the_same_words() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = {int(code): meaning for code, meaning in re.findall(r"^\| (\d) \| (.*?) \|$", text, re.MULTILINE)}
    assert list(table) == list(exit_codes.MEANINGS)
    assert [code for code, words in exit_codes.MEANINGS.items() if not table[code].startswith(words)] == []


def test_the_readme_explains_stated_where_it_first_names_it() -> None:
    _, _, behind = README.read_text(encoding="utf-8").partition("STATED")
    assert behind.partition(")")[0].strip(", ").startswith("which is binding text without a keyword")


def test_the_explanation_has_every_verdict_in_the_order_that_decides() -> None:
    page = (ROOT / "docs" / "explanation" / "verdicts.md").read_text(encoding="utf-8")
    first_table = page.split("Where several tests")[0]
    assert tuple(re.findall(r"^\| (\w[\w ]*?) \|", first_table, re.MULTILINE)[1:]) == VERDICTS
    assert [word for word in get_args(Conclusion) if f"\n| {word} |" not in page] == []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [word for word in VERDICTS if f"*{word}*" not in readme] == []


def test_the_readme_begins_with_two_commands() -> None:
    first, second = blocks(ROOT / "README.md", "console")[:2]
    assert first == "$ python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/oauth2-conformance run\n"
    assert second == "$ .venv/bin/pip install -q tox-uv && .venv/bin/tox\n"


def test_the_readme_is_read_in_a_minute_and_leads_to_every_tutorial_and_how_to() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 140
    site = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), yaml.SafeLoader)["nav"]
    listed = {
        place for part in site for places in part.values() if isinstance(places, list) for place in titles(places)
    }
    on_disk = {page.relative_to(ROOT / "docs").as_posix() for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert on_disk - {"index.md"} <= listed
    assert [place for place in on_disk if place.startswith("tutorials/") and f"docs/{place}" not in text] == []


def titles(places: list[Any]) -> Iterator[str]:
    """The pages of a part of the navigation."""
    for place in places:
        yield from place.values() if isinstance(place, dict) else [place]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_environment_of_tox_on_a_page_is_there(page: Path) -> None:
    named = {name for names in TOX.findall(page.read_text(encoding="utf-8")) for name in names.split(",")}
    assert named <= environments()


def test_the_readme_says_how_long_tox_takes() -> None:
    rows = re.findall(
        r"^\| `tox(?: -e (\w+))?` \|.*\| .*\bminutes?\b.*\|$", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {"", "matrix", "docs", "dist"} <= set(rows)
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "tox.ini")
    assert config["tox"]["env_list"].split(", ") == ["lint", "types", "units", "docs", "touched"]
    # An interpreter that is absent fails its environment.
    assert config["tox"]["skip_missing_interpreters"] == "false"


def environments() -> set[str]:
    """The environments that tox has, those of several names written out."""
    found = re.findall(
        r"^\[testenv:(\w[\w-]*)(?:\{([\w,-]*)\})?\]", (ROOT / "tox.ini").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {f"{name}{suffix}" for name, suffixes in found for suffix in suffixes.split(",")}


def test_the_pipelines_on_a_page_give_the_action_inputs_that_it_has() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for block in blocks(ROOT / "docs" / "tutorials" / "pipeline.md", "yaml"):
        for job in yaml.safe_load(block).get("jobs", {}).values():
            steps = [step for step in job["steps"] if NAME in step.get("uses", "")]
            assert steps
            assert {name for step in steps for name in step["with"]} <= set(action["inputs"])
