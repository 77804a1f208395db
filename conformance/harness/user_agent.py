"""The form-driving user agent: signs in, consents or declines, and stops where it would leave for the client.

It keeps a session per origin, follows redirects inside the target, and never contacts a redirect URI.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from conformance.harness.exchange import Reply, Request
from conformance.harness.outcomes import Inconclusive
from conformance.harness.pages import APPROVE, DECLINE, Button, Form, Page, read_page
from conformance.harness.send import FORM, AuthorizationRequest
from conformance.harness.target import ResourceOwner, host_and_port
from conformance.harness.uris import urljoin, urlsplit

if TYPE_CHECKING:
    from conformance.harness.session import Trial

MOST_STEPS = 20
# Parameters of which every response to an authorization request has one.
RESPONSES = frozenset({"code", "access_token", "error"})
MOST_SIGN_INS = 3
# Another site, and what a browser tells of a request that a page there causes (its Origin aside).
OTHER_SITE = "https://other-site.example"
ACROSS_SITES = (("Referer", f"{OTHER_SITE}/"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"))
# Mechanisms of an answer that wait for a person.
CLICKED = ("button", "link")


@dataclass(frozen=True, slots=True)
class Answer:
    """How an authorization request ended for the user agent.

    `destination` is the full URI outside the target where it was sent (None: it stayed on a page), `mechanism` how.
    `pages` are the pages that a person would have seen on the way, the last one included.
    """

    request: AuthorizationRequest
    reply: Reply
    destination: str | None
    mechanism: str | None
    pages: tuple[Reply, ...]
    consented: bool
    signed_in: bool

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """Parameters in the destination's query."""
        return _pairs(urlsplit(self.destination or "").query)

    @property
    def fragment(self) -> tuple[tuple[str, str], ...]:
        """Parameters in the destination's fragment."""
        return _pairs(urlsplit(self.destination or "").fragment)

    def get(self, name: str) -> str | None:
        """A response parameter, wherever it stands; for lenient reading."""
        return next((value for key, value in (*self.query, *self.fragment) if key == name), None)

    def __str__(self) -> str:
        if self.destination is None:
            return f"a page ({self.reply})"
        return f"the user agent sent to {self.destination} by {self.mechanism}"


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(text, keep_blank_values=True))


