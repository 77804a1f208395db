"""`given` arranges preconditions and reads leniently: a token in any 2xx JSON will do.

What can't be arranged makes the requirement inconclusive, with the exchange that failed; what the profile doesn't
provide makes it untested, with the line to add. It never finds a breach.

`Given` is one vocabulary of some 60 words, which tests call as `given.word(...)`. It stands in four files, as classes
of one line of inheritance, each of which needs those below it and none above: what the profile provides (`provided`),
what the server issues for it (`issuing`), of which tokens it is known that they work (`witnessing`), and the rest
here. Put together from parts, it would have either a forwarding method for each word, which says nothing and has to be
kept alike, or `__getattr__`, which no type checker sees through. Nothing else inherits from these classes, none of them
overrides a method of another, and no test is given one of them alone.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlencode

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.browser.answer import Answer
from conformance.harness import refusal_controls
from conformance.harness.issuing import description_of
from conformance.harness.provided import CHEAPEST_FIRST
from conformance.harness.send import FORM
from conformance.harness.witnessing import Witnessing
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

__all__ = ["CHEAPEST_FIRST", "Given", "fresh_state"]

T = TypeVar("T")
# Seconds that a test may wait for something to expire, where waiting is allowed.
LONGEST_WAIT = 900.0


class Given(Witnessing):
    """The preconditions of a test."""

    def accepted(self, reply: Reply, what: str = "the same request without the fault") -> Reply:
        """A positive control at the token endpoint or elsewhere: an answer that serves, or the test decides nothing."""
        if not reply.is_served:
            raise Inconclusive(f"positive control: {what} should succeed, but got {reply}{description_of(reply)}")
        self._recorder.controls.append(reply.request)
        return reply

    def issued(self, reply: Reply, what: str = "the same request without the fault") -> Reply:
        """A positive control: the reply issues an access token, or the test decides nothing."""
        if not reply.is_success or not reply.members.get("access_token"):
            raise Inconclusive(f"positive control: {what} should issue a token, but got {reply}{description_of(reply)}")
        self._recorder.controls.append(reply.request)
        return reply

    def came_back(self, answer: Answer, what: str = "the same request without the fault") -> Answer:
        """A positive control at the authorization endpoint: a code or token reached the client."""
        if not (answer.get("code") or answer.get("access_token")):
            raise Inconclusive(f"positive control: {what} should come back with a grant, but got {answer}")
        self._recorder.controls.append((answer.opened or answer.reply).request)
        return answer

    def control(self, credential: refusal_controls.Credential, *, after: Reply | None = None) -> None:
        """The control behind a refusal: without the fault, the credential is served; else the test is tried again."""
        refusal_controls.control(self, self._send, credential, after)

    @contextmanager
    def throttled_answers(self) -> Iterator[None]:
        """Inside, being throttled is an answer like any other, not something to wait for."""
        before, self._recorder.throttling_shows = self._recorder.throttling_shows, True
        try:
            yield
        finally:
            self._recorder.throttling_shows = before

    def revoked(self, token: str, client: Client, /, **changes: Any) -> Reply:
        """A revocation that the server took; Vacuous where it revokes no tokens of this kind (RFC 7009, 2.2.1)."""
        with self.arranging():
            reply = self._send.revocation(token, client, **changes)
        if reply.members.get("error") == "unsupported_token_type":
            raise Vacuous("the server doesn't revoke tokens of this kind")
        return self.accepted(reply, "a revocation by the token's own client")

    def aged(self, credential: str, seconds: float) -> None:
        """A credential made older by the target's control port; Untested where there is none."""
        url = self._recorder.target.control_url
        if url is None:
            raise Untested(
                "this probe ages a credential: the profile has no [control] port; "
                "without one set `wait = true` under [target] where the probe can wait instead"
            )
        body = urlencode({"credential": credential, "seconds": int(seconds)})
        with self.arranging():
            reply = self._send.raw("POST", f"{url.rstrip('/')}/age", [("Content-Type", FORM)], body)
        self.accepted(reply, "aging a credential at the control port")

    def outlived(self, credential: str, lifetime: float) -> None:
        """A credential past its lifetime in seconds: aged by the control port, or waited for where `wait = true`."""
        target = self._recorder.target
        if target.control_url is None and target.wait and lifetime <= LONGEST_WAIT:
            self.once("it waits until something expires")
            self._recorder.session.outlive(credential, lifetime + 1)
        else:
            self.aged(credential, lifetime + 1)

    def paused(self, what: str, left: float) -> None:
        """A moment of the `left` seconds that something may take."""
        self._recorder.session.pause(what, left)

    def waited(self, what: str, seconds: float) -> None:
        """So many seconds later: for what no control port can hurry."""
        self.once(f"it waits for {what}")
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.paused(what, left)

    def observed(self, key: str, procedure: Callable[[], T]) -> T:
        """The result of a procedure that several tests share: it runs once, its exchanges are evidence of each."""
        return self._recorder.observed(key, procedure)

    def present(self, found: Iterable[T], what: str) -> list[T]:
        """What there is to judge; Vacuous where there is none of it."""
        there = list(found)
        if not there:
            raise Vacuous(f"no {what} came")
        return there

    def note(self, text: str) -> None:
        """What was seen, for the report: the reason beside a passed or noted verdict."""
        self._recorder.notes.append(text)


def fresh_state() -> str:
    """An unguessable `state`."""
    return secrets.token_urlsafe(12)
