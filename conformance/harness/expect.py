"""`expect(...)` is the only thing that finds a breach: it raises a Violation with what was expected and observed.

`expect(reply)` speaks of an HTTP reply, `expect(answer)` of how an authorization request ended, `expect(token)` of what
became of a token. `expect.that` is for what none of these says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import overload

from conformance.base.outcomes import Breach, Violation
from conformance.browser.answer import Answer
from conformance.browser.returns import Return
from conformance.harness import effects, grammar
from conformance.harness.expected_answers import AnswerExpectation, ReturnExpectation, check_passed
from conformance.harness.expected_replies import ReplyExpectation
from conformance.harness.send import Send
from conformance.harness.tokens import ActiveToken
from conformance.wire.exchange import Reply


class Expect:
    """Makes expectations of replies, answers and tokens."""

    def __init__(self, send: Send) -> None:
        self._send = send

    @overload
    def __call__(self, subject: Reply) -> ReplyExpectation: ...
    @overload
    def __call__(self, subject: Answer) -> AnswerExpectation: ...
    @overload
    def __call__(self, subject: ActiveToken) -> TokenExpectation: ...
    @overload
    def __call__(self, subject: Return) -> ReturnExpectation: ...
    def __call__(
        self, subject: Reply | Answer | ActiveToken | Return
    ) -> ReplyExpectation | AnswerExpectation | TokenExpectation | ReturnExpectation:
        """The expectations that fit the subject."""
        match subject:
            case Return():
                return ReturnExpectation(subject)
            case Reply():
                return ReplyExpectation(subject)
            case Answer():
                return AnswerExpectation(subject)
            case ActiveToken():
                return TokenExpectation(self._send, subject)

    def that(
        self,
        holds: bool,
        expected: str,
        observed: object,
        *,
        breach: Breach = "omission",
        at: object = None,
        about: str | tuple[str, ...] = (),
    ) -> None:
        """A Violation unless the condition holds; the texts complete "expected ..." and "observed ...".

        `at` is the reply or answer that shows it, where `observed` is another and the test holds several; `about` names
        what the expectation speaks of (see Violation).
        Inconclusive where an answer is observed that the user agent is stuck at.
        """
        if not holds:
            check_passed(observed)
            # What broke down, or told the client nothing, has done nothing.
            did = breach == "act" and not _came_to_nothing(observed)
            subject = observed if at is None else at
            codes = (about,) if isinstance(about, str) else about
            raise Violation(expected, str(observed), subject, breach="act" if did else "omission", about=codes)

    def syntax(self, element: str, values: str | Iterable[str]) -> None:
        """Each value has the syntax of an element of Appendix A; the values themselves are not shown."""
        for value in [values] if isinstance(values, str) else values:
            if not grammar.fits(element, value):
                unfit = grammar.unfit_characters(element, value)
                observed = f"characters {unfit}" if unfit else f"a value of {len(value)} characters that doesn't fit"
                expected = f"{element} of {grammar.in_words(element)}"
                raise Violation(expected, observed, aspect=f"syntax {element}", proof=value, breach="act")


class TokenExpectation:
    """What became of a token that was seen active before."""

    def __init__(self, send: Send, token: ActiveToken) -> None:
        self._send = send
        self._token = token

    def is_inactive(self) -> None:
        """None of the witnesses that saw the token active still does."""
        still = effects.last_active(self._send, self._token)
        if still:
            what = self._token.kind.replace("_", " ")
            observed = f"still active by {', '.join(still)}"
            raise Violation(f"the {what} to be inactive", observed, self._token, aspect="still active", breach="act")

    def is_active(self) -> None:
        """All witnesses that saw the token active still do."""
        token = self._token
        gone = [
            witness
            for witness in token.witnesses
            if not effects.says_active(self._send, witness, token.value, token.kind, token.tokens)
        ]
        if gone:
            what = token.kind.replace("_", " ")
            observed = f"inactive by {', '.join(gone)}"
            raise Violation(f"the {what} to be active still", observed, self._token, aspect="inactive")


def _came_to_nothing(subject: object) -> bool:
    """Whether a server broke down over a request, or left the user agent on a page."""
    reply = subject if isinstance(subject, Reply) else getattr(subject, "reply", None)
    broke_down = isinstance(reply, Reply) and reply.is_breakdown
    return broke_down or (isinstance(subject, Answer) and subject.destination is None)
