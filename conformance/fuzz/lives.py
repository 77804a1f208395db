"""Campaigns over the lives of tokens: one survey for all requirements, and the shortest way into each trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from conformance.fuzz.engine import Campaign
from conformance.fuzz.failing import Failing, Inputs
from conformance.fuzz.lifecycle import Life, Step, Trouble
from conformance.fuzz.lifecycle_machine import machine, possible
from conformance.harness.outcomes import Violation
from conformance.harness.session import Trial

LABEL = "token lifecycle"
# Each takes a hundred exchanges or so; but what most breaches need are long sequences, and many of them.
COST = 1.4
STEPS = 14


@dataclass(frozen=True, slots=True)
class Survey:
    """What all requirements' sequences came to: the first one that broke each, and all of them in their order."""

    broken: Mapping[str, Failing]
    history: Sequence[Inputs]
    notes: Sequence[str]


def no_trouble_in(trial: Trial, requirement: str) -> None:
    """Raise the Violation of the shortest sequence in which the server breaks the requirement.

    Which requirements are broken at all one survey finds out for all of them.
    """

    def lead(each: Trial, inputs: Inputs) -> None:
        trouble = next((found for found in _led(each, inputs["steps"]) if found.requirement == requirement), None)
        if trouble is not None:
            raise Violation(trouble.expected, trouble.observed)

    campaign = Campaign(trial, lead, LABEL, COST, sequence="steps")
    if campaign.is_replay:
        campaign.explore(lambda: None)
        return
    survey = trial.observed(LABEL, lambda: _survey(trial))
    trial.notes[:] = survey.notes
    if requirement in survey.broken:
        campaign.confirm(survey.broken[requirement], survey.history)


def _survey(trial: Trial) -> Survey:
    broken: dict[str, Failing] = {}
    history: list[Inputs] = []

    def lead(each: Trial, inputs: Inputs) -> None:
        history.append(inputs)
        for trouble in _led(each, inputs["steps"]):
            seen = Failing(inputs, Violation(trouble.expected, trouble.observed), each, len(history) - 1)
            broken.setdefault(trouble.requirement, seen)

    can = possible(trial.target)
    campaign = Campaign(trial, lead, LABEL, COST)
    lives = seed(campaign.seed)(machine(can, lambda steps: campaign.example({"steps": list(steps)})))
    # Leaving out a step is the only way to make a sequence smaller that is worth its exchanges.
    once = settings(campaign.settings(), phases=(Phase.generate,), stateful_step_count=STEPS)
    campaign.explore(lambda: run_state_machine_as_test(lives, settings=once))
    return Survey(broken, history, tuple(trial.notes))


def _led(trial: Trial, steps: Sequence[Step]) -> list[Trouble]:
    return Life(trial).lead(steps)
