"""Gathers the entries that the modules of a package list: one module per area, new ones need no registration."""

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Any, TypeVar

Entry = TypeVar("Entry")


def collect(package: str, path: Sequence[str], attribute: str, kind: type[Entry]) -> dict[str, Entry]:
    """All entries by name, in the order of modules and lines. Two of one name are an error."""
    entries: dict[str, Entry] = {}
    for info in sorted(pkgutil.iter_modules(path), key=lambda info: info.name):
        module: Any = importlib.import_module(f"{package}.{info.name}")
        for entry in getattr(module, attribute, ()):
            if not isinstance(entry, kind) or entry.name in entries:  # type: ignore[attr-defined]
                raise ValueError(f"{info.name} lists {entry!r}, which is no new {kind.__name__}")
            entries[entry.name] = entry  # type: ignore[attr-defined]
    return entries
