"""Reading a `results.json` that a user names: checked against its schema before anything is made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.commands import UsageFault
from conformance.harness import schemas


def read_results(path: Path) -> dict[str, Any]:
    """The content of a `results.json`, or of the one in a run's folder. Raises UsageFault when it is none."""
    file = path / "results.json" if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageFault(f"{file}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageFault(f"{file}: is not UTF-8 text: not a results.json") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageFault(f"{file}: is not JSON ({error}): name the results.json of a run") from error
    fault = schemas.first_fault_of_large("results", text)
    if fault is not None:
        raise UsageFault(f"{file}: is not a results.json of this suite: {fault[:500]}")
    _check_places(file, content)
    return dict(content)


def _check_places(file: Path, content: dict[str, Any]) -> None:
    """What no schema can say: evidence that is referred to has to be there."""
    number = len(content["exchanges"])
    for entry in content["requirements"]:
        for test in entry["tests"]:
            if any(place >= number for place in test["exchanges"]):
                raise UsageFault(f"{file}: {entry['id']}: refers to an exchange that the file doesn't hold")
