"""Runs the suite's fuzz tests in this process against reference servers with edits, over ASGI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from conformance.harness.fuzzing import fuzzing_of
from conformance.running.collecting import Case, collect_cases
from conformance.running.single_test import Execution, execute
from conformance.wire.asgi import AsgiTransport
from reference_server.pipeline import Edit
from tests.matrix.engine import catalogue, key, open_world

# What takes longer in this process takes forever.
TIMEOUT = 1.0


@cache
def fuzz_cases() -> tuple[Case, ...]:
    """All fuzz tests of the suite."""
    return tuple(collect_cases("fuzz/test_*.py", fuzz=True))


@contextmanager
def fuzzing(
    budget: str, seed: int = 0, variant: str | None = None, edits: Sequence[Edit] = ()
) -> Iterator[Callable[[Case], Execution]]:
    """Runs fuzz tests one by one against a fresh server with a variant and edits; they share one session."""
    world = open_world(variant, edits)
    assert isinstance(world.session.transport, AsgiTransport)
    world.session.transport.timeout = TIMEOUT
    # No limit in time: what is found must not depend on what else this machine does.
    world.session.fuzzing = fuzzing_of(budget, seed, float("inf"))
    by_id = catalogue().by_id
    try:
        yield lambda case: execute(case.function, case.parameters, by_id[case.requirement], case.needs, world.session)
    finally:
        world.session.close()


def fuzzed(
    cases: Iterable[Case], budget: str, seed: int = 0, variant: str | None = None, edits: Sequence[Edit] = ()
) -> dict[str, Execution]:
    """How some fuzz tests end on one server, by name."""
    with fuzzing(budget, seed, variant, edits) as run:
        return {key(case): run(case) for case in cases}


def in_words(executions: dict[str, Execution]) -> str:
    """What each came to, for messages: the smallest inputs among it."""
    lines = []
    for name, execution in executions.items():
        outcome = execution.outcome
        what = f"expected {outcome.expected}; observed {outcome.observed}" if outcome.expected else outcome.reason
        lines.append(f"  {name}: {outcome.word}: {what}")
    return "\n".join(lines)
