"""Deliberate conformant differences. Each module of this package lists its own in `VARIANTS`."""

from ..collecting import collect
from ..variant import Variant

VARIANTS: tuple[Variant, ...] = collect(__name__, __path__, "VARIANTS", Variant)

__all__ = ["VARIANTS", "Variant"]
