"""Settings of a run that stand in the working folder: `oauth2-conformance.toml`, or a table of `pyproject.toml`."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.base.suggesting import did_you_mean
from conformance.options import OPTIONS, Option

FILE = "oauth2-conformance.toml"
TABLE = "oauth2-conformance"
ALLOWED: Mapping[str, Option] = {option.name: option for option in OPTIONS if option.in_settings}


class SettingsFault(Exception):
    """Settings can't be used: the message names the file and every gap in it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options that a file sets, by key, and the file; no file, no options."""

    values: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


def read_settings(folder: Path) -> Settings:
    """The settings of a folder: those of its own file, else of its `pyproject.toml`. Raises SettingsFault."""
    own, project = folder / FILE, folder / "pyproject.toml"
    if own.is_file():
        return _settings(FILE, _toml(own))
    if project.is_file() and TABLE in project.read_text(encoding="utf-8", errors="replace"):
        table = _toml(project).get("tool", {}).get(TABLE)
        if table is not None:
            return _settings(f"pyproject.toml [tool.{TABLE}]", table)
    return Settings()


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFault(f"{path.name}: is not TOML: {error}") from error


def _settings(source: str, table: Any) -> Settings:
    if not isinstance(table, Mapping):
        raise SettingsFault(f"{source}: must be a table")
    faults = [f"{source}: {name}: {fault}" for name, value in table.items() for fault in _faults(name, value)]
    if faults:
        raise SettingsFault("\n  ".join(faults))
    return Settings({ALLOWED[name].key: _value(ALLOWED[name], value) for name, value in table.items()}, source)


def _faults(name: str, value: Any) -> Iterator[str]:
    """What is wrong with a key of the file, in words."""
    option = ALLOWED.get(name)
    if any(name == each.name and not each.in_settings for each in OPTIONS):
        yield f"is said anew for each run: --{name}"
    elif option is None:
        yield f"there is no such setting{did_you_mean(name, ALLOWED)}"
    elif option.switch:
        if not isinstance(value, bool):
            yield "must be true or false"
    elif option.many:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            yield "must be a list of strings"
    elif isinstance(value, bool | list | dict):
        yield f"must be one value, {option.metavar or 'such as ' + str(option.default)}"
    elif option.choices and value not in option.choices:
        yield f"must be one of {', '.join(option.choices)}{did_you_mean(str(value), option.choices)}"
    else:
        try:
            option.kind(str(value))
        except argparse.ArgumentTypeError as error:
            yield str(error)


def _value(option: Option, value: Any) -> Any:
    return value if option.switch or option.many else option.kind(str(value))
