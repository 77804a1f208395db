"""The manual driver: what it asks a person for, and what it makes of the answers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from conformance.base.outcomes import Inconclusive, Untested
from conformance.browser.drivers import UnusableDriver, check_driver
from conformance.browser.drivers.manual import ManualDriver
from conformance.browser.drivers.person import PersonAtBrowser
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.loading import read_profile
from conformance.profile.target import SignIn
from conformance.running.whole_run import open_session
from tests.harness.fakes import Answering, trial_with

LOGIN = "<form method=post><input name=username><input type=password name=password><button>Log in</button></form>"


@dataclass
class Scripted:
    """A person who answers from a list, `STATE` standing for the state of the next link."""

    answers: list[str]
    told: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        self.told.append(text)

    def answer(self, seconds: float) -> str | None:
        if not self.answers:
            return None
        states = re.findall(r"state=([\w-]+)", " ".join(text for text in self.told if "Open each" in text))
        used = getattr(self, "used", 0)
        said = self.answers.pop(0)
        if "STATE" in said:
            self.used = used + 1
            return said.replace("STATE", states[used])
        return said

    def listen(self, redirect_uri: str) -> bool:
        return False

    def close(self) -> None:
        pass


def server(method: str, path: str, parameters: dict[str, str]) -> Answering:
    """Asks everybody to sign in, after it has refused what is wrong."""
    if parameters.get("response_type") != "code":
        return 302, {"Location": "https://client.example/cb?error=unsupported_response_type"}, ""
    return 200, {}, LOGIN


def trial_of(*answers: str, most: int = 10) -> tuple[Trial, Scripted]:
    """A trial with a person."""
    trial = trial_with(server, sign_in=SignIn(driver="manual", most_approvals=most))
    person = Scripted(list(answers))
    trial.session.driver = ManualDriver(trial.target.sign_in, "alice", 60.0, person)
    return trial, person


CODE = "https://client.example/cb?code=code-number-{}&state=STATE"


def test_what_shows_without_a_person_asks_for_none() -> None:
    trial, person = trial_of()

    refused = trial.send.authorize(response_type="other")
    nobody = trial.send.authorize(user_agent=trial.given.nobodys_user_agent())

    assert refused.get("error") == "unsupported_response_type"
    assert nobody.destination is None
    assert person.told == []


def test_arranging_asks_for_several_at_once_says_how_many_and_uses_them_up() -> None:
    trial, person = trial_of(*(CODE.format(number) for number in range(3)), most=3)

    codes = [trial.given.authorization_code() for _ in range(3)]

    assert [code.value for code in codes] == ["code-number-0", "code-number-1", "code-number-2"]
    assert len({code.verifier for code in codes}) == 3
    assert all(code.state for code in codes)
    assert "at most 3 times" in person.told[0]
    assert sum("Open each" in text for text in person.told) == 1
    with pytest.raises(Untested, match="most_approvals"):
        trial.given.authorization_code()


def test_the_stimulus_of_a_test_is_asked_for_by_itself_and_unseen_details_stay_untested() -> None:
    trial, _ = trial_of(CODE.format(0))

    answer = trial.send.authorize()

    assert (answer.get("code"), answer.mechanism, answer.consented) == ("code-number-0", "hand", True)
    trial.expect(answer).carries("code")
    with pytest.raises(Untested, match="can't be seen"):
        trial.expect(answer.reply).has_status(302)
    assert "opened by a person; it ended at https://client.example/cb" in trial.exchanges[-1].failure


def test_what_makes_no_sense_is_asked_for_again() -> None:
    trial, person = trial_of("hello", "https://as.test/oauth/authorize?x=1", CODE.format(7))

    assert trial.send.authorize().get("code") == "code-number-7"
    assert sum("not where it ends" in text for text in person.told) == 2


def test_stuck_quit_and_silence() -> None:
    trial, _ = trial_of("stuck")
    stuck = trial.send.authorize()
    assert stuck.destination is None
    assert "the person found no way on" in str(stuck)
    trial, _ = trial_of("quit")
    with pytest.raises(Inconclusive, match="gave up"):
        trial.send.authorize()
    with pytest.raises(Untested, match="gave up"):
        trial.send.authorize()
    trial, _ = trial_of()
    with pytest.raises(Inconclusive, match="within 300 s"):
        trial.send.authorize()


@pytest.mark.parametrize("decision", ["approve", "DECLINE"])
def test_the_link_says_what_to_decide(decision: str) -> None:
    trial, person = trial_of(CODE.format(1))

    trial.send.authorize(decision=decision.lower())

    assert f"and {decision}" in person.told[1]


def test_what_no_person_can_do_is_untested() -> None:
    trial, _ = trial_of()
    for attempt in (
        lambda: trial.send.authorize(method="POST"),
        lambda: trial.send.authorize(decision="wait"),
        lambda: trial.send.authorization(trial.send.authorization_request(), headers=[("X-Odd", "1")]),
    ):
        with pytest.raises(Untested, match="another driver"):
            attempt()


def test_a_redirect_to_this_machine_is_caught_with_its_fragment() -> None:
    person = PersonAtBrowser()
    uri = "http://127.0.0.1:48371/cb"
    assert person.listen(uri)
    assert not person.listen("https://client.example/cb")
    try:
        page = httpx.get(f"{uri}?code=1&state=s", trust_env=False)
        httpx.get(uri, trust_env=False)
        httpx.post(uri, content="#access_token=t&state=s", trust_env=False)
        assert "You can close this page" in page.text
        assert person.answer(5) == f"{uri}?code=1&state=s"
        assert person.answer(5) == f"{uri}#access_token=t&state=s"
    finally:
        person.close()


def test_without_a_terminal_or_a_port_to_listen_on_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.browser.drivers.manual.open_terminal", lambda: None)
    trial, _ = trial_of()

    with pytest.raises(UnusableDriver, match="needs a terminal"):
        check_driver(trial.target)


# The whole command


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Profiles of one running reference server: with the driver `manual`, and with `form`."""
    folder = tmp_path_factory.mktemp("manual")
    command = [sys.executable, "-m", "reference_server", "--announce", "--exit-with-stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        announced = json.loads(server.stdout.readline())
        for driver in ("manual", "form"):
            text = f'{announced["profile"]}\n[sign_in]\ndriver = "{driver}"\npatience = 60\n'
            (folder / f"{driver}.toml").write_text(text)
        yield folder / "manual.toml", folder / "form.toml"


def command(profile: Path, folder: Path) -> list[str]:
    """A run of one requirement that needs an approval."""
    only = ("--only", "rfc6749-4.1.2-reused-code-denied")
    return [sys.executable, "-m", "conformance.cli", "run", str(profile), "--reports", str(folder), *only]


def test_no_terminal_is_exit_code_4(profiles: tuple[Path, Path], tmp_path: Path) -> None:
    done = subprocess.run(
        command(profiles[0], tmp_path), stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True
    )

    assert done.returncode == 4
    assert "needs a terminal to paste redirects into" in done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="terminals of another kind")
