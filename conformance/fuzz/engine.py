"""Runs a property over generated inputs within a budget, and finds the smallest input that breaks it.

hypothesis generates and shrinks. What it throws on its own account never becomes a verdict: a breach counts only when
it shows again as its stored input is sent anew, by itself or behind the inputs that went ahead of it.
"""

from __future__ import annotations

import copy
import hashlib
import inspect
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import given as from_strategies
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import HypothesisException, UnsatisfiedAssumption
from hypothesis.strategies import SearchStrategy

from conformance.base.outcomes import Inconclusive, NotApplicable, Stale, Untested, Vacuous, Violation
from conformance.fuzz import stored_inputs as stored
from conformance.fuzz.drawing import draw_from_strategies_alone
from conformance.fuzz.failing import Failing, Inputs, with_fewest
from conformance.harness.fuzzing import Fuzzed, Fuzzing
from conformance.harness.given import Given
from conformance.harness.trial import Trial
from conformance.running.collecting import FIXTURES
from conformance.running.single_test import arguments

Drawn: TypeAlias = "SearchStrategy[Any] | Callable[..., SearchStrategy[Any]]"
Property: TypeAlias = Callable[[Trial, Inputs], None]

# However dear an example is.
FEWEST = 5
# After so many undecided examples, and none decided, the rest would be undecided as well.
MOST_UNDECIDED = 3
# How many of the inputs that went ahead of a breach are sent before it, to see whether it takes them.
HISTORIES = (0, 1, 3, 7, 15, 31)
# Shrinking may take this much longer than the budget of the property.
SHRINKING = 2.0

# What hypothesis would keep on disk is kept nowhere: it goes without where it can't write.
set_hypothesis_home_dir(os.devnull)
draw_from_strategies_alone()


