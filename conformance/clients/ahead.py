"""Plays logins side by side, before the tests ask for them: a command costs a process each, and most of its time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from conformance.clients.places import Place
from conformance.clients.played import Played
from conformance.clients.playing import Scenario

Play = Callable[[Scenario, Place], Played]
# So many are prepared, taken down or waited for, beside those that have a place.
BESIDE = 3


class Ahead:
    """Logins that are foreseen, with so many processes of the client at a time: the honest ones first, and then those
    that take long.

    A process of which nothing is heard any more leaves its place to another: to wait costs no processor. What rests on
    an honest login that got nowhere isn't played: no test will ask for it.
    """

    def __init__(
        self,
        play: Play,
        foreseen: Iterable[Scenario],
        count: int,
        takes_long: Callable[[Scenario], bool] = lambda scenario: False,
    ) -> None:
        self._play = play
        self._places = threading.Semaphore(count)
        self._pool = ThreadPoolExecutor(count + BESIDE, thread_name_prefix="login")
        self._twins: dict[frozenset[str], Future[Played | None]] = {}
        self._begun: dict[Scenario, Future[Played | None]] = {}
        first = sorted(dict.fromkeys(foreseen), key=lambda each: (each != Scenario(each.asked), not takes_long(each)))
        for scenario in first:
            future = self._begun[scenario] = self._pool.submit(self._played_if_worth, scenario)
            if scenario == Scenario(scenario.asked):
                self._twins[scenario.asked] = future

    def __call__(self, scenario: Scenario) -> Played:
        """The login that was played for this, once; else one that is played now."""
        future = self._begun.pop(scenario, None)
        return (future.result() if future is not None else None) or self._played(scenario)

    def close(self) -> None:
        """Begin no more logins, and wait for those that were begun."""
        self._pool.shutdown(cancel_futures=True)

    def _played_if_worth(self, scenario: Scenario) -> Played | None:
        # Twins come first in the queue: they are being played, or have been.
        for asked in (frozenset[str](), scenario.asked):
            twin = self._twins.get(asked)
            if scenario != Scenario(asked) and twin is not None and not _got_somewhere(twin):
                return None
        return self._played(scenario)

    def _played(self, scenario: Scenario) -> Played:
        return self._play(scenario, Place(self._places))


def _got_somewhere(future: Future[Played | None]) -> bool:
    try:
        played = future.result()
    except Exception:
        return False
    return played is not None and played.has("tokens")
