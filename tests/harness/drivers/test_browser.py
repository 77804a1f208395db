"""The browser driver: in a real browser, against pages that need one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pytest

from conformance.browser.drivers import UnusableDriver, check_driver
from conformance.browser.drivers.browser import BrowserDriver, find_browser
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.loading import parse_profile
from conformance.profile.target import SignIn
from conformance.running.whole_run import open_session
from conformance.wire.evidence import rendered
from conformance.wire.exchange import Exchange
from tests.harness.fakes import Answering, Handler

pytest.importorskip("playwright")
SCRIPTED = "tests.harness.drivers.javascript_server"
PREVENTED = "rfc9700-4.16-clickjacking-prevented"
needs_browser = pytest.mark.skipif(find_browser(None) is None, reason="no Chromium or Chrome is installed")

PROFILE = """
[target]
name = "pages"
base_url = "{base}"
[clients.confidential]
client_id = "client"
client_secret = "client-secret-value"
redirect_uris = ["https://client.example/cb", "com.example.app:/cb"]
scopes = ["one"]
[resource_owner]
username = "alice"
password = "alice-password"
[features]
grants = ["authorization_code", "implicit"]
[sign_in]
driver = "browser"
patience = 4
"""
BACK = "https://client.example/cb?code=a-code-value&state=s#x=%20y"
LOGIN = """<form method=post action="/login"><input name=username><input type=password name=password>
<button>Log in</button></form>"""
CONSENT = """<form method=post action="/decide"><button name=d value=yes>Allow</button>
<button name=d value=no>Deny</button></form>"""
BY_FETCH = """<div id=app></div><script>
app.innerHTML = '<button id=y>Allow</button><button id=n>Deny</button>';
const decide = async body => (await (await fetch("/api/decide", {method: "PUT", body})).json()).to;
y.onclick = async () => { location.href = await decide("yes") };
n.onclick = async () => { location.href = await decide("no") };
</script>"""


class Pages:
    """What a small server answers, and what it was asked."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle
        self.asked: list[tuple[str, str]] = []


