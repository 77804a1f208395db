"""A browser window of one user agent, and its way through sign-in and consent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive
from conformance.browser.answer import Answer
from conformance.browser.drivers.choosing import Action, page_inside
from conformance.browser.drivers.dead_ends import leads_nowhere
from conformance.browser.drivers.form import way_back
from conformance.browser.drivers.interception import Interception
from conformance.browser.drivers.journey import MOST_STEPS, Journey
from conformance.browser.drivers.steps import next_action
from conformance.browser.drivers.stuck import given_up, refused_again, why_stuck
from conformance.browser.forms import Control
from conformance.browser.pages import CONTROL, UNSEEN, Page, excerpt, read_page
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator
    from playwright.sync_api import Page as Tab

# What can be filled in or pressed; the script below marks each in this order.
CONTROLS = "input, button, select, textarea, [role=button], a:not([href])"
# A copy of the page as it stands: what is typed, chosen and ticked as attributes, each control with its number, and
# whether a person can see it. What only shows without scripts is left out, and no script is to run again.
COPY = """([selector, control_mark, unseen_mark]) => {
  const copy = document.documentElement.cloneNode(true);
  const from = [...document.querySelectorAll(selector)], to = [...copy.querySelectorAll(selector)];
  from.forEach((control, index) => {
    const twin = to[index];
    twin.setAttribute(control_mark, index);
    const box = control.getBoundingClientRect(), style = getComputedStyle(control);
    const seen = box.width > 0 && box.height > 0 && style.visibility !== "hidden";
    if (!seen) twin.setAttribute(unseen_mark, "");
    if (control.disabled) twin.setAttribute("disabled", "");
    if (control.tagName === "INPUT") {
      if (["checkbox", "radio"].includes(control.type)) twin.toggleAttribute("checked", control.checked);
      else if (!["password", "file"].includes(control.type)) twin.setAttribute("value", control.value);
    }
    if (control.tagName === "SELECT")
      [...control.options].forEach((option, n) => twin.options[n].toggleAttribute("selected", option.selected));
  });
  copy.querySelectorAll("noscript, template").forEach(element => element.remove());
  copy.querySelectorAll("script").forEach(script => script.type = "text/has-run");
  return "<!DOCTYPE html>" + copy.outerHTML;
}"""
# Seconds without any request after which a page is taken to have come to rest, and between two looks at it.
QUIET = 0.1
PAUSE = 0.02
# The part of the driver's patience after which a page that asks for nothing isn't expected to do so any more.
SETTLED = 0.25
MOST_SCREENSHOTS = 8


@dataclass
class Window:
    """A window with cookies and storage of its own."""

    context: BrowserContext
    tab: Tab
    patience: float
    requests: Interception
    submitted: set[tuple[str, str]]
    served: dict[Reply, Reply]
    _screenshots: int = field(default=0)

    @classmethod
    def opened(
        cls,
        browser: Browser,
        patience: float,
        submitted: set[tuple[str, str]],
        static: dict[str, Reply],
        served: dict[Reply, Reply],
    ) -> Window:
        """A fresh window. `submitted` collects the forms that the browser is seen to send as they stand, `static` files
        that are the same in every window, `served` what the server sent for each page that was shown."""
        from conformance.wire.exchange import USER_AGENT

        version = browser.version.partition(".")[0]
        context = browser.new_context(
            service_workers="block",
            locale="en-US",
            user_agent=f"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 {USER_AGENT}",
        )
        context.set_default_timeout(patience * 1000)
        tab = context.new_page()
        tab.on("dialog", lambda dialog: dialog.accept())
        tab.on("popup", lambda popup: popup.close())
        return cls(context, tab, patience, Interception.of(context, tab, static), submitted, served)

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    def travel(self, journey: Journey, reply: Reply) -> Answer:
        """Show a reply and go on from there until the user agent leaves the target, or can't go on."""
        self.requests.begin(journey, reply)
        try:
            self._open(reply.request.url)
            return self._travel(journey)
        finally:
            self.requests.end()

    def _travel(self, journey: Journey) -> Answer:
        before = ""
        for _ in range(MOST_STEPS):
            shown, page, rests = self._next_page(journey, before)
            left = self.requests.departure
            if left is not None:
                return journey.ended(left.reply, left.url, left.mechanism)
            journey.pages.append(shown)
            self.served[shown] = self.requests.document
            own = page_inside(page, journey.leaves)
            action = next_action(journey, own) if shown.status < 400 else None
            if action is None:
                return self._at_last_page(journey, page, shown, rests)
            why_not = refused_again(journey, page, action) or journey.note(page, action)
            why_not = why_not or self._carried_out(action)
            if why_not:
                return self._stuck(journey, shown, given_up(why_not, page, shown))
            journey.took(action)
            before = shown.text
        raise Inconclusive(f"the authorization endpoint did not come to an end within {MOST_STEPS} steps")

    def _at_last_page(self, journey: Journey, page: Page, shown: Reply, rests: bool) -> Answer:
        if shown.status < 400:
            mechanism, destination = way_back(page, journey.request, journey.decision)
            if destination is not None:
                return journey.ended(shown, destination, mechanism)
        reason = why_stuck(journey, page, shown, runs_scripts=True) or self._why_unsure(shown, rests)
        return self._stuck(journey, shown, reason)

    def _why_unsure(self, shown: Reply, rests: bool) -> str:
        """Why what a page shows may not be all that it has to say; empty where it is."""
        if not rests:
            return f"the page did not come to rest within {self.patience:g} s: see `patience` under [sign_in]"
        if self.requests.lacks_part and shown.status < 400:
            return f"the page lacks what it wanted of others: {excerpt(read_page(shown).text)!r}"
        return ""

    def _stuck(self, journey: Journey, shown: Reply, reason: str) -> Answer:
        if reason and self.requests.blocked:
            reason += f". Blocked, because they aren't hosts of the profile: {', '.join(sorted(self.requests.blocked))}"
        if reason and self._screenshots < MOST_SCREENSHOTS:
            self._screenshots += 1
            self.requests.illustrate(self.tab.screenshot(type="jpeg", quality=50))
        return journey.ended(shown, stuck=reason)

    # Looking

    def _next_page(self, journey: Journey, before: str) -> tuple[Reply, Page, bool]:
        """The page once it is another one than before and asks for something, or leads nowhere and stays so; whatever
        it is after some time, or once the user agent has left. And whether it has come to rest."""
        deadline = time.monotonic() + self.patience
        seen, since = before, time.monotonic()
        while True:
            shown = self._at_rest(deadline)
            page = read_page(shown)
            late = time.monotonic() > deadline
            stays = shown.text == seen
            if self.requests.departure is not None or late:
                return shown, page, stays
            # A script may still have to show what it asks for.
            seen, since = shown.text, since if stays else time.monotonic()
            settled = stays and time.monotonic() - since > self.patience * SETTLED
            if shown.text != before and (shown.status >= 400 or self._is_ready(journey, page, shown, stays, settled)):
                return shown, page, True
            self.tab.wait_for_timeout(5 * PAUSE * 1000)

    def _is_ready(self, journey: Journey, page: Page, shown: Reply, stays: bool, settled: bool) -> bool:
        if page.sign_in_form() is not None:
            return True
        own = page_inside(page, journey.leaves)
        if settled and leads_nowhere(journey, own, shown, runs_scripts=True):
            return True
        # Buttons alone don't tell a question from a page that is still being made.
        waits = stays and journey.decision == "wait" and any(form.buttons for form in own.forms)
        leads_back = way_back(page, journey.request, journey.decision)[1] is not None
        return waits or leads_back or next_action(journey, own) is not None

    def _at_rest(self, deadline: float) -> Reply:
        """The page as it stands, once neither requests nor loading go on."""
        while self.requests.departure is None and time.monotonic() < deadline:
            self.tab.wait_for_timeout(PAUSE * 1000)
            self.requests.raise_failure()
            if (
                time.monotonic() - self.requests.last_at > QUIET
                and self._evaluated("document.readyState") == "complete"
            ):
                break
        self.requests.raise_failure()
        body = self._evaluated(COPY, [CONTROLS, CONTROL, UNSEEN]) if self.requests.departure is None else None
        document = self.requests.document
        if body is None:
            return document
        headers = tuple(
            each for each in document.headers if each[0].lower() not in ("content-type", "content-encoding")
        )
        return replace(
            document,
            request=replace(document.request, url=self.tab.url.partition("#")[0]),
            headers=(*headers, ("Content-Type", "text/html; charset=utf-8")),
            body=body.encode("utf-8", "replace"),
        )

    def _evaluated(self, script: str, argument: Sequence[str] | None = None) -> str | None:
        """What a script returns; None while one page gives way to the next."""
        from playwright.sync_api import Error

        try:
            return str(self.tab.evaluate(script, argument))
        except Error:
            return None

    # Acting

    def _open(self, url: str) -> None:
        from playwright.sync_api import Error

        try:
            self.tab.goto(url, wait_until="commit")
        except Error:
            # A navigation that left the target was cut off: what it came to is known to the interception.
            self.requests.raise_failure()

    def _carried_out(self, action: Action) -> str:
        """Fill in and press; why that can't be done, in words, empty when it was."""
        from playwright.sync_api import Error

        self.requests.acting()
        try:
            for control, value in action.entries:
                self._enter(control, value)
            self._press(action)
        except Error as error:
            if self.requests.departure is None:
                return f"{action.pressed!r} can't be pressed: {str(error).splitlines()[0].rstrip('.')}"
        self._note_submission(action)
        return ""

    def _enter(self, control: Control, value: str | bool) -> None:
        place = self._locate(control)
        if control.kind in ("checkbox", "radio"):
            if place.is_checked() != value:
                # Pages often hide the box itself and show a drawing of it.
                place.evaluate("box => box.click()")
        elif control.kind == "select":
            place.select_option(value=str(value))
        else:
            place.fill(str(value))

    def _press(self, action: Action) -> None:
        if action.link is not None:
            self.tab.locator("a").nth(action.link.index).click()
        elif action.button is not None and action.button.control is not None:
            self._locate(action.button.control).click()
        else:
            typed = [control for control, value in action.entries if isinstance(value, str)]
            place = self._locate(typed[-1]) if typed else self.tab.locator("form").first
            place.press("Enter")

    def _locate(self, control: Control) -> Locator:
        return self.tab.locator(CONTROLS).nth(control.index)

    def _note_submission(self, action: Action) -> None:
        """Remember a form that went out as a form."""
        deadline = time.monotonic() + self.patience
        while not self.requests.seen_since_acting and time.monotonic() < deadline:
            if self.requests.departure is not None or action.form is None:
                return
            self.tab.wait_for_timeout(PAUSE * 1000)
            if time.monotonic() - self.requests.last_at > 5 * QUIET:
                return
        sent = self.requests.seen_since_acting
        if action.form is not None and sent is not None:
            form = (action.form.method, action.form.action.partition("?")[0])
            if sent == form:
                self.submitted.add(form)
