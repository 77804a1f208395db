"""Runs one test function and says how it ended: what the pytest plugin and the matrices share."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.harness.catalogue import Requirement
from conformance.harness.outcomes import NotApplicable, Outcome, outcome_of
from conformance.harness.redaction import Redactor
from conformance.harness.results import TestResult, not_applicable
from conformance.harness.session import Session, Trial


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
    fixtures = {
        "given": trial.given,
        "send": trial.send,
        "expect": trial.expect,
        "target": trial.target,
        "trial": trial,
    }
    return {name: fixtures[name] if value is ... else value for name, value in names.items()}


@dataclass(frozen=True, slots=True)
class Execution:
    """How a test function ended, what it sent, and how long it took in seconds."""

    outcome: Outcome
    trial: Trial
    ended: Exception | None
    duration: float


def execute(
    function: Callable[..., Any],
    parameters: Mapping[str, Any],
    requirement: Requirement,
    more_needs: tuple[str, ...],
    session: Session,
) -> Execution:
    """Run a test function in this process. `parameters` maps its argument names to values, `...` for fixtures."""
    trial = Trial(session)
    started = time.perf_counter()
    ended: Exception | None = None
    try:
        check_applicable(requirement, more_needs, session)
        function(**arguments(trial, parameters))
    except Exception as error:  # every kind of end is an outcome; faults of the suite become "error"
        ended = error
    outcome = outcome_of(ended, "; ".join(trial.notes))
    return Execution(outcome, trial, ended, time.perf_counter() - started)


def result_of(execution: Execution, requirement: str, name: str) -> TestResult:
    """The test's result with its evidence, redacted."""
    trial, outcome = execution.trial, execution.outcome
    redactor = trial.session.redactor
    names, evidence = trial.session.evidence_of(trial.exchanges)
    detail = ""
    if outcome.word == "error" and execution.ended is not None:
        detail = redactor.text("".join(traceback.format_exception(execution.ended)))
    return TestResult(
        requirement=requirement,
        name=name,
        outcome=outcome.word,
        reason=redactor.text(outcome.reason),
        expected=redactor.text(outcome.expected),
        observed=redactor.text(outcome.observed),
        detail=detail,
        duration=execution.duration,
        notes=tuple(redactor.text(note) for note in trial.notes),
        exchanges=tuple(names),
        evidence=tuple(evidence),
        fuzz=_redacted(trial.fuzzed.as_dict(), redactor) if trial.fuzzed else None,
    )


def _redacted(value: Any, redactor: Redactor) -> Any:
    """Data with every text in it redacted."""
    match value:
        case str():
            return redactor.text(value)
        case Mapping():
            return {name: _redacted(each, redactor) for name, each in value.items()}
        case list():
            return [_redacted(each, redactor) for each in value]
        case _:
            return value
