"""Campaigns over the lives of tokens: one survey for all requirements, and a search for each one in trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from conformance.fuzz.engine import Campaign, Inputs
from conformance.fuzz.lifecycle import Life, Step, Trouble
from conformance.fuzz.lifecycle_machine import machine, possible
from conformance.harness.outcomes import Violation
from conformance.harness.session import Trial

LABEL = "token lifecycle"
# What most breaches need are long sequences, and many of them: no fewer than ordinary examples.
COST = 1
STEPS = 14


def no_trouble_in(trial: Trial, requirement: str) -> None:
    """Raise the Violation of the shortest sequence in which the server breaks the requirement.

    Which requirements are broken at all one survey finds out for all of them. The search for the shortest sequence then
    draws the same ones again, and looks for one requirement alone.
    """
    replaying = trial.session.fuzzing is not None and trial.session.fuzzing.replay is not None
    if not replaying:
        broken, notes = trial.observed(LABEL, lambda: _survey(trial))
        if requirement not in broken:
            trial.notes[:] = notes
            return

    def lead(each: Trial, inputs: Inputs) -> None:
        trouble = next((found for found in _led(each, inputs["steps"]) if found.requirement == requirement), None)
        if trouble is not None:
            raise Violation(trouble.expected, trouble.observed)

    _explore(trial, lead)


def _survey(trial: Trial) -> tuple[Mapping[str, Trouble], Sequence[str]]:
    broken: dict[str, Trouble] = {}

    def lead(each: Trial, inputs: Inputs) -> None:
        for trouble in _led(each, inputs["steps"]):
            broken.setdefault(trouble.requirement, trouble)

    _explore(trial, lead)
    return broken, tuple(trial.notes)


def _led(trial: Trial, steps: Sequence[Step]) -> list[Trouble]:
    return Life(trial).lead(steps)


def _explore(trial: Trial, lead: Callable[[Trial, Inputs], None]) -> None:
    can = possible(trial.target)
    campaign = Campaign(trial, lead, LABEL, COST, smaller=_shorter)
    lives = seed(campaign.seed)(machine(can, lambda steps: campaign.example({"steps": list(steps)})))
    # Leaving out a step is the only way to make a sequence smaller that is worth its exchanges.
    once = settings(campaign.settings(), phases=(Phase.generate,), stateful_step_count=STEPS)
    campaign.explore(lambda: run_state_machine_as_test(lives, settings=once))


def _shorter(inputs: Inputs) -> Iterator[Inputs]:
    """The sequence without its second half, without its first, and without each step, the last first."""
    steps: Sequence[Step] = inputs["steps"]
    half = len(steps) // 2
    if half > 1:
        yield {"steps": steps[:half]}
        yield {"steps": steps[half:]}
    for at in reversed(range(len(steps) if len(steps) > 1 else 0)):
        yield {"steps": [*steps[:at], *steps[at + 1 :]]}
