"""Gathers the entries that the modules of a package list: one module per area, new ones need no registration."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar


class Named(Protocol):
    """An entry has a name of its own."""

    @property
    def name(self) -> str:
        """What it is chosen by."""


Entry = TypeVar("Entry", bound=Named)


def collect(package: str, path: Sequence[str], attribute: str, kind: type[Entry]) -> tuple[Entry, ...]:
    """All entries, in the order of modules and lines. Something else, or a name used twice, is an error."""
    entries: dict[str, Entry] = {}
    for info in sorted(pkgutil.iter_modules(path), key=lambda info: info.name):
        module: Any = importlib.import_module(f"{package}.{info.name}")
        for entry in getattr(module, attribute, ()):
            if not isinstance(entry, kind) or entry.name in entries:
                raise ValueError(f"{info.name} lists {entry!r}, which is no new {kind.__name__}")
            entries[entry.name] = entry
    return tuple(entries.values())


def modules_of(package: str, path: Sequence[str], attribute: str) -> Mapping[str, Path]:
    """In which module's file each entry of a package stands, by the entry's name."""
    return {
        entry.name: Path(str(module.__file__))
        for info in pkgutil.iter_modules(path)
        for module in (importlib.import_module(f"{package}.{info.name}"),)
        for entry in getattr(module, attribute, ())
    }
