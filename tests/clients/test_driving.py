"""Clients that are commands: they are driven to an end whatever they do, and nothing of ours leaks to them."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from conformance.bundled.reference_stages import Playhouse
from conformance.clients.commands import Output, _wait_for_news
from conformance.clients.endings import LONGEST_PAUSE
from conformance.clients.one_login import call
from conformance.clients.played import Played
from conformance.clients.serve import Serve
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.loading import parse_profile
from conformance.running.whole_run import open_session

ROOT = Path(__file__).resolve().parents[2]
PROFILE = """
[target]
name = "a command"
role = "client"
[driver]
command = [{python!r}, "-W", "ignore", "-m", "tests.clients.scripts", {habit!r}]
time_limit = {limit}
"""


def session_with(habit: str, certificates: Path, limit: float = 20) -> Session:
    text = PROFILE.format(python=sys.executable, habit=habit, limit=limit).replace("'", '"')
    profile = parse_profile(text, "the profile", folder=ROOT)
    return open_session(profile, open_house=partial(Playhouse, certificates))


@pytest.fixture
def played(request: pytest.FixtureRequest, certificates: Path) -> Iterator[Played]:
    """A login of a client with a habit."""
    habit, limit = request.param
    with closing(session_with(habit, certificates, limit)) as session:
        yield Serve(Trial(session)).attempt()


@pytest.mark.parametrize("played", [("opens", 20), ("prints", 20), ("opens-twice", 20)], indirect=True)
def test_a_client_logs_in_however_it_opens_the_browser(played: Played) -> None:
    assert played.has("served")
    assert len(played.all("start")) == 1
    assert played.ending.how == "succeeded"
    assert "close this window" in played.browser.pages[0].text


@pytest.mark.parametrize("played", [("goes", 20)], indirect=True)
def test_a_client_that_is_gone_behind_its_redirect_has_answered(played: Played) -> None:
    assert played.was_answered
    assert played.browser.pages[0].leads_to.endswith("/bye")
    assert played.browser.refused == []


def test_a_login_may_begin_at_a_page_of_the_clients_own(certificates: Path) -> None:
    with closing(session_with("own-page", certificates)) as session:
        login = Serve(Trial(session)).honest("second_login", times=2)
        mixed_up = Serve(Trial(session)).login("mix-up", "second_issuer")

    assert login.ending.how == "succeeded"
    assert [sent.request.header("Cookie") for sent in login.all("start")] == [None, None]
    assert len({sent.first("state") for sent in login.all("start")}) == 2
    assert [sent.is_sent_on for sent in mixed_up.sent_to_second if sent.endpoint == "authorization"] == [True]


def test_a_client_that_goes_on_after_its_page_is_not_cut_off(certificates: Path) -> None:
    with closing(session_with("slow", certificates)) as session:
        ending = Serve(Trial(session)).honest().ending

    assert ending.how == "succeeded"


def test_a_printed_url_is_opened_whatever_query_its_endpoint_has(certificates: Path) -> None:
    with closing(session_with("prints", certificates)) as session:
        played = Serve(Trial(session)).login("authorization-endpoint-with-query")

    assert played.has("served")


def test_printed_urls_of_either_server_are_read_out_of_their_sentence() -> None:
    first, second = "https://127.0.0.1:1/one/authorize?tenant=a", "https://127.0.0.1:1/two/authorize"
    output = Output((first, second))

    output.read([f"Go to ({first}&x=1).\n".encode(), f"then `{second}?y=2`\n".encode(), b"https://elsewhere?z=3\n"])

    assert output.urls == [f"{first}&x=1", f"{second}?y=2"]


@pytest.mark.parametrize("played", [("stays", 20)], indirect=True)
def test_a_client_that_runs_on_behind_its_page_is_ended(played: Played) -> None:
    assert played.has("served")
    assert played.ending.how == "answered"


@pytest.mark.parametrize("played", [("falls-silent", 20), ("leaves-a-child", 20)], indirect=True)
def test_the_end_of_the_process_counts_and_not_that_of_its_output(played: Played) -> None:
    assert played.has("served")
    assert played.ending.how == "succeeded"


def test_a_callable_that_never_comes_back_is_left_behind() -> None:
    let_go = threading.Event()

    ending = call(lambda context: let_go.wait(60), object(), 0.2)  # type: ignore[arg-type]

    let_go.set()
    assert ending.how == "timed out"


@pytest.mark.parametrize("played", [("hangs", 1)], indirect=True)
def test_a_client_that_hangs_is_ended_in_time(played: Played) -> None:
    assert played.ending.how == "timed out"


@pytest.mark.parametrize("played", [("crashes", 20)], indirect=True)
def test_a_client_that_crashes_has_refused(played: Played) -> None:
    assert played.ending.how == "refused"


@pytest.mark.parametrize("played", [("floods", 20)], indirect=True)
def test_of_a_flood_the_beginning_is_kept(played: Played) -> None:
    assert 0 < len(played.ending.output) <= 20_000


def test_a_command_gets_nothing_of_our_environment_but_what_is_named(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "hush")
    with closing(session_with("shows-environment", certificates)) as session:
        output = Serve(Trial(session)).attempt().ending.output

    assert "OAUTH2_ISSUER" in output
    assert "SECRET_OF_OURS" not in output


def test_time_in_which_the_suite_was_held_up_is_no_time_of_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 60.0])
    monkeypatch.setattr("conformance.clients.commands.time.perf_counter", lambda: next(moments))
    with subprocess.Popen(["true"]) as process:
        assert _wait_for_news(process, Output(())) <= LONGEST_PAUSE


def test_what_is_left_of_a_client_is_ended_with_it(certificates: Path) -> None:
    began = time.monotonic()
    with closing(session_with("hangs", certificates, 0.5)) as session:
        Serve(Trial(session)).attempt()

    assert time.monotonic() - began < 300
