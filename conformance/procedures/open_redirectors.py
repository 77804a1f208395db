"""Foreign places in every parameter that a server may read one from, and where a browser is led by them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from conformance.base.uris import host_and_port, urljoin, urlsplit
from conformance.browser.pages import read_page
from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.end_user_pages import tour
from conformance.procedures.redirects import ATTACKER
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

# What servers call the place to go to after sign-in.
RESUMING = (
    *("next", "continue", "return_to", "return_url", "returnTo", "returnUrl", "ReturnUrl", "redirect", "redirect_to"),
    *("redirect_url", "url", "goto", "back", "target", "destination", "service", "callback", "referer", "RelayState"),
)
FOREIGN_PLACES = {
    "absolute": f"https://{ATTACKER}/landing",
    "without scheme": f"//{ATTACKER}/landing",
    "backslash": f"/\\{ATTACKER}/landing",
}
# Endpoints that answer a browser, or may.
VISITED = ("authorization", "token", "revocation", "introspection", "metadata")


def answer_to_misleading_link(given: Given, send: Send, place: str, user_agent: UserAgent) -> Answer:
    """A link to the sign-in page with a foreign place wherever one may be read from, followed by the owner."""
    good = ordinary_request(given, send)
    request = send.authorization_request(good.client, good.response_type)
    with given.arranging():
        page = send.authorization(request, user_agent=given.nobodys_user_agent()).reply
    own = {name for name, _ in request.pairs}
    return send.followed(_pointed(page.request.url, own, place), request, user_agent)


@dataclass(frozen=True, slots=True)
class Led:
    """A URL of the server that was opened with foreign places in its query, and where that led."""

    reply: Reply
    places: tuple[str, ...]

    @property
    def is_abroad(self) -> bool:
        """Whether a browser goes to the foreign host by itself."""
        return any(urlsplit(place).hostname == ATTACKER for place in self.places)

    def __str__(self) -> str:
        return f"{self.reply.request.url.partition('?')[0]} leading to {', '.join(self.places)}"


def led_by(given: Given, send: Send, target: Target, place: str, *, signed_in: bool) -> list[Led]:
    """Where each URL leads that a browser met, with a foreign place in whatever its query may hold."""

    def procedure() -> list[Led]:
        agent = given.user_agent() if signed_in else given.nobodys_user_agent()
        own = {name for name, _ in tour(given, send).answer.request.pairs}
        urls = [_pointed(url, own, place) for url in _met(given, send, target)]
        return [_led(send.opened(url, agent)) for url in urls]

    return given.observed(f"every URL pointed to {place}, {'' if signed_in else 'not '}signed in", procedure)


def _met(given: Given, send: Send, target: Target) -> list[str]:
    """URLs of the endpoints, of the pages on the way through sign-in and consent, and of their forms."""
    pages = tour(given, send).answer.pages
    seen = [page.request.url for page in pages]
    seen += [form.action for page in pages for form in read_page(page).forms]
    seen += [target.url(name) for name in VISITED if name in target.endpoints]
    known = target.hosts()
    by_place = {url.partition("?")[0]: url for url in reversed(seen) if host_and_port(url) in known}
    return list(by_place.values())


def _led(reply: Reply) -> Led:
    location = reply.header("Location") if reply.is_redirect else None
    places = [location] if location else [place for _, place in read_page(reply).moves]
    # A browser takes a backslash for a slash (WHATWG URL).
    return Led(reply, tuple(urljoin(reply.request.url, place.replace("\\", "/")) for place in places))


def _pointed(url: str, own: set[str], place: str) -> str:
    parts = urlsplit(url)
    kept = [part for part in parts.query.split("&") if part.partition("=")[0] in own]
    query = "&".join([*kept, *(urlencode({name: place}) for name in _names(parts.query) - own)])
    return parts._replace(query=query).geturl()


def _names(query: str) -> set[str]:
    return {*RESUMING, *(part.partition("=")[0] for part in query.split("&") if part)}
