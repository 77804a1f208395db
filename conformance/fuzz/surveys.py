"""Campaigns that judge many requirements by the same inputs: one survey for all, the shortest way into each trouble."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conformance.base.outcomes import Violation
from conformance.fuzz.engine import Campaign
from conformance.fuzz.failing import Failing, Inputs
from conformance.fuzz.lifecycle import Trouble
from conformance.harness.session import Trial

Led = Callable[[Trial, Inputs], Sequence[Trouble]]


@dataclass(frozen=True, slots=True)
class Survey:
    """What all inputs came to: the first that broke each requirement, and all of them in their order."""

    broken: Mapping[str, Failing]
    history: Sequence[Inputs]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Surveying:
    """How a survey is made: its name, what leads an input to troubles, and what generates inputs for a campaign.

    `sequence` names the input whose parts are left out that a trouble doesn't take; `cost` is that of an example.
    """

    label: str
    led: Led
    generate: Callable[[Campaign], None]
    sequence: str
    cost: float = 1

    def no_trouble_with(self, trial: Trial, requirement: str) -> None:
        """Raise the Violation of the shortest input by which the server breaks the requirement.

        Which requirements are broken at all one survey finds out for all of them.
        """

        def lead(each: Trial, inputs: Inputs) -> None:
            trouble = next((found for found in self.led(each, inputs) if found.requirement == requirement), None)
            if trouble is not None:
                raise Violation(trouble.expected, trouble.observed)

        campaign = Campaign(trial, lead, self.label, self.cost, sequence=self.sequence)
        if campaign.is_replay:
            campaign.explore(lambda: None)
            return
        survey = trial.observed(self.label, lambda: self._made(trial))
        trial.notes[:] = survey.notes
        if requirement in survey.broken:
            campaign.confirm(survey.broken[requirement], survey.history)

    def _made(self, trial: Trial) -> Survey:
        broken: dict[str, Failing] = {}
        history: list[Inputs] = []

        def lead(each: Trial, inputs: Inputs) -> None:
            history.append(inputs)
            for trouble in self.led(each, inputs):
                seen = Failing(inputs, Violation(trouble.expected, trouble.observed), each, len(history) - 1)
                broken.setdefault(trouble.requirement, seen)

        campaign = Campaign(trial, lead, self.label, self.cost)
        campaign.explore(lambda: self.generate(campaign))
        return Survey(broken, history, tuple(trial.notes))
