"""Whether a target remembers what was approved, and the control of `[sign_in] forget`, which makes it forget that."""

from __future__ import annotations

import contextlib
from functools import partial

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.browser.answer import Answer
from conformance.browser.user_agent import UserAgent
from conformance.harness.trial import Trial
from conformance.preflight.controls import Examiner, Wrong
from conformance.preflight.free_requests import RESPONSE_TYPES, Way


def examine_remembering(examiner: Examiner) -> None:
    """Whether nobody is asked again about what was approved, which a run's forecast rests on: no claim of the profile.

    It takes one more request where somebody is asked, and else a sign-in by a browser that nobody used before.
    """
    approved = next(iter(examiner.tokens.values()), None)
    if approved is None or approved.grant not in RESPONSE_TYPES:
        return
    trial = Trial(examiner.session)
    trial.phase = "given"

    def again(agent: UserAgent) -> Answer:
        return trial.send.authorize(approved.client, RESPONSE_TYPES[approved.grant], user_agent=agent, decision="wait")

    with contextlib.suppress(Inconclusive, NotApplicable, Untested, Vacuous):
        agents = (trial.given.user_agent(), trial.given.user_agent(fresh=True))
        examiner.remembers = all(is_granted(again(agent)) for agent in agents)


def is_granted(answer: Answer) -> bool:
    """Whether a request brought what it asked for."""
    return bool(answer.get("code") or answer.get("access_token"))


def examine_forgetting(examiner: Examiner) -> None:
    """What the profile names makes the target forget."""
    if examiner.session.target.sign_in.forget is not None and examiner.entrance is not None:
        examiner.try_out(
            "approvals are forgotten",
            ("sign_in", "forget"),
            partial(_asks_again, way=examiner.entrance),
            needs=["resource_owner"],
            blocks="sign_in.forget",
        )


def _asks_again(trial: Trial, way: Way) -> str:
    trial.given.forget("resource_owner", way.client)
    agent, response_type = trial.given.user_agent(fresh=True), RESPONSE_TYPES[way.grant]
    answer = trial.send.authorize(way.client, response_type, user_agent=agent, decision="wait", redirect_uri=way.uri)
    if is_granted(answer):
        raise Wrong(f"nobody is asked again: {answer}", "have it take back what [resource_owner] has approved")
    return "the resource owner is asked again"
