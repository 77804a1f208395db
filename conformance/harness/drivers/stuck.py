"""Why a user agent can't go on from a page, in words, with what the page says as evidence."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.harness import words
from conformance.harness.drivers.choosing import Action
from conformance.harness.drivers.journey import Journey
from conformance.harness.exchange import Reply
from conformance.harness.forms import Control
from conformance.harness.pages import Page, excerpt


def why_stuck(journey: Journey, page: Page, reply: Reply, runs_scripts: bool = False) -> str:
    """The reason in words; empty where the user agent was to stop here."""
    form = page.sign_in_form()
    if form is not None and journey.agent.owner is None:
        return ""
    if form is None and journey.decision == "wait" and not _unreadable(page, runs_scripts):
        return ""
    reason = next(_reasons(journey, page, reply, runs_scripts), "")
    return _with_evidence(reason, page, reply)


def given_up(reason: str, page: Page, reply: Reply) -> str:
    """A reason found elsewhere, with the page's text."""
    return _with_evidence(reason, page, reply)


def refused_sign_in(journey: Journey) -> str:
    """For a sign-in that the server answered by a refusal, or by the same page."""
    owner = journey.agent.owner
    table = f"[{owner.name}]" if owner else "the account"
    return f"the server refused to sign in {table}: check its username and password"


def refused_again(journey: Journey, page: Page, action: Action) -> str:
    """Why a password isn't sent once more: the page that asks for it again says that it was wrong."""
    again = action.sends_password and journey.passwords > 0
    return refused_sign_in(journey) if again and words.says("refused", page.text) else ""


def _reasons(journey: Journey, page: Page, reply: Reply, runs_scripts: bool) -> Iterator[str]:
    form = page.sign_in_form()
    rejected = journey.passwords > 0 and form is not None and bool(form.passwords)
    if words.says("captcha", page.markup) and (rejected or form is None):
        yield "the page asks for a captcha: exempt the test account, or turn it off for this deployment"
    if any(map(_takes_one_time_code, _controls(page))):
        yield "the page asks for a one-time code: use an account without a second factor"
    if reply.status >= 400 and journey.signed_in:
        yield refused_sign_in(journey)
    if reply.status >= 400:
        yield f"the page answers with status {reply.status}"
    if rejected:
        yield refused_sign_in(journey)
    if form is not None and len(form.passwords) > 1:
        yield "the page asks for a new password: use an account that can sign in without changing it"
    if _unreadable(page, runs_scripts):
        yield 'this page needs JavaScript: use driver = "browser" under [sign_in]'
    if form is not None:
        yield "the sign-in form could not be filled in: say how with [[sign_in.steps]]"
    yield _no_button(journey, page)


def _no_button(journey: Journey, page: Page) -> str:
    verb = {"approve": "approves", "decline": "declines"}.get(journey.decision, "goes on")
    labels = [button.label for form in page.forms for button in form.buttons if button.label]
    seen = f"it has {', '.join(map(repr, labels))}" if labels else "it has none"
    return f"no button of the page surely {verb} ({seen}): name it with `{journey.decision}` under [sign_in]"


def _unreadable(page: Page, runs_scripts: bool) -> bool:
    """Whether what the page shows comes from its scripts, as far as one can tell without running them."""
    if runs_scripts or page.sign_in_form() is not None:
        return False
    asks = words.says("needs_script", page.without_script)
    usable = any(form.method == "POST" for form in page.forms)
    return (asks and not usable) or (page.scripts and not page.forms and len(page.text) < SHORT_TEXT)


# A page with less text than this, scripts and no form is an empty shell for its scripts.
SHORT_TEXT = 200


def _controls(page: Page) -> list[Control]:
    return [control for form in page.forms for control in form.controls if control.kind != "hidden"]


def _takes_one_time_code(control: Control) -> bool:
    if control.kind in ("checkbox", "radio", "select"):
        return False
    return words.says("one_time_field", control.marks) or words.says("one_time_code", control.words)


def _with_evidence(reason: str, page: Page, reply: Reply) -> str:
    if not reason:
        return ""
    text = excerpt(page.text)
    where = reply.request.url.partition("?")[0]
    return f"{reason}. {where} says: {text!r}" if text else f"{reason}. {where} shows no text"
