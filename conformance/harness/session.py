"""What outlives a single test (`Session`) and what belongs to one (`Trial`).

A session holds the target, the transport, the vault of secrets and cached observations; a trial holds the exchanges of
one test and hands out `given`, `send` and `expect`.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from conformance import __version__
from conformance.harness.exchange import Exchange, Reply, Request
from conformance.harness.fuzzing import Fuzzed, Fuzzing
from conformance.harness.outcomes import Inconclusive, NotApplicable, Untested
from conformance.harness.redaction import Redactor, Vault
from conformance.harness.target import Target, host_and_port
from conformance.harness.throttling import Patience, is_throttled
from conformance.harness.transport import NoAnswer, Transport

if TYPE_CHECKING:
    from conformance.harness.drivers import Driver
    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import Send
    from conformance.harness.user_agent import UserAgent

T = TypeVar("T")
USER_AGENT = f"oauth2-conformance/{__version__}"


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
    handed_on: tuple[Exchange, ...] = ()
    sent: int = 0
    fuzzing: Fuzzing | None = None
    patience: Patience = field(default_factory=Patience)
    driver: Driver | None = None

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
        # Observations keep their exchanges for the whole run; those of the test before have been handed on by now.
        for exchange in self.handed_on:
            exchange.reply = None
        self.handed_on = tuple(fresh)
        return tuple(dict.fromkeys(exchange.id for exchange in exchanges)), tuple(fresh)

    def close(self) -> None:
        """Let go of connections and of the driver."""
        if self.driver is not None:
            self.driver.close()
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
        return self.session.patience.outwaited(reply, lambda: self._exchange_once(prepared, phase))

    def _exchange_once(self, request: Request, phase: str | None) -> Reply:
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
        if not self.throttling_shows and any(map(is_throttled, replies)):
            raise Inconclusive("the target throttled some of the parallel requests: raise its limit for the suite")
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


def rendered(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    """An exchange as evidence: redacted, bounded, ready for JSON."""
    request, reply = exchange.request, exchange.reply
    headers, remarks = _shown_headers(request.headers, redactor)
    shown: dict[str, Any] = {
        "at": round(exchange.at, 4),
        "phase": exchange.phase,
        "request": {
            "method": request.method,
            "url": _cut(redactor.text(request.url[:LONGEST_URL]), len(request.url), LONGEST_URL),
            "headers": headers,
            "body": _shown_body(request.body, redactor),
        },
    }
    if reply is None:
        shown["failure"] = redactor.text(exchange.failure)
    else:
        headers, more_remarks = _shown_headers(reply.headers, redactor)
        remarks += [*map(redactor.text, reply.remarks), *more_remarks]
        shown["response"] = {
            "status": reply.status,
            "headers": headers,
            "body": _shown_body(reply.body, redactor),
            "ms": round(reply.elapsed * 1000, 2),
            "size": len(reply.body),
        }
    if remarks:
        shown["remarks"] = remarks
    if exchange.picture:
        shown["picture"] = f"data:image/jpeg;base64,{base64.b64encode(exchange.picture).decode('ascii')}"
    return shown


# Bytes and characters that are shown of a body, a header's value, all headers together, a URL.
LONGEST_EVIDENCE = 4096
LONGEST_HEADERS = 4 * LONGEST_EVIDENCE
LONGEST_URL = 4 * LONGEST_EVIDENCE
# Read beyond the cut, so that a secret which the cut goes through is known as one.
BEYOND_THE_CUT = 2 * LONGEST_EVIDENCE


def _shown_body(body: bytes, redactor: Redactor) -> str:
    """Body text for evidence; what isn't UTF-8 shows as replacement characters, what is long is cut and says so."""
    text = redactor.text(body[: LONGEST_EVIDENCE + BEYOND_THE_CUT].decode("utf-8", "replace"))
    return text if len(body) <= LONGEST_EVIDENCE else f"{text[:LONGEST_EVIDENCE]}\n... ({len(body)} bytes in all)"


def _shown_headers(headers: Sequence[tuple[str, str]], redactor: Redactor) -> tuple[list[list[str]], list[str]]:
    """Headers for evidence, as many as there is room for; a remark where some are left out."""
    shown: list[list[str]] = []
    room = LONGEST_HEADERS
    for name, value in headers:
        pair = [_cut(name, len(name)), _cut(redactor.header(name, value), len(value))]
        room -= len(pair[0]) + len(pair[1])
        if room < 0:
            return shown, [f"{len(headers)} headers in all: the first {len(shown)} are shown"]
        shown.append(pair)
    return shown, []


def _cut(text: str, length: int, longest: int = LONGEST_EVIDENCE) -> str:
    return text if len(text) <= longest and length <= longest else f"{text[:longest]}... ({length} characters in all)"
