"""What one deliberate mistake is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .pipeline import Edit


@dataclass(frozen=True, slots=True)
class Defect:
    """A mistake that the client can be given, and the findings that it has to cause: these and no others."""

    name: str
    says: str
    breaks: tuple[str, ...]  # requirements that turn failed or warned
    edits: tuple[Edit, ...]
    blocks: tuple[str, ...] = ()  # requirements that can't be decided any more, where that can't be helped
    on: str | None = None  # the variant that it stands on
    profile: Mapping[str, Any] = field(default_factory=dict)  # what of the registration is wrong
    command: bool = False  # shows only where the client is a process with a page of its own
