"""Pages that a person meets at the server: what they load and lead to, and what their headers say."""

from __future__ import annotations

import re
from functools import partial

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from conformance.base.outcomes import Vacuous
from conformance.base.uris import host_and_port, urljoin, urlsplit
from conformance.browser.drivers.choosing import deciding_action
from conformance.browser.pages import read_page
from conformance.harness.given import Given
from conformance.harness.record import Recorded
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.end_user_pages import ANCESTORS, frame_options, tour
from conformance.profile.target import SignIn, Target
from conformance.wire.exchange import Reply, Request

SHOWS_NO_URL = ("no-referrer", "never", "same-origin", "origin", "strict-origin", "origin-when-cross-origin")
KEPT_OUT = ("deny", "sameorigin")
# Sources of a policy that any site may be: RFC 9700 wants unauthorized ones kept out.
ANYBODY = ("*", "http:", "https:", "http://*", "https://*")
# Where a page names what it loads or leads to.
REFERRER = "//meta[translate(@name, 'REF', 'ref') = 'referrer']/@content"
PLACES = "//@src | //link/@href | //a/@href | //area/@href | //object/@data | //form/@action | //*/@poster"
# What style sheets in a page, and single styles, load.
STYLES = "//style/text() | //@style"
# What a web server in front has no reason to refuse.
REFUSED = (400, 401, 403)
SAFE = re.compile(r"(?:[A-Za-z0-9._~&=+:/-]|%[2-7][0-9A-Fa-f])*")
LONGEST_QUERY = 1000
IN_STYLE = re.compile(r"""(?:\burl\(\s*|@import\s+)["']?(?!url\()([^\s"')]+)""", re.I)


def pages_met(given: Given, send: Send, kind: str) -> tuple[Reply, ...]:
    """The pages that ask for a password or a decision, or those that tell of an error."""
    return tour(given, send).asking_pages if kind == "asking" else _error_pages(given, send)


def _error_pages(given: Given, send: Send) -> tuple[Reply, ...]:
    good = ordinary_request(given, send)
    answer = given.observed("the page for an unknown client", lambda: good.changed(client_id=given.invented("client")))
    pages = tuple(page for page in answer.pages if "html" in page.media_type)
    if not pages:
        raise Vacuous(f"no page tells of an unknown client: {answer}")
    return pages


def authorizing_pages(recorded: Recorded, sign_in: SignIn) -> list[Reply]:
    """The pages of a run that ask for a password or a decision, whatever led to them."""
    return recorded.chosen("authorizing pages", lambda: [page for page in recorded.pages() if _asks(page, sign_in)])


def refusing_pages(recorded: Recorded, endpoint: str) -> list[Reply]:
    """The pages by which the authorization endpoint refuses an ordinary request.

    What is out of shape is refused by web servers in front, which know nothing of the endpoint.
    """
    return [page for page in recorded.pages() if page.status in REFUSED and _is_ordinary(page.request, endpoint)]


def _asks(page: Reply, sign_in: SignIn) -> bool:
    read = read_page(page)
    with_password = any(form.password for form in read.forms)
    deciding = None if with_password else deciding_action(read, "approve", sign_in)
    return with_password or (deciding is not None and deciding.form is not None and deciding.form.method == "POST")


def _is_ordinary(request: Request, endpoint: str) -> bool:
    place, _, query = request.url.partition("?")
    return request.method == "GET" and place == endpoint and len(query) < LONGEST_QUERY and bool(SAFE.fullmatch(query))


# What they load


def foreign_places(page: Reply, target: Target) -> list[str]:
    """Whatever a page loads from, or links to, at hosts that aren't the server's own."""
    own = {name for name, _ in target.hosts()} | set(target.own_hosts)
    return [place for place in _places(page) if (host := _host(place)) is not None and host not in own]


def _places(page: Reply) -> list[str]:
    loaded = [place for text in _found(page, STYLES) for place in IN_STYLE.findall(text)]
    return [urljoin(page.request.url, place.strip()) for place in (*_found(page, PLACES), *loaded)]


def _found(page: Reply, path: str) -> list[str]:
    try:
        document = lxml.html.document_fromstring(page.body)
    except (ParserError, XMLSyntaxError, ValueError):
        return []
    return [str(each) for each in document.xpath(path)]


def _host(place: str) -> str | None:
    return host_and_port(place)[0] if urlsplit(place).scheme in ("http", "https") else None


# What their headers say


def referrer_policy(page: Reply) -> str:
    """The policy that a browser goes by: the last one that it knows, of the header or of the page itself."""
    named = [part.strip().lower() for value in page.header_values("Referrer-Policy") for part in value.split(",")]
    named += [value.strip().lower() for value in _found(page, REFERRER)]
    return next(iter(reversed([each for each in named if each])), "")


def frame_ancestors(page: Reply) -> list[str]:
    """The sources that each policy of a page lets frame it."""
    policies = [part.split() for value in page.header_values("Content-Security-Policy") for part in _parts(value)]
    return [" ".join(words[1:]).lower() for words in policies if words and words[0].lower() == ANCESTORS]


def _parts(value: str) -> list[str]:
    return re.split(r"[;,]", value)


def keeps_out_by_policy(page: Reply) -> bool:
    """Whether a content security policy names who may frame the page, and that isn't anybody."""
    return any(not set(sources.split()) & set(ANYBODY) for sources in frame_ancestors(page))


def keeps_out_by_header(page: Reply) -> bool:
    """Whether X-Frame-Options has a value by which browsers keep other sites out."""
    values = [value.lower() for value in frame_options(page)]
    return bool(values) and all(value in KEPT_OUT for value in values)


def suppresses_referrer(page: Reply) -> bool:
    """Whether a page's policy keeps its URL from other sites."""
    return referrer_policy(page).removesuffix("-when-cross-origin") in SHOWS_NO_URL


def unless_a_script_may(given: Given, send: Send, pages: list[Reply]) -> list[Reply]:
    """Pages that lack a header, but for those that a browser doesn't show in a frame: scripts may do what it would.

    Untested where scripts may and there is no browser to tell.
    """
    in_browser = given.sign_in().driver == "browser"
    if not pages or not (in_browser or all(read_page(page).scripts for page in pages)):
        return pages
    load = partial(send.opened, user_agent=given.nobodys_user_agent())
    return [page for page in pages if given.shows_in_frame(page, load)]
