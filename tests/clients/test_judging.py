"""What decides about a client: a right one passes, a careless one is found, one that does nothing passes nothing."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from conformance.clients.context import Context
from tests.clients import plain
from tests.clients.running import session_with, verdicts

STATE = "rfc6749-10.12-client-uses-state"


def test_a_right_client_passes_what_every_client_has_to(certificates: Path) -> None:
    with session_with(plain.login, certificates) as session:
        found = verdicts(session, lambda case: case.requirement.startswith("rfc6749-"))

    assert {name: end for name, end in found.items() if end[0] not in ("kept", "vacuous")} == {}


def test_a_client_that_takes_any_state_is_found(certificates: Path) -> None:
    def careless(context: Context) -> object:
        def browse(url: str) -> str:
            asked, answer = parse_qs(urlsplit(url).query), urlsplit(context.browse(url))
            told = {**parse_qs(answer.query), "state": asked["state"]}
            return answer._replace(query=urlencode(told, doseq=True)).geturl()

        return plain.login(ContextWith(context, browse))  # type: ignore[arg-type]

    with session_with(careless, certificates) as session:
        found = verdicts(session, lambda case: case.requirement == STATE)

    assert {word for word, _ in found.values()} == {"broken"}


def test_a_client_that_does_nothing_passes_nothing(certificates: Path) -> None:
    with session_with(lambda context: None, certificates) as session:
        found = verdicts(session)

    assert {word for word, _ in found.values()} <= {"inconclusive", "untested"}


def test_a_client_that_never_comes_back_passes_nothing(certificates: Path) -> None:
    with session_with(lambda context: time.sleep(60), certificates) as session:
        found = verdicts(session, lambda case: case.requirement == STATE)

    assert {word for word, _ in found.values()} == {"inconclusive"}


class ContextWith:
    """A context with another browser."""

    def __init__(self, context: Context, browse: object) -> None:
        self._context = context
        self.browse = browse

    def __getattr__(self, name: str) -> object:
        return getattr(self._context, name)
