"""Campaigns over the conditions of requests: every pair of them occurs in some row, with one fault at most.

With larger budgets every three do, and every two faults together.
"""

from __future__ import annotations

from conformance.base.budgets import BUDGETS
from conformance.fuzz.combinations import table_for
from conformance.fuzz.combined_requests import carry_out
from conformance.fuzz.engine import Campaign
from conformance.fuzz.failing import Inputs
from conformance.fuzz.lifecycle import Life
from conformance.fuzz.lifecycle_model import Mismatch
from conformance.fuzz.surveys import Surveying
from conformance.harness.trial import Trial

PAIRS, THREES = 2, 3


def no_trouble_at(trial: Trial, endpoint: str, requirement: str) -> None:
    """Raise the Violation of the fewest conditions under which an endpoint breaks the requirement."""
    trial.given.feature(FEATURES[endpoint])
    table = table_for(endpoint, trial.target)

    def led(each: Trial, inputs: Inputs) -> list[Mismatch]:
        life, row = Life(each), table.whole(inputs["conditions"])
        # What is left of a row without some of its conditions may be no request.
        if table.goes_together(row):
            carry_out(life, endpoint, row)
        return life.mismatches

    def generate(campaign: Campaign) -> None:
        small = campaign.budget == BUDGETS["quick"].name
        rows = table.rows(PAIRS if small else THREES, campaign.seed)
        for row in rows if small else (*rows, *table.twice_faulty()):
            campaign.example({"conditions": table.odd(row)})

    surveying = Surveying(f"combinations at {endpoint}", led, generate, "conditions")
    surveying.no_trouble_with(trial, requirement)


FEATURES = {"token": "token_endpoint", "revocation": "revocation", "introspection": "introspection"}
