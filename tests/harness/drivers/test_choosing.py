"""What the drivers do on pages of many styles (`pages.toml`)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from conformance.browser.drivers.choosing import Action, guessed_action, page_inside
from conformance.browser.pages import read_page
from conformance.profile.target import ResourceOwner, SignIn
from conformance.wire.exchange import Reply, Request

PAGES = tomllib.loads(Path(__file__).with_name("pages.toml").read_text("utf-8"))["page"]
ALICE = ResourceOwner("resource_owner", "alice", "secret")
CASES = [
    pytest.param(page["html"], decision, page[decision], id=f"{page['name']}: {decision}")
    for page in PAGES
    for decision in ("approve", "decline")
    if decision in page
]


def chosen(html: str, decision: str, sign_in: SignIn | None = None) -> Action | None:
    """The action for a page at https://as.test/oauth/authorize?client_id=c."""
    request = Request("GET", "https://as.test/oauth/authorize?client_id=c")
    reply = Reply(request, 200, (("Content-Type", "text/html; charset=utf-8"),), html.encode())
    return guessed_action(read_page(reply), ALICE, decision, sign_in or SignIn())


@pytest.mark.parametrize(("html", "decision", "expected"), CASES)
def test_a_page_is_handled_as_a_person_would(html: str, decision: str, expected: dict[str, Any]) -> None:
    action = chosen(html, decision)

    if expected.get("nowhere"):
        assert action is None
        return
    assert action is not None
    pressed = {action.pressed, *(action.button.field if action.button and action.button.field else ())}
    assert expected["presses"] in pressed
    fields = list(action.fields)
    for name, value in expected.get("sends", {}).items():
        assert [each for key, each in fields if key == name] == (value if isinstance(value, list) else [value])
    assert not {name for name, _ in fields} & set(expected.get("keeps_back", ()))
    if "to" in expected:
        assert expected["to"] == (action.link.url if action.link else action.form and action.form.action)


def test_the_profiles_words_win_and_are_looked_for_as_a_whole_first() -> None:
    html = """<form method=post action=/d><button name=b value=1>Allow always</button>
    <button name=b value=2>Allow</button><button name=b value=3 id=never>Allow nothing</button></form>"""
    sign_in = SignIn(approve="allow", decline="never")

    yes, no = chosen(html, "approve", sign_in), chosen(html, "decline", sign_in)

    assert yes is not None
    assert yes.pressed == "Allow"
    assert no is not None
    assert no.pressed == "Allow nothing"


def test_a_named_button_that_is_not_there_is_not_replaced_by_one_that_decides() -> None:
    html = "<form method=post action=/d><button>Allow</button><button>Deny</button></form>"

    assert chosen(html, "approve", SignIn(approve="Grant it all")) is None


def test_nobody_signs_in_without_an_account() -> None:
    request = Request("GET", "https://as.test/login")
    html = b"<form method=post><input name=user><input type=password name=p><button>Sign in</button></form>"

    assert guessed_action(read_page(Reply(request, 200, (), html)), None, "approve", SignIn()) is None


def test_a_form_that_asks_for_a_new_password_is_left_alone() -> None:
    html = "<form method=post><input type=password name=a><input type=password name=b><button>Save</button></form>"

    assert chosen(html, "approve") is None


def test_a_dialog_is_no_form_to_submit() -> None:
    html = b"""<form method=dialog><button>Accept all</button></form>
    <form method=post action=/d><button>Allow</button><button>Deny</button></form>"""
    page = read_page(Reply(Request("GET", "https://as.test/consent"), 200, (), html))

    action = guessed_action(page_inside(page, lambda url: False), ALICE, "approve", SignIn())

    assert action is not None
    assert action.pressed == "Allow"


CHOICE = "<h1>Choose an account</h1><a href=/go?account=1>alice</a><a href=/sign_in>Use another account</a>"
BANNER = """<form method=post action=/cookies><p>We use cookies.</p><button>Accept all</button>
<button>Decline</button></form>"""


@pytest.mark.parametrize("decision", ["approve", "decline", "wait"])
def test_of_several_accounts_the_owners_own_is_chosen(decision: str) -> None:
    action = chosen(CHOICE, decision)

    assert action is not None
    assert (action.pressed, action.decides) == ("alice", False)


def test_an_account_that_the_page_only_mentions_is_not_chosen() -> None:
    assert chosen("<p>You are signed in as <a href=/me>alice</a></p>", "approve") is None


@pytest.mark.parametrize(("decision", "pressed"), [("approve", "Allow"), ("decline", "Deny")])
def test_a_banner_about_cookies_is_no_question_of_consent(decision: str, pressed: str) -> None:
    consent = "<form method=post action=/consent><button>Allow</button><button>Deny</button></form>"

    action = chosen(BANNER + consent, decision)

    assert action is not None
    assert action.pressed == pressed
