"""Deliberate breaches. Each module of this package lists its own in `DEFECTS`."""

from ..collecting import collect
from ..defect import Defect

DEFECTS: tuple[Defect, ...] = collect(__name__, __path__, "DEFECTS", Defect)

__all__ = ["DEFECTS", "Defect"]
