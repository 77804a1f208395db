"""What outlives a single test (`Session`) and what belongs to one (`Trial`).

A session holds the target, the transport, the vault of secrets and cached observations; a trial holds the exchanges of
one test and hands out `given`, `send` and `expect`.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.base.outcomes import Inconclusive, NotApplicable, Stale, Untested, Vacuous
from conformance.base.uris import host_and_port
from conformance.browser.returns import Return
from conformance.harness.footprint import Watch
from conformance.harness.fuzzing import Fuzzed, Fuzzing
from conformance.harness.record import Record
from conformance.profile.target import Target
from conformance.wire.exchange import USER_AGENT, Exchange, Reply, Request
from conformance.wire.redaction import Redactor, Vault
from conformance.wire.stages import House, OpenHouse
from conformance.wire.throttling import Patience, is_throttled
from conformance.wire.transport import NoAnswer, Transport

if TYPE_CHECKING:
    from conformance.browser.drivers import Driver
    from conformance.browser.user_agent import UserAgent
    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import Send

T = TypeVar("T")
# Seconds between two looks at something that may take a while.
POLL_INTERVAL = 0.2


@dataclass(frozen=True, slots=True)
class Observation:
    """The cached result of a procedure, or the outcome that it ended with, its exchanges, and the controls in them.

    `once` says why what is found in them isn't to be tried again.
    """

    value: object
    ended: Exception | None
    exchanges: tuple[Exchange, ...]
    controls: tuple[Request, ...]
    once: str


def _unheard(_what: str, _seconds: float) -> None:
    """Nobody is told what is waited for."""


@dataclass
class Session:
    """One process's acquaintance with one target."""

    target: Target
    transport: Transport
    vault: Vault
    redactor: Redactor
    hosts: frozenset[tuple[str, int]]
    worker: str = ""
    started: float = field(default_factory=time.perf_counter)
    observations: dict[str, Observation] = field(default_factory=dict)
    user_agents: dict[str, UserAgent] = field(default_factory=dict)
    named: int = 0
    handed_on: tuple[Exchange, ...] = ()
    sent: int = 0
    fuzzing: Fuzzing | None = None
    record: Record = field(default_factory=Record)
    patience: Patience = field(default_factory=Patience)
    driver: Driver | None = None
    on_wait: Callable[[str, float], None] = _unheard
    watch: Watch = field(init=False)
    # Makes a credential older by seconds where nobody has to wait for it: in a rehearsal.
    ages: Callable[[str, float], None] | None = None
    # Where stages are opened for a client under test: begun at the first one, in the process that needs it.
    open_house: OpenHouse | None = None
    opened_house: House | None = None
    # Plays a login of a client under test, where that isn't left to each test: some are played ahead.
    player: Any = None

    def __post_init__(self) -> None:
        self.watch = Watch(self.target)

    @classmethod
    def open(cls, target: Target, transport: Transport, placeholders: Mapping[str, str], worker: str = "") -> Session:
        """A session that knows the profile's secrets; `worker` names this process among those of a run."""
        vault = Vault(placeholders, target.names())
        for client in target.clients.values():
            if client.client_secret:
                vault.add_basic(client.client_id, client.client_secret, f"basic credentials of {client.name}")
        return cls(target, transport, vault, Redactor(vault, worker), target.hosts(), worker)

    def name_exchanges(self, exchanges: Sequence[Exchange]) -> tuple[tuple[str, ...], tuple[Exchange, ...]]:
        """Names of exchanges in the run's evidence, and those among them that got theirs just now."""
        fresh: list[Exchange] = []
        for exchange in exchanges:
            if not exchange.id:
                self.named += 1
                exchange.id = f"{self.worker}{self.named}"
                fresh.append(exchange)
        # Observations keep their exchanges for the whole run; those of the test before have been handed on by now.
        for exchange in self.handed_on:
            exchange.reply = None
        self.handed_on = tuple(fresh)
        return tuple(dict.fromkeys(exchange.id for exchange in exchanges)), tuple(fresh)

    def house(self) -> House:
        """Where stages are opened for a client under test."""
        if self.opened_house is None:
            if self.open_house is None:
                raise Untested("nothing here plays a server for a client under test")
            self.opened_house = self.open_house()
        return self.opened_house

    def forget(self) -> None:
        """Remember nothing of what tests have observed, nor who is signed in where."""
        self.observations.clear()
        self.user_agents.clear()

    def wait(self, what: str, seconds: float) -> None:
        """Wait for something, and let it be known."""
        self.on_wait(what, seconds)
        time.sleep(seconds)

    def outlive(self, credential: str, seconds: float) -> None:
        """Wait until a credential is so many seconds older."""
        if self.ages is not None:
            self.ages(credential, seconds)
        else:
            self.wait("a credential to expire", seconds)

    def pause(self, what: str, left: float) -> None:
        """Wait a moment of the `left` seconds that something may take, and let it be known."""
        self.on_wait(what, left)
        time.sleep(max(0.0, min(left, POLL_INTERVAL)))

    def close(self) -> None:
        """Let go of connections, of the driver and of stages."""
        if self.opened_house is not None:
            self.opened_house.close()
        if self.driver is not None:
            self.driver.close()
        self.transport.close()


