"""Flow 5 of the documented API: sign-in at an external provider, walked by a browser across origins.

The client's authorization request, the server's sign-in page, the provider's, and back: the provider's answer is the
URL at which the browser comes home to the server. It is held there, so that a test can change it or carry it elsewhere.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.base.uris import host_and_port, urljoin
from conformance.browser.authorization_request import AuthorizationRequest
from conformance.browser.forms import Form
from conformance.browser.pages import Page, read_page
from conformance.browser.user_agent import Answer, UserAgent
from conformance.documents.documented.api import owner_told, user_tokens
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Code
from conformance.wire.exchange import Pairs, Reply
from conformance.wire.registries import AUTHORIZATION_ERRORS

MOST_STEPS = 12
# What the way to another provider is called where the profile doesn't say.
ELSEWHERE = re.compile(r"\b(sign|log) ?in (with|using|via)\b|continue with|open ?id|single sign-on|\bsso\b", re.I)
CANCEL = re.compile(r"cancel|decline|deny|abort|refuse|go back", re.I)


class NoWayToProvider(Inconclusive):
    """The sign-in page shows nothing that leads to the external provider."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account at the provider."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A browser on its way: the client's request, the server's request to the provider (a URL), and the last reply.

    `callback` is the provider's answer, which the browser hasn't opened yet; None while it is at the provider.
    """

    request: AuthorizationRequest
    user_agent: UserAgent
    asked: str
    reply: Reply
    callback: str | None = None

    def inner(self, name: str) -> str | None:
        """A parameter of the server's request to the provider."""
        return _parameter(self.asked, name)

    def answer(self, name: str) -> str | None:
        """A parameter of the provider's answer."""
        return _parameter(self.callback or "", name)


def _parameter(url: str, name: str) -> str | None:
    return dict(parse_qsl(urlsplit(url).query)).get(name)


# The chain


def provider_account(given: Given, kind: str = "") -> Account:
    """The account at the provider, or the one that is `refused`; Untested, with the line to add, without one."""
    table = given.documented("federation")
    names = [f"{kind}_{name}" if kind else name for name in ("username", "password")]
    for name in names:
        if name not in table:
            raise Untested(f"no account is named that the provider refuses: add `{name}` to [documented.federation]")
    username, password = (str(table[name]) for name in names)
    return Account(username, password)


def at_provider(given: Given, send: Send) -> Journey:
    """A browser in which nobody has signed in, sent to the provider: by the server itself, or by its sign-in page."""
    if _is_at(send, str(given.documented("federation")["provider"])):
        raise Untested("the provider is on the server's own origin: their pages can't be told apart")
    agent = given.nobodys_user_agent()
    request = send.authorization_request(given.client_for("authorization_code"))
    with given.arranging():
        first = send.opened(send.form_request("authorization", request.pairs, method="GET").url, agent)
        asked, reply = _followed(given, send, first, agent)
        if asked is None:
            asked, reply = _followed(given, send, _sent_on(given, send, reply, agent), agent)
    if asked is None:
        raise Inconclusive(f"the sign-in page's way to the provider did not lead there: {reply}")
    return Journey(request, agent, asked, reply)


def _followed(given: Given, send: Send, reply: Reply, agent: UserAgent) -> tuple[str | None, Reply]:
    """The first URL at the provider that redirects lead to, if any does, and the page at their end."""
    provider = host_and_port(str(given.documented("federation")["provider"]))
    asked = None
    for _ in range(MOST_STEPS):
        if not reply.is_redirect:
            break
        location = _location(reply)
        asked = asked or (location if host_and_port(location) == provider else None)
        reply = send.opened(location, agent)
    return asked, reply


