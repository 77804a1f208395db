"""The user agent: a browser with one person, who signs in, consents or declines, and stops where it would leave for the
client.

It keeps cookies, stays inside the target, and never contacts a redirect URI. How pages are driven is the matter of the
profile's driver (`conformance.browser.drivers`).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.base.uris import origin_of
from conformance.browser.answer import CLICKED, Answer
from conformance.browser.cookies import CookieJar
from conformance.browser.drivers import driver_of
from conformance.browser.drivers.choosing import deciding
from conformance.browser.drivers.journey import MOST_SIGN_INS, Journey
from conformance.browser.forms import Button, Form, encoded, submitted
from conformance.browser.pages import Page
from conformance.browser.returns import FORM, Return
from conformance.wire.exchange import Reply, Request

if TYPE_CHECKING:
    from conformance.browser.authorization_request import AuthorizationRequest
    from conformance.browser.visit import Visit
    from conformance.profile.target import ResourceOwner

__all__ = ["CLICKED", "Answer", "UserAgent"]

MULTIPART = "multipart/form-data"
# Another site, and what a browser tells of a request that a page there causes (its Origin aside).
OTHER_SITE = "https://other-site.example"
ACROSS_SITES = (("Referer", f"{OTHER_SITE}/"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"))


@dataclass
class UserAgent:
    """One browser with one person: cookies, the account to sign in with, and how often its password may be sent.

    `signed_in` tells whether somebody has signed in with it before.
    """

    owner: ResourceOwner | None
    cookies: CookieJar = field(default_factory=CookieJar)
    most_passwords: int = MOST_SIGN_INS
    signed_in: bool = False

    def authorize(
        self,
        visit: Visit,
        request: AuthorizationRequest,
        method: str = "GET",
        decision: str = "approve",
        *,
        encoded: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """Send an authorization request and go on until the user agent leaves the target or is stuck on a page.

        `encoded` goes out in place of the encoded parameters, `headers` with the first request only.
        """
        text = _encoded(request.pairs) if encoded is None else encoded
        reply = self._submit_encoded(visit, visit.target.url("authorization"), method, text, headers)
        return self.drive(visit, request, reply, decision)

    def drive(self, visit: Visit, request: AuthorizationRequest, reply: Reply, decision: str) -> Answer:
        """Go on from a reply: follow redirects, sign in, take the decision."""
        watch, started, before = visit.session.watch, time.perf_counter(), visit.session.sent
        answer = driver_of(visit.session).go(Journey(self, visit, request, decision), reply)
        # What a person's own browser received is not seen.
        if answer.destination is not None and type(answer.reply) is Reply:
            visit.returns.append(Return(reply.request, answer.destination, answer.reply))
        account = self.owner.name if self.owner else None
        watch.journey(account, answer, visit.session.sent - before + 1, time.perf_counter() - started + reply.elapsed)
        return replace(answer, opened=reply)

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
            return self.send(visit, Request(method, submitted(action, fields, form.encoding)))
        if form.media_type == MULTIPART:
            kind, body = _multipart(fields, form.encoding)
        else:
            kind, body = FORM, encoded(fields, form.encoding).encode()
        return self.send(visit, Request("POST", action, (("Content-Type", kind), *_from_page(referer or action)), body))

    def submit_across_sites(
        self,
        visit: Visit,
        request: AuthorizationRequest,
        form: Form,
        fields: Sequence[tuple[str, str]],
        *,
        knows_same_site: bool = True,
    ) -> Answer:
        """Submit a form as another site's page makes this browser do; then follow redirects and decide nothing.

        Where the form came from can be seen. Cookies go along, unless their SameSite attribute keeps them back: Strict
        always, Lax with a POST. A browser that doesn't know the attribute sends them all.
        """
        text = _encoded(fields)
        if form.method == "POST":
            headers = (("Content-Type", FORM), ("Origin", OTHER_SITE), *ACROSS_SITES)
            sent = Request("POST", form.action, headers, text.encode())
        else:
            sent = _in_query(form.action, form.method, text, ACROSS_SITES)
        back = ("strict", "lax") if form.method == "POST" else ("strict",)
        reply = self.send(visit, sent, kept_back=back if knows_same_site else ())
        return self.drive(visit, request, reply, "wait")

    def decision_form(self, visit: Visit, page: Page, decision: str) -> tuple[Form, Sequence[tuple[str, str]]] | None:
        """The form that takes a decision, filled in; None where the page asks for none."""
        chosen = None if page.sign_in_form() else deciding(page, decision, visit.target.sign_in)
        if chosen is None or chosen.form is None or not driver_of(visit.session).submits(chosen.form):
            return None
        return chosen.form, chosen.fields

    def send(self, visit: Visit, request: Request, kept_back: Sequence[str] = ()) -> Reply:
        """Send one request with this user agent's cookies, and keep those that the reply sets.

        Cookies with a SameSite attribute in `kept_back` stay behind.
        """
        cookies = self.cookies.header(request.url, kept_back)
        own = [("Accept", "text/html,application/xhtml+xml")] if request.header("Accept") is None else []
        own += [("Cookie", cookies)] if cookies else []
        with visit.session.watch.at_browser(self.owner.name if self.owner else ""):
            reply = visit.exchange(Request(request.method, request.url, (*request.headers, *own), request.body))
        self.cookies.keep(reply)
        return reply

    def _submit_encoded(
        self, visit: Visit, url: str, method: str, text: str, headers: Sequence[tuple[str, str]] = ()
    ) -> Reply:
        if method == "POST":
            own = (("Content-Type", FORM), *_from_page(url))
            return self.send(visit, Request("POST", url, (*own, *headers), text.encode()))
        return self.send(visit, _in_query(url, method, text, headers))


# A parameter of `authorize` has the function's name.
_encoded = encoded


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