def for_any(
    cost: float = 1, *, lasting: bool = False, **drawn: Drawn
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Turn a function of fixtures and drawn arguments into a test that runs it over many inputs.

    Each drawn argument has a strategy, or a function that makes one once the profile is known (it takes `given` and
    whichever parameters of the test it names, and may end the test as `given` does). `cost` says how many ordinary
    examples one of this property is worth: the number of examples is divided by it. A `lasting` breach may not show
    again because the target is no longer what it was: then the first sight of it counts. Arguments beside these are
    parameters of the test (`pytest.mark.parametrize`).
    """

    def decorate(holds: Callable[..., None]) -> Callable[..., None]:
        names = list(inspect.signature(holds).parameters)
        missing = sorted(set(drawn) - set(names))
        if missing:
            raise TypeError(f"{holds.__name__} takes no argument {', '.join(missing)}")
        others = [name for name in names if name not in drawn and name not in FIXTURES]

        def test(trial: Trial, **parameters: Any) -> None:
            def once(each: Trial, inputs: Inputs) -> None:
                fixtures = {name: ... for name in names if name in FIXTURES}
                holds(**arguments(each, {**fixtures, **parameters, **inputs}))

            label = f"{holds.__module__}.{holds.__name__} {sorted(map(str, parameters.values()))}"
            campaign = Campaign(trial, once, label, cost, lasting=lasting)
            campaign.run(lambda: {name: _strategy(each, trial.given, parameters) for name, each in drawn.items()})

        test.__name__, test.__qualname__ = holds.__name__, holds.__qualname__
        test.__doc__, test.__module__ = holds.__doc__, holds.__module__
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        test.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in ("trial", *others)])  # type: ignore[attr-defined]
        return test

    return decorate


def _strategy(drawn: Drawn, given: Given, parameters: Mapping[str, Any]) -> SearchStrategy[Any]:
    if isinstance(drawn, SearchStrategy):
        return drawn
    wanted = inspect.signature(drawn).parameters
    return drawn(given, **{name: value for name, value in parameters.items() if name in wanted})


class _Ended(BaseException):
    """Ends hypothesis at once: it takes only an Exception for a failure to shrink."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error


def _for_all(undecided: Sequence[Inconclusive | Stale | Vacuous]) -> Inconclusive | Vacuous:
    """What it comes to that no example was decided: the situation never arose, or something stood in the way."""
    hindered = next((each for each in undecided if not isinstance(each, Vacuous)), None)
    if hindered is None:
        return Vacuous(f"in no example: {undecided[0]}")
    return Inconclusive(f"no example was decided: {hindered}")


class Campaign:
    """The examples of one test: each in a trial of its own, all in one session.

    `sequence` names an input that is a sequence: of one that breaks the property, the parts that it doesn't take are
    left out, which hypothesis does too slowly.
    """

    def __init__(
        self,
        trial: Trial,
        holds: Property,
        label: str,
        cost: float = 1,
        *,
        lasting: bool = False,
        sequence: str = "",
    ) -> None:
        if trial.session.fuzzing is None:
            raise Untested("fuzzing is off: turn it on by `--fuzz quick`")
        self._fuzzing: Fuzzing = trial.session.fuzzing
        self._trial = trial
        self._holds = holds
        self._label = label
        self._lasting = lasting
        self._sequence = sequence
        self._most = max(FEWEST, int(self._fuzzing.budget.examples / cost))
        self._started = time.monotonic()
        self._limit = self._fuzzing.budget.seconds
        self._history: list[Inputs] = []
        self._failing: Failing | None = None
        self._first: Failing | None = None
        self._last: Trial | None = None
        self._undecided: list[Inconclusive | Stale | Vacuous] = []
        self._sent_before = trial.session.sent
        self._cut_short = False

    def run(self, strategies: Callable[[], Mapping[str, SearchStrategy[Any]]]) -> None:
        """Look for a breach. Raises the Violation of the smallest input, or what else keeps the test from an answer."""
        self.explore(lambda: self._by_examples(strategies()))

    def explore(self, generate: Callable[[], None]) -> None:
        """Run whatever generates examples and hands them to `example`; then say what came of it."""
        if self._fuzzing.replay is not None:
            self._replay(self._fuzzing.replay)
            return
        # Whatever ends it, the test is known as one with generated input.
        self._trial.fuzzed = self._stats()
        try:
            generate()
        except _Ended as ended:
            if ended.error is not None and self._failing is None:
                self._adopt(self._last)
                raise ended.error from ended.error.__cause__
        except Violation:
            pass  # Kept by `example`, with its trial.
        except (HypothesisException, ExceptionGroup) as error:
            if self._failing is None:
                # Its own words speak of its insides: they stand in the cause, for whoever mends a property.
                raise Inconclusive("no input could be generated for this property") from error
        if self._failing is not None:
            self._tell_of(self._failing)
        self._adopt(self._last)
        self._trial.fuzzed = self._stats()
        if not self._history:
            raise Inconclusive("no example was generated")
        if len(self._undecided) == len(self._history):
            raise _for_all(self._undecided)
        self._trial.notes.insert(0, self._in_words())

    @property
    def is_replay(self) -> bool:
        """Whether one stored input is to be sent in place of generated ones."""
        return self._fuzzing.replay is not None

    def confirm(self, failing: Failing, history: Sequence[Inputs]) -> None:
        """Raise the Violation of inputs that another campaign came upon, made as small as possible.

        `history` are that campaign's inputs in their order. Inconclusive when the breach doesn't show again.
        """
        self._started, self._sent_before = time.monotonic(), self._trial.session.sent
        self._history = list(history)
        self._first = failing
        self._tell_of(failing)

    def settings(self) -> settings:
        """hypothesis' settings for this campaign: nothing on disk, no deadline and no health check of its own."""
        return settings(
            max_examples=self._most,
            stateful_step_count=12,
            database=None,
            deadline=None,
            derandomize=False,
            print_blob=False,
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )

    @property
    def budget(self) -> str:
        """The name of the budget."""
        return self._fuzzing.budget.name

    @property
    def seed(self) -> int:
        """The seed of this property: the run's own, so that neighbors don't draw the same."""
        digest = hashlib.sha256(f"{self._fuzzing.seed} {self._label}".encode()).digest()
        return int.from_bytes(digest[:8], "big")

    def example(self, inputs: Inputs) -> None:
        """One example, from its beginning to its end."""
        trial = self.begin(inputs)
        self.judge(trial, inputs, lambda: self._holds(trial, inputs))

    def begin(self, inputs: Inputs) -> Trial:
        """A trial for one more example. `inputs` may grow while it lasts, as the steps of a state machine do."""
        self._check_time()
        self._history.append(inputs)
        return self._fresh_trial(inputs)

    def judge(self, trial: Trial, inputs: Inputs, act: Callable[[], None]) -> bool:
        """Act, and say whether that was decided. Raises Violation for hypothesis to shrink."""
        try:
            act()
        except Violation as violation:
            self._keep(Failing(copy.deepcopy(inputs), violation, trial, len(self._history) - 1))
            raise
        except (Inconclusive, Stale, Vacuous) as error:
            self._undecided.append(error)
            if len(self._undecided) == len(self._history) == MOST_UNDECIDED:
                raise _Ended from error
            return False
        except UnsatisfiedAssumption:
            raise
        except Exception as error:  # NotApplicable and Untested are about the profile; the others are our own faults
            raise _Ended(error) from error
        return True

    # How examples come about

    def _by_examples(self, strategies: Mapping[str, SearchStrategy[Any]]) -> None:
        @seed(self.seed)
        @self.settings()
        @from_strategies(inputs=st.fixed_dictionaries(dict(strategies)))
        def property_holds(inputs: Inputs) -> None:
            self.example(inputs)

        property_holds()

    def _check_time(self) -> None:
        if not self._history:
            # What the generator needs to get ready would leave no time for examples on a slow machine.
            self._started = time.monotonic()
        spent = time.monotonic() - self._started
        if spent > self._limit * (SHRINKING if self._failing else 1.0):
            self._cut_short = True
            raise _Ended

    def _fresh_trial(self, inputs: Inputs) -> Trial:
        trial = Trial(self._trial.session, is_first=True)
        for text in stored.texts(inputs):
            trial.session.vault.invented(text)
        self._last = trial
        return trial

    def _keep(self, failing: Failing) -> None:
        self._first = self._first or failing
        if self._failing is None or failing.size <= self._failing.size:
            self._failing = failing

    # What a breach is worth

    def _tell_of(self, failing: Failing) -> None:
        """Raise the Violation of inputs that break the property again; Inconclusive when they don't."""
        again = self._again(failing) or (self._first and self._behind_others(self._first))
        if again is None and self._lasting:
            again = self._first
        if again is None:
            self._adopt(failing.trial)
            self._trial.fuzzed = self._stats(failing)
            raise Inconclusive(
                f"seen once, and not again when the same was sent anew: expected {failing.violation.expected}; "
                f"observed {failing.violation.observed} with {stored.readable_inputs(failing.inputs)}"
            )
        again = self._made_smaller(again)
        self._adopt(again.trial)
        self._trial.fuzzed = self._stats(again)
        self._trial.once = "found by generated input, which was sent again to make it small"
        behind = f", behind {len(again.before)} other inputs" if again.before else ""
        raise Violation(
            again.violation.expected,
            f"{again.violation.observed} with {stored.readable_inputs(again.inputs)}{behind}",
            breach=again.violation.breach,
            about=again.violation.about,
        ) from again.violation

    def _again(self, failing: Failing, before: Sequence[Inputs] = ()) -> Failing | None:
        """The breach, if it shows when its inputs are sent behind some others."""
        for other in before:
            self._tried(other)
        again = self._tried(failing.inputs)
        return replace(again, before=tuple(before)) if again else None

    def _tried(self, inputs: Inputs) -> Failing | None:
        trial = self._fresh_trial(inputs)
        try:
            self._holds(trial, inputs)
        except Violation as violation:
            return Failing(inputs, violation, trial)
        except (Inconclusive, Stale, Vacuous, NotApplicable, Untested):
            return None
        return None

    def _made_smaller(self, failing: Failing) -> Failing:
        """The breach with the shortest sequence that shows it, as far as time allows."""
        if not self._sequence:
            return failing

        def shorter(parts: Sequence[Any]) -> Failing | None:
            return self._tried({**failing.inputs, self._sequence: parts})

        deadline = self._started + self._limit * SHRINKING
        return with_fewest(failing, failing.inputs[self._sequence], shorter, deadline)

    def _behind_others(self, failing: Failing) -> Failing | None:
        """The breach behind as few of the inputs as possible that went ahead of it when it was first seen.

        The search has as much time as the property had, and ends then with whatever it has got.
        """
        deadline = time.monotonic() + self._limit
        for length in HISTORIES:
            found = self._again(failing, self._history[max(0, failing.at - length) : failing.at])
            if found:
                return with_fewest(found, found.before, lambda fewer: self._again(failing, fewer), deadline)
            if time.monotonic() > deadline:
                self._cut_short = True
                break
        return None

    def _replay(self, replay: Inputs) -> None:
        """Send one stored input, behind those that it takes, in this very trial."""
        try:
            before = [stored.decoded(each) for each in replay["before"]]
            inputs = stored.decoded(replay["input"])
        except (KeyError, TypeError, ValueError) as error:
            raise Untested(f"the stored input can't be read: {error}") from error
        for other in before:
            self._tried(other)
        for text in stored.texts(inputs):
            self._trial.session.vault.invented(text)
        self._holds(self._trial, inputs)

    # What is told of it

    def _adopt(self, trial: Trial | None) -> None:
        """Make the exchanges and notes of one example those of the test."""
        if trial is not None:
            self._trial.exchanges[:] = trial.exchanges
            self._trial.notes[:] = trial.notes

    def _stats(self, failing: Failing | None = None) -> Fuzzed:
        spent = time.monotonic() - self._started
        sent = self._trial.session.sent - self._sent_before
        stats = Fuzzed(len(self._history), len(self._undecided), sent, spent, self._cut_short)
        if failing is None:
            return stats
        return replace(
            stats,
            input=stored.encoded(failing.inputs),
            before=tuple(stored.encoded(each) for each in failing.before),
            shown=stored.readable_inputs(failing.inputs),
        )

    def _in_words(self) -> str:
        undecided = f", {len(self._undecided)} of them undecided" if self._undecided else ""
        cut = ", cut short by its time" if self._cut_short else ""
        return f"{len(self._history)} examples{undecided}{cut}"
