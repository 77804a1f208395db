"""The form driver on its way: what it follows, what it sends, and why it stops, in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.browser.answer import Answer
from conformance.harness.trial import Trial
from conformance.procedures.asking import certain_refusal
from conformance.profile.target import SignIn, SignInStep
from tests.harness.fakes import Answering, Handler, trial_with

BACK = "https://client.example/cb?code=a-code-value&state=s"
LOGIN = """<title>Log in</title><form method=post action="/login"><input name=username>
<input type=password name=password><button>Log in</button></form>"""
CONSENT = """<form method=post action="/decide"><button name=d value=yes>Allow</button>
<button name=d value=no>Deny</button></form>"""
SELF_SUBMITTING = """<form method=post action="/form"><input type=hidden name=SAMLRequest value=x></form>
<script>document.forms[0].submit()</script>"""
SHELL = '<div id="root"></div><script src="/app.js"></script>'


def server(pages: dict[str, str | Answering | Callable[[dict[str, str]], Answering]]) -> Handler:
    """A server from what it answers at each path."""

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        page = pages.get(path, (404, {}, "nothing here"))
        if isinstance(page, str):
            return 200, {}, page
        return page(parameters) if callable(page) else page

    return handle


def decided(parameters: dict[str, str]) -> Answering:
    """The end, as the decision has it."""
    end = BACK if parameters.get("d") == "yes" else "https://client.example/cb?error=access_denied"
    return 302, {"Location": end}, ""


def checked(parameters: dict[str, str]) -> Answering:
    """The consent page for the right password, else the sign-in page with a complaint."""
    good = parameters.get("password") == "alice-password" and parameters.get("username") == "alice"
    return 200, {}, CONSENT if good else f"<p>Invalid credentials.</p>{LOGIN}"


def stuck(trial: Trial, decision: str = "approve") -> Answer:
    """An answer that stays on a page and says why."""
    answer = trial.send.authorize(decision=decision)
    assert answer.destination is None
    assert answer.stuck in str(answer)
    return answer


@pytest.mark.parametrize(
    "first",
    [
        '<meta http-equiv="refresh" content="0; url=/form">',
        '<script>window.location = "/form"</script>',
        SELF_SUBMITTING,
        (302, {"Location": "/form"}, ""),
        (200, {"Refresh": "0; url=/form"}, ""),
    ],
    ids=["meta refresh", "script", "self-submitting form", "redirect", "Refresh header"],
)
def test_ways_inside_the_target_are_followed(first: str | Answering) -> None:
    trial = trial_with(server({"/oauth/authorize": first, "/form": LOGIN, "/login": checked, "/decide": decided}))

    assert trial.send.authorize().destination == BACK
    assert trial.send.authorize(decision="decline").get("error") == "access_denied"


def test_a_page_of_another_encoding_gets_its_own_bytes_back() -> None:
    page = '<form method=post action="/login"><input name=ünser value="ä€"><button>OK</button></form>'
    trial = trial_with(server({"/oauth/authorize": (200, {"Content-Type": "text/html; charset=iso-8859-1"}, page)}))
    # The stand-in server writes UTF-8, so what Latin-1 makes of it is what the page says.
    trial.send.authorize()

    sent = trial.exchanges[-1].request
    assert sent.body.isascii()
    assert b"%C3%BCnser=%C3%A4%E2" in sent.body


def test_a_multipart_form_is_sent_as_such() -> None:
    page = '<form method=post enctype="multipart/form-data"><input name=a value=1><button>OK</button></form>'
    trial = trial_with(server({"/oauth/authorize": page}))

    trial.send.authorize()

    sent = trial.exchanges[-1].request
    assert (sent.header("Content-Type") or "").startswith("multipart/form-data; boundary=")
    assert b'name="a"\r\n\r\n1\r\n' in sent.body


def test_a_form_by_get_replaces_the_query_of_its_action() -> None:
    page = '<form action="/go?old=1"><input type=hidden name=a value=1><button name=b value=2>Allow</button></form>'
    trial = trial_with(server({"/oauth/authorize": page}))

    trial.send.authorize()

    assert trial.exchanges[-1].request.url == "https://as.test/go?a=1&b=2"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (SHELL, 'needs JavaScript: use driver = "browser"'),
        ("<noscript>Please enable JavaScript</noscript><script>go()</script>", "needs JavaScript"),
        ('<div id=app></div><script>go.onclick = () => location.assign("/x?" + y)</script>', "needs JavaScript"),
        ('<div class="g-recaptcha" data-sitekey="k"></div><p>Are you a robot?</p>', "captcha"),
        (
            "<form method=post><label>Verification code <input name=x></label><button>Verify</button></form>",
            "one-time code",
        ),
        ("<form method=post><input type=password name=a><input type=password name=b></form>", "new password"),
        ("<form method=post><button>Foo</button><button>Bar</button></form>", "'Foo', 'Bar'"),
        ("<p>No access.</p><a href=/more>Continue</a>", "no button of the page surely approves"),
        ("<p>No access.</p><a href=/login>Log in</a>", "no button of the page surely approves"),
        ("<p>No access.</p><script>later()</script>" + "<p>Really none. </p>" * 20, "may come from its scripts"),
        ("<p>No access.</p>" + "<p onclick='more()'>Really none. </p>" * 20, "may come from its scripts"),
        ('<p>No access.</p><meta http-equiv="refresh" content="5; url=/oauth/authorize">', "moves on by itself"),
        ((403, {}, '<div class="cf-turnstile"></div>'), "captcha"),
        (
            (401, {}, LOGIN.replace("name=password", "name=a").replace("<button>", "<input type=password name=b>")),
            "new",
        ),
    ],
)
def test_it_says_why_it_is_stuck_and_what_the_page_says(page: str | Answering, reason: str) -> None:
    assert reason in stuck(trial_with(server({"/oauth/authorize": page}))).stuck


@pytest.mark.parametrize(
    "page",
    [
        "<p>Your account has no access to this application.</p>",
        (403, {}, "<p>Blocked by policy 17</p>"),
        (400, {}, "<p>Bad request</p><script>track()</script><form method=post><button>Menu</button></form>"),
        (501, {}, "<p>No such response type</p>"),
        (400, {"Content-Type": "application/json"}, '{"error": "invalid_scope"}'),
        (200, {"Content-Type": "application/json"}, '{"error": "invalid_scope"}'),
        '<p>No such scope.</p><a href="/portal">Back to the portal</a> <a href="/imprint">Imprint</a>',
        '<p>No such scope.</p><a href="/">Go Home</a> <a href="https://docs.example/errors">Ask AI</a>',
        '<p>No such scope.</p><form action="/search"><input type=search name=q><button>Go</button></form>',
        '<p>No such scope.</p><form method=post action="/logout"><button>Log out</button></form>',
        '<p>No such scope.</p><script type="application/ld+json">{"@type": "WebPage"}</script>',
    ],
)
def test_a_page_that_leads_nowhere_is_the_answer(page: str | Answering) -> None:
    answer = stuck(trial_with(server({"/oauth/authorize": page})))

    assert answer.stuck == ""
    assert "that says " in str(answer)


def test_a_throttled_answer_is_none() -> None:
    trial = trial_with(server({"/oauth/authorize": (429, {}, "<p>Too many requests.</p>")}))
    trial.throttling_shows = True

    assert "status 429" in stuck(trial).stuck


@pytest.mark.parametrize("status", [200, 201, 304, 400])
def test_a_location_beside_another_status_is_called_what_it_is(status: int) -> None:
    answer = stuck(trial_with(server({"/oauth/authorize": (status, {"Location": BACK}, "")})))

    assert answer.misses_redirect
    assert f"status {status} with a Location, {BACK}, to which this status sends no browser" in str(answer)


def test_a_wrong_password_is_sent_once_and_reported_with_the_account() -> None:
    trial = trial_with(server({"/oauth/authorize": LOGIN, "/login": lambda sent: (200, {}, f"<p>Invalid!</p>{LOGIN}")}))

    answer = stuck(trial)

    assert "refused to sign in [resource_owner]" in answer.stuck
    assert "Invalid!" in answer.stuck
    assert sum(exchange.request.method == "POST" for exchange in trial.exchanges) == 1


def test_a_sign_in_page_that_comes_back_without_a_word_is_tried_again() -> None:
    tries: list[int] = []

    def second_time(sent: dict[str, str]) -> Answering:
        tries.append(1)
        return (200, {}, LOGIN) if len(tries) == 1 else checked(sent)

    trial = trial_with(server({"/oauth/authorize": LOGIN, "/login": second_time, "/decide": decided}))

    assert trial.send.authorize().destination == BACK


def test_pressing_the_same_button_for_nothing_ends() -> None:
    trial = trial_with(server({"/oauth/authorize": CONSENT, "/decide": CONSENT}))

    assert "'Allow' leads back to the same page" in stuck(trial).stuck


def test_waiting_and_nobody_are_not_stuck() -> None:
    trial = trial_with(server({"/oauth/authorize": LOGIN, "/login": checked}))

    assert stuck(trial, "wait").stuck == ""
    assert trial.send.authorize(user_agent=trial.given.nobodys_user_agent()).stuck == ""


def test_a_sign_in_on_a_strange_host_says_what_to_add() -> None:
    trial = trial_with(server({"/oauth/authorize": (302, {"Location": "https://login.as.test/start?x=1"}, "")}))

    answer = trial.send.authorize()

    assert answer.destination == "https://login.as.test/start?x=1"
    assert "add its origin to `hosts` under [sign_in]: https://login.as.test" in str(answer)


def test_a_script_on_a_page_that_asks_for_something_may_speak_of_other_places() -> None:
    page = f'{LOGIN}<script>function help() {{ location.href = "https://docs.example/help" }}</script>'
    trial = trial_with(server({"/oauth/authorize": page, "/login": checked, "/decide": decided}))

    assert trial.send.authorize().destination == BACK


# Explicit steps

ORGANIZATION = """<p>Choose your organization</p><form method=post action="/org"><input name=org>
<input type=radio name=kind value=staff>Staff<input type=radio name=kind value=guest>Guest
<label><input type=checkbox name=news checked> News</label>
<button>Foo</button><button name=go value=1>Bar</button></form>"""
NUMBERED = """<form method=post action="/decide"><button name=d value=yes>1</button>
<button name=d value=no>2</button></form>"""


def test_a_step_of_the_profile_is_taken_on_its_page_and_the_rest_is_guessed() -> None:
    sent: list[dict[str, str]] = []

    def organization(parameters: dict[str, str]) -> Answering:
        sent.append(parameters)
        return 200, {}, LOGIN

    fill: dict[str, str | bool] = {"org": "acme", "kind": "guest", "News": False}
    step = SignInStep(page="*/oauth/authorize*", text="your ORGANIZATION", fill=fill, press="bar")
    sign_in = SignIn(steps=(SignInStep(page="/elsewhere", press="x"), step))
    pages = {"/oauth/authorize": ORGANIZATION, "/org": organization, "/login": checked, "/decide": decided}
    trial = trial_with(server(pages), sign_in=sign_in)

    assert trial.send.authorize().destination == BACK
    assert sent == [{"org": "acme", "kind": "guest", "go": "1"}]


def test_a_step_signs_in_and_another_decides() -> None:
    odd = '<form method=post action="/login"><input name=x1><input name=x2><button>Foo</button></form>'

    def odd_sign_in(parameters: dict[str, str]) -> Answering:
        good = (parameters.get("x1"), parameters.get("x2")) == ("alice", "alice-password")
        return 200, {}, NUMBERED if good else odd

    steps = (
        SignInStep(page="/oauth/authorize", fill={"x1": "{username}", "x2": "{password}"}),
        SignInStep(page="/login", decision="approve", press="1"),
        SignInStep(page="/login", decision="decline", press="2"),
    )
    trial = trial_with(
        server({"/oauth/authorize": odd, "/login": odd_sign_in, "/decide": decided}), sign_in=SignIn(steps=steps)
    )

    yes, no = trial.send.authorize(), trial.send.authorize(decision="decline")

    assert (yes.destination, yes.signed_in, yes.consented) == (BACK, True, True)
    assert (no.get("error"), no.consented) == ("access_denied", True)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (SignInStep(page="/oauth", fill={"tenant": "x"}, press="Log in"), "no field is called 'tenant'"),
        (SignInStep(page="/oauth", press="Weiter"), "no button or link is called 'Weiter'"),
        (SignInStep(page="/oauth", fill={"tenant": "x"}), "no form has the fields"),
    ],
    ids=["field", "button", "form"],
)
def test_a_step_that_does_not_fit_says_so(step: SignInStep, reason: str) -> None:
    trial = trial_with(server({"/oauth/authorize": LOGIN}), sign_in=SignIn(steps=(step,)))

    with pytest.raises(Inconclusive, match=reason):
        trial.send.authorize()


def test_a_page_with_attributes_like_a_rendered_one_is_read_as_any_other() -> None:
    marked = LOGIN.replace("<input ", '<input data-control="user" data-unseen ')
    trial = trial_with(server({"/oauth/authorize": marked, "/login": checked, "/decide": decided}))

    answer = trial.send.authorize()

    assert (answer.destination, answer.signed_in, answer.consented) == (BACK, True, True)


SAME = """<form method=post action="/decide"><input type=hidden name=d value=yes><button>Allow</button>
<button onclick="this.form.d.value = 'no'">Deny</button></form>"""
BY_SCRIPT = SAME.replace("<button>", "<button name=b value=1>").replace("<button onclick", "<button name=b onclick")


def test_a_refusal_that_is_sent_like_an_approval_is_not_sent() -> None:
    trial = trial_with(server({"/oauth/authorize": SAME, "/decide": decided}))

    answer = stuck(trial, "decline")

    assert answer.stuck.startswith(
        "'Deny' sends the same as 'Allow', and only a script can tell them apart: use driver"
    )
    assert all(exchange.request.method == "GET" for exchange in trial.exchanges)
    assert trial.send.authorize().destination == BACK


def test_a_refusal_that_a_script_may_change_counts_if_an_error_tells_of_it() -> None:
    trial = trial_with(server({"/oauth/authorize": BY_SCRIPT, "/decide": decided}))
    with pytest.raises(Inconclusive, match="a script of the page may change what 'Deny' sends: use driver"):
        certain_refusal(trial.send.authorize(decision="decline"))

    with_script = CONSENT + "<script>track()</script>"
    trial = trial_with(server({"/oauth/authorize": with_script, "/decide": decided}))
    assert certain_refusal(trial.send.authorize(decision="decline")).get("error") == "access_denied"
