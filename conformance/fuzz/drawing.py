"""What hypothesis would do beside drawing from strategies, and what keeps it from that."""

from __future__ import annotations

import warnings


def draw_from_strategies_alone() -> None:
    """Keep hypothesis from drawing what no strategy says.

    By default it also draws from the constants of whatever local modules are loaded: a run would depend on them, and on
    where the suite is installed. It spends examples on copies of earlier ones in which parts repeat, too: here examples
    are few, and each shall be new. No setting turns either off. The versions that pyproject.toml allows have these
    names; with others, inputs differ and all else works: that is said, and nothing ends for it.
    """
    try:
        from hypothesis.internal.conjecture import providers
        from hypothesis.internal.conjecture.engine import ConjectureRunner
        from hypothesis.internal.constants_ast import Constants

        if not (hasattr(providers, "_get_local_constants") and hasattr(ConjectureRunner, "generate_mutations_from")):
            raise ImportError("hypothesis.internal has other names")
    except ImportError as error:
        warnings.warn(f"fuzzing draws other inputs with this version of hypothesis: {error}", stacklevel=2)
        return
    providers._get_local_constants = Constants
    ConjectureRunner.generate_mutations_from = lambda self, data: None  # type: ignore[method-assign]
