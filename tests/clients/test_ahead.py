"""Logins that are played ahead: each once, so many at a time, and none that no test will ask for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.clients.ahead import Ahead
from conformance.clients.places import Place
from conformance.clients.played import Played
from conformance.clients.playing import Scenario
from conformance.running.foreseeing import foreseen_logins, ideal_login
from tests.clients.running import cases, catalogue, profile_of, session_with

HONEST, REFRESH = Scenario(), Scenario(frozenset({"refresh"}))
FORGED = Scenario(misbehaviors=("state-of-nobody",))
GOOD = ideal_login(profile_of().target)
POOR = replace(GOOD, stage=replace(GOOD.stage, arrived=[]))


@contextmanager
def taken(place: Place) -> Iterator[None]:
    """A process that has a place."""
    place.take()
    try:
        yield
    finally:
        place.leave()


class Player:
    """Plays as it is told, and notes what."""

    def __init__(self, plays: Callable[[Scenario], Played]) -> None:
        self.played: list[Scenario] = []
        self._plays = plays

    def __call__(self, scenario: Scenario, place: Place) -> Played:
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
    both = threading.Barrier(2, timeout=300)

    def play(scenario: Scenario, place: Place) -> Played:
        with taken(place):
            if scenario != HONEST:
                both.wait()
        return GOOD

    with closing(Ahead(play, [HONEST, REFRESH, FORGED], 2)) as ahead:
        assert [ahead(scenario) for scenario in (REFRESH, FORGED)] == [GOOD, GOOD]


def test_no_more_are_played_at_a_time() -> None:
    going: list[int] = []

    def play(scenario: Scenario, place: Place) -> Played:
        with taken(place):
            going.append(1)
            time.sleep(0.05)
            assert sum(going) <= 2
            going.append(-1)
        return GOOD

    many = [Scenario(misbehaviors=(str(number),)) for number in range(8)]
    with closing(Ahead(play, many, 2)) as ahead:
        assert [ahead(scenario) for scenario in many] == [GOOD] * 8


def test_one_that_is_only_waited_for_leaves_its_place_to_another() -> None:
    other_began = threading.Event()

    def play(scenario: Scenario, place: Place) -> Played:
        with taken(place):
            if scenario == FORGED:
                place.leave()
                assert other_began.wait(20)
            else:
                other_began.set()
        return GOOD

    with closing(Ahead(play, [FORGED, REFRESH], 1, lambda scenario: scenario == FORGED)) as ahead:
        assert ahead(FORGED) is GOOD


def test_what_takes_long_is_begun_before_the_rest() -> None:
    player = Player(lambda scenario: GOOD)
    others = [Scenario(misbehaviors=(str(number),)) for number in range(8)]
    with closing(Ahead(player, [*others, FORGED], 1, lambda scenario: scenario == FORGED)) as ahead:
        for scenario in others:
            ahead(scenario)
    assert player.played.index(FORGED) < player.played.index(others[-1])


def test_what_fails_ahead_fails_for_the_test_that_asks() -> None:
    def play(scenario: Scenario, place: Place) -> Played:
        raise RuntimeError("no client")

    with closing(Ahead(play, [HONEST], 2)) as ahead, pytest.raises(RuntimeError, match="no client"):
        ahead(HONEST)


def test_the_logins_of_a_whole_run_are_foreseen_and_at_most_90(certificates: Path) -> None:
    with session_with(lambda context: None, certificates) as session:
        found = foreseen_logins(cases(), catalogue(), session)

        assert session.observations == {}
    assert len(found) == len(set(found)) <= 90
    assert len(found) > 80
