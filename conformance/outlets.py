"""Standard output and error that end no command: what can't be written goes nowhere, and why is remembered."""

from __future__ import annotations

import errno
import io
import os
import sys
from dataclasses import dataclass

from conformance.base import exit_codes

NAMES = ("stdout", "stderr")


class _Outlet(io.FileIO):
    """The file behind a stream. At the first fault what follows goes to the null device, for subprocesses too."""

    failure: OSError | None = None

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError as error:
            self.failure = error
            _discard(self.fileno())
            return len(data)


@dataclass(frozen=True, slots=True)
class Outlets:
    """Standard output and standard error of this process, as `opened_outlets` replaced them."""

    files: tuple[_Outlet, ...]

    def checked(self, code: int) -> int:
        """The exit code of a command that would end with `code`: another one where its output was lost.

        A reader who has gone (`... | head`) has seen what there was to see.
        """
        for name in NAMES:
            getattr(sys, name).flush()
        lost = [file.failure for file in self.files if file.failure and file.failure.errno != errno.EPIPE]
        for failure in lost:
            print(f"oauth2-conformance: the output can't be written: {failure.strerror}", file=sys.stderr)
        return exit_codes.USAGE if lost else code


def opened_outlets() -> Outlets:
    """Replaces standard output and standard error, unless a test or a notebook has replaced them before."""
    files = []
    for number, name in enumerate(NAMES, 1):
        stream = getattr(sys, name)
        if stream is None:  # closed before this process began
            _discard(number)
            setattr(sys, name, io.TextIOWrapper(io.FileIO(number, "w", closefd=False), encoding="utf-8"))
        elif stream is getattr(sys, f"__{name}__"):
            stream.flush()
            files.append(file := _Outlet(stream.fileno(), "w", closefd=False))
            setattr(sys, name, _on(file, stream))
    return Outlets(tuple(files))


def _on(file: _Outlet, stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """A stream that writes to a file as another one does."""
    return io.TextIOWrapper(
        # As Python itself does for PYTHONUNBUFFERED; typeshed knows neither.
        file if stream.write_through else io.BufferedWriter(file),  # type: ignore[type-var]
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _discard(number: int) -> None:
    """Let a file descriptor lead nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)
