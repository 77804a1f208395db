"""The way through an external provider, as other servers and providers have it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.documents.documented.federation import (
    at_provider,
    callback_with,
    completed_sign_in,
    journey_back,
    not_let_in,
    openid_nonces,
    owner_expected,
    used_up,
)
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.target import Target
from conformance.wire.asgi import AsgiTransport
from tests.harness.fakes import BASE, CLIENT, FEATURES, Answering, Handler, app_of

PROVIDER = "https://idp.test"
FEDERATION = {"provider": PROVIDER, "username": "alice@idp", "password": "idp-password"}
LINK = '<form method=post action="/login"><input name=username><input type=password name=password></form>'
LINK += '<a href="/go">Log in with IdP</a>'
NAME = '<form method=post action="/name"><input type=email name=login><button>Next</button></form>'
PASSWORD = '<form method=post action="/login"><input type=password name=password><button>Next</button></form>'
AGREE = '<form method=post action="/agreed"><button name=agree value=yes>Allow</button></form>'
ANSWER = f"{BASE}/callback?code=inner&state=inner-state"
FORM_POST = f'<form method=post action="{BASE}/callback"><input type=hidden name=code value=x></form>'
FORM_POST += "<script>document.forms[0].submit()</script>"


def server(sign_in: Answering = (200, {}, LINK), asks: str = "/authorize?scope=email&state=inner-state") -> Handler:
    """A server that signs nobody in by itself."""

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        match path:
            case "/oauth/authorize":
                return sign_in
            case "/go":
                return 302, {"Location": PROVIDER + asks}, ""
            case "/callback" if "error" in parameters:
                return 302, {"Location": "https://client.example/cb?error=access_denied&state=s"}, ""
            case "/callback":
                return 302, {"Location": "https://client.example/cb?code=outer&state=s"}, ""
        return 404, {}, "nothing here"

    return handle


def provider(end: Answering = (302, {"Location": ANSWER}, "")) -> Handler:
    """A provider that asks for the name, for the password and for consent on pages of their own."""

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        match path:
            case "/authorize":
                return 302, {"Location": "/start"}, ""
            case "/start":
                return 200, {}, NAME
            case "/name":
                return 200, {}, PASSWORD
            case "/login" if parameters.get("password") == "idp-password":
                return 200, {}, AGREE
            case "/login":
                return 200, {}, PASSWORD
            case "/agreed":
                return end
        return 404, {}, "nothing here"

    return handle


def trial_of(here: Handler, there: Handler, **federation: str) -> Trial:
    """A trial against both."""
    target = Target(
        name="fake",
        base_url=BASE,
        features=FEATURES,
        endpoints={},
        clients={"confidential": CLIENT},
        owners={},
        documented={"federation": {**FEDERATION, **federation}},
    )
    transport = AsgiTransport({BASE: app_of(here), PROVIDER: app_of(there)})
    return Trial(Session.open(target, transport, {}))


def test_a_link_a_name_a_password_and_consent_lead_to_a_code() -> None:
    trial = trial_of(server(), provider())
    answer = completed_sign_in(trial.given, trial.send)
    assert answer.get("code") == "outer"


def test_a_server_may_send_to_the_provider_at_once() -> None:
    straight = server((302, {"Location": f"{PROVIDER}/authorize?scope=openid&nonce=n&state=x"}, ""))
    trial = trial_of(straight, provider())
    journey = at_provider(trial.given, trial.send)
    assert (journey.inner("state"), journey.reply.request.url) == ("x", f"{PROVIDER}/start")
    assert openid_nonces(trial.given, trial.send) == ["n", "n"]


def test_a_provider_that_is_not_openids_needs_no_nonce() -> None:
    trial = trial_of(server(), provider())
    with pytest.raises(Vacuous, match="scope openid"):
        openid_nonces(trial.given, trial.send)


def test_the_profile_names_the_button_or_link() -> None:
    named = server((200, {}, '<a href="/other">Log in with Other</a><a href="/go">Our IdP</a>'))
    trial = trial_of(named, provider(), link="our idp")
    assert completed_sign_in(trial.given, trial.send).get("code") == "outer"
    with pytest.raises(Inconclusive, match="name its text in"):
        at_provider((lost := trial_of(named, provider(), link="Nothing")).given, lost.send)


def test_a_wrong_password_is_sent_once() -> None:
    trial = trial_of(server(), provider())
    answer = not_let_in(trial.given, trial.send, "wrong")
    assert (answer.destination, answer.get("code")) == (None, None)
    wrong = [e for e in trial.exchanges if b"password=" in e.request.body and b"idp-password" not in e.request.body]
    assert len(wrong) == 1


def test_an_account_that_the_provider_refuses_decides_nothing_about_the_server() -> None:
    denied = provider((302, {"Location": f"{BASE}/callback?error=access_denied"}, ""))
    for trial in (trial_of(server(), denied), trial_of(server(), provider(), password="mistyped")):
        with pytest.raises(Inconclusive, match="the provider did not"):
            completed_sign_in(trial.given, trial.send)


def test_a_provider_that_lets_anybody_in_decides_nothing_about_refusal() -> None:
    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        known = {**parameters, "password": "idp-password"} if path == "/login" else parameters
        return provider()(method, path, known)

    trial = trial_of(server(), handle)
    with pytest.raises(Inconclusive, match="lets in whom it should refuse"):
        not_let_in(trial.given, trial.send, "wrong")


def test_what_the_profile_lacks_is_untested_with_the_line_to_add() -> None:
    trial = trial_of(server(), provider())
    with pytest.raises(Untested, match="add `refused_username` to"):
        not_let_in(trial.given, trial.send, "refused")
    with pytest.raises(Untested, match="add `resource_owner` to"):
        owner_expected(trial.given, trial.send)
    with pytest.raises(Untested, match="no button that cancels"):
        not_let_in(trial.given, trial.send, "cancelled")


def test_an_answer_by_a_page_is_untested() -> None:
    trial = trial_of(server(), provider((200, {}, FORM_POST)))
    with pytest.raises(Untested, match="answers by a page"):
        completed_sign_in(trial.given, trial.send)


def test_a_provider_on_the_servers_own_origin_is_untested() -> None:
    trial = trial_of(server(), provider(), provider=BASE)
    with pytest.raises(Untested, match="own origin"):
        at_provider(trial.given, trial.send)


def test_a_server_that_lets_anybody_in_decides_nothing() -> None:
    """Codes come at once in every browser: what its provider's answer does can't be seen."""
    trial = trial_of(server(), provider())
    journey = journey_back(trial.given, trial.send)
    assert journey.callback == ANSWER
    open_door = trial_of(server((302, {"Location": "https://client.example/cb?code=free"}, "")), provider())
    with pytest.raises(Inconclusive):
        journey_back(open_door.given, open_door.send)


def test_a_browser_whose_old_cookies_are_signed_in_says_nothing_of_replay() -> None:
    signed_in: list[bool] = []
    inner = server()

    def handle(method: str, path: str, parameters: dict[str, str]) -> Answering:
        if path == "/callback":
            signed_in.append(True)
        if path == "/oauth/authorize" and len(signed_in) > 1:
            return inner(method, "/callback", parameters)
        return inner(method, path, parameters)

    trial = trial_of(handle, provider())
    with pytest.raises(Untested, match="cookies from before the sign-in"):
        used_up(trial.given, trial.send)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": None}, {"code": "inner"}),
        ({"state": "other"}, {"code": "inner", "state": "other"}),
        ({"iss": "https://x"}, {"code": "inner", "state": "inner-state", "iss": "https://x"}),
    ],
)
def test_an_answer_is_changed_in_what_is_told(changes: dict[str, str | None], expected: dict[str, str]) -> None:
    assert callback_with(ANSWER, **changes) == f"{BASE}/callback?{urlencode(expected)}"
