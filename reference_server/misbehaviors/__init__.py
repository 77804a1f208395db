"""What a stage can do to a client. Each module of this package lists its own in `MISBEHAVIORS`."""

from ..collecting import collect
from ..misbehavior import Misbehavior

MISBEHAVIORS: tuple[Misbehavior, ...] = collect(__name__, __path__, "MISBEHAVIORS", Misbehavior)

__all__ = ["MISBEHAVIORS", "Misbehavior"]
