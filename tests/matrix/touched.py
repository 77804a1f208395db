"""What a change can turn in the matrices: the requirements, defects and variants that have to be run again.

A changed test is run on every server that it meets, a changed defect or variant with every test that it meets. A change
of what all of them stand on runs everything, and so does whatever isn't understood: nothing is left out by a guess.
"""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import grimp

from reference_server.defect import Defect
from reference_server.defects import DEFECTS
from reference_server.variant import Variant
from reference_server.variants import VARIANTS
from tests.matrix.engine import cases

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("conformance", "reference_server")
# Whose change may turn anything: what runs the matrices.
RUNNING = re.compile(
    r"(tests/(matrix/|conftest\.py|pytest\.ini|requirements\.txt)|pyproject\.toml|tox\.ini|conformance/plugin/)"
)
# Whose change turns no verdict: what only tells of them, and schemas of what people write and read.
TELLING = re.compile(
    r"(conformance/(reporting/|documents/\w+/topics\.toml|tally/releases\.toml)"
    r"|conformance/certification/matrix\.json|schemas/(results|baseline|answers)\.schema\.json)"
)
CATALOGUE = re.compile(r"conformance/documents/\w+/requirements\.toml")
OF_THE_SERVER = re.compile(r"reference_server/(defects|variants)/(?!__init__)\w+\.py")
DIRECTED = re.compile(r"conformance/documents/\w+/test_\w+\.py")
OF_FUZZING = re.compile(r"(conformance|tests)/fuzz/")
CONSEQUENCES = re.compile(r"reference_server/(defect|variant)s/\w+\.toml")
# What runs a test on a server. Tests of the matrices that stand on more are never left out.
ENGINES = ("engine.py", "sockets.py")
MARK = re.compile(r"""requirement\(\s*["']([^"']+)["']""")
Before = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Touched:
    """What has to be run, and why: requirements on every server, defects and variants with every test.

    `fuzzing` says that generated input may find something else; `idle` counts the changed files that turn no verdict.
    """

    reasons: tuple[str, ...] = ()
    idle: int = 0
    everything: bool = False
    requirements: frozenset[str] = frozenset()
    defects: frozenset[str] = frozenset()
    variants: frozenset[str] = frozenset()
    fuzzing: bool = False

    def __or__(self, other: Touched) -> Touched:
        """What either has to run."""
        return Touched(
            reasons=(*self.reasons, *other.reasons),
            idle=self.idle + other.idle,
            everything=self.everything or other.everything,
            requirements=self.requirements | other.requirements,
            defects=self.defects | other.defects,
            variants=self.variants | other.variants,
            fuzzing=self.fuzzing or other.fuzzing,
        )

    def scope(self, server: Defect | Variant) -> frozenset[str] | None:
        """The requirements whose tests have to be run on a server; None: all of them."""
        chosen = self.defects if isinstance(server, Defect) else self.variants
        on = getattr(server, "on", None)
        return None if self.everything or server.name in chosen or on in self.variants else self.requirements

    def fuzzes(self, server: Defect | str | None) -> bool:
        """Whether a server with a defect, or a clean one with a variant, has to be fuzzed."""
        if isinstance(server, Defect):
            return self.everything or self.fuzzing or server.name in self.defects or server.on in self.variants
        return self.everything or self.fuzzing or server in self.variants

    def in_words(self) -> list[str]:
        """What was selected, then why."""
        parts = ["the clean server"]
        if self.defects or self.variants:
            servers = f"{len(self.defects)} of {len(DEFECTS)} defects, {len(self.variants)} of {len(VARIANTS)} variants"
            parts.append(f"{servers} with every test")
        if self.requirements:
            parts.append(f"the tests of {len(self.requirements)} requirements on every server that they meet")
        if self.fuzzing:
            parts.append("all that fuzzing finds")
        head = "everything" if self.everything else "; ".join(parts)
        idle = [f"{self.idle} of them turn no verdict"] if self.idle else []
        return [f"matrix: {head}", *(f"  {reason}" for reason in (*self.reasons, *idle))]


def all_of_it(why: str) -> Touched:
    """Everything, for a reason."""
    return Touched((why,), everything=True)


def touched_by(paths: Iterable[str], before: Before) -> Touched:
    """What changed files touch; `before` is the text of a file as it was, None where there was none."""
    found = Touched()
    # What runs the matrices is known at a glance; the rest is looked up.
    for path in sorted(paths, key=lambda path: (not RUNNING.match(path), path)):
        touched = _touched_by(path, before)
        if touched.everything:
            return touched
        found |= touched
    return found


def _touched_by(path: str, before: Before) -> Touched:
    if RUNNING.match(path):
        return all_of_it(f"{path}: runs the matrices")
    if OF_FUZZING.match(path):
        return Touched((f"{path}: fuzzes",), fuzzing=True)
    if not path.startswith((*(f"{package}/" for package in PACKAGES), "schemas/")) or TELLING.match(path):
        return Touched(idle=1)
    if CATALOGUE.fullmatch(path):
        return _of_the_catalogue(path, before)
    if CONSEQUENCES.fullmatch(path):
        return _of_consequences(path, before)
    if OF_THE_SERVER.fullmatch(path):
        return _of_the_server(path)
    if path.startswith("conformance/"):
        return _of_the_suite(path, before)
    return all_of_it(f"{path}: every test stands on it")


