"""What one deliberate, conformant difference is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .pipeline import Edit


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to be conformant, what the profile says about it, and the verdicts that change with it."""

    name: str
    says: str
    edits: tuple[Edit, ...]
    profile: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)  # an empty word takes back a change of `like`
    like: str | None = None  # the variant whose changes it shares
