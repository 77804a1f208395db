"""The bundled reference server as a process of its own: started for a run, stopped whatever happens."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

# Has the server make ready, right after it has announced itself, what first requests would wait for.
WARM_UP = "--warm-up"


class ServerDidNotStart(Exception):
    """The reference server's process ended before it was ready."""


@dataclass
class BundledServer:
    """A running reference server, what it announced (`base_url`, `profile`, ...), and its process."""

    announcement: dict[str, Any]
    process: subprocess.Popen[str]

    @property
    def profile(self) -> str:
        """The TOML profile that fits the server."""
        return str(self.announcement["profile"])

    def dismiss(self) -> None:
        """Tell the process to end, without waiting for it: its standard input closes, which it takes as the end."""
        if self.process.stdin:
            self.process.stdin.close()

    def stop(self) -> None:
        """Stop the process; killed if it doesn't end by itself."""
        self.dismiss()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> BundledServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def server_arguments(variant: str | None, defects: Sequence[str]) -> list[str]:
    """Arguments for the server's process that give it a variant and defects."""
    chosen = ["--variant", variant] if variant else []
    return [*chosen, *(word for name in defects for word in ("--defect", name))]


def spawn(arguments: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Begin to start the reference server: free loopback ports with TLS, plain HTTP and a control port.

    It takes a moment, in which the caller can do something else. It ends by itself when this process dies.
    """
    command = [sys.executable, "-P", "-m", "reference_server", "--port", "0", "--plain", "--control", "--announce"]
    return subprocess.Popen(
        [*command, "--exit-with-stdin", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def when_ready(process: subprocess.Popen[str]) -> BundledServer:
    """The server once it has announced itself. Raises ServerDidNotStart."""
    line = process.stdout.readline() if process.stdout else ""
    try:
        return BundledServer(json.loads(line), process)
    except ValueError as error:
        process.kill()
        process.wait()
        raise ServerDidNotStart(f"the reference server did not start: {line.strip() or 'see above'}") from error


def start_bundled(arguments: Sequence[str] = ()) -> BundledServer:
    """Start the reference server and wait until it is ready. Raises ServerDidNotStart."""
    return when_ready(spawn(arguments))
