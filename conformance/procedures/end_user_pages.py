"""What a person meets on the way through sign-in and consent: pages, their forms, and where all of it leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from conformance.base.outcomes import Inconclusive
from conformance.browser.forms import Form
from conformance.browser.pages import read_page
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.redirects import any_response_type, landed_at
from conformance.wire.exchange import Reply, Request

ANCESTORS = "frame-ancestors"
FRAME_HEADER = "X-Frame-Options"


Sends = Literal["no body", "the form's body", "a body with the password"]
# The statuses on which a browser sends method and body once more (RFC 9110 section 15.4).
BODY_GOES_ALONG = (307, 308)


@dataclass(frozen=True, slots=True)
class Hop:
    """The last step of a user agent to the client: what it had asked for, and how it was sent on.

    `sends` is what a browser would send on in the body: nothing, a form, or a form with the password in it.
    """

    method: str
    status: int
    mechanism: str
    sends: Sends

    def __str__(self) -> str:
        return f"{self.method} answered with status {self.status}, sent on by {self.mechanism} with {self.sends}"


def last_hop(given: Given, send: Send) -> Hop:
    """How a person who signed in came to the client; whoever was signed in before, where nobody had to sign in."""
    try:
        answer = tour(given, send).answer
    except Inconclusive:
        answer = given.approval(None, any_response_type(given))
    return hop_of(answer, given.owner().password)


def hop_of(answer: Answer, password: str) -> Hop:
    """The last hop of an answer."""
    request, status = answer.reply.request, answer.reply.status
    goes_along = answer.mechanism == "Location" and status in BODY_GOES_ALONG and bool(request.body)
    values = [value for _, value in parse_qsl(request.body.decode("utf-8", "replace"))]
    form: Sends = "a body with the password" if password in values else "the form's body"
    return Hop(request.method, status, answer.mechanism or "nothing", form if goes_along else "no body")


@dataclass(frozen=True, slots=True)
class Tour:
    """An authorization request by a browser that isn't signed in, to its end."""

    answer: Answer

    @property
    def asking_pages(self) -> tuple[Reply, ...]:
        """The pages that ask for a password or a decision."""
        return tuple(page for page in self.answer.pages if any(map(_asks, read_page(page).forms)))

    @property
    def password_forms(self) -> list[Form]:
        """The forms that take a password."""
        return [form for page in self.answer.pages for form in read_page(page).forms if form.password]

    @property
    def ways_in_the_clear(self) -> list[str]:
        """URLs on plain HTTP that the server's own pages and redirects lead to."""
        return [url for url in self._ways() if url.lower().startswith("http:")]

    def _ways(self) -> Iterator[str]:
        hosts = set()
        for page in self.answer.pages:
            hosts.add(urlsplit(page.request.url).hostname)
            yield page.request.url
            read = read_page(page)
            yield from (form.action for form in read.forms)
            yield from (link for link in read.links if urlsplit(link).hostname in hosts)
        if self.answer.destination and not landed_at(self.answer, self.answer.request.client.redirect_uris):
            yield self.answer.destination


def tour(given: Given, send: Send) -> Tour:
    """The way of a person who signs in and approves."""
    return given.observed("the way through sign-in and consent", lambda: _tour(given, send))


def _tour(given: Given, send: Send) -> Tour:
    found = Tour(send.authorize(None, any_response_type(given), user_agent=given.user_agent(fresh=True)))
    if found.answer.destination is None and not found.ways_in_the_clear:
        raise Inconclusive(f"sign-in and consent did not lead back to the client: {found.answer}")
    if not found.asking_pages:
        raise Inconclusive("no page asked for a password or a decision")
    return found


def pages_in_the_clear(given: Given, send: Send) -> list[str]:
    """URLs of those pages that ask something over plain HTTP as well."""
    urls = dict.fromkeys(page.request.url for page in tour(given, send).asking_pages)
    replies = {url: send.plainly(Request("GET", url)) for url in urls}
    return [url for url, reply in replies.items() if reply and any(map(_asks, read_page(reply).forms))]


def _asks(form: Form) -> bool:
    return form.password is not None or form.method == "POST"


# Frames


def frame_options(page: Reply) -> list[str]:
    """The values of X-Frame-Options."""
    return [value.strip() for header in page.header_values(FRAME_HEADER) for value in header.split(",")]


def frame_policy(page: Reply) -> str:
    """Who may put the page into a frame, as far as its headers say, in words."""
    policies = [part.strip() for header in page.header_values("Content-Security-Policy") for part in header.split(";")]
    said = [policy for policy in policies if policy.lower().startswith(ANCESTORS)]
    said += [f"{FRAME_HEADER}: {value}" for value in frame_options(page)]
    return " and ".join(said) or "nothing"
