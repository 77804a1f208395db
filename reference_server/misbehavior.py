"""What one deliberate misbehavior toward a client is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .pipeline import Edit

# Companies of surprises: of what is long, of what is short, and of what is spelled or said in an unusual way.
LARGE, SMALL, ODD = "large", "small", "odd"


@dataclass(frozen=True, slots=True)
class Misbehavior:
    """What a stage does otherwise than an honest server, by name: some break a rule, some only surprise.

    `twin` names the stage that it is compared with, where that has to be of another shape than the default.
    `listeners` names, by endpoint, where else than at the good https listener that endpoint is said to be, `queries`
    what its URL has behind the path, `client_id` how the client is known there. Those of one `company` only surprise,
    none gets in another's way, and a client that does what each of them `asks` can meet them all in one login. One
    that `takes_long` has a client wait that meets it as it should.
    """

    name: str
    says: str
    edits: tuple[Edit, ...] = ()
    twin: str = ""
    listeners: Mapping[str, str] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)
    client_id: str = ""
    company: str = ""
    asks: tuple[str, ...] = ()
    takes_long: bool = False