class Trial:
    """One test's view of the session: everything it sends is recorded here."""

    def __init__(self, session: Session, *, is_second: bool = False) -> None:
        from conformance.harness.expect import Expect
        from conformance.harness.given import Given
        from conformance.harness.send import Send

        self.session = session
        # Whether the test is tried again, because its first try judged with what may have ended.
        self.is_second = is_second
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
        self.send: Send = Send(self)
        self.given: Given = Given(self)
        self.expect: Expect = Expect(self)

    @property
    def target(self) -> Target:
        """The target under test."""
        return self.session.target

    def exchange(self, request: Request, phase: str | None = None) -> Reply:
        """Send one request, record it, return the reply.

        Waits where the target throttles. Inconclusive when no reply comes, or none but throttled ones.
        """
        prepared = self._prepared(request)
        reply = self._exchange_once(prepared, phase)
        if self.throttling_shows:
            return reply
        again = partial(self._exchange_once, prepared, phase)
        return self.session.patience.outwaited(reply, again, self.session.wait)

    def _exchange_once(self, request: Request, phase: str | None) -> Reply:
        record = self._record(request, phase)
        try:
            record.reply = self.session.transport.send(request)
        except NoAnswer as error:
            record.failure = str(error)
            self.session.vault.learn(request, None)
            self.session.watch.exchange(request, None)
            raise Inconclusive(f"no answer to {request.method} {request.url.partition('?')[0]}: {error}") from error
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
            raise Inconclusive(f"the parallel requests were not all answered: {error}") from error
        for record, reply in zip(records, replies, strict=True):
            record.reply = reply
            self.session.vault.learn(record.request, reply)
            self.session.watch.exchange(record.request, reply)
        if not self.throttling_shows and any(map(is_throttled, replies)):
            raise Inconclusive("the target throttled some of the parallel requests: raise its limit for the suite")
        return replies

    def observed(self, key: str, procedure: Callable[[], T]) -> T:
        """The result of a procedure that runs once a session; its exchanges become evidence of each test that asks.

        It holds what was answered, no credential that is presented again: another test may have ended that by then.
        """
        known = self.session.observations.get(key)
        if known is None:
            known = self._observe(procedure)
            self.session.observations[key] = known
        else:
            self.exchanges.extend(known.exchanges)
            self.controls.extend(known.controls)
            self.once = self.once or known.once
        if known.ended is not None:
            raise known.ended
        return known.value  # type: ignore[return-value]

    def _observe(self, procedure: Callable[[], object]) -> Observation:
        sent, controls = len(self.exchanges), len(self.controls)
        value: object = None
        ended: Exception | None = None
        try:
            value = procedure()
        except Stale:
            raise
        except (Inconclusive, Vacuous, Untested, NotApplicable) as error:
            ended = error
        sent_here, controls_here = tuple(self.exchanges[sent:]), tuple(self.controls[controls:])
        return Observation(value, ended, sent_here, controls_here, self.once)

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


def default_headers(target: Target) -> tuple[tuple[str, str], ...]:
    """What requests carry that say nothing else: who asks, and no wish for content codings."""
    named = {name.lower() for name in target.headers}
    defaults = (("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Accept-Encoding", "identity"))
    return tuple(pair for pair in defaults if pair[0].lower() not in named)