@dataclass
class UserAgent:
    """One browser with one person: cookies, the account to sign in with, and how often its password may be sent."""

    owner: ResourceOwner | None
    cookies: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    most_passwords: int = MOST_SIGN_INS
    # The SameSite attribute of cookies that have one, in lower case.
    same_site: dict[tuple[str, str], str] = field(default_factory=dict)

    def authorize(
        self,
        trial: Trial,
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
        text = urlencode(list(request.pairs)) if encoded is None else encoded
        reply = self._submit_encoded(trial, trial.target.url("authorization"), method, text, headers)
        return self.drive(trial, request, reply, decision)

    def drive(self, trial: Trial, request: AuthorizationRequest, reply: Reply, decision: str) -> Answer:
        """Go on from a reply: follow redirects, sign in, take the decision."""
        pages: list[Reply] = []
        consented = signed_in = False
        attempts = passwords = 0
        for _ in range(MOST_STEPS):
            if reply.is_redirect:
                location = urljoin(reply.request.url, reply.header("Location") or "")
                if self._leaves(trial, location, request):
                    return Answer(request, reply, location, "Location", tuple(pages), consented, signed_in)
                reply = self.open(trial, location)
                continue
            page = read_page(reply)
            pages.append(reply)
            outside = next((move for move in page.moves if self._leaves(trial, move[1], request)), None)
            if outside:
                return Answer(request, reply, outside[1], outside[0], tuple(pages), consented, signed_in)
            own = replace(page, forms=tuple(f for f in page.forms if not self._leaves(trial, f.action, request)))
            step = self._next_step(trial, own, decision) if reply.status < 400 else None
            if step is None:
                mechanism, destination = _way_back(page, request, decision) if reply.status < 400 else (None, None)
                return Answer(request, reply, destination, mechanism, tuple(pages), consented, signed_in)
            form, fields, what = step
            attempts += what == "sign in"
            passwords += what == "sign in" and form.password is not None
            if attempts > MOST_SIGN_INS or passwords > self.most_passwords:
                return Answer(request, reply, None, None, tuple(pages), consented, signed_in)
            signed_in |= what == "sign in"
            consented |= what == "decide"
            reply = self._submit(trial, form.action, form.method, fields)
        raise Inconclusive(f"the authorization endpoint did not come to an end within {MOST_STEPS} steps")

    def open(self, trial: Trial, url: str) -> Reply:
        """GET a URL with this user agent's cookies; follows nothing."""
        return self._send(trial, Request("GET", url.partition("#")[0]))

    def submit(self, trial: Trial, form: Form, fields: Sequence[tuple[str, str]]) -> Reply:
        """Submit a form with exactly these fields."""
        return self._submit(trial, form.action, form.method, fields)

    def submit_across_sites(
        self,
        trial: Trial,
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
        encoded = urlencode(list(fields))
        if form.method == "POST":
            headers = (("Content-Type", FORM), ("Origin", OTHER_SITE), *ACROSS_SITES)
            sent = Request("POST", form.action, headers, encoded.encode())
        else:
            sent = _in_query(form.action, form.method, encoded, ACROSS_SITES)
        back = ("strict", "lax") if form.method == "POST" else ("strict",)
        reply = self._send(trial, sent, kept_back=back if knows_same_site else ())
        return self.drive(trial, request, reply, "wait")

    def decision_form(self, trial: Trial, page: Page, decision: str) -> tuple[Form, list[tuple[str, str]]] | None:
        """The form that takes a decision, filled in; None where the page asks for none."""
        chosen = None if page.sign_in_form() else self._choice(trial, page, decision)
        return None if chosen is None else (chosen[0], _filled(*chosen, decision))

    def _submit(self, trial: Trial, url: str, method: str, pairs: Sequence[tuple[str, str]]) -> Reply:
        return self._submit_encoded(trial, url, method, urlencode(list(pairs)))

    def _submit_encoded(
        self, trial: Trial, url: str, method: str, encoded: str, headers: Sequence[tuple[str, str]] = ()
    ) -> Reply:
        if method == "POST":
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
            own = (("Content-Type", FORM), ("Origin", origin), ("Referer", url))
            return self._send(trial, Request("POST", url, (*own, *headers), encoded.encode()))
        return self._send(trial, _in_query(url, method, encoded, headers))

    def _send(self, trial: Trial, request: Request, kept_back: Sequence[str] = ()) -> Reply:
        host = urlsplit(request.url).netloc
        pairs = [
            f"{name}={value}"
            for (at, name), (value, _) in self.cookies.items()
            if at == host and self.same_site.get((at, name)) not in kept_back
        ]
        headers = [*request.headers, ("Accept", "text/html,application/xhtml+xml")]
        if pairs:
            headers.append(("Cookie", "; ".join(pairs)))
        reply = trial.exchange(Request(request.method, request.url, tuple(headers), request.body))
        self._keep_cookies(host, reply)
        return reply

    def _keep_cookies(self, host: str, reply: Reply) -> None:
        for header in reply.header_values("Set-Cookie"):
            try:
                parsed = SimpleCookie(header)
            except CookieError:
                continue
            for name, morsel in parsed.items():
                if morsel["max-age"] == "0" or morsel.value == "":
                    self.cookies.pop((host, name), None)
                else:
                    self.cookies[host, name] = (morsel.coded_value, morsel["path"])
                    self.same_site[host, name] = morsel["samesite"].lower()

    def _leaves(self, trial: Trial, url: str, request: AuthorizationRequest) -> bool:
        """Whether a URL is outside the target, or is the client's even though it stands on the target's host."""
        registered = request.client.redirect_uris
        if any(url.partition("?")[0].partition("#")[0] == uri.partition("?")[0] for uri in registered):
            return True
        if urlsplit(url).scheme not in ("http", "https"):
            return True
        return host_and_port(url) not in trial.target.hosts()

    def _next_step(self, trial: Trial, page: Page, decision: str) -> tuple[Form, list[tuple[str, str]], str] | None:
        sign_in = page.sign_in_form()
        if sign_in is not None:
            return None if self.owner is None else (sign_in, self._credentials(sign_in, self.owner), "sign in")
        if decision == "wait":
            return None
        chosen = self._choice(trial, page, decision)
        if chosen is None:
            return None
        form, button = chosen
        return form, _filled(form, button, decision), "decide"

    def _credentials(self, form: Form, owner: ResourceOwner) -> list[tuple[str, str]]:
        values = {form.username: owner.username, form.password: owner.password}
        fields = [(name, values.get(name, value)) for name, value in form.fields]
        button = form.buttons[0]
        return [*fields, button.field] if button.field else fields

    def _choice(self, trial: Trial, page: Page, decision: str) -> tuple[Form, Button] | None:
        wish = trial.target.sign_in.approve if decision == "approve" else trial.target.sign_in.decline
        if wish:
            return next(page.choices(re.compile(re.escape(wish), re.I)), None)
        wanted, other = (APPROVE, DECLINE) if decision == "approve" else (DECLINE, APPROVE)
        fitting = list(page.choices(wanted))
        clear = [each for each in fitting if not other.search(each[1].label)]
        if clear or fitting:
            return (clear or fitting)[0]
        # One form with one button and a checkbox: the box is the decision.
        boxed = [(form, form.buttons[0]) for form in page.forms if form.checkboxes and len(form.buttons) == 1]
        lone = [(form, form.buttons[0]) for form in page.forms if form.method == "POST" and len(form.buttons) == 1]
        return next(iter(boxed or (lone if decision == "approve" else [])), None)


def _in_query(url: str, method: str, encoded: str, headers: Sequence[tuple[str, str]]) -> Request:
    plain, _, query = url.partition("?")
    return Request(method, f"{plain}?{query + '&' if query else ''}{encoded}", tuple(headers))


def _way_back(page: Page, request: AuthorizationRequest, decision: str) -> tuple[str | None, str | None]:
    """A button or link that takes a response to the client's redirection URI: what a person would click at last."""
    ways = [("button", form.leads_to) for form in page.forms] + [("link", link) for link in page.links]
    back = [way for way in ways if _is_response(way[1], request)]
    granted = [way for way in back if "error" not in _names(way[1])]
    chosen = (granted if decision == "approve" else []) or back
    return chosen[0] if chosen else (None, None)


def _is_response(url: str, request: AuthorizationRequest) -> bool:
    """Whether a URL is a registered redirection URI with a response in it."""
    place = url.partition("#")[0].partition("?")[0]
    registered = any(place == uri.partition("?")[0] for uri in request.client.redirect_uris)
    return registered and bool(RESPONSES & _names(url))


def _names(url: str) -> frozenset[str]:
    parts = urlsplit(url)
    return frozenset(name for name, _ in (*_pairs(parts.query), *_pairs(parts.fragment)))


def _filled(form: Form, button: Button, decision: str) -> list[tuple[str, str]]:
    """The form's fields with the button's; boxes are ticked to approve and cleared to decline."""
    names = {name for name, _ in form.checkboxes}
    fields = [pair for pair in form.fields if pair[0] not in names]
    ticked = list(form.checkboxes) if decision == "approve" else []
    return [*fields, *ticked, *([button.field] if button.field else [])]
