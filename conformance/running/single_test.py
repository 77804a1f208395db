"""Runs one test function and says how it ended: what the pytest plugin and the matrices share."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.base.outcomes import (
    Inconclusive,
    NotApplicable,
    Outcome,
    Stale,
    Unanswered,
    Vacuous,
    Violation,
    outcome_of,
)
from conformance.browser.returns import Return
from conformance.harness.excerpts import excerpt
from conformance.harness.footprint import Footprint, failed_sign_ins
from conformance.harness.judging import Judged, judged_by
from conformance.harness.record import Recorded
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.tally.applicability import not_applicable, not_claimed
from conformance.tally.catalogue import Requirement
from conformance.tally.gathered import TestResult
from conformance.wire.evidence import rendered
from conformance.wire.exchange import Exchange
from conformance.wire.redaction import Redactor


def check_applicable(
    requirement: Requirement, more_needs: tuple[str, ...], session: Session, *, sends: bool = True
) -> None:
    """Raise NotApplicable when the target doesn't claim what the requirement or the test needs.

    What judges the recording alone and `sends` nothing is welcome in any outlook.
    """
    features, declined = session.target.features, session.target.declined
    why_not = not_applicable(requirement, features, declined, session.target.role)
    missing = [name for name in more_needs if name not in features]
    if why_not is None and missing:
        why_not = f"the profile doesn't claim {', '.join(missing)}"
    claims = session.target.claims
    if why_not is None and sends and not (claims.outlook or claims.take(requirement)):
        why_not = not_claimed(requirement)
    if why_not is not None:
        raise NotApplicable(why_not)


def arguments(trial: Trial, names: Mapping[str, Any]) -> dict[str, Any]:
    """What a test function is called with: its parameters, and the fixtures that it names."""
    fixtures: dict[str, Any] = {
        "given": trial.given,
        "send": trial.send,
        "expect": trial.expect,
        "target": trial.target,
        "trial": trial,
        "recorded": Recorded(trial),
    }
    if trial.target.is_client:
        # What drives clients takes long to import: a tenth of the time in which the first test of a server begins.
        from conformance.clients.expect import Expect as ExpectOfClient
        from conformance.clients.serve import Serve

        fixtures |= {"serve": Serve(trial), "expect": ExpectOfClient()}
    return {name: fixtures[name] if value is ... else value for name, value in names.items()}


class _UnfoundedVacuity(Exception):
    """A fault of the suite: what never was sent can't have failed to bring a situation about."""


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
    started = time.perf_counter()
    trial = Trial(session, is_first=True)
    ended = _ended(function, parameters, requirement, more_needs, trial)
    if isinstance(ended, Unanswered):
        session.silences += 1
    if isinstance(ended, Stale):
        first, trial = trial, Trial(session)
        trial.exchanges.extend(first.exchanges)
        ended = _ended(function, parameters, requirement, more_needs, trial)
    outcome = outcome_of(ended, "; ".join(trial.notes))
    return Execution(outcome, trial, ended, time.perf_counter() - started)


def _ended(
    function: Callable[..., Any],
    parameters: Mapping[str, Any],
    requirement: Requirement,
    more_needs: tuple[str, ...],
    trial: Trial,
) -> Exception | None:
    """What the test function raised: every kind of end is an outcome; faults of the suite become "error"."""
    try:
        check_applicable(requirement, more_needs, trial.session, sends="recorded" not in parameters)
        function(**arguments(trial, parameters))
    except Vacuous as error:
        if trial.exchanges:
            return error
        # What could not even be begun, as with a profile that is wrong, stays what it is.
        begun = error.__cause__
        return (
            begun
            if isinstance(begun, Inconclusive)
            else _UnfoundedVacuity(f"vacuous, though nothing was sent: {error}")
        )
    except Exception as error:
        return error
    return None


@dataclass(frozen=True, slots=True)
class Finished:
    """How a test ended, as plain data that one process can tell another. Nothing in it is redacted yet.

    `exchanges` names its evidence, `fresh` are those of it that no test before has named, `news` is what the vault
    learned meanwhile, `footprint` what was left at the target. `failed_sign_ins` counts those in a finding's evidence.
    """

    outcome: Outcome
    detail: str = ""
    duration: float = 0.0
    notes: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    fresh: tuple[Exchange, ...] = ()
    news: Sequence[tuple[str, str]] = ()
    fuzz: Mapping[str, Any] | None = None
    judged: Judged | None = None
    once: str = ""
    returns: tuple[Return, ...] = ()
    footprint: Footprint = field(default_factory=Footprint)
    failed_sign_ins: Mapping[str, int] = field(default_factory=dict)


def finished_test(execution: Execution) -> Finished:
    """What there is to tell of a test that has been run."""
    trial = execution.trial
    names, fresh = trial.session.name_exchanges(trial.exchanges)
    found = execution.ended if isinstance(execution.ended, Violation) else None
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
        judged=judged_by(found, trial) if found else None,
        once=trial.once,
        returns=tuple(trial.returns),
        footprint=trial.session.watch.take(),
        failed_sign_ins=failed_sign_ins(trial.target, trial.exchanges) if found else {},
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
        judged=_shown(test.judged, redactor) if test.judged else None,
        breach=outcome.breach or "",
        about=outcome.about,
        once=test.once,
        failed_sign_ins=test.failed_sign_ins,
    )


def _shown(judged: Judged, redactor: Redactor) -> dict[str, str]:
    """What a finding rests on, redacted, with a short excerpt of the reply that shows it."""
    where, proof = redactor.text(judged.where), redactor.text(judged.proof)
    places = {name: getattr(judged, name) for name in ("exchange", "answer", "control", "aspect")}
    return {**places, "excerpt": excerpt(where, proof)}


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
