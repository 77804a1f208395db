"""Whether a page leads nowhere: then it is how the server answers, and no obstacle that a person would get past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.browser import words
from conformance.browser.drivers.choosing import LONGEST_LINK, own_account
from conformance.browser.forms import Control, Form
from conformance.browser.pages import Link, Page
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from conformance.browser.drivers.journey import Journey

TOO_MANY_REQUESTS = 429


def leads_nowhere(journey: Journey, page: Page, reply: Reply, runs_scripts: bool) -> bool:
    """Whether nothing on the page asks a person anything, and nothing moves it on. `page` has what stays inside.

    An error status says that the page is an answer: scripts, menus and buttons beside the error don't matter then.
    """
    if reply.status == TOO_MANY_REQUESTS or any(mechanism == "refresh" for mechanism, _ in page.moves):
        return False
    if page.sign_in_form() is not None or asks_for_a_code(page) or words.says("captcha", page.markup):
        return False
    if reply.status >= 400:
        return True
    if page.scripts and not runs_scripts:
        return False
    asking = any(map(asks, page.forms)) or any(_leads_on(journey, link) for link in page.anchors)
    return not asking and own_account(page, journey.agent.owner) is None


def asks_for_a_code(page: Page) -> bool:
    """Whether a page asks for a second factor."""
    controls = (control for form in page.forms for control in form.controls if control.kind != "hidden")
    return any(map(_takes_one_time_code, controls))


def _takes_one_time_code(control: Control) -> bool:
    if control.kind in ("checkbox", "radio", "select"):
        return False
    return words.says("one_time_field", control.marks) or words.says("one_time_code", control.words)


def asks(form: Form) -> bool:
    """Whether a form may want a decision: anything but other business, such as a search or a way to sign out."""
    searches = words.says("search", form.action) or any(control.kind == "search" for control in form.controls)
    return not searches and not all(words.says("aside", button.label) for button in form.buttons)


def _leads_on(journey: Journey, link: Link) -> bool:
    """Whether a link takes the place of a button: by as few words, that say yes, go on, or sign in."""
    if len(link.text) > LONGEST_LINK or words.says("aside", link.text) or words.says("decline", link.text):
        return False
    signs_in = words.says("sign_in", link.text) and not journey.agent.signed_in
    return signs_in or words.says("approve", link.text) or words.says("proceed", link.text)
