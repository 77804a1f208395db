"""One authorization request on its way: who travels, what was seen, and when the user agent has left the target."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.base.uris import host_and_port, urlsplit
from conformance.browser.answer import Answer, names_in
from conformance.browser.drivers.choosing import Action
from conformance.browser.pages import Page
from conformance.browser.user_agent import MOST_SIGN_INS, UserAgent
from conformance.profile.target import SignIn
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from conformance.browser.authorization_request import AuthorizationRequest
    from conformance.browser.visit import Visit

MOST_STEPS = 20
# The same button on the same page: more often, and it leads nowhere.
MOST_REPETITIONS = 2
# Parameters of which every response to an authorization request has one.
RESPONSES = frozenset({"code", "access_token", "error"})


@dataclass
class Journey:
    """A user agent with one authorization request and one decision (`approve`, `decline`, `wait`).

    `doubt` says why the server may have been told another decision; empty where it was told this one, or none.
    """

    agent: UserAgent
    visit: Visit
    request: AuthorizationRequest
    decision: str
    pages: list[Reply] = field(default_factory=list)
    consented: bool = False
    signed_in: bool = False
    sign_ins: int = 0
    passwords: int = 0
    doubt: str = ""
    done: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @property
    def sign_in(self) -> SignIn:
        """What the profile says of sign-in."""
        return self.visit.target.sign_in

    def leaves(self, url: str) -> bool:
        """Whether a URL is outside the target, or is the client's even though it stands on the target's host."""
        registered = self.request.client.redirect_uris
        place = url.partition("?")[0].partition("#")[0]
        if any(place == uri.partition("?")[0] for uri in registered):
            return True
        if urlsplit(url).scheme not in ("http", "https"):
            return True
        return host_and_port(url) not in self.visit.session.hosts

    def is_to_client(self, url: str) -> bool:
        """Whether a URL is a redirection URI: a registered one, or the one that the request names."""
        uris = (*self.request.client.redirect_uris, self.request.get("redirect_uri") or "")
        place = url.partition("#")[0].partition("?")[0]
        return any(uri and place == uri.partition("#")[0].partition("?")[0] for uri in uris)

    def note(self, page: Page, action: Action) -> str:
        """Count an action before it is taken; why it may not be taken, empty where it may."""
        self.sign_ins += action.signs_in
        self.passwords += action.sends_password
        step = (page.url.partition("?")[0], action.what, action.pressed)
        self.done[step] += 1
        if self.sign_ins > MOST_SIGN_INS or self.passwords > self.agent.most_passwords:
            return "the page asks to sign in again and again"
        if self.done[step] > MOST_REPETITIONS + action.signs_in:
            return f"pressing {action.pressed!r} leads back to the same page again and again"
        return ""

    def took(self, action: Action) -> None:
        """Note what an action has done, once it is taken."""
        self.signed_in |= action.signs_in
        self.agent.signed_in |= action.signs_in
        self.consented |= action.decides

    def ended(
        self, reply: Reply, destination: str | None = None, mechanism: str | None = None, stuck: str = ""
    ) -> Answer:
        """The answer, at a destination or on a page."""
        if destination is not None and not stuck:
            stuck = self._strange_place(destination)
        seen, decided = tuple(self.pages), (self.consented, self.signed_in)
        return Answer(self.request, reply, destination, mechanism, seen, *decided, stuck, self.doubt)

    def _strange_place(self, destination: str) -> str:
        """The hint for a sign-in that goes on at a host which the profile doesn't name."""
        parts = urlsplit(destination)
        if self.is_to_client(destination) or RESPONSES & names_in(destination) or parts.scheme not in ("http", "https"):
            return ""
        return f"if sign-in goes on there, add its origin to `hosts` under [sign_in]: {parts.scheme}://{parts.netloc}"
