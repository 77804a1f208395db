"""What a test can end with, other than returning: the exceptions that carry the suite's three consequences.

`Violation` is raised by `expect` alone, `Inconclusive`, `Vacuous` and `Untested` by `given`, `send` and the probes.
Any other exception is a fault of the suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

# A breach by what the server did, or by what it didn't do: refused, left out, told nobody.
Breach = Literal["act", "omission"]
OutcomeWord = Literal["kept", "broken", "inconclusive", "vacuous", "untested", "not applicable", "error"]
# What programs read of an end; its words are for people. Something that the test rests on is wrong in the profile, a
# step of its sign-in doesn't fit, or only a transport with sockets can show it.
EndCode = Literal["", "profile", "step", "sockets"]
# What is wrong with an answer that a person sees and the client doesn't: `harness` writes it, `tally` reads it.
KEPT_FROM_CLIENT = "kept from the client"


class Violation(Exception):
    """The target broke the requirement: what was expected and what was observed, in words.

    `subject` is the reply, answer or token that was judged, `aspect` what of it was wrong ("status", "header Location";
    empty where nothing names it), `proof` the text in it that shows the breach. `about` says for programs what the
    expectation speaks of, as words are for people: members and parameters by name, `error invalid_scope`, `error code`
    (one of several), `refusal`, `client` (what should reach the client), `place` (where the user agent belongs), `plain
    HTTP`, `still active`; for a client under test the scene that it was shown. `breach` says whether the server did
    what it mustn't, which was seen once for all, or didn't do what it must, which may depend on what went before.
    """

    def __init__(
        self,
        expected: str,
        observed: str,
        subject: object = None,
        *,
        aspect: str = "",
        proof: str = "",
        breach: Breach = "omission",
        about: Sequence[str] = (),
    ) -> None:
        super().__init__(f"expected {expected}; observed {observed}")
        self.expected = expected
        self.observed = observed
        self.subject = subject
        self.aspect = aspect
        self.proof = proof
        self.breach = breach
        self.about = tuple(about)


class Inconclusive(Exception):
    """A precondition or a positive control could not be arranged: says which, and what to set up.

    `by_breakdown` tells that the target broke down, or didn't answer, while it was arranged.
    """

    code: ClassVar[EndCode] = ""
    by_breakdown = False


class WrongProfile(Inconclusive):
    """Something that the test rests on is known to be wrong in the profile."""

    code = "profile"


class UnfitStep(Inconclusive):
    """A step that the profile has for sign-in doesn't fit the page."""

    code = "step"


class Undeclinable(Inconclusive):
    """The profile says that nobody can decline: a test that judges other refusals as well goes on with those, and one
    that rests on this alone is untested."""


class Vacuous(Exception):
    """The stimulus was sent, and the situation that the sentence speaks of did not arise: says which one."""


class Stale(Exception):
    """What was judged may have been ended by something else: worth another try, with fresh credentials.

    It is no kind of `Inconclusive`: a test that goes on where something can't be arranged lets it through. Only the
    first of two tries raises it.
    """


class Unanswered(Stale):
    """No answer came where others had: a network that falters, or a server that is busy, may answer the next time."""


class Untested(Exception):
    """An opt-in probe that is off, or something that the profile doesn't provide: says how to turn it on."""

    code: ClassVar[EndCode] = ""


class NeedsSockets(Untested):
    """What only a transport with sockets can show."""

    code = "sockets"


class NotApplicable(Exception):
    """The target doesn't claim what the test needs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test ended.

    `reason` is a sentence for people, `code` what a program reads of it; `expected`, `observed`, `breach` and `about`
    are set when the outcome is "broken".
    """

    word: OutcomeWord
    reason: str = ""
    expected: str = ""
    observed: str = ""
    breach: Breach | None = None
    code: EndCode = ""
    about: tuple[str, ...] = ()


def outcome_of(error: BaseException | None, note: str = "") -> Outcome:
    """Translate how a test function ended into an outcome; `note` is what the test observed when it kept."""
    match error:
        case None:
            return Outcome("kept", note)
        case Violation():
            return Outcome("broken", "", error.expected, error.observed, error.breach, about=error.about)
        case Undeclinable():
            return Outcome("untested", str(error))
        case Inconclusive():
            return Outcome("inconclusive", str(error), code=error.code)
        case Vacuous():
            return Outcome("vacuous", str(error))
        case Untested():
            return Outcome("untested", str(error), code=error.code)
        case NotApplicable():
            return Outcome("not applicable", str(error))
        case _:
            return Outcome("error", f"{type(error).__name__}: {error}")
