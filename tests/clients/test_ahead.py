"""Logins that are played ahead: each once, so many at a time, and none that no test will ask for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.clients.ahead import Ahead
from conformance.clients.played import Played
from conformance.clients.playing import Scenario
from conformance.running.foreseeing import foreseen, ideal
from tests.clients.running import cases, catalogue, profile_of, session_with

HONEST, REFRESH = Scenario(), Scenario(frozenset({"refresh"}))
FORGED = Scenario(misbehaviors=("state-of-nobody",))
GOOD = ideal(profile_of().target)
POOR = replace(GOOD, stage=replace(GOOD.stage, arrived=[]))


class Player:
    """Plays as it is told, and notes what."""

    def __init__(self, plays: Callable[[Scenario], Played]) -> None:
        self.played: list[Scenario] = []
        self._plays = plays

    def __call__(self, scenario: Scenario) -> Played:
        self.played.append(scenario)
        return self._plays(scenario)


def test_what_is_foreseen_is_played_once_and_anew_when_it_is_asked_for_again() -> None:
    player = Player(lambda scenario: GOOD)
    with closing(Ahead(player, [FORGED, HONEST, FORGED], 2)) as ahead:
        first = [ahead(scenario) for scenario in (HONEST, FORGED)]
        assert first == [GOOD, GOOD]
        assert sorted(map(str, player.played)) == sorted(map(str, [HONEST, FORGED]))

        assert ahead(FORGED) is GOOD
        assert player.played.count(FORGED) == 2


def test_nothing_is_played_ahead_that_rests_on_a_login_which_got_nowhere() -> None:
    player = Player(lambda scenario: POOR)
    with closing(Ahead(player, [HONEST, REFRESH, FORGED], 2)) as ahead:
        assert ahead(HONEST) is POOR
    assert player.played == [HONEST]


def test_so_many_are_played_at_a_time() -> None:
    both = threading.Barrier(2, timeout=20)

    def play(scenario: Scenario) -> Played:
        if scenario != HONEST:
            both.wait()
        return GOOD

    with closing(Ahead(play, [HONEST, REFRESH, FORGED], 2)) as ahead:
        assert [ahead(scenario) for scenario in (REFRESH, FORGED)] == [GOOD, GOOD]


def test_what_fails_ahead_fails_for_the_test_that_asks() -> None:
    def play(scenario: Scenario) -> Played:
        raise RuntimeError("no client")

    with closing(Ahead(play, [HONEST], 2)) as ahead, pytest.raises(RuntimeError, match="no client"):
        ahead(HONEST)


def test_the_logins_of_a_whole_run_are_foreseen_and_at_most_90(certificates: Path) -> None:
    with session_with(lambda context: None, certificates) as session:
        found = foreseen(cases(), catalogue(), session)

        assert session.observations == {}
    assert len(found) == len(set(found)) <= 90
    assert len(found) > 80
