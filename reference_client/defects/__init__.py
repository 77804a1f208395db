"""Deliberate mistakes. Each module of this package lists its own in `DEFECTS`."""

from pathlib import Path

from ..collecting import collect
from ..consequences import defects_with_consequences
from ..defect import Defect

DEFECTS: tuple[Defect, ...] = defects_with_consequences(
    collect(__name__, __path__, "DEFECTS", Defect), Path(__file__).parent
)

__all__ = ["DEFECTS", "Defect"]
