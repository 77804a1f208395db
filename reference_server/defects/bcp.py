"""What the breaches of RFC 9700 have in common: they stand on the variant that keeps it."""

from ..defect import Defect
from ..pipeline import Edit

ON = "security-bcp"


def bcp(
    name: str, says: str, breaks: tuple[str, ...], *edits: Edit, on: str = ON, blocks: tuple[str, ...] = ()
) -> Defect:
    """A breach of requirements of RFC 9700, named without the document."""
    return Defect(
        name=f"bcp-{name}",
        says=says,
        breaks=tuple(f"rfc9700-{each}" for each in breaks),
        edits=edits,
        blocks=tuple(f"rfc9700-{each}" for each in blocks),
        on=on,
    )
