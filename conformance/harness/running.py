"""Runs one test function and says how it ended: what the pytest plugin and the matrices share."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.harness.catalogue import Requirement
from conformance.harness.exchange import Exchange
from conformance.harness.outcomes import NotApplicable, Outcome, outcome_of
from conformance.harness.redaction import Redactor
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


@dataclass(frozen=True, slots=True)
class Finished:
    """How a test ended, as plain data that one process can tell another. Nothing in it is redacted yet.

    `exchanges` names its evidence, `fresh` are those of it that no test before has named, `news` is what the vault
    learned meanwhile.
    """

    outcome: Outcome
    detail: str = ""
    duration: float = 0.0
    notes: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    fresh: tuple[Exchange, ...] = ()
    news: Sequence[tuple[str, str]] = ()
    fuzz: Mapping[str, Any] | None = None


def finished(execution: Execution) -> Finished:
    """What there is to tell of a test that has been run."""
    trial = execution.trial
    names, fresh = trial.session.name_exchanges(trial.exchanges)
    is_fault = execution.outcome.word == "error" and execution.ended is not None
    return Finished(
        outcome=execution.outcome,
        detail="".join(traceback.format_exception(execution.ended)) if is_fault else "",
        duration=execution.duration,
        notes=tuple(trial.notes),
        exchanges=names,
        fresh=fresh,
        news=trial.session.vault.take_news(),
        fuzz=trial.fuzzed.as_dict() if trial.fuzzed else None,
    )


def result_of(test: Finished, requirement: str, name: str, redactor: Redactor) -> TestResult:
    """The test's result with its evidence, redacted."""
    outcome = test.outcome
    return TestResult(
        requirement=requirement,
        name=name,
        outcome=outcome.word,
        reason=redactor.text(outcome.reason),
        expected=redactor.text(outcome.expected),
        observed=redactor.text(outcome.observed),
        detail=redactor.text(test.detail),
        duration=test.duration,
        notes=tuple(redactor.text(note) for note in test.notes),
        exchanges=test.exchanges,
        evidence=tuple({"id": exchange.id, **rendered(exchange, redactor)} for exchange in test.fresh),
        fuzz=_redacted(test.fuzz, redactor),
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
