"""What one deliberate misbehavior toward a client is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .pipeline import Edit


@dataclass(frozen=True, slots=True)
class Misbehavior:
    """What a stage does otherwise than an honest server, by name: some break a rule, some only surprise.

    `twin` are edits of the honest stage that it is compared with, where that has to be of another shape than the
    default. `listeners` names, by endpoint, where else than at the good https listener that endpoint is said to be,
    `queries` what its URL has behind the path.
    """

    name: str
    says: str
    edits: tuple[Edit, ...] = ()
    twin: tuple[Edit, ...] = ()
    listeners: Mapping[str, str] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)
