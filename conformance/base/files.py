"""Files that are written for a user, and what is said where they can't be."""

from __future__ import annotations

from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the whole of it or none.

    Raises OSError with the file's name.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        error.filename = path
        raise


def why_unusable(error: OSError, what: str = "used") -> str:
    """What is wrong with a file that a user named, in one line."""
    return f"{error.filename}: can't be {what}: {error.strerror}"