def _of_the_catalogue(path: str, before: Before) -> Touched:
    """Entries that came in or changed. That one went out is the business of the catalogue's own tests."""
    was, now = before(path), ROOT / path
    if was is None or not now.exists():
        return all_of_it(f"{path}: a document came in or went out")
    old, new = (_entries(text) for text in (was, now.read_text(encoding="utf-8")))
    changed = frozenset(name for name, entry in new.items() if old.get(name) != entry)
    fuzzed = {name for defect in DEFECTS if defect.fuzz for name in defect.breaks}
    why = f"{path}: {len(changed)} entries came in or changed"
    return Touched((why,), requirements=changed, fuzzing=bool(changed & fuzzed))


def _entries(text: str) -> dict[str, Any]:
    return {entry["id"]: entry for entry in tomllib.loads(text).get("requirement", [])}


def _of_consequences(path: str, before: Before) -> Touched:
    """The defects or variants of which the file beside a module says something else now."""
    was, now = before(path), ROOT / path
    old = tomllib.loads(was) if was is not None else {}
    new = tomllib.loads(now.read_text(encoding="utf-8")) if now.exists() else {}
    changed = _changed(old, new)
    if path.startswith("reference_server/defects/"):
        return Touched((f"{path}: those of {len(changed)} defects changed",), defects=changed)
    return Touched((f"{path}: those of {len(changed)} variants changed",), variants=changed)


def _changed(old: Mapping[str, object], new: Mapping[str, object]) -> frozenset[str]:
    return frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))


def _of_the_server(path: str) -> Touched:
    """The defects and variants of a module, and of those that make theirs with it."""
    module = _module(path)
    if module not in graph().modules:
        return Touched((f"{path}: went out with what it listed",))
    listing = {module, *graph().find_downstream_modules(module)}
    listed = [importlib.import_module(name) for name in listing if OF_THE_SERVER.fullmatch(_path(name))]
    defects = frozenset(each.name for one in listed for each in getattr(one, "DEFECTS", ()))
    variants = frozenset(each.name for one in listed for each in getattr(one, "VARIANTS", ()))
    why = f"{path}: lists or makes {len(defects)} defects and {len(variants)} variants"
    return Touched((why,), defects=defects, variants=variants)


def _of_the_suite(path: str, before: Before) -> Touched:
    """The requirements of the tests that a module of the suite has or stands below."""
    module = _module(path)
    if not path.endswith(".py"):
        below = [name for name in standing_below_all() if _path(name).rpartition("/")[0] == path.rpartition("/")[0]]
        return all_of_it(f"{path}: read beside {below[0]}") if below else Touched(idle=1)
    if module in standing_below_all():
        return all_of_it(f"{path}: every test stands on it")
    modules = {module, *(graph().find_downstream_modules(module) if module in graph().modules else ())}
    found = {identifier for name in modules for identifier in requirements_by_module().get(name, ())}
    fuzzing = Touched((f"{path}: fuzzing stands on it",), fuzzing=True) if module in below_fuzzing() else Touched()
    if not found and not DIRECTED.fullmatch(path):
        return fuzzing if fuzzing.fuzzing else Touched(idle=1)
    # What a module had before: its tests may have gone, and others of the same requirements stay.
    found |= set(MARK.findall(before(path) or "")) & set().union(*requirements_by_module().values())
    return fuzzing | Touched(
        (f"{path}: tests of {len(found)} requirements stand on it",), requirements=frozenset(found)
    )


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom in the packages; what is imported for types alone left out."""
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)


@cache
def standing_below_all() -> frozenset[str]:
    """The modules that run tests on servers, with what they import: a change of one may turn any test."""
    engines = (Path(__file__).with_name(name) for name in ENGINES)
    roots = {name for path in engines for name in _imports(path) if name in graph().modules}
    above = {name for root in roots for name in graph().find_upstream_modules(root)}
    return frozenset(roots | above)


@cache
def below_fuzzing() -> frozenset[str]:
    """The modules that fuzz tests import, directly or not."""
    fuzzing = graph().find_descendants("conformance.fuzz")
    return frozenset(above for name in fuzzing for above in graph().find_upstream_modules(name))


def _imports(path: Path) -> Iterable[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def requirements_by_module() -> dict[str, frozenset[str]]:
    """The requirements whose directed tests stand in each module."""
    found: dict[str, set[str]] = {}
    for case in cases():
        found.setdefault(_module(case.file.relative_to(ROOT).as_posix()), set()).add(case.requirement)
    return {name: frozenset(identifiers) for name, identifiers in found.items()}


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _path(module: str) -> str:
    return f"{module.replace('.', '/')}.py"
