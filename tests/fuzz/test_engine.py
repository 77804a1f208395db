"""The engine: smallest inputs, honest ends, the same examples for the same seed, and replays."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous, Violation
from conformance.fuzz.engine import Campaign
from conformance.fuzz.failing import Failing
from conformance.fuzz.messages import Message
from conformance.fuzz.stored_inputs import decoded, encoded
from conformance.harness.fuzzing import fuzzing_of
from conformance.harness.trial import Trial
from tests.harness.fakes import BASE, trial_with

NUMBERS = {"number": st.integers(0, 10_000)}
Property = Callable[[Trial, Mapping[str, Any]], None]


def started(seed: int = 0) -> Trial:
    """A trial against a server that answers everything, in a session that fuzzes."""
    trial = trial_with(lambda method, path, parameters: (200, {}, "ok"))
    trial.session.fuzzing = fuzzing_of("quick", seed)
    return trial


def run(trial: Trial, holds: Property) -> None:
    """Run a property over numbers."""
    Campaign(trial, holds, "a property").run(lambda: NUMBERS)


def sending(breaks: Callable[[int], bool]) -> Property:
    """A property that sends its number and is broken by some."""

    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        trial.send.raw("GET", f"{BASE}/{inputs['number']}")
        if breaks(inputs["number"]):
            raise Violation("a small number", "a large one")

    return holds


def test_the_smallest_input_is_told_and_its_exchanges_alone_are_evidence() -> None:
    trial = started()
    with pytest.raises(Violation, match="number = 18"):
        run(trial, sending(lambda number: number > 17))
    assert [exchange.request.url for exchange in trial.exchanges] == [f"{BASE}/18"]
    assert trial.fuzzed is not None
    assert trial.fuzzed.input == encoded({"number": 18})


def test_a_kept_property_says_how_many_examples_it_rests_on() -> None:
    trial = started()
    run(trial, sending(lambda number: False))
    assert trial.fuzzed is not None
    assert trial.fuzzed.examples >= 20
    assert trial.notes == [f"{trial.fuzzed.examples} examples"]


def test_the_same_seed_draws_the_same_and_another_one_something_else() -> None:
    def drawn(seed: int) -> list[int]:
        seen: list[int] = []
        run(started(seed), lambda trial, inputs: seen.append(inputs["number"]))
        return seen

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_what_is_seen_once_is_no_verdict() -> None:
    seen: list[int] = []

    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        seen.append(inputs["number"])
        if len(seen) == 7:
            raise Violation("an answer", "another one")

    with pytest.raises(Inconclusive, match="seen once"):
        run(started(), holds)


def test_what_takes_other_inputs_ahead_of_it_is_told_with_as_few_as_it_takes() -> None:
    count = 0

    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        nonlocal count
        count += 1
        if count % 4 == 0:
            raise Violation("an answer", "none the fourth time")

    trial = started()
    with pytest.raises(Violation):
        run(trial, holds)
    assert trial.fuzzed is not None
    assert len(trial.fuzzed.before) <= 3


def test_the_search_for_others_ends_with_the_time_of_the_property() -> None:
    trial, sent = started(), []
    assert trial.session.fuzzing is not None
    trial.session.fuzzing.budget = replace(trial.session.fuzzing.budget, seconds=0.01)

    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        sent.append(inputs["number"])
        time.sleep(0.02)

    with pytest.raises(Inconclusive, match="seen once"):
        Campaign(trial, holds, "a property").confirm(found_elsewhere(20), [{"number": 20}] * 40)
    assert len(sent) < 5


def found_elsewhere(number: int) -> Failing:
    """A breach that another campaign came upon."""
    return Failing({"number": number}, Violation("a small number", "a large one"), started())


def test_a_sequence_that_another_campaign_came_upon_is_left_what_it_takes() -> None:
    tried: list[list[int]] = []

    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        tried.append(inputs["numbers"])
        # The pair is needed as long as one of it is there: neither can go alone.
        if 7 in inputs["numbers"] and inputs["numbers"].count(3) != 1:
            raise Violation("no seven", "a seven")

    trial = started()
    found = Failing({"numbers": [*range(16), *[3] * 2, 7, *range(20)]}, Violation("no seven", "a seven"), started())
    with pytest.raises(Violation, match=r"numbers = \[7\]"):
        Campaign(trial, holds, "a property", sequence="numbers").confirm(found, [found.inputs])
    assert trial.fuzzed is not None
    assert trial.fuzzed.input == encoded({"numbers": [7]})
    assert len(tried) < 40


def test_what_another_campaign_alone_has_seen_is_no_verdict() -> None:
    campaign = Campaign(started(), sending(lambda number: False), "a property")
    with pytest.raises(Inconclusive, match="seen once"):
        campaign.confirm(found_elsewhere(20), [{"number": 20}])


def test_a_target_may_have_more_time_than_its_budget() -> None:
    budgets = [fuzzing.budget for fuzzing in (fuzzing_of("quick", 0), fuzzing_of("quick", 0, 60)) if fuzzing]
    assert [(budget.examples, budget.seconds) for budget in budgets] == [(30, 5), (30, 60)]


def test_undecided_examples_are_counted_and_decide_nothing_alone() -> None:
    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        if inputs["number"] % 2:
            raise Inconclusive("an odd number")

    trial = started()
    run(trial, holds)
    assert trial.fuzzed is not None
    assert 0 < trial.fuzzed.undecided < trial.fuzzed.examples


@pytest.mark.parametrize(
    "error", [Inconclusive("not arranged"), Untested("not provided"), NotApplicable("not claimed")]
)
def test_other_ends_have_their_usual_consequences(error: Exception) -> None:
    calls = 0

    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        nonlocal calls
        calls += 1
        raise error

    with pytest.raises(type(error)):
        run(started(), holds)
    assert calls <= 3


@pytest.mark.parametrize(
    ("errors", "end"),
    [((Vacuous,), Vacuous), ((Vacuous, Inconclusive), Inconclusive)],
    ids=["never-arose", "hindered"],
)
def test_examples_that_decide_nothing_say_why(errors: Sequence[type[Exception]], end: type[Exception]) -> None:
    calls = itertools.cycle(errors)

    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        raise next(calls)("it did not come about")

    with pytest.raises(end, match="it did not come about"):
        run(started(), holds)


def test_a_fault_of_the_suite_is_not_shrunk() -> None:
    calls = 0

    def holds(trial: Trial, inputs: Mapping[str, Any]) -> None:
        nonlocal calls
        calls += 1
        raise KeyError("a fault")

    with pytest.raises(KeyError):
        run(started(), holds)
    assert calls == 1


def test_a_stored_input_is_sent_behind_those_that_it_takes() -> None:
    trial = started()
    assert trial.session.fuzzing is not None
    trial.session.fuzzing.replay = {"input": encoded({"number": 99}), "before": [encoded({"number": 5})]}
    sent: list[int] = []
    run(trial, lambda trial, inputs: sent.append(inputs["number"]))
    assert sent == [5, 99]


@pytest.mark.parametrize(
    "value",
    [
        "a\x00é🔑",
        b"\xff\x00",
        7,
        None,
        True,
        ["a", b"b"],
        ("a", ("b", b"c")),
        {"a": ["b"]},
        Message("token", body=b"\xff"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_inputs_survive_being_stored(value: object) -> None:
    assert decoded(encoded(value)) == value
