"""The options of a run, each once: for the command line, for plain pytest, for a settings file, for completion."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from conformance.base import budgets, documents

BASE_URL_VARIABLE = "OAUTH2_CONFORMANCE_BASE_URL"
BUNDLED = "bundled"
Completed = Literal["", "file", "folder", "requirement", "defect", "variant"]


@dataclass(frozen=True, slots=True)
class Option:
    """An option: `name` is its long flag without the hyphens, and its key in a settings file.

    `kind` makes its value from text and raises ArgumentTypeError for what isn't one; one with `many` may be given
    several times, a `switch` has no value. What isn't `of_pytest` is about the command's own doing: pytest has options
    of its own for the like. What isn't `in_settings` is to be said anew each time. `completes` says what it names,
    `group` where the help lists it.
    """

    name: str
    help: str
    metavar: str | None = None
    kind: Callable[[str], Any] = str
    default: Any = None
    choices: tuple[str, ...] | None = None
    short: str = ""
    many: bool = False
    switch: bool = False
    of_pytest: bool = True
    in_settings: bool = True
    completes: Completed = ""
    group: str = "target"

    @property
    def key(self) -> str:
        """The option's name as an attribute of what argparse returns."""
        return self.name.replace("-", "_")

    @property
    def flags(self) -> tuple[str, ...]:
        """The option as it is written on a command line, its short form first."""
        return tuple(filter(None, (self.short, f"--{self.name}")))

    @property
    def otherwise(self) -> Any:
        """The value where none is given."""
        return [] if self.many else False if self.switch else self.default

    def keywords(self) -> dict[str, Any]:
        """How argparse is told of it. The value is None where none was given."""
        if self.switch:
            return {"action": "store_true", "default": None, "help": self.help}
        action = {"action": "append"} if self.many else {}
        names = {"metavar": self.metavar} if self.metavar else {}
        return {**action, **names, "type": self.kind, "choices": self.choices, "default": None, "help": self.help}

    def words(self, value: Any) -> list[str]:
        """The words of a command line that give it a value."""
        if self.switch:
            return [f"--{self.name}"] if value else []
        if self.many:
            return [f"--{self.name}={each}" for each in value]
        return [] if value is None else [f"--{self.name}={value}"]


def processes(text: str) -> int:
    """A number of processes, or `auto`: one a core."""
    if text == "auto":
        return os.cpu_count() or 1
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number of processes nor auto")
    return int(text)


def seconds(text: str) -> float:
    """A time in seconds."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return number


def number(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None


PROFILE = Option(
    "profile",
    f"the target's profile; `{BUNDLED}`, the default, is the bundled reference server",
    "PROFILE.toml",
    kind=Path,
    completes="file",
)
PROCESSES = Option(
    "processes",
    "processes that send requests at a time (default: 1; to the bundled server 2, of the bundled client one a core), "
    "or auto: one a core",
    "N",
    kind=processes,
    default=0,
    short="-n",
)
REPORTS = Option(
    "reports",
    "where runs are written (default: reports)",
    "DIR",
    kind=Path,
    default=Path("reports"),
    completes="folder",
    group="output",
)
BASE_URL = Option("base-url", f"point the profile elsewhere (or {BASE_URL_VARIABLE})", "URL")

OPTIONS: tuple[Option, ...] = (
    PROFILE,
    BASE_URL,
    Option(
        "role",
        "what is tested where no profile says it: the bundled server (the default), or the bundled client",
        choices=("authorization-server", "client"),
        default="authorization-server",
    ),
    PROCESSES,
    Option("unchecked", "judge without trying the profile out beforehand", switch=True),
    Option(
        "insecure",
        "don't verify the target's certificate: for staging alone; every report says so",
        switch=True,
        in_settings=False,
    ),
    Option("outlook", "test what the profile doesn't claim as well, outside conclusion and gate", switch=True),
    Option("variant", "run the bundled server as this conformant variant", "NAME", completes="variant"),
    Option("defect", "give the bundled server a defect; again for more", "NAME", many=True, completes="defect"),
    Option(
        "documents",
        f"a document of your own: a folder with document.toml; again for more (or {documents.VARIABLE})",
        "FOLDER",
        kind=Path,
        many=True,
        completes="folder",
        group="selection",
    ),
    Option(
        "only",
        "a requirement, a section or a document; again for more",
        "WHAT",
        many=True,
        completes="requirement",
        group="selection",
    ),
    Option(
        "exclude",
        "the reverse: what to leave out",
        "WHAT",
        many=True,
        completes="requirement",
        group="selection",
    ),
    Option(
        "failed",
        "only what this target failed in its last run",
        switch=True,
        of_pytest=False,
        in_settings=False,
        group="selection",
    ),
    Option(
        "list",
        "show what would run, with its requests and time, and send the target nothing",
        switch=True,
        of_pytest=False,
        in_settings=False,
        group="selection",
    ),
    Option("no-repeats", "leave findings untried a second time", switch=True, group="selection"),
    Option("leave", "keep the tokens that the run was given: revoke none", switch=True),
    Option("all-probes", "opt-in probes too: guessing, flooding, waiting", switch=True, group="selection"),
    Option(
        "fail-on",
        "the gate's level (default: must)",
        choices=("must", "should"),
        default="must",
        group="gate",
    ),
    Option(
        "baseline",
        "known deviations, which open the gate (TOML)",
        "FILE",
        kind=Path,
        completes="file",
        group="gate",
    ),
    Option(
        "fuzz",
        f"test with generated input too (default: off; {budgets.IN_WORDS}; making sure of a finding and its input "
        f"small may take up to twice as long again)",
        choices=budgets.CHOICES,
        default=budgets.OFF,
        group="generated input",
    ),
    Option(
        "fuzz-seconds",
        "a property's time in place of the budget's: a slow target gets its examples all the same",
        "S",
        kind=seconds,
        group="generated input",
    ),
    Option("fuzz-seed", "other examples than those of seed 0", "N", kind=number, default=0, group="generated input"),
    Option(
        "fuzz-random",
        "examples of a random seed, which the report names",
        switch=True,
        group="generated input",
    ),
    REPORTS,
    Option(
        "quiet",
        "the conclusion alone, no progress",
        switch=True,
        short="-q",
        of_pytest=False,
        group="output",
    ),
    Option("verbose", "every test as it ends", switch=True, short="-v", of_pytest=False, group="output"),
    Option(
        "color",
        "when to color (default: auto: at a terminal, unless NO_COLOR is set)",
        choices=("auto", "always", "never"),
        default="auto",
        of_pytest=False,
        group="output",
    ),
    Option(
        "json",
        "the summary as JSON on standard output, and nothing else there",
        switch=True,
        of_pytest=False,
        group="output",
    ),
)
BY_KEY: Mapping[str, Option] = {option.key: option for option in OPTIONS}


def completed_options(given: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Every option's value by key: as given, else as the settings say, else the default."""
    found = {}
    for option in OPTIONS:
        value = given.get(option.key)
        found[option.key] = settings.get(option.key, option.otherwise) if value is None else value
    return found
