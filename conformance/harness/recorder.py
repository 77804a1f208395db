"""What belongs to one test: it sends for the test, and records what was sent and what came back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from conformance.base.outcomes import Inconclusive, NotApplicable, Unanswered, Untested, Vacuous
from conformance.base.uris import host_and_port
from conformance.browser.returns import Return
from conformance.browser.user_agent import UserAgent
from conformance.harness.fuzzing import Fuzzed
from conformance.harness.session import Observation, Session, default_headers
from conformance.profile.target import Target
from conformance.wire.exchange import Exchange, Reply, Request
from conformance.wire.throttling import is_throttled
from conformance.wire.transport import NoAnswer

T = TypeVar("T")

# So often something is observed to which no answer came: silence costs the time limit each time.
TRIES = 3


class Recorder:
    """One test's view of the session: everything it sends is recorded here."""

    def __init__(self, session: Session, *, is_first: bool = False) -> None:
        self.session = session
        # Whether the test can be tried again, where what it judges with may have ended or an answer got lost.
        self.is_first = is_first
        self.exchanges: list[Exchange] = []
        self.notes: list[str] = []
        # Authorization requests that came back to a client.
        self.returns: list[Return] = []
        # Requests whose replies were the positive controls of this test.
        self.controls: list[Request] = []
        # Why what this test finds isn't tried again: empty where it can be.
        self.once = ""
        self.fuzzed: Fuzzed | None = None
        self.phase = "send"
        # Whether a throttled answer is what is looked for: then nothing is waited for.
        self.throttling_shows = False

    @property
    def target(self) -> Target:
        """The target under test."""
        return self.session.target

    def user_agent(self, owner: str = "resource_owner") -> UserAgent:
        """The browser of an account, the same one each time; Untested when the profile lacks the account."""
        return self.session.user_agents.setdefault(owner, UserAgent(self.target.owner(owner)))

    def exchange(self, request: Request, phase: str | None = None) -> Reply:
        """Send one request, record it, return the reply.

        Waits where the target throttles. Inconclusive when no reply comes, or none but throttled ones.
        """
        prepared = self._prepared(request)
        reply = self._exchange_once(prepared, phase)
        if self.throttling_shows:
            return reply
        again = partial(self._exchange_once, prepared, phase)
        return self.session.backoff.outwaited(reply, again, self.session.wait)

    def _exchange_once(self, request: Request, phase: str | None) -> Reply:
        record = self._record(request, phase)
        try:
            record.reply = self.session.transport.send(request)
        except NoAnswer as error:
            record.failure = str(error)
            self.session.vault.learn(request, None)
            self.session.watch.exchange(request, None)
            says = f"no answer to {request.method} {request.url.partition('?')[0]}: {error}"
            raise self._silence(says) from error
        self.session.vault.learn(request, record.reply)
        self.session.watch.exchange(request, record.reply)
        return record.reply

    def exchange_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Send requests in the same instant and record them all."""
        self.once = "a race, which no two runs lose alike"
        prepared = [self._prepared(request) for request in requests]
        records = [self._record(request, None) for request in prepared]
        try:
            replies = self.session.transport.send_together(prepared, self._prepared(rehearsal))
        except NoAnswer as error:
            for record in records:
                record.failure = str(error)
                self.session.vault.learn(record.request, None)
            raise self._silence(f"the parallel requests were not all answered: {error}") from error
        for record, reply in zip(records, replies, strict=True):
            record.reply = reply
            self.session.vault.learn(record.request, reply)
            self.session.watch.exchange(record.request, reply)
        if not self.throttling_shows and any(map(is_throttled, replies)):
            raise Inconclusive("the target throttled some of the parallel requests: raise its limit for the suite")
        return replies

    def _silence(self, says: str) -> Inconclusive | Unanswered:
        return Unanswered(says) if self.is_first and self.session.bears_silence else Inconclusive(says)

    def observed(self, key: str, procedure: Callable[[], T]) -> T:
        """The result of a procedure that runs once a session; its exchanges become evidence of each test that asks.

        It holds what was answered, no credential that is presented again: another test may have ended that by then.
        Where no answer came, the next test that asks observes it anew: one lost answer costs no other verdict.
        """
        known = self.session.observations.get(key)
        if known is not None and known.source != _source_of(procedure):
            raise RuntimeError(f"two procedures share the key {key!r}: {known.source} and {_source_of(procedure)}")
        if known is None or 0 < known.lost < TRIES:
            known = self._observe(procedure, known.lost if known else 0)
            self.session.observations[key] = known
        else:
            self.exchanges.extend(known.exchanges)
            self.controls.extend(known.controls)
            self.once = self.once or known.once
        if known.ended is not None:
            raise known.ended
        return known.value  # type: ignore[return-value]

    def _observe(self, procedure: Callable[[], object], lost: int) -> Observation:
        sent, controls = len(self.exchanges), len(self.controls)
        value: object = None
        ended: Exception | None = None
        try:
            value = procedure()
        except Inconclusive as error:
            # Asked before its answers are handed on to the evidence: nobody who asks later has them at hand.
            error.by_breakdown = error.by_breakdown or self.broke_down(sent)
            ended = error
        except (Vacuous, Untested, NotApplicable) as error:
            ended = error
        is_lost = isinstance(ended, Inconclusive) and any(each.failure for each in self.exchanges[sent:])
        lost = lost + 1 if is_lost else 0
        sent_here, controls_here = tuple(self.exchanges[sent:]), tuple(self.controls[controls:])
        return Observation(value, ended, sent_here, controls_here, self.once, _source_of(procedure), lost)

    def broke_down(self, since: int) -> bool:
        """Whether an exchange from a number on was a breakdown, or had no answer, or the last was throttled."""
        replies = [each.reply for each in self.exchanges[since:] if each.reply is not None]
        is_lost = any(each.failure for each in self.exchanges[since:])
        return is_lost or any(each.is_breakdown for each in replies) or any(map(is_throttled, replies[-1:]))

    def invented(self, what: str) -> str:
        """A value that no server issued; it may be shown in evidence."""
        return self.session.vault.invented(f"invented-{what.replace('_', '-')}-{secrets.token_hex(8)}")

    def _record(self, request: Request, phase: str | None) -> Exchange:
        at = time.perf_counter() - self.session.started
        record = Exchange(request, None, at, phase or self.phase)
        self.exchanges.append(record)
        self.session.sent += 1
        return record

    def _prepared(self, request: Request) -> Request:
        """Add what every request carries; refuse hosts that the profile doesn't name."""
        if host_and_port(request.url) not in self.session.hosts:
            raise Inconclusive(f"requests go to the profile's hosts only, not to {request.url.partition('?')[0]}")
        own = {name.lower() for name, _ in request.headers}
        defaults = [pair for pair in default_headers(self.target) if pair[0].lower() not in own]
        extra = (*self.target.headers.items(), *defaults)
        return Request(request.method, request.url, (*extra, *request.headers), request.body)


def _source_of(procedure: Callable[[], object]) -> str:
    """Where the code of a procedure stands: a key that another one has as well would share its result silently."""
    plain = procedure.func if isinstance(procedure, partial) else procedure
    return f"{getattr(plain, '__module__', '')}.{getattr(plain, '__qualname__', type(plain).__qualname__)}"
