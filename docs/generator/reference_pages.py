"""The pages of the reference that the project's own code and schemas say: commands, exit codes, results, defects."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from conformance.base import exit_codes
from conformance.commands.profile_keys import kind_in_words
from docs.generator import markdown
from docs.generator.commands import commands
from docs.generator.facts import ROOT, AnyDefect, Facts, schema
from docs.generator.rendering import render
from reference_client import defects as defects_of_client
from reference_client.variants import VARIANTS as VARIANTS_OF_CLIENT
from reference_client.variants import Variant as VariantOfClient
from reference_server import defects
from reference_server.variants import VARIANTS, Variant

Schema = Mapping[str, Any]
# What decides first: see `conformance.tally.verdicts.gate_of`.
GATE_ORDER = (
    exit_codes.USAGE,
    exit_codes.INTERRUPTED,
    exit_codes.NOTHING_SELECTED,
    exit_codes.FAULT,
    exit_codes.FINDINGS,
    exit_codes.INCOMPLETE,
    exit_codes.OK,
)


@dataclass(frozen=True, slots=True)
class Part:
    """An object of the results: a heading with its depth, what it is, and its members as a table."""

    depth: int
    heading: str
    anchor: str
    says: str
    table: str


@dataclass(frozen=True, slots=True)
class Group:
    """Defects of one area, as a table."""

    heading: str
    table: str


def pages(facts: Facts) -> Iterator[tuple[str, str]]:
    """Every page: where it stands below the site's root, and its Markdown."""
    results = schema("results.schema.json")
    yield "reference/commands.md", render("commands.md", commands=commands())
    yield "reference/exit-codes.md", _exit_codes()
    yield "reference/results.md", render("results.md", schema=results, parts=list(_parts(results)))
    yield (
        "reference/defects.md",
        render(
            "defects.md",
            groups=_defects(defects, "server", facts),
            number=len(defects.DEFECTS),
            of_clients=_defects(defects_of_client, "client", facts),
            of_clients_number=len(defects_of_client.DEFECTS),
        ),
    )
    yield (
        "reference/variants.md",
        render(
            "variants.md",
            table=_variants(VARIANTS, facts),
            number=len(VARIANTS),
            of_clients=_variants(VARIANTS_OF_CLIENT, facts),
            of_clients_number=len(VARIANTS_OF_CLIENT),
        ),
    )
    for name in ("CHANGELOG", "CONTRIBUTING"):
        yield f"project/{name.lower()}.md", (ROOT / f"{name}.md").read_text(encoding="utf-8")


def _exit_codes() -> str:
    rows = [(f"`{number}`", meaning) for number, meaning in sorted(exit_codes.MEANINGS.items())]
    return render(
        "exit-codes.md",
        table=markdown.table(("exit code", "meaning"), rows),
        order=", ".join(str(number) for number in GATE_ORDER),
    )


# results.json


def _parts(results: Schema) -> Iterator[Part]:
    yield _part(2, "The whole", {**results, "description": ""})
    for name, inner in _objects(results):
        yield _part(2, f"`{name}`", inner, name)
    for name, inner in results["$defs"].items():
        yield _part(2, name.capitalize(), inner, name)
        for path, deeper in _objects(inner):
            yield _part(3, f"`{name}.{path}`", deeper, f"{name}.{path}")


def _objects(outer: Schema, prefix: str = "") -> Iterator[tuple[str, Schema]]:
    """Every object below a schema that has members of its own, with its path: `[]` marks the elements of a list."""
    for name, member in outer.get("properties", {}).items():
        path = f"{prefix}{name}"
        for suffix, inner in (("", member), ("[]", member.get("items", {})), (".NAME", _values(member))):
            if "properties" in inner:
                yield f"{path}{suffix}", {"description": member.get("description", ""), **inner}
                yield from _objects(inner, f"{path}{suffix}.")


def _values(member: Schema) -> Schema:
    values = member.get("additionalProperties")
    return values if isinstance(values, Mapping) else {}


def _part(depth: int, heading: str, part: Schema, anchor: str = "whole") -> Part:
    required = part.get("required", ())
    rows = [
        (markdown.code(name), _kind(member) + ("" if name in required else ", optional"), markdown.text(_says(member)))
        for name, member in part.get("properties", {}).items()
    ]
    if not rows and "enum" in part:
        return Part(depth, heading, _anchor(anchor), _with_words(part), "")
    header = ("member", "type", "what it says")
    return Part(depth, heading, _anchor(anchor), part.get("description", ""), markdown.table(header, rows))


def _with_words(part: Schema) -> str:
    """What a value with a few words is, with its words."""
    return f"{part.get('description', '')} One of {', '.join(f'`{word}`' for word in part['enum'])}."


def _anchor(name: str) -> str:
    return "results-" + "".join(sign if sign.isalnum() else "-" for sign in name)


def _says(member: Schema) -> str:
    return str(member.get("description", ""))


def _kind(member: Schema) -> str:
    """The type of a member in words, with a link where it has a section of its own."""
    if "$ref" in member:
        name = member["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(name)})"
    if "$ref" in member.get("items", {}):
        return f"list of {_kind(member['items'])}"
    return kind_in_words(member).replace("table", "object").replace("|", "&#124;")


# Defects and variants


def _defects(package: ModuleType, party: str, facts: Facts) -> list[Group]:
    """The defects of each module of a package, below what its docstring says."""
    groups = []
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(info.name)
        names = {defect.name for defect in getattr(module, "DEFECTS", ())}
        if names:
            says = " ".join((inspect.getdoc(module) or info.name).partition("\n\n")[0].split())
            heading = says.removeprefix("Breaches of ").removeprefix("Breaches ").rstrip(".")
            heading = heading[:1].upper() + heading[1:]
            chosen = [each for each in package.DEFECTS if each.name in names]
            groups.append(Group(heading, _table(chosen, party, facts)))
    return groups


def _table(chosen: Sequence[AnyDefect], party: str, facts: Facts) -> str:
    rows = [(markdown.code(each.name), markdown.text(each.says), _links(each.breaks, facts)) for each in chosen]
    return markdown.table(("defect", f"what the {party} does", "breaks"), rows)


def _links(identifiers: tuple[str, ...], facts: Facts) -> str:
    known = facts.catalogue.by_id
    return "<br>".join(f"[{name}](../requirements/{known[name].document}/{name}.md)" for name in identifiers)


def _variants(variants: Sequence[Variant | VariantOfClient], facts: Facts) -> str:
    known = facts.catalogue.by_id
    rows = [
        (
            markdown.code(each.name),
            markdown.text(each.says),
            "<br>".join(
                f"[{name}](../requirements/{known[name].document}/{name}.md): {verdict}"
                for name, verdict in each.changes.items()
            )
            or "none",
        )
        for each in variants
    ]
    return markdown.table(("variant", "what differs", "verdicts that change"), rows)
