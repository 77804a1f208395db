"""Deliberate conformant differences. Each module of this package lists its own in `VARIANTS`."""

from pathlib import Path

from ..collecting import collect
from ..consequences import variants_with_consequences
from ..variant import Variant

VARIANTS: tuple[Variant, ...] = variants_with_consequences(
    collect(__name__, __path__, "VARIANTS", Variant), Path(__file__).parent
)

__all__ = ["VARIANTS", "Variant"]
