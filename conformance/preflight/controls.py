"""A positive control: one thing that a profile says, tried out, with the exchanges that prove or disprove it.

A control that fails because of what the profile says is a *fault* of the profile: what rests on it stays undecided,
with the diagnosis as the reason, and is never taken for a breach of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from conformance.base.outcomes import Inconclusive, NotApplicable, Stale, Unanswered, Untested, Vacuous
from conformance.harness.session import Session
from conformance.harness.tokens import Tokens
from conformance.harness.trial import Trial
from conformance.preflight.free_requests import Way
from conformance.profile.loading import Profile
from conformance.wire.evidence import rendered
from conformance.wire.exchange import Exchange

State = Literal["holds", "fails", "not asked"]
STEPS = ("sign_in", "steps")


class Wrong(Exception):
    """What the profile says doesn't hold: how that showed, what to do, and which key of the profile to look at.

    `is_refusal` tells that the server refused in so many words: what a wrong profile explains. `may_be_breach` tells
    that the server may as well be wrong: then nothing is kept from being judged.
    """

    def __init__(
        self,
        says: str,
        remedy: str,
        place: tuple[str, ...] | None = None,
        *,
        is_refusal: bool = False,
        may_be_breach: bool = False,
    ) -> None:
        super().__init__(says)
        self.says = says
        self.remedy = remedy
        self.place = place
        self.is_refusal = is_refusal
        self.may_be_breach = may_be_breach


class Pointless(Exception):
    """The control can't be tried, and nothing rests on it: says why."""


@dataclass(frozen=True, slots=True)
class Control:
    """How one control ended. `place` is the key of the profile that it proves, `where` its file and line."""

    name: str
    place: tuple[str, ...]
    where: str
    state: State
    says: str
    remedy: str = ""
    exchanges: tuple[Exchange, ...] = ()
    is_refusal: bool = False

    def diagnosis(self) -> str:
        """A failure in one sentence: place, what was seen, what to do."""
        return f"{self.where}: {self.says}; {self.remedy}" if self.remedy else f"{self.where}: {self.says}"


class Examiner:
    """Tries controls in order, remembers faults, and skips what rests on one.

    `doubts` are failures that may be the server's: what rests on them isn't tried here, and is judged by a run.
    `proven` are the clients whose credentials were seen to count, `entrance` is the way on which the main account
    signed in, `tokens` are what the approvals gave, by client: what comes after them spends no more. `remembers` tells
    that nobody is asked again, in no browser, about what the same account approved for a client.
    """

    def __init__(self, profile: Profile, session: Session) -> None:
        self.profile = profile
        self.session = session
        self.controls: list[Control] = []
        self.faults: dict[str, str] = {}
        self.doubts: dict[str, str] = {}
        self.proven: set[str] = set()
        self.entrance: Way | None = None
        self.tokens: dict[str, Tokens] = {}
        self.remembers = False

    @property
    def refusing(self) -> str:
        """The decision that grants nothing: to decline, or where that can't be done, to take none."""
        known = "sign_in.decline" not in self.faults and self.session.target.sign_in.can_decline
        return "decline" if known else "wait"

    def try_out(
        self,
        name: str,
        place: tuple[str, ...],
        procedure: Callable[[Trial], str],
        *,
        needs: Sequence[str] = (),
        blocks: str | None = None,
    ) -> Control:
        """Run one control. `procedure` says what proves it, or raises Wrong; `needs` and `blocks` name faults."""
        known = {**self.doubts, **self.faults}
        waits_for = next((known[need] for need in needs if need in known), None)
        if waits_for is not None:
            return self._add(Control(name, place, self.profile.place(place), "not asked", f"waits for {waits_for}"))
        trial = Trial(self.session, is_first=True)
        trial.phase = "given"
        wrong: Wrong | None = None
        state: State = "holds"
        try:
            says = self._said(procedure, trial)
        except Wrong as error:
            wrong, state, says = error, "fails", error.says
        except Inconclusive as error:
            wrong = Wrong(str(error), "look at the exchange", STEPS if error.code == "step" else None)
            state, says = "fails", wrong.says
        except (Untested, NotApplicable, Vacuous, Pointless) as error:
            state, says = "not asked", str(error)
        redact = self.session.redactor.text
        place = wrong.place or place if wrong else place
        control = Control(
            name,
            place,
            self.profile.place(place),
            state,
            redact(says),
            redact(wrong.remedy) if wrong else "",
            tuple(trial.exchanges),
            is_refusal=wrong is not None and wrong.is_refusal,
        )
        if wrong is not None and blocks is not None:
            (self.doubts if wrong.may_be_breach else self.faults)[blocks] = control.diagnosis()
        return self._add(control)

    def _said(self, procedure: Callable[[Trial], str], trial: Trial) -> str:
        """What proves a control. It is tried again where no answer came: one that got lost is no fault of a profile."""
        try:
            return procedure(trial)
        except Stale as error:
            self.session.silences += isinstance(error, Unanswered)
            second = Trial(self.session)
            second.phase = trial.phase
            try:
                return procedure(second)
            finally:
                trial.exchanges.extend(second.exchanges)

    def blame(self, control: Control, place: tuple[str, ...], remedy: str) -> None:
        """Another key explains a failure better: what else was tried has shown that."""
        better = replace(control, place=place, where=self.profile.place(place), remedy=remedy)
        self.controls[self.controls.index(control)] = better
        for name, diagnosis in self.faults.items():
            if diagnosis == control.diagnosis():
                self.faults[name] = better.diagnosis()

    def _add(self, control: Control) -> Control:
        self.controls.append(control)
        return control


def as_dict(control: Control, session: Session, *, with_exchanges: bool = True) -> dict[str, Any]:
    """A control for machines, with its exchanges redacted."""
    exchanges = control.exchanges if with_exchanges else ()
    return {
        "name": control.name,
        "key": ".".join(control.place),
        "where": control.where,
        "state": control.state,
        "says": control.says,
        "remedy": control.remedy,
        "exchanges": [rendered(exchange, session.redactor) for exchange in exchanges],
    }
