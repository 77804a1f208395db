"""The driver for pages of plain HTML: fills in forms and submits them as a browser without JavaScript does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive
from conformance.base.uris import urljoin, without_loopback_port
from conformance.browser.answer import Answer, names_in
from conformance.browser.drivers.choosing import Action, guessed_action, page_inside
from conformance.browser.drivers.journey import MOST_STEPS, RESPONSES, Journey
from conformance.browser.drivers.steps import next_action
from conformance.browser.drivers.stuck import given_up, refused_again, why_stuck
from conformance.browser.forms import Form
from conformance.browser.pages import Page, read_page
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from conformance.browser.authorization_request import AuthorizationRequest

UNAUTHORIZED = 401


class FormDriver:
    """Needs nothing but the exchanges."""

    def go(self, journey: Journey, reply: Reply) -> Answer:
        """Follow redirects, sign in, take the decision."""
        for _ in range(MOST_STEPS):
            if reply.is_redirect:
                location = urljoin(reply.request.url, reply.header("Location") or "")
                if journey.leaves(location):
                    return journey.ended(reply, location, "Location")
                reply = journey.agent.open(journey.visit, location)
                continue
            following = _on_page(journey, reply)
            if isinstance(following, Answer):
                return following
            reply = following
        raise Inconclusive(f"the authorization endpoint did not come to an end within {MOST_STEPS} steps")

    def submits(self, form: Form) -> bool:
        """Forms are all that there is."""
        return True

    def close(self) -> None:
        """Nothing is held."""


def _on_page(journey: Journey, reply: Reply) -> Answer | Reply:
    """The reply to the next step on a page, or the answer where there is none."""
    page = read_page(reply)
    journey.pages.append(reply)
    outside = outside_move(journey, page)
    if outside is not None:
        return journey.ended(reply, outside[1], outside[0])
    if reply.status >= 400 and not _asks_who_it_is(journey, page, reply):
        return journey.ended(reply, stuck=why_stuck(journey, page, reply))
    own = page_inside(page, journey.leaves)
    action = next_action(journey, own)
    if action is not None:
        journey.doubt = _why_untold(journey, own, action) or _doubt(journey, page, action)
        why_not = _why_untold(journey, own, action) or refused_again(journey, page, action)
        why_not = why_not or journey.note(page, action)
        if why_not:
            return journey.ended(reply, stuck=given_up(why_not, page, reply))
        journey.took(action)
        return _carried_out(journey, page, action)
    moved = _moved_inside(journey, own)
    if moved is not None:
        return moved
    mechanism, destination = way_back(page, journey.request, journey.decision)
    stuck = "" if destination else why_stuck(journey, page, reply)
    return journey.ended(reply, destination, mechanism, stuck)


def _asks_who_it_is(journey: Journey, page: Page, reply: Reply) -> bool:
    """Whether a page asks for the first sign-in with the status that says so: nothing was refused yet."""
    return reply.status == UNAUTHORIZED and page.sign_in_form() is not None and not journey.signed_in


def _why_untold(journey: Journey, page: Page, action: Action) -> str:
    """Why the server can't tell a refusal from an approval, as the page stands; empty where it can."""
    if not (action.decides and journey.decision == "decline"):
        return ""
    other = guessed_action(page, journey.agent.owner, "approve", journey.sign_in)
    if other is None or other.sent != action.sent:
        return ""
    return (
        f"{action.pressed!r} sends the same as {other.pressed!r}, and only a script can tell them apart: "
        f'use driver = "browser" under [sign_in]'
    )


def _doubt(journey: Journey, page: Page, action: Action) -> str:
    if not (action.decides and journey.decision == "decline" and page.scripts):
        return ""
    return f'a script of the page may change what {action.pressed!r} sends: use driver = "browser" under [sign_in]'


def _carried_out(journey: Journey, page: Page, action: Action) -> Reply:
    agent, visit = journey.agent, journey.visit
    if action.link is not None or action.form is None:
        return agent.open(visit, action.link.url if action.link else page.url)
    return agent.submit(visit, action.form, action.fields, action.button, page.url)


def outside_move(journey: Journey, page: Page) -> tuple[str, str] | None:
    """How the page sends the user agent out of the target by itself.

    A script on a page that still asks for something may speak of a place that it never goes to: there, only the way to
    the client counts.
    """
    leaving = [move for move in page.moves if journey.leaves(move[1])]
    asks = page.sign_in_form() is not None or any(form.method == "POST" for form in page.forms)
    return next((move for move in leaving if move[0] != "script" or not asks or journey.is_to_client(move[1])), None)


def _moved_inside(journey: Journey, page: Page) -> Reply | None:
    """Where the page sends the user agent by itself, inside the target."""
    for mechanism, url in page.moves:
        if mechanism == "self-submitting form":
            form = next((form for form in page.forms if form.leads_to == url and not form.username), None)
            if form is not None:
                return journey.agent.submit(journey.visit, form, form.fields, None, page.url)
        elif url != page.url and (mechanism == "refresh" or not page.forms):
            return journey.agent.open(journey.visit, url)
    return None


def way_back(page: Page, request: AuthorizationRequest, decision: str) -> tuple[str | None, str | None]:
    """A button or link that takes a response to the client's redirection URI: what a person would click at last."""
    ways = [("button", form.leads_to) for form in page.forms] + [("link", link) for link in page.links]
    back = [way for way in ways if _is_response(way[1], request)]
    granted = [way for way in back if "error" not in names_in(way[1])]
    chosen = (granted if decision == "approve" else []) or back
    return chosen[0] if chosen else (None, None)


def _is_response(url: str, request: AuthorizationRequest) -> bool:
    """Whether a URL is a registered redirection URI with a response in it; on this machine at any port."""
    place = without_loopback_port(url.partition("#")[0].partition("?")[0])
    registered = any(place == without_loopback_port(uri.partition("?")[0]) for uri in request.client.redirect_uris)
    return registered and bool(RESPONSES & names_in(url))
