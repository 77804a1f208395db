"""What the pages tell: requirements with their tests, defects, variants and texts, gathered once for a build."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from conformance.base import schemas
from conformance.running.collecting import Case, collect_cases
from conformance.tally.catalogue import Catalogue, Requirement, load_catalogue
from conformance.tally.topics import Topic, load_topics, topics_of
from reference_client.defects import DEFECTS as DEFECTS_OF_CLIENT
from reference_client.defects import Defect as DefectOfClient
from reference_client.variants import VARIANTS as VARIANTS_OF_CLIENT
from reference_client.variants import Variant as VariantOfClient
from reference_server.defects import DEFECTS, Defect
from reference_server.variants import VARIANTS, Variant

ROOT = Path(__file__).resolve().parents[2]
# Features without a key of their own: the profile claims them with something else.
FOLLOWING = {
    "authorization_endpoint": "a grant that uses the authorization endpoint is claimed",
    "token_endpoint": "a grant that uses the token endpoint is claimed",
    "client_password": "a client has a secret",
    "tls": "the target has TLS, or isn't on loopback",
}

AnyDefect: TypeAlias = Defect | DefectOfClient


@dataclass(frozen=True, slots=True)
class Test:
    """A test function of one requirement: its file below the project, its source, and the cases it is run with."""

    __test__ = False

    name: str
    file: str
    source: str
    cases: tuple[str, ...]
    fuzz: bool


@dataclass(frozen=True)
class Facts:
    """Everything that requirement pages need, by requirement id where it belongs to one."""

    catalogue: Catalogue
    topics: Mapping[str, Topic]
    tests: Mapping[str, tuple[Test, ...]]
    breaking: Mapping[str, tuple[AnyDefect, ...]]
    blocking: Mapping[str, tuple[AnyDefect, ...]]
    changing: Mapping[str, tuple[Variant | VariantOfClient, ...]]
    features: Mapping[str, str]


def gather() -> Facts:
    """Read the catalogue and collect the tests; takes some ten seconds."""
    catalogue = load_catalogue()
    defects: tuple[AnyDefect, ...] = (*DEFECTS, *DEFECTS_OF_CLIENT)
    variants: tuple[Variant | VariantOfClient, ...] = (*VARIANTS, *VARIANTS_OF_CLIENT)
    return Facts(
        catalogue=catalogue,
        topics=topics_of(catalogue.requirements, load_topics()),
        tests=_tests([*collect_cases(fuzz=True), *collect_cases(of_clients=True)]),
        breaking=_by_requirement((identifier, defect) for defect in defects for identifier in defect.breaks),
        blocking=_by_requirement((identifier, defect) for defect in defects for identifier in defect.blocks),
        changing=_by_requirement((identifier, variant) for variant in variants for identifier in variant.changes),
        features=_features(catalogue.requirements),
    )


def schema(name: str) -> dict[str, Any]:
    """One of the project's JSON Schemas, by the name of its file."""
    return schemas.schema(name.removesuffix(".schema.json"))


def _by_requirement(pairs: Iterable[tuple[str, Any]]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for identifier, each in pairs:
        found[identifier] = (*found.get(identifier, ()), each)
    return found


def _tests(cases: Iterable[Case]) -> dict[str, tuple[Test, ...]]:
    """Tests by requirement id; the cases of a function in their order."""
    grouped: dict[tuple[str, Path, str], list[Case]] = {}
    for case in cases:
        grouped.setdefault((case.requirement, case.file, case.name.partition("[")[0]), []).append(case)
    return _by_requirement((key[0], _test(key[2], together)) for key, together in grouped.items())


def _test(name: str, cases: list[Case]) -> Test:
    file = cases[0].file
    return Test(
        name=name,
        file=file.relative_to(ROOT).as_posix(),
        source=_source(file, name),
        cases=tuple(case.name.partition("[")[2].removesuffix("]") for case in cases if "[" in case.name),
        fuzz=file.parent.name == "fuzz",
    )


def _source(file: Path, name: str) -> str:
    """A test function's source with its decorators: what generates input wraps the function, the file doesn't."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.startswith(f"def {name}(")]
    if not starts:
        return ""
    first = starts[0]
    while first > 0 and lines[first - 1].strip():
        first -= 1
    head = "".join(lines[first : starts[0]])
    return head + "".join(inspect.getblock(lines[starts[0] :])).rstrip()


def _features(requirements: Iterable[Requirement]) -> dict[str, str]:
    """When each feature is claimed, by the name that requirements need it by. Raises KeyError for one without words."""
    properties = schema("target.schema.json")["properties"]
    features, documented = properties["features"]["properties"], properties["documented"]["properties"]
    grants = {
        name: f"`{name}` is among the `grants` under `[features]`" for name in features["grants"]["items"]["enum"]
    }
    own = {name: f"`{name}` is claimed under `[features]`" for name in features}
    of_the_api = {f"documented_{name}": f"`{name}` is claimed under `[documented]`" for name in documented}
    known = {**own, **of_the_api, **grants, **FOLLOWING}
    return {name: known[name] for requirement in requirements for name in requirement.needs}
