"""A positive control: one thing that a profile says, tried out, with the exchanges that prove or disprove it.

A control that fails because of what the profile says is a *fault* of the profile: what rests on it stays undecided,
with the diagnosis as the reason, and is never taken for a breach of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from conformance.harness.exchange import Exchange
from conformance.harness.outcomes import Inconclusive, NotApplicable, Untested
from conformance.harness.profile import Profile
from conformance.harness.session import Session, Trial, rendered

State = Literal["holds", "fails", "not asked"]


class Wrong(Exception):
    """What the profile says doesn't hold: how that showed, what to do, and which key of the profile to look at.

    `is_refusal` tells that the server refused in so many words: what a wrong profile explains.
    """

    def __init__(
        self, says: str, remedy: str, place: tuple[str, ...] | None = None, *, is_refusal: bool = False
    ) -> None:
        super().__init__(says)
        self.says = says
        self.remedy = remedy
        self.place = place
        self.is_refusal = is_refusal


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
    """Tries controls in order, remembers faults, and skips what rests on one."""

    def __init__(self, profile: Profile, session: Session) -> None:
        self.profile = profile
        self.session = session
        self.controls: list[Control] = []
        self.faults: dict[str, str] = {}

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
        waits_for = next((self.faults[need] for need in needs if need in self.faults), None)
        if waits_for is not None:
            return self._add(Control(name, place, self.profile.place(place), "not asked", f"waits for {waits_for}"))
        trial = Trial(self.session)
        trial.phase = "given"
        wrong: Wrong | None = None
        state: State = "holds"
        try:
            says = procedure(trial)
        except Wrong as error:
            wrong, state, says = error, "fails", error.says
        except Inconclusive as error:
            wrong = Wrong(str(error), "look at the exchange")
            state, says = "fails", wrong.says
        except (Untested, NotApplicable, Pointless) as error:
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
        if state == "fails" and blocks is not None:
            self.faults[blocks] = control.diagnosis()
        return self._add(control)

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
