"""Campaigns over the lives of tokens."""

from __future__ import annotations

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from conformance.fuzz.engine import Campaign
from conformance.fuzz.lifecycle import Life
from conformance.fuzz.lifecycle_machine import machine, possible_steps
from conformance.fuzz.surveys import Surveying
from conformance.harness.trial import Trial

# Each takes a hundred exchanges or so; but what most breaches need are long sequences, and many of them.
COST = 1.4
STEPS = 14


def no_trouble_in(trial: Trial, requirement: str) -> None:
    """Raise the Violation of the shortest sequence in which the server breaks the requirement."""

    def generate(campaign: Campaign) -> None:
        can = possible_steps(trial.target)
        lives = seed(campaign.seed)(machine(can, lambda steps: campaign.example({"steps": list(steps)})))
        # Leaving out a step is the only way to make a sequence smaller that is worth its exchanges.
        once = settings(campaign.settings(), phases=(Phase.generate,), stateful_step_count=STEPS)
        run_state_machine_as_test(lives, settings=once)

    surveying = Surveying(
        "token lifecycle", lambda each, inputs: Life(each).lead(inputs["steps"]), generate, "steps", COST
    )
    surveying.no_trouble_with(trial, requirement)
