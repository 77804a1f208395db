"""What no sentence of the catalogue speaks of: a change of it is no breach, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Mapping

from tests.mutants.mutating import Mutant

# By file, or file and function, why the suite has no opinion.
NOT_OWED: Mapping[str, str] = {
    "control.py": "The control port is the tests' own: no RFC and no documented API has it.",
    "graphql_resource.py": (
        "Who may ask is decided in bearer.py and resources.py. How an operation is written and what the schema holds "
        "is GraphQL's, whose specification is none of the catalogue's documents."
    ),
}


def is_owed(mutant: Mutant) -> bool:
    """Whether a sentence of the catalogue may speak of what a mutant changes."""
    return mutant.path.name not in NOT_OWED and f"{mutant.path.name}:{mutant.function}" not in NOT_OWED
