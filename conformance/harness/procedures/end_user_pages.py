"""What a person meets on the way through sign-in and consent: pages, their forms, and where all of it leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.harness.exchange import Reply, Request
from conformance.harness.forms import Form
from conformance.harness.given import Given
from conformance.harness.outcomes import Inconclusive
from conformance.harness.pages import read_page
from conformance.harness.procedures.redirects import any_response_type, landed_at
from conformance.harness.send import Send
from conformance.harness.user_agent import Answer

ANCESTORS = "frame-ancestors"
FRAME_HEADER = "X-Frame-Options"


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


def framing(page: Reply) -> str:
    """Who may put the page into a frame, as far as its headers say, in words."""
    policies = [part.strip() for header in page.header_values("Content-Security-Policy") for part in header.split(";")]
    said = [policy for policy in policies if policy.lower().startswith(ANCESTORS)]
    said += [f"{FRAME_HEADER}: {value}" for value in frame_options(page)]
    return " and ".join(said) or "nothing"