def test_a_person_at_a_terminal(profiles: tuple[Path, Path], tmp_path: Path) -> None:
    """A stand-in for the person opens the links with the form driver, and pastes where they end."""
    import pty

    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, command(profiles[0], tmp_path))
    session = open_session(read_profile(profiles[1]))
    try:
        seen, opened = "", 0
        while told := heard(terminal):
            seen += told
            urls = re.findall(r"\d\. (https://\S+)(?=\r?\n)", seen)
            for url in urls[opened:]:
                os.write(terminal, f"{ended(session, url)}\n".encode())
            opened = len(urls)
    finally:
        session.close()
    _, status = os.waitpid(child, 0)
    content = json.loads((tmp_path / "latest" / "results.json").read_text())
    verdicts = {each["id"]: each["verdict"] for each in content["requirements"]}

    assert os.waitstatus_to_exitcode(status) == 0, seen
    assert verdicts["rfc6749-4.1.2-reused-code-denied"] == "passed"
    assert "Sign in as" in seen
    assert "code=" not in json.dumps(content["exchanges"]).replace("code={", "")


def ended(session: Session, url: str) -> str:
    """Where a link ends for the demo account."""
    sent = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    client = next(each for each in session.target.clients.values() if each.client_id == sent["client_id"])
    answer = Trial(session).send.authorize(client, state=sent["state"], code_challenge=sent["code_challenge"])
    assert answer.destination is not None
    return answer.destination


def heard(terminal: int) -> str:
    """What the terminal shows next; empty at its end."""
    try:
        return os.read(terminal, 65536).decode("utf-8", "replace")
    except OSError:
        return ""
