"""The form-driving user agent, against pages as real servers have them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.browser.forms import Form
from conformance.profile.target import SignIn
from tests.harness.fakes import BASE, CLIENT, Answering, trial_with

BACK = "https://client.example/cb?code=a-code-value&state=s"
SIGN_IN = """<form method=post action="/login"><input type=hidden name=csrf_token value=0123456789abcdef>
<label>Name <input name=username autocomplete=username></label><input type=password name=password>
<button>Sign in</button></form>"""
TWO_BUTTONS = """<form method=post action="/decide"><button name=decision value=no>Cancel</button>
<button name=decision value=yes>Allow access</button></form>"""
TWO_FORMS = """<form method=post action="/logout"><button>Sign out</button></form>
<form method=post action="/decide"><input type=hidden name=decision value=yes><input type=submit value=Authorize></form>
<form method=post action="/decide"><input type=hidden name=decision value=no><input type=submit value=Deny></form>"""
CHECKBOX = """<form method=post action="/decide"><label><input type=checkbox name=decision value=yes> Consent?</label>
<button>Submit</button></form>"""


def server(consent: str, sign_in: str = SIGN_IN, end: Answering = (302, {"Location": BACK}, "")):  # type: ignore[no-untyped-def]
    """A server that signs in, asks for consent and ends as told."""

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        match path:
            case "/oauth/authorize":
                return 200, {}, sign_in
            case "/name":
                return 200, {}, '<form method=post action="/login"><input type=password name=password></form>'
            case "/login":
                good = parameters.get("password") == "alice-password"
                return (200, {}, consent) if good else (200, {}, sign_in)
            case "/decide" if parameters.get("decision") == "yes":
                return end
            case "/decide":
                return 302, {"Location": "https://client.example/cb?error=access_denied"}, ""
        return 404, {}, "nothing here"

    return handle


@pytest.mark.parametrize("consent", [TWO_BUTTONS, TWO_FORMS, CHECKBOX], ids=["buttons", "forms", "checkbox"])
def test_consent_and_decline_in_each_style(consent: str) -> None:
    trial = trial_with(server(consent))
    assert trial.given.authorization_code().value == "a-code-value"
    assert trial.send.authorize(decision="decline").get("error") == "access_denied"


def test_sign_in_over_two_pages() -> None:
    name_first = '<form method=post action="/name"><input type=email name=login><button>Next</button></form>'
    trial = trial_with(server(TWO_BUTTONS, name_first))
    answer = trial.send.authorize()
    assert answer.get("code") == "a-code-value"
    assert answer.consented
    assert answer.signed_in


@pytest.mark.parametrize(
    "page",
    [
        f'<meta http-equiv="refresh" content="0; url={BACK}">',
        f'<script>window.location.href = "{BACK}"</script>',
        f"<script>location.replace('{BACK}')</script>",
        f'<form method=post action="{BACK}"></form><script>document.forms[0].submit()</script>',
    ],
    ids=["meta refresh", "assignment", "replace", "self-submitting form"],
)
def test_every_mechanism_that_moves_the_user_agent_is_seen(page: str) -> None:
    trial = trial_with(server(TWO_BUTTONS, end=(200, {}, page)))
    answer = trial.send.authorize()
    assert answer.destination == BACK
    assert answer.mechanism != "Location"


@pytest.mark.parametrize(
    ("page", "mechanism"),
    [
        (f'<a href="{BACK}">Continue</a>', "link"),
        (f'<form method=post action="{BACK}"><button>Continue</button></form>', "button"),
        (
            '<form action="https://client.example/cb"><input type=hidden name=code value="a-code-value">'
            "<input type=hidden name=state value=s><button>Continue</button></form>",
            "button",
        ),
    ],
    ids=["link", "button", "form of parameters"],
)
def test_what_a_person_would_click_to_get_back_is_found(page: str, mechanism: str) -> None:
    trial = trial_with(server(TWO_BUTTONS, end=(200, {}, page)))
    answer = trial.send.authorize()
    assert answer.destination == BACK
    assert answer.mechanism == mechanism


@pytest.mark.parametrize("mechanism", ["Location", "link"])
@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("com.example.app:/cb", "com.example.app:/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"),
        ("http://[::1]:8400/cb", "http://[::1]:61023/cb"),
    ],
)
def test_a_native_app_is_a_place_to_end_at_whatever_its_port(registered: str, asked: str, mechanism: str) -> None:
    back = f"{asked}?code=a-code-value"
    page = f'<a href="{back}">Return</a>'
    trial = trial_with(
        server(TWO_BUTTONS, end=(302, {"Location": back}, "") if mechanism == "Location" else (200, {}, page))
    )
    answer = trial.send.authorize(replace(CLIENT, redirect_uris=(registered,)), redirect_uri=asked)
    assert (answer.destination, answer.mechanism) == (back, mechanism)
    assert all(exchange.request.url.startswith(BASE) for exchange in trial.exchanges)


def test_a_link_that_declines_is_no_step_when_there_is_a_button_to_approve() -> None:
    consent = f'<a href="https://client.example/cb?error=access_denied">Cancel</a>{TWO_FORMS}'
    trial = trial_with(server(consent.replace("Deny", "Sign in as somebody else")))
    assert trial.send.authorize().get("code") == "a-code-value"
    assert trial.send.authorize(decision="decline").get("error") == "access_denied"


def test_a_link_on_an_error_page_moves_nobody() -> None:
    trial = trial_with(server(TWO_BUTTONS, end=(400, {}, f'<a href="{BACK}">Continue</a>')))
    assert trial.send.authorize().destination is None


def test_the_client_is_never_contacted_and_wrong_credentials_end_on_a_page() -> None:
    trial = trial_with(server(TWO_BUTTONS, end=(200, {}, "no way back")))
    answer = trial.send.authorize()
    assert answer.destination is None
    assert all("client.example" not in exchange.request.url.partition("?")[0] for exchange in trial.exchanges)
    with pytest.raises(Inconclusive, match="did not lead back"):
        trial.given.authorization_code()


def test_explicit_buttons_of_the_profile_win() -> None:
    odd = """<form method=post action="/decide"><button name=decision value=no>Continue</button>
    <button name=decision value=yes>Let them</button></form>"""
    trial = trial_with(server(odd), sign_in=SignIn(approve="Let them", decline="Continue"))
    assert trial.given.authorization_code().value == "a-code-value"
    assert trial.send.authorize(decision="decline").get("error") == "access_denied"


def test_a_redirect_loop_ends() -> None:
    trial = trial_with(lambda method, path, parameters: (302, {"Location": "/oauth/authorize"}, ""))
    with pytest.raises(Inconclusive, match="did not come to an end"):
        trial.send.authorize()


@pytest.mark.parametrize(
    ("attribute", "method", "sent"),
    [
        ("; SameSite=Lax", "POST", False),
        ("; SameSite=Lax", "GET", True),
        ("; SameSite=Strict", "GET", False),
        ("; SameSite=None", "POST", True),
        ("", "POST", True),
    ],
)
def test_a_cookie_goes_to_requests_of_other_sites_as_its_attribute_says(
    attribute: str, method: str, sent: bool
) -> None:
    trial = trial_with(lambda *_: (200, {"Set-Cookie": f"session=a-session-value{attribute}"}, ""))
    agent = trial.given.user_agent()
    agent.open(trial, f"{BASE}/page")
    form = Form(f"{BASE}/decide", method, (), ())
    request = trial.send.authorization_request()

    held_back = trial.send.submitted_across_sites(form, (), request, agent)
    told = trial.send.submitted_across_sites(form, (), request, agent, knows_same_site=False)

    assert ("Cookie" in dict(held_back.reply.request.headers)) == sent
    assert "Cookie" in dict(told.reply.request.headers)