def signed_in(given: Given, send: Send, who: Account | None = None, *, cancelling: bool = False) -> Journey:
    """A browser in which somebody has signed in at the provider, or cancelled it: with its answer, if there is one."""
    journey = at_provider(given, send)
    who = who or provider_account(given)
    reply, agent = journey.reply, journey.user_agent
    attempts = 0
    for _ in range(MOST_STEPS):
        if reply.is_redirect:
            location = _location(reply)
            if _is_at(send, location):
                return replace(journey, reply=reply, callback=location)
            reply = send.opened(location, agent)
            continue
        page = read_page(reply)
        if any(_is_at(send, place) for place in (*(form.action for form in page.forms), *(to for _, to in page.moves))):
            raise Untested("the provider answers by a page; answers by a redirect are tested")
        step = _cancelling(page) if cancelling else _next_step(send, reply, agent, who)
        # The password goes out once: what is asked again was refused.
        attempts += step is not None and step[0].password is not None
        if step is None or attempts > 1:
            break
        reply = send.pressed(*step, agent)
    return replace(journey, reply=reply)


def signed_in_at_provider(given: Given, send: Send) -> Journey:
    """A browser with the provider's answer that somebody has signed in."""
    with given.arranging():
        journey = signed_in(given, send)
    if journey.callback is None:
        raise Inconclusive(f"the provider did not send the browser back: {journey.reply}")
    if journey.answer("code") is None:
        raise Inconclusive(f"the provider did not let the account in: {journey.answer('error') or journey.callback}")
    return journey


def journey_back(given: Given, send: Send) -> Journey:
    """A browser with the provider's answer to a good sign-in. Seen once: such an answer brings a code, nothing else."""
    given.came_back(completed_sign_in(given, send), "a sign-in at the external provider")
    given.observed("flow 5, unanswered", lambda: _nobody_is_let_in(given, send))
    return signed_in_at_provider(given, send)


def _nobody_is_let_in(given: Given, send: Send) -> None:
    journey = at_provider(given, send)
    with given.arranging():
        answer = send.authorization(journey.request, user_agent=journey.user_agent)
    if answer.get("code"):
        raise Inconclusive("a browser that waits for the provider's answer gets a code without it")


def answer_after_delivery(
    send: Send, journey: Journey, url: str | None = None, user_agent: UserAgent | None = None
) -> Answer:
    """The provider's answer opened by the browser that waits for it, unless told: what comes of it, consent given."""
    agent = user_agent or journey.user_agent
    callback = url or journey.callback
    if callback is None:
        return send.carried_on(journey.reply, journey.request, agent)
    return send.carried_on(send.opened(callback, agent), journey.request, agent, "approve")


def granted_through(send: Send, journey: Journey, url: str, user_agent: UserAgent) -> Answer:
    """What an answer of the provider brings a browser: a code, at once or by the client's request sent again."""
    answer = answer_after_delivery(send, journey, url, user_agent)
    return answer if answer.get("code") else send.authorization(journey.request, user_agent=user_agent)


def completed_sign_in(given: Given, send: Send) -> Answer:
    """A whole sign-in; gone through once."""

    return given.observed("flow 5", lambda: answer_after_delivery(send, signed_in_at_provider(given, send)))


def not_let_in(given: Given, send: Send, how: str) -> Answer:
    """A sign-in that fails: the account `refused`, the person `cancelled`, the password `wrong`; gone through once."""

    def procedure() -> Answer:
        given.came_back(completed_sign_in(given, send), "a sign-in at the external provider")
        who = provider_account(given, "refused") if how == "refused" else provider_account(given)
        who = replace(who, password=given.invented("password")) if how == "wrong" else who
        journey = signed_in(given, send, who, cancelling=how == "cancelled")
        if journey.answer("code") is not None:
            raise Inconclusive("the provider lets in whom it should refuse: its answer has a code")
        return answer_after_delivery(send, journey)

    return given.observed(f"flow 5, {how}", procedure)


def is_told(send: Send, answer: Answer) -> bool:
    """Whether a sign-in that failed ends as it should: by an error of RFC 6749 for the client, or on a page."""
    if answer.destination is None:
        return not answer.reply.is_breakdown or not _is_at(send, answer.reply.request.url)
    return answer.get("error") in AUTHORIZATION_ERRORS


# The answer, changed


def callback_with(callback: str | None, **changes: str | None) -> str:
    """The provider's answer with other parameters; None leaves one out."""
    parts = urlsplit(callback or "")
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in changes]
    more = [(name, value) for name, value in changes.items() if value is not None]
    return parts._replace(query=urlencode([*kept, *more])).geturl()


