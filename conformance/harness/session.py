"""What outlives a single test: the target, the transport, the vault of secrets, cached observations."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.base.outcomes import Untested
from conformance.harness.footprint import Watch
from conformance.harness.fuzzing import Fuzzing
from conformance.harness.run_record import Record
from conformance.profile.target import Target
from conformance.wire.exchange import USER_AGENT, Exchange, Request
from conformance.wire.redaction import Redactor
from conformance.wire.stages import House, OpenHouse
from conformance.wire.throttling import Backoff
from conformance.wire.transport import Transport
from conformance.wire.vault import Vault

if TYPE_CHECKING:
    from conformance.browser.drivers import Driver
    from conformance.browser.user_agent import UserAgent

# So many tests are tried again because no answer came to a request of theirs, and one more for so many requests: each
# silence costs the time limit, but where thousands are answered one got lost.
SILENCES = 3
REQUESTS_TO_A_SILENCE = 250
# Seconds between two looks at something that may take a while.
POLL_INTERVAL = 0.2


@dataclass(frozen=True, slots=True)
class Observation:
    """The cached result of a procedure, or the outcome that it ended with, its exchanges, and the controls in them.

    `once` says why what is found in them isn't to be tried again, `source` which code observed it. `lost` counts how
    often nothing was observed because no answer came.
    """

    value: object
    ended: Exception | None
    exchanges: tuple[Exchange, ...]
    controls: tuple[Request, ...]
    once: str
    source: str
    lost: int = 0


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
    # By kind of token and witness, whether tokens outlive being asked about, as far as that was seen.
    outlived: dict[tuple[str, str], bool] = field(default_factory=dict)
    named: int = 0
    handed_on: tuple[Exchange, ...] = ()
    sent: int = 0
    fuzzing: Fuzzing | None = None
    record: Record = field(default_factory=Record)
    backoff: Backoff = field(default_factory=Backoff)
    # The tests and controls that were tried again because no answer came.
    silences: int = 0
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

    @property
    def bears_silence(self) -> bool:
        """Whether one more test may be tried again because no answer came."""
        return self.silences < SILENCES + self.sent // REQUESTS_TO_A_SILENCE

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
        self.outlived.clear()
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


def default_headers(target: Target) -> tuple[tuple[str, str], ...]:
    """What requests carry that say nothing else: who asks, and no wish for content codings."""
    named = {name.lower() for name in target.headers}
    defaults = (("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Accept-Encoding", "identity"))
    return tuple(pair for pair in defaults if pair[0].lower() not in named)
