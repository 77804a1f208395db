"""A control of `[sign_in] forget`: who has approved something is asked again once the target was made to forget."""

from __future__ import annotations

from functools import partial

from conformance.harness.trial import Trial
from conformance.preflight.controls import Examiner, Wrong
from conformance.preflight.free_requests import RESPONSE_TYPES, Way


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
    if answer.get("code") or answer.get("access_token"):
        raise Wrong(f"nobody is asked again: {answer}", "have it take back what [resource_owner] has approved")
    return "the resource owner is asked again"
