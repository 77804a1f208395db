"""The user agent: a browser with one person. It keeps cookies, sends for a visit, and submits forms as browsers do.

How it gets through pages, and where it stops, is the matter of `conformance.browser.driving`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.base.uris import origin_of
from conformance.browser.answer import CLICKED, Answer
from conformance.browser.cookies import CookieJar
from conformance.browser.forms import Button, Form, encoded, submission_url
from conformance.browser.returns import FORM
from conformance.wire.exchange import Reply, Request

if TYPE_CHECKING:
    from conformance.browser.visit import Visit
    from conformance.profile.target import ResourceOwner

__all__ = ["CLICKED", "Answer", "UserAgent"]

MOST_SIGN_INS = 3
MULTIPART = "multipart/form-data"
# Another site, and what a browser tells of a request that a page there causes (its Origin aside).
OTHER_SITE = "https://other-site.example"
ACROSS_SITES = (("Referer", f"{OTHER_SITE}/"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"))


@dataclass
class UserAgent:
    """One browser with one person: cookies, the account to sign in with, and how often its password may be sent.

    `signed_in` tells whether somebody has signed in with it before. `adds` are headers that go out with each request.
    """

    owner: ResourceOwner | None
    cookies: CookieJar = field(default_factory=CookieJar)
    most_passwords: int = MOST_SIGN_INS
    signed_in: bool = False
    adds: Sequence[tuple[str, str]] = ()

    def open(self, visit: Visit, url: str) -> Reply:
        """GET a URL with this user agent's cookies; follows nothing."""
        return self.send(visit, Request("GET", url.partition("#")[0]))

    def submit(
        self,
        visit: Visit,
        form: Form,
        fields: Sequence[tuple[str, str]],
        button: Button | None = None,
        referer: str | None = None,
    ) -> Reply:
        """Submit a form with exactly these fields; a button may have an action or method of its own."""
        control = button.control if button else None
        action = (control.action if control else None) or form.action
        method = (control.method if control else None) or form.method
        if method != "POST":
            return self.send(visit, Request(method, submission_url(action, fields, form.encoding)))
        if form.media_type == MULTIPART:
            kind, body = _multipart(fields, form.encoding)
        else:
            kind, body = FORM, encoded(fields, form.encoding).encode()
        return self.send(visit, Request("POST", action, (("Content-Type", kind), *_from_page(referer or action)), body))

    def submit_across_sites(
        self, visit: Visit, form: Form, fields: Sequence[tuple[str, str]], *, knows_same_site: bool = True
    ) -> Reply:
        """Submit a form as another site's page makes this browser do.

        Where the form came from can be seen. Cookies go along, unless their SameSite attribute keeps them back: Strict
        always, Lax with a POST. A browser that doesn't know the attribute sends them all.
        """
        text = encoded(fields)
        if form.method == "POST":
            headers = (("Content-Type", FORM), ("Origin", OTHER_SITE), *ACROSS_SITES)
            sent = Request("POST", form.action, headers, text.encode())
        else:
            sent = _in_query(form.action, form.method, text, ACROSS_SITES)
        back = ("strict", "lax") if form.method == "POST" else ("strict",)
        return self.send(visit, sent, kept_back=back if knows_same_site else ())

    def send(self, visit: Visit, request: Request, kept_back: Sequence[str] = ()) -> Reply:
        """Send one request with this user agent's cookies, and keep those that the reply sets.

        Cookies with a SameSite attribute in `kept_back` stay behind.
        """
        cookies = self.cookies.header(request.url, kept_back)
        own = [("Accept", "text/html,application/xhtml+xml")] if request.header("Accept") is None else []
        own += [("Cookie", cookies)] if cookies else []
        own += self.adds
        with visit.session.watch.at_browser(self.owner.name if self.owner else ""):
            reply = visit.exchange(Request(request.method, request.url, (*request.headers, *own), request.body))
        self.cookies.keep(reply)
        return reply

    def submit_encoded(
        self, visit: Visit, url: str, method: str, text: str, headers: Sequence[tuple[str, str]] = ()
    ) -> Reply:
        """Send encoded parameters: in the body of a POST, in the query with any other method."""
        if method == "POST":
            own = (("Content-Type", FORM), *_from_page(url))
            return self.send(visit, Request("POST", url, (*own, *headers), text.encode()))
        return self.send(visit, _in_query(url, method, text, headers))


def _in_query(url: str, method: str, text: str, headers: Sequence[tuple[str, str]]) -> Request:
    plain, _, query = url.partition("?")
    return Request(method, f"{plain}?{query + '&' if query else ''}{text}", tuple(headers))


def _from_page(url: str) -> tuple[tuple[str, str], ...]:
    """Headers by which a browser tells from which page a form comes."""
    return ("Origin", origin_of(url)), ("Referer", url.partition("#")[0])


def _multipart(fields: Sequence[tuple[str, str]], encoding: str) -> tuple[str, bytes]:
    """Content-Type and body of a form in the format of RFC 7578."""
    boundary = secrets.token_hex(16)
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    body = "".join((*parts, f"--{boundary}--\r\n")).encode(encoding, "xmlcharrefreplace")
    return f"{MULTIPART}; boundary={boundary}", body


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
