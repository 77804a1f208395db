"""What the command line hands to a run that it starts, and what it learns of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TextIO

Volume = Literal["quiet", "normal", "verbose"]
Color = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class Output:
    """How a run speaks: the summary goes to `stream`, progress to standard error."""

    volume: Volume = "normal"
    color: Color = "auto"
    json: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stdout)


@dataclass(eq=False)
class Commanded:
    """A run that a command has started, handed to it as a plugin object.

    `server` is the process of the bundled server, where that is the target; `folder` is where the reports are, None
    until they are written.
    """

    output: Output
    server: subprocess.Popen[str] | None = None
    folder: Path | None = None
