"""What outlives a single test (`Session`) and what belongs to one (`Trial`).

A session holds the target, the transport, the vault of secrets and cached observations; a trial holds the exchanges of
one test and hands out `given`, `send` and `expect`.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.harness.exchange import Exchange, Reply, Request
from conformance.harness.fuzzing import Fuzzed, Fuzzing
from conformance.harness.outcomes import Inconclusive, NotApplicable, Untested
from conformance.harness.redaction import Redactor, Vault
from conformance.harness.target import Target, host_and_port
from conformance.harness.transport import NoAnswer, Transport

if TYPE_CHECKING:
    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import Send
    from conformance.harness.user_agent import UserAgent

T = TypeVar("T")
USER_AGENT = "oauth2-conformance"


@dataclass(frozen=True, slots=True)
class Observation:
    """The cached result of a procedure, or the outcome that it ended with, and its exchanges."""

    value: object
    ended: Exception | None
    exchanges: tuple[Exchange, ...]


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
    fuzzing: Fuzzing | None = None

    @classmethod
    def open(cls, target: Target, transport: Transport, placeholders: Mapping[str, str], worker: str = "") -> Session:
        """A session that knows the profile's secrets; `worker` names this process among those of a run."""
        vault = Vault(placeholders)
        for client in target.clients.values():
            if client.client_secret:
                shown = f"{{basic credentials of {client.name}}}"
                vault.add_basic(client.client_id, client.client_secret, shown)
        return cls(target, transport, vault, Redactor(vault, worker), target.hosts(), worker)

    def name_exchanges(self, exchanges: Sequence[Exchange]) -> tuple[tuple[str, ...], tuple[Exchange, ...]]:
        """Names of exchanges in the run's evidence, and those among them that got theirs just now."""
        fresh: list[Exchange] = []
        for exchange in exchanges:
            if not exchange.id:
                self.named += 1
                exchange.id = f"{self.worker}{self.named}"
                fresh.append(exchange)
        return tuple(dict.fromkeys(exchange.id for exchange in exchanges)), tuple(fresh)

    def close(self) -> None:
        """Let go of connections."""
        self.transport.close()


class Trial:
    """One test's view of the session: everything it sends is recorded here."""

    def __init__(self, session: Session) -> None:
        from conformance.harness.expect import Expect
        from conformance.harness.given import Given
        from conformance.harness.send import Send

        self.session = session
        self.exchanges: list[Exchange] = []
        self.notes: list[str] = []
        self.fuzzed: Fuzzed | None = None
        self.phase = "send"
        self.send: Send = Send(self)
        self.given: Given = Given(self)
        self.expect: Expect = Expect(self)

    @property
    def target(self) -> Target:
        """The target under test."""
        return self.session.target

    def exchange(self, request: Request, phase: str | None = None) -> Reply:
        """Send one request, record it, return the reply. Inconclusive when no reply comes."""
        request = self._prepared(request)
        record = self._record(request, phase)
        try:
            record.reply = self.session.transport.send(request)
        except NoAnswer as error:
            record.failure = str(error)
            self.session.vault.learn(request, None)
            raise Inconclusive(f"no answer to {request.method} {request.url.partition('?')[0]}: {error}") from error
        self.session.vault.learn(request, record.reply)
        return record.reply

    def exchange_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        """Send requests in the same instant and record them all."""
        prepared = [self._prepared(request) for request in requests]
        records = [self._record(request, None) for request in prepared]
        try:
            replies = self.session.transport.send_together(prepared, self._prepared(rehearsal))
        except NoAnswer as error:
            raise Inconclusive(f"the parallel requests were not all answered: {error}") from error
        for record, reply in zip(records, replies, strict=True):
            record.reply = reply
            self.session.vault.learn(record.request, reply)
        return replies

    def observed(self, key: str, procedure: Callable[[], T]) -> T:
        """The result of a procedure that runs once a session; its exchanges become evidence of each test that asks."""
        known = self.session.observations.get(key)
        if known is None:
            before = len(self.exchanges)
            known = self._observe(procedure, before)
            self.session.observations[key] = known
        else:
            self.exchanges.extend(known.exchanges)
        if known.ended is not None:
            raise known.ended
        return known.value  # type: ignore[return-value]

    def _observe(self, procedure: Callable[[], object], before: int) -> Observation:
        value: object = None
        ended: Exception | None = None
        try:
            value = procedure()
        except (Inconclusive, Untested, NotApplicable) as error:
            ended = error
        return Observation(value, ended, tuple(self.exchanges[before:]))

    def invented(self, what: str) -> str:
        """A value that no server issued; it may be shown in evidence."""
        return self.session.vault.invented(f"invented-{what.replace('_', '-')}-{secrets.token_hex(8)}")

    def _record(self, request: Request, phase: str | None) -> Exchange:
        at = time.perf_counter() - self.session.started
        record = Exchange(request, None, at, phase or self.phase)
        self.exchanges.append(record)
        return record

    def _prepared(self, request: Request) -> Request:
        """Add what every request carries; refuse hosts that the profile doesn't name."""
        if host_and_port(request.url) not in self.session.hosts:
            raise Inconclusive(f"requests go to the profile's hosts only, not to {request.url.partition('?')[0]}")
        extra: list[tuple[str, str]] = [*self.target.headers.items()]
        if request.header("User-Agent") is None:
            extra.append(("User-Agent", USER_AGENT))
        if request.header("Accept") is None:
            extra.append(("Accept", "*/*"))
        return Request(request.method, request.url, (*extra, *request.headers), request.body)


def rendered(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    """An exchange as evidence: redacted, bounded, ready for JSON."""
    request = exchange.request
    shown: dict[str, Any] = {
        "at": round(exchange.at, 4),
        "phase": exchange.phase,
        "request": {
            "method": request.method,
            "url": redactor.text(request.url),
            "headers": [[name, redactor.header(name, value)] for name, value in request.headers],
            "body": redactor.text(_bounded(request.body)),
        },
    }
    if exchange.reply is None:
        shown["failure"] = redactor.text(exchange.failure)
        return shown
    reply = exchange.reply
    shown["response"] = {
        "status": reply.status,
        "headers": [[name, redactor.header(name, value)] for name, value in reply.headers],
        "body": redactor.text(_bounded(reply.body)),
        "ms": round(reply.elapsed * 1000, 2),
        "size": len(reply.body),
    }
    return shown


LONGEST_EVIDENCE = 4096


def _bounded(body: bytes) -> str:
    """Body text for evidence; what isn't UTF-8 shows as replacement characters, what is long is cut and says so."""
    text = body[:LONGEST_EVIDENCE].decode("utf-8", "replace")
    return text if len(body) <= LONGEST_EVIDENCE else f"{text}\n... ({len(body)} bytes in all)"