def parameter(journey: Journey, name: str) -> str:
    """A parameter of the provider's answer; not applicable where it has none."""
    found = journey.answer(name)
    if found is None:
        raise Vacuous(f"the provider's answer has no {name}")
    return found


def used_up(given: Given, send: Send) -> tuple[Journey, UserAgent]:
    """An answer that brought a code, and the browser as it was before, which isn't signed in."""
    journey = journey_back(given, send)
    before = deepcopy(journey.user_agent)
    with given.arranging():
        given.came_back(answer_after_delivery(send, journey), "a sign-in at the external provider")
        again = send.authorization(journey.request, user_agent=deepcopy(before))
    if again.get("code"):
        raise Untested("the browser's cookies from before the sign-in are good for a signed-in session")
    return journey, before


def openid_nonces(given: Given, send: Send) -> list[str | None]:
    """The nonces of two requests to the provider; not applicable where they aren't OpenID Connect's."""
    journeys = [at_provider(given, send) for _ in range(2)]
    if not all("openid" in (journey.inner("scope") or "").split() for journey in journeys):
        raise Vacuous("the server doesn't ask the provider for the scope openid")
    return [journey.inner("nonce") for journey in journeys]


# The user


def code_of_sign_in(given: Given, send: Send) -> Code:
    """The code of a whole sign-in of its own."""
    journey = signed_in_at_provider(given, send)
    with given.arranging():
        return given.code_in(answer_after_delivery(send, journey))


def owner_signed_in(given: Given, send: Send) -> object:
    """Who token info says that the user is; asked once."""
    return given.observed(
        "flow 5, the owner", lambda: owner_told(given, send, given.tokens_for(code_of_sign_in(given, send)))
    )


def owner_expected(given: Given, send: Send) -> object:
    """Who token info says that the user of the linked account is; Untested where the profile names no account."""
    name = given.documented("federation").get("resource_owner")
    if name is None:
        raise Untested(
            "the account that the provider's account signs in isn't named: add `resource_owner` to "
            "[documented.federation]"
        )
    return owner_told(given, send, user_tokens(given, str(name)))


# Pages


def _is_at(send: Send, url: str) -> bool:
    """Whether a URL is at the server, where its authorization endpoint is."""
    return host_and_port(url) == host_and_port(send.form_request("authorization", ()).url)


def _location(reply: Reply) -> str:
    return urljoin(reply.request.url, reply.header("Location") or "")


def _sent_on(given: Given, send: Send, reply: Reply, agent: UserAgent) -> Reply:
    """The sign-in page's button or link for the provider, pressed."""
    wish = given.documented("federation").get("link")
    wanted = re.compile(re.escape(str(wish)), re.I) if wish else ELSEWHERE
    page = read_page(reply)
    button = _button(page, wanted)
    if button is not None:
        return send.pressed(*button, agent)
    link = next((link.url for link in page.anchors if wanted.search(link.text)), None)
    if link is None:
        raise NoWayToProvider(
            f"the sign-in page has no button or link {wish or 'for an external provider'}: name its text in "
            f"[documented.federation] `link` ({reply})"
        )
    return send.opened(link, agent)


def _button(page: Page, wanted: re.Pattern[str]) -> tuple[Form, Pairs] | None:
    """The form of a button that is called so, with its fields."""
    for form in page.forms:
        for button in form.buttons:
            if wanted.search(button.label):
                return form, [*form.fields, *([button.field] if button.field else [])]
    return None


def _next_step(send: Send, reply: Reply, agent: UserAgent, who: Account) -> tuple[Form, Pairs] | None:
    """Sign in, or agree to what the provider asks."""
    form = read_page(reply).sign_in_form()
    if form is None:
        return send.decision_form(reply, agent)
    values = {form.username: who.username, form.password: who.password}
    fields = [(name, values.get(name, value)) for name, value in form.fields]
    first = form.buttons[0]
    return form, [*fields, *([first.field] if first.field else [])]


def _cancelling(page: Page) -> tuple[Form, Pairs]:
    found = _button(page, CANCEL)
    if found is None:
        raise Untested("the provider's sign-in page has no button that cancels")
    return found
