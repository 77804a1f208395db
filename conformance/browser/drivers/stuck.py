"""Why a user agent can't go on from a page, in words, with what the page says as evidence."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.browser import words
from conformance.browser.drivers.choosing import Action, page_inside
from conformance.browser.drivers.dead_ends import asks, asks_for_a_code, leads_nowhere
from conformance.browser.drivers.journey import Journey
from conformance.browser.pages import Page, excerpt
from conformance.wire.exchange import Reply


def why_stuck(journey: Journey, page: Page, reply: Reply, runs_scripts: bool = False) -> str:
    """The reason in words; empty where the user agent was to stop here, and where the page is the server's answer."""
    if leads_nowhere(journey, page_inside(page, journey.leaves), reply, runs_scripts):
        return ""
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
    if asks_for_a_code(page):
        yield "the page asks for a one-time code: use an account without a second factor"
    if rejected or (form is not None and reply.status >= 400 and journey.signed_in):
        yield refused_sign_in(journey)
    if form is not None and len(form.passwords) > 1:
        yield "the page asks for a new password: use an account that can sign in without changing it"
    if any(mechanism == "refresh" for mechanism, _ in page.moves):
        yield "the page moves on by itself, and where it would end isn't seen"
    if reply.status >= 400:
        yield f"the page answers with status {reply.status}"
    if _unreadable(page, runs_scripts):
        yield 'this page needs JavaScript: use driver = "browser" under [sign_in]'
    if form is not None:
        yield "the sign-in form could not be filled in: say how with [[sign_in.steps]]"
    if page.scripts and not runs_scripts and not any(map(asks, page_inside(page, journey.leaves).forms)):
        yield 'what this page asks may come from its scripts: use driver = "browser" under [sign_in]'
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


def _with_evidence(reason: str, page: Page, reply: Reply) -> str:
    if not reason:
        return ""
    text = excerpt(page.text)
    where = reply.request.url.partition("?")[0]
    return f"{reason}. {where} says: {text!r}" if text else f"{reason}. {where} shows no text"
