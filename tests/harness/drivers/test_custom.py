"""A driver of the user's own: what it gets, what its result means, and whose its faults are."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.browser.drivers import UnusableDriver, make_driver
from conformance.harness.trial import Trial
from conformance.profile.target import SignIn
from tests.harness.fakes import Answering, trial_with

BACK = "https://client.example/cb?code=a-code-value&state=s"
GOOD = """
def drive(context):
    assert context.url.startswith("https://as.test/oauth/authorize?")
    assert context.decision in ("approve", "decline")
    page = context.read()
    reply = context.submit("/session", {"user": context.username, "key": context.password, "csrf": page.text})
    context.signed_in = reply.status == 303
    context.consented = True
    end = context.follow(reply)
    return end if isinstance(end, str) else None
"""


def server(method: str, path: str, parameters: dict[str, str]) -> Answering:
    """An API to sign in by, behind a page that no form driver understands."""
    match path:
        case "/oauth/authorize":
            return 200, {"Set-Cookie": "browser=b-cookie-value; Path=/"}, "<p>csrf-of-page</p>"
        case "/session" if parameters == {"user": "alice", "key": "alice-password", "csrf": "csrf-of-page"}:
            return 303, {"Location": "/go"}, ""
        case "/go":
            return 302, {"Location": BACK}, ""
    return 403, {}, "<p>no</p>"


def trial_of(source: str, folder: Path, name: str) -> Trial:
    """A trial with a driver module beside the profile. Each test has a name of its own: modules are imported once."""
    (folder / f"{name}.py").write_text(textwrap.dedent(source))
    return trial_with(server, sign_in=SignIn(driver=f"{name}:drive", folder=str(folder)))


def test_it_takes_the_user_agent_to_the_client(tmp_path: Path) -> None:
    trial = trial_of(GOOD, tmp_path, "driver_that_works")

    answer = trial.send.authorize()

    assert (answer.destination, answer.mechanism) == (BACK, "Location")
    assert (answer.signed_in, answer.consented) == (True, True)
    assert [exchange.request.method for exchange in trial.exchanges] == ["GET", "POST", "GET"]
    assert trial.exchanges[1].request.header("Cookie") == "browser=b-cookie-value"


def test_it_may_stay_on_a_page(tmp_path: Path) -> None:
    trial = trial_of("def drive(context): return None", tmp_path, "driver_that_stays")

    answer = trial.send.authorize()

    assert answer.destination is None
    assert "driver_that_stays:drive left it there" in str(answer)
    assert len(answer.pages) == 1


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("raises", "raise KeyError(context.password)", r"failed:\n(.*\n)*KeyError"),
        ("exits", "raise SystemExit(3)", "SystemExit: 3"),
        ("returns_number", "return 7", "returned 7: a URL or None is due"),
        ("stays_inside", "return 'https://as.test/x'", "which is inside the target"),
        ("goes_elsewhere", "context.open('https://evil.example/')", "requests go to the profile's hosts only"),
        ("returns_reply", "return context.send('GET', '/session')", "a URL or None is due"),
    ],
)
def test_its_faults_make_nothing_but_inconclusive(tmp_path: Path, name: str, body: str, reason: str) -> None:
    trial = trial_of(f"def drive(context): {body}", tmp_path, f"driver_that_{name}")

    with pytest.raises(Inconclusive, match=reason) as raised:
        trial.send.authorize()

    if name == "raises":
        assert f"{tmp_path}/driver_that_raises.py" in str(raised.value)
        assert "conformance/harness" not in str(raised.value)


@pytest.mark.parametrize(
    ("driver", "reason"),
    [
        ("no_such_module:drive", "can't be imported"),
        ("json:no_such_name", "can't be imported"),
        ("json:__name__", "is not a callable"),
    ],
)
def test_a_driver_that_is_not_there_is_said_before_the_run(driver: str, reason: str) -> None:
    trial = trial_with(server, sign_in=SignIn(driver=driver))

    with pytest.raises(UnusableDriver, match=reason):
        make_driver(trial.target)
