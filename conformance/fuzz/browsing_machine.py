"""Sequences of what persons do in browsers, drawn by a rule-based state machine."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from conformance.base.outcomes import NotApplicable
from conformance.fuzz.browsing import BROWSERS, OF_ERRORS, STATES, Browsing, Move
from conformance.fuzz.engine import Campaign
from conformance.fuzz.surveys import Surveying
from conformance.harness.trial import Trial
from conformance.profile.target import Target

CLIENTS = ("confidential", "other", "public")
# In the usual browser nobody has to sign in, so most happens there.
DRAWN_BROWSERS = (*BROWSERS[:1] * 4, *BROWSERS)
# Each takes some dozens of exchanges.
COST = 2.0
STEPS = 12


def machine(target: Target, lead: Callable[[list[Move]], None]) -> type[RuleBasedStateMachine]:
    """The state machine for a target; `lead` carries a finished sequence out. NotApplicable without codes."""
    known = [target.clients[name] for name in CLIENTS if name in target.clients]
    usable = [each.name for each in known if each.may_use("authorization_code") and each.redirect_uris]
    if "authorization_code" not in target.features or not usable:
        raise NotApplicable("the profile claims no grant by the authorization endpoint that its clients can use")

    class Browsers(RuleBasedStateMachine):
        tabs = Bundle("tabs")

        def __init__(self) -> None:
            super().__init__()
            self.moves: list[Move] = []
            self.opened = 0

        @rule(
            target=tabs,
            browser=st.sampled_from(DRAWN_BROWSERS),
            client=st.sampled_from(usable),
            state=st.sampled_from(STATES),
            uri=st.sampled_from(("first", "last")),
        )
        def open(self, browser: str, client: str, state: str, uri: str) -> int:
            self.moves.append(Move("open", self.opened, browser, client, state, uri))
            self.opened += 1
            return self.opened - 1

        @rule(tab=tabs, does=st.lists(st.sampled_from(("approve", "decline")), min_size=1, max_size=2))
        def decide(self, tab: int, does: list[str]) -> None:
            self.moves += [Move(do, tab) for do in does]

        def teardown(self) -> None:
            if self.moves:
                lead(self.moves)

    return Browsers


def no_mix_up_in(trial: Trial, requirement: str) -> None:
    """Raise the Violation of the shortest sequence in which the server breaks the requirement."""

    def generate(campaign: Campaign) -> None:
        browsers = seed(campaign.seed)(machine(trial.target, lambda moves: campaign.example({"steps": list(moves)})))
        once = settings(campaign.settings(), phases=(Phase.generate,), stateful_step_count=STEPS)
        run_state_machine_as_test(browsers, settings=once)

    surveying = Surveying(
        "browsers and tabs",
        lambda each, inputs: Browsing(each).lead(inputs["steps"]),
        generate,
        "steps",
        COST,
        must_arise=OF_ERRORS,
    )
    surveying.no_trouble_with(trial, requirement)
