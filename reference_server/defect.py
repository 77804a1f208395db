"""What one deliberate breach is."""

from dataclasses import dataclass

from .pipeline import Edit


@dataclass(frozen=True, slots=True)
class Defect:
    """A breach that the server can be given, and the findings that it has to cause: these and no others."""

    name: str
    says: str
    breaks: tuple[str, ...]  # requirements that turn failed or warned
    edits: tuple[Edit, ...]
    blocks: tuple[str, ...] = ()  # requirements that can't be decided any more, where that can't be helped
    on: str | None = None  # the variant that it stands on
    transport: bool = False  # shows only over a real socket
    fuzz: bool = False  # no directed test finds it: `breaks` is what generated input shows
