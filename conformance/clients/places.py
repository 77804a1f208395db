"""How many processes of a client go on at a time: one has a place as long as something goes on in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Place:
    """A place for one process among those of `all_places`; without these, nobody waits for one."""

    all_places: threading.Semaphore | None = None
    _is_taken: bool = False

    def take(self) -> None:
        """Wait for a free place."""
        if self.all_places is not None:
            self.all_places.acquire()
            self._is_taken = True

    def leave(self) -> None:
        """Give the place to another, if it was not given away before."""
        if self.all_places is not None and self._is_taken:
            self._is_taken = False
            self.all_places.release()


@dataclass(frozen=True, slots=True)
class Watch:
    """A login as it goes on: `signs` counts the client's signs of life, `place` is that of its process."""

    signs: Callable[[], int] = lambda: 0
    place: Place = field(default_factory=Place)
