"""Runs one test function and says how it ended: what the pytest plugin and the matrices share."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from conformance.harness.catalogue import Requirement
from conformance.harness.outcomes import NotApplicable, Outcome, outcome_of
from conformance.harness.results import TestResult, not_applicable
from conformance.harness.session import Session, Trial, rendered


def check_applicable(requirement: Requirement, more_needs: tuple[str, ...], session: Session) -> None:
    """Raise NotApplicable when the target doesn't claim what the requirement or the test needs."""
    features, declined = session.target.features, session.target.declined
    why_not = not_applicable(requirement, features, declined)
    missing = [name for name in more_needs if name not in features]
    if why_not is None and missing:
        why_not = f"the profile doesn't claim {', '.join(missing)}"
    if why_not is not None:
        raise NotApplicable(why_not)


def arguments(trial: Trial, names: Mapping[str, Any]) -> dict[str, Any]:
    """What a test function is called with: its parameters, and the fixtures that it names."""
    fixtures = {"given": trial.given, "send": trial.send, "expect": trial.expect, "target": trial.target}
    return {name: fixtures[name] if value is ... else value for name, value in names.items()}


def execute(
    function: Callable[..., Any],
    parameters: Mapping[str, Any],
    requirement: Requirement,
    more_needs: tuple[str, ...],
    session: Session,
) -> tuple[Outcome, Trial]:
    """Run a test function in this process. `parameters` maps its argument names to values, `...` for fixtures."""
    trial = Trial(session)
    ended: Exception | None = None
    try:
        check_applicable(requirement, more_needs, session)
        function(**arguments(trial, parameters))
    except Exception as error:  # every kind of end is an outcome; faults of the suite become "error"
        ended = error
    return outcome_of(ended, "; ".join(trial.notes)), trial


def result_of(
    trial: Trial, requirement: str, name: str, outcome: Outcome, started: float, ended: BaseException | None = None
) -> TestResult:
    """The test's result with its evidence, redacted."""
    redactor = trial.redactor()
    # Observations that build on each other bring the same exchange several times: once is enough.
    once = {id(exchange): exchange for exchange in trial.exchanges}.values()
    exchanges = tuple(rendered(exchange, redactor) for exchange in once)
    detail = ""
    if outcome.word == "error" and ended is not None:
        detail = redactor.text("".join(traceback.format_exception(ended)))
    return TestResult(
        requirement=requirement,
        name=name,
        outcome=outcome.word,
        reason=redactor.text(outcome.reason),
        expected=redactor.text(outcome.expected),
        observed=redactor.text(outcome.observed),
        detail=detail,
        duration=time.perf_counter() - started,
        notes=tuple(redactor.text(note) for note in trial.notes),
        exchanges=exchanges,
    )