@contextmanager
def serving(pages: Pages) -> Iterator[str]:
    """The server on a free port of this machine; yields its base URL."""

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            pages.asked.append((self.command, parts.path))
            parameters = dict(parse_qsl(f"{parts.query}&{body}", keep_blank_values=True))
            parameters["cookie"] = self.headers.get("Cookie", "")
            parameters["body"] = body
            status, headers, text = pages.handle(self.command, parts.path, parameters)
            self.send_response(status)
            content = text.encode()
            for name, value in {"Content-Type": "text/html", **headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = answer

        def log_message(self, format: str, *arguments: object) -> None:
            """Tests read no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Pages, Session]]:
    """One browser for all tests of this module: what the server answers changes with each."""
    pages = Pages(lambda *_: (404, {}, ""))
    with serving(pages) as base:
        session = open_session(parse_profile(PROFILE.format(base=base), "pages.toml"))
        yield pages, session
        session.close()


@pytest.fixture
def drive(place: tuple[Pages, Session]) -> Callable[[Handler], tuple[Trial, Pages]]:
    """A trial against pages, with a user agent that has seen nothing yet."""

    def driven(handle: Handler) -> tuple[Trial, Pages]:
        pages, session = place
        pages.handle, pages.asked = handle, []
        session.user_agents.clear()
        return Trial(session), pages

    return driven


Drive = Callable[[Handler], tuple[Trial, Pages]]


def site(pages: dict[str, str | Answering | Callable[[dict[str, str]], Answering]]) -> Handler:
    """A server that signs alice in; after that, the given pages."""

    def handle(method: str, path: str, sent: dict[str, str]) -> Answering:
        own = pages.get(path)
        if own is not None:
            return (200, {}, own) if isinstance(own, str) else own(sent) if callable(own) else own
        if path == "/oauth/authorize":
            return (200, {}, CONSENT) if "session=alice" in sent["cookie"] else (200, {}, LOGIN)
        if path == "/login" and sent.get("password") == "alice-password":
            return 303, {"Location": "/oauth/authorize", "Set-Cookie": "session=alice; HttpOnly"}, ""
        if path == "/decide":
            return 302, {"Location": BACK if sent.get("d") == "yes" else "https://client.example/cb?error=no"}, ""
        return 404, {}, "not here"

    return handle


@needs_browser
def test_plain_pages_work_as_with_forms_and_the_location_is_exact(drive: Drive) -> None:
    trial, pages = drive(site({}))

    first, second, no = trial.send.authorize(), trial.send.authorize(), trial.send.authorize(decision="decline")

    assert (first.destination, first.mechanism, first.signed_in, first.consented) == (BACK, "Location", True, True)
    assert not second.signed_in
    assert no.get("error") == "no"
    assert [path for method, path in pages.asked if path == "/login"] == ["/login"]
    recorded = {urlsplit(exchange.request.url).path for exchange in trial.exchanges}
    assert recorded >= {"/oauth/authorize", "/login", "/decide"}
    assert not any("client.example" in urlsplit(exchange.request.url).netloc for exchange in trial.exchanges)


@needs_browser
def test_a_decision_by_fetch_and_a_script_that_leaves(drive: Drive) -> None:
    def decide(sent: dict[str, str]) -> Answering:
        to = BACK if sent["body"] == "yes" else "com.example.app:/cb?error=no"
        return 200, {"Content-Type": "application/json"}, json.dumps({"to": to})

    trial, _ = drive(site({"/oauth/authorize": BY_FETCH, "/api/decide": decide}))

    yes, no = trial.send.authorize(), trial.send.authorize(decision="decline")

    assert (yes.destination, yes.mechanism, yes.consented) == (BACK, "script", True)
    assert (no.destination, no.mechanism) == ("com.example.app:/cb?error=no", "script")
    assert trial.send.decision_form(yes.pages[-1], trial.given.user_agent()) is None


@needs_browser
@pytest.mark.parametrize(
    ("page", "mechanism"),
    [
        (f'<meta http-equiv="refresh" content="0; url={BACK}">', "refresh"),
        (
            f'<form method=post action="{BACK}"></form><script>document.forms[0].submit()</script>',
            "self-submitting form",
        ),
        (f'<script>setTimeout(() => location.replace("{BACK}"), 300)</script>', "script"),
        (f'<a href="{BACK}">Continue</a>', "link"),
    ],
    ids=["refresh", "form", "script", "link"],
)
def test_every_way_back_is_seen_and_none_is_gone(drive: Drive, page: str, mechanism: str) -> None:
    trial, _ = drive(site({"/oauth/authorize": page}))

    answer = trial.send.authorize()

    assert (answer.destination, answer.mechanism) == (BACK, mechanism)


@needs_browser
def test_only_a_form_that_is_seen_to_be_sent_as_it_stands_counts_as_one(drive: Drive) -> None:
    consent = CONSENT.replace("/decide", "/elsewhere")
    trial, _ = drive(site({"/oauth/authorize": consent, "/elsewhere": (302, {"Location": BACK}, "")}))
    page = trial.send.authorize(decision="wait").reply

    before = trial.send.decision_form(page, trial.given.user_agent())
    trial.send.authorize()
    after = trial.send.decision_form(page, trial.given.user_agent())

    assert before is None
    assert after is not None
    assert ("d", "yes") in after[1]


@needs_browser
def test_cookies_of_scripts_are_sent_and_kept(drive: Drive) -> None:
    page = "<script>document.cookie = 'seen=by-script; path=/'; location.href = '/second'</script>"
    trial, _ = drive(site({"/oauth/authorize": page, "/second": lambda sent: (200, {}, f"<p>{sent['cookie']}</p>")}))

    answer = trial.send.authorize()

    assert "seen=by-script" in answer.reply.text
    assert "seen" in trial.given.user_agent().cookies.names(answer.reply.request.url)


@needs_browser
def test_other_hosts_are_blocked_and_named_and_a_picture_shows_where_it_is_stuck(drive: Drive) -> None:
    page = """<h1>Nothing to press</h1><script src="https://cdn.example/app.js"></script>
    <script>fetch("https://metrics.example/")</script>"""
    trial, _ = drive(site({"/oauth/authorize": page}))

    answer = trial.send.authorize()

    assert answer.destination is None
    assert "Nothing to press" in answer.stuck
    assert "cdn.example, metrics.example" in answer.stuck
    failures = [exchange.failure for exchange in trial.exchanges if exchange.failure]
    assert any("cdn.example is not a host of the profile" in failure for failure in failures)
    pictured = [exchange for exchange in trial.exchanges if exchange.picture]
    assert len(pictured) == 1
    assert shown(trial, pictured[0])["picture"].startswith("data:image/jpeg;base64,/9j/")


def shown(trial: Trial, exchange: Exchange) -> dict[str, str]:
    """An exchange as it goes into results.json."""
    return rendered(exchange, trial.session.redactor)


@needs_browser
def test_a_page_that_goes_on_while_it_asks_for_more_is_no_fault(drive: Drive) -> None:
    restless = """<h1>Wait</h1><script>setInterval(() => fetch("/more"), 20);
    setTimeout(() => { location.href = "/oauth/consent" }, 300)</script>"""
    pages = {"/oauth/authorize": restless, "/more": "more", "/oauth/consent": CONSENT}
    trial, _ = drive(site(dict(pages)))

    answers = [trial.send.authorize(user_agent=trial.given.user_agent(fresh=True)) for _ in range(3)]

    assert [answer.destination for answer in answers] == [BACK] * 3


@needs_browser
def test_a_page_that_leads_nowhere_is_the_answer_and_menus_are_left_alone(drive: Drive) -> None:
    menu = """<nav><a href="/portal">Back to the portal</a><a href="/help">Help</a></nav>"""
    by_script = (
        f"""<main></main><script>document.querySelector("main").innerHTML = "<p>No such scope.</p>";</script>{menu}"""
    )
    failed = (400, {}, f"<p>No such scope.</p><script>1</script>{menu}<button>Menu</button>")
    trial, pages = drive(site({"/oauth/authorize": by_script, "/portal": CONSENT}))
    plain = trial.send.authorize()
    trial, more = drive(site({"/oauth/authorize": failed, "/portal": CONSENT}))
    error = trial.send.authorize()

    assert [(answer.destination, answer.stuck) for answer in (plain, error)] == [(None, "")] * 2
    assert "that says 'No such scope." in str(plain)
    assert not any(path == "/portal" for _, path in (*pages.asked, *more.asked))


@needs_browser
def test_static_files_are_kept_for_all_windows_unless_they_are_somebodys_own(drive: Drive) -> None:
    page = '<script src="/app.js"></script><script src="/own.js"></script>' + CONSENT
    script = {"Content-Type": "text/javascript", "Cache-Control": "no-cache", "ETag": '"1"'}
    files = {"/app.js": (200, script, "1"), "/own.js": (200, {**script, "Cache-Control": "private"}, "1")}
    trial, pages = drive(site({"/oauth/authorize": page, **files}))

    for _ in range(2):
        trial.send.authorize(user_agent=trial.given.user_agent(fresh=True))

    assert pages.asked.count(("GET", "/app.js")) == 1
    assert pages.asked.count(("GET", "/own.js")) == 2


@needs_browser
def test_a_wrong_password_in_a_single_page_is_sent_once(drive: Drive) -> None:
    page = """<p id=p></p><label>User <input id=u></label><input type=password id=w><button id=b>Sign in</button>
    <script>b.onclick = async () => {
      await fetch("/session", {method: "POST"});
      p.textContent = "Wrong password";
    }</script>"""
    trial, pages = drive(site({"/oauth/authorize": page, "/session": (401, {}, "")}))

    answer = trial.send.authorize()

    assert "refused to sign in [resource_owner]" in answer.stuck
    assert pages.asked.count(("POST", "/session")) == 1


@needs_browser
def test_a_button_that_cannot_be_reached_is_said_and_counts_as_no_sign_in(drive: Drive) -> None:
    covered = f'{LOGIN}<div style="position: fixed; inset: 0"></div>'
    trial, pages = drive(site({"/oauth/authorize": covered}))
    answer = trial.send.authorize(trial.target.client("confidential"))
    assert answer.stuck.startswith("'Log in' can't be pressed: ")
    assert not answer.signed_in
    assert ("POST", "/login") not in pages.asked


@needs_browser
def test_a_server_that_falls_silent_is_inconclusive_not_a_fault(drive: Drive) -> None:
    from conformance.base.outcomes import Inconclusive

    trial, _ = drive(site({"/oauth/authorize": '<script>location = "http://127.0.0.1:9/gone"</script>'}))

    assert trial.send.authorize().destination == "http://127.0.0.1:9/gone"
    trial, _ = drive(site({"/login": lambda sent: (_ for _ in ()).throw(ConnectionError)}))
    with pytest.raises(Inconclusive, match="no answer to POST"):
        trial.send.authorize()


def test_a_missing_browser_or_library_is_said_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnusableDriver, match="there is no browser /nowhere/chrome"):
        BrowserDriver.prepared(SignIn(driver="browser", browser="/nowhere/chrome"))
    monkeypatch.setattr("conformance.browser.drivers.browser.find_spec", lambda name: None)
    target = parse_profile(PROFILE.format(base="http://127.0.0.1:1"), "pages.toml").target
    with pytest.raises(UnusableDriver, match="pip install playwright"):
        check_driver(target)


def test_a_browser_that_does_not_start_is_said_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "chrome"
    broken.write_text("#!/bin/sh\nexit 7\n")
    broken.chmod(0o755)

    with pytest.raises(UnusableDriver, match="can't be started"):
        BrowserDriver.prepared(SignIn(driver="browser", browser=str(broken)))


@needs_browser
def test_the_suite_judges_pages_of_javascript_as_it_judges_plain_ones(tmp_path: Path) -> None:
    """A slice of the suite with sign-in, consent, refusal and forged decisions: the same verdicts as with forms."""
    one_each = ("rfc6749-3.1-failed-sign-in-grants-nothing", "rfc6749-4.1.2-reused-code-denied")
    selected = ("rfc6749-4.1.2.1", "rfc6749-10.12", *one_each)
    plain = verdicts("reference_server", "form", selected, tmp_path)
    scripted = verdicts(SCRIPTED, "browser", selected, tmp_path)

    assert scripted == plain
    assert set(plain.values()) <= {"passed", "noted", "vacuous"}
    assert len(plain) > 20


@needs_browser
@pytest.mark.parametrize(("by", "verdict"), [("header", "passed"), ("script", "passed"), ("none", "failed")])
def test_whether_scripts_keep_a_page_out_of_frames_shows_in_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, verdict: str
) -> None:
    monkeypatch.setenv("FRAMES", by)

    assert verdicts(SCRIPTED, "browser", (PREVENTED,), tmp_path, code=verdict == "failed") == {PREVENTED: verdict}


def verdicts(module: str, driver: str, selected: tuple[str, ...], folder: Path, code: int = 0) -> dict[str, str]:
    """The verdicts of a run against a server that a module serves, judged by RFC 9700 too; its exit code is `code`."""
    command = [sys.executable, "-m", module, "--plain", "--control", "--announce", "--exit-with-stdin"]
    profile = folder / f"{driver}.toml"
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        announced = json.loads(server.stdout.readline())["profile"].replace('"core", ', '"core", "security-bcp", ')
        profile.write_text(f'{announced}\n[sign_in]\ndriver = "{driver}"\npatience = 20\n')
        only = [word for name in selected for word in ("--only", name)]
        run = [
            sys.executable,
            "-m",
            "conformance.cli",
            "run",
            str(profile),
            "--reports",
            str(folder / driver),
            "--unchecked",
            *only,
        ]
        done = subprocess.run(run, capture_output=True, text=True, timeout=400, check=False)
        assert done.returncode == code, done.stdout + done.stderr
    beside = ("untested", "untestable", "not applicable")
    content = json.loads((folder / driver / "latest" / "results.json").read_text())
    return {each["id"]: each["verdict"] for each in content["requirements"] if each["verdict"] not in beside}
