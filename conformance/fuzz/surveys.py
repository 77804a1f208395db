"""Campaigns that judge many requirements by the same inputs: one survey for all, the shortest way to each mismatch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from conformance.base.outcomes import Vacuous, Violation
from conformance.fuzz.engine import Campaign
from conformance.fuzz.failing import Failing, Inputs
from conformance.fuzz.lifecycle_model import Arose, Mismatch
from conformance.harness.trial import Trial

Led = Callable[[Trial, Inputs], Sequence[Mismatch | Arose]]


@dataclass(frozen=True, slots=True)
class Survey:
    """What all inputs came to: the first that broke each requirement, what arose, and all of them in their order."""

    broken: Mapping[str, Failing]
    arose: frozenset[str]
    history: Sequence[Inputs]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Surveying:
    """How a survey is made: its name, what leads an input to mismatches, and what generates inputs for a campaign.

    `sequence` names the input whose parts are left out that a mismatch doesn't take; `cost` is that of an example.
    `must_arise` are the requirements whose situation the server need not let arise: without it nothing was judged.
    """

    label: str
    led: Led
    generate: Callable[[Campaign], None]
    sequence: str
    cost: float = 1
    must_arise: Collection[str] = ()

    def no_trouble_with(self, trial: Trial, requirement: str) -> None:
        """Raise the Violation of the shortest input by which the server breaks the requirement.

        Which requirements are broken at all one survey finds out for all of them.
        """

        def lead(each: Trial, inputs: Inputs) -> None:
            mismatches = (found for found in self.led(each, inputs) if isinstance(found, Mismatch))
            mismatch = next((found for found in mismatches if found.requirement == requirement), None)
            if mismatch is not None:
                raise Violation(mismatch.expected, mismatch.observed)

        campaign = Campaign(trial, lead, self.label, self.cost, sequence=self.sequence)
        if campaign.is_replay:
            campaign.explore(lambda: None)
            return
        survey = trial.observed(self.label, lambda: self._made(trial))
        trial.notes[:] = survey.notes
        if requirement in survey.broken:
            campaign.confirm(survey.broken[requirement], survey.history)
        elif requirement in self.must_arise and requirement not in survey.arose:
            raise Vacuous(f"in none of {len(survey.history)} examples the server answered in the way that is judged")

    def _made(self, trial: Trial) -> Survey:
        broken: dict[str, Failing] = {}
        arose: set[str] = set()
        history: list[Inputs] = []

        def lead(each: Trial, inputs: Inputs) -> None:
            history.append(inputs)
            for found in self.led(each, inputs):
                arose.add(found.requirement)
                if isinstance(found, Mismatch):
                    seen = Failing(inputs, Violation(found.expected, found.observed), each, len(history) - 1)
                    broken.setdefault(found.requirement, seen)

        campaign = Campaign(trial, lead, self.label, self.cost)
        campaign.explore(lambda: self.generate(campaign))
        return Survey(broken, frozenset(arose), history, tuple(trial.notes))
