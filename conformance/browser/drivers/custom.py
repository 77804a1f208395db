"""A driver of the user's own: a callable that takes a user agent through sign-in, named as `package.module:callable`.

    def drive(context):                          # driver = "my_sign_in:drive", in my_sign_in.py beside the profile
        page = context.follow()
        if isinstance(page, str):                # refused at once, and on the way to the client
            return page
        if context.username is None or context.decision == "wait":
            return None
        context.submit("/session", {"user": context.username, "key": context.password})
        context.signed_in = context.consented = True
        end = context.follow(context.send("POST", "/decision", body=context.decision))
        return end if isinstance(end, str) else None

It returns the URL at which it left for the client (a redirect's exact Location, fragment included), or None when it
stayed on the last page that it received.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conformance.base.outcomes import Inconclusive, Unanswered
from conformance.base.uris import urljoin, urlsplit
from conformance.browser.answer import Answer
from conformance.browser.drivers.driver import UnusableDriver
from conformance.browser.drivers.journey import MOST_STEPS, Journey
from conformance.browser.forms import Form
from conformance.browser.pages import Page, read_page
from conformance.profile.target import SignIn
from conformance.wire.exchange import Reply, Request

LONGEST_TRACEBACK = 2000


@dataclass
class SignInContext:
    """What a callable works with.

    `reply` is the answer to the authorization request that went to `url`, or what came of it since. Everything sent
    through the context carries the user agent's cookies, goes to the profile's hosts only, and is recorded as evidence.
    Set `signed_in` and `consented` to true when the callable has done so.
    """

    url: str
    reply: Reply
    decision: str
    redirect_uris: tuple[str, ...]
    _journey: Journey
    signed_in: bool = False
    consented: bool = False

    @property
    def username(self) -> str | None:
        """The account's name; None for a user agent in which nobody signs in."""
        owner = self._journey.agent.owner
        return owner.username if owner else None

    @property
    def password(self) -> str | None:
        """The account's password; None for a user agent in which nobody signs in."""
        owner = self._journey.agent.owner
        return owner.password if owner else None

    def send(self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | str = b"") -> Reply:
        """Any request; follows nothing."""
        content = body.encode() if isinstance(body, str) else body
        request = Request(method, urljoin(self.reply.request.url, url), tuple((headers or {}).items()), content)
        return self._received(self._journey.agent.send(self._journey.visit, request))

    def open(self, url: str) -> Reply:
        """A GET request; follows nothing."""
        return self.send("GET", url.partition("#")[0])

    def submit(self, form: Form | str, fields: Mapping[str, str] | Sequence[tuple[str, str]]) -> Reply:
        """Submit fields to a form of a page that was read, or POST them to a URL."""
        if isinstance(form, str):
            form = Form(urljoin(self.reply.request.url, form), "POST", (), ())
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        return self._received(
            self._journey.agent.submit(self._journey.visit, form, pairs, None, self.reply.request.url)
        )

    def follow(self, reply: Reply | None = None) -> Reply | str:
        """Follow redirects inside the target: a page, or the URL at which a redirect leaves the target."""
        reply = reply or self.reply
        for _ in range(MOST_STEPS):
            if not reply.is_redirect:
                return reply
            location = urljoin(reply.request.url, reply.header("Location") or "")
            if self.leaves(location):
                return location
            reply = self.open(location)
        raise Inconclusive(f"more than {MOST_STEPS} redirects in a row")

    def leaves(self, url: str) -> bool:
        """Whether a URL is the client's, or anywhere else outside the target."""
        return self._journey.leaves(url)

    def read(self, reply: Reply | None = None) -> Page:
        """The forms, links and text of a page."""
        return read_page(reply or self.reply)

    def _received(self, reply: Reply) -> Reply:
        self.reply = reply
        if not reply.is_redirect:
            self._journey.pages.append(reply)
        return reply


@dataclass(frozen=True)
class CustomDriver:
    """Calls the callable for each authorization request."""

    name: str
    function: Callable[[SignInContext], object]

    @classmethod
    def named(cls, sign_in: SignIn) -> CustomDriver:
        """Import the callable; modules beside the profile are found last. Raises UnusableDriver."""
        module, _, attribute = sign_in.driver.partition(":")
        if sign_in.folder not in sys.path:
            sys.path.append(sign_in.folder)
        try:
            function = getattr(importlib.import_module(module), attribute)
        except Exception as error:  # whatever a module of the user's does at import
            raise UnusableDriver(
                f"the sign-in driver {sign_in.driver} can't be imported ({type(error).__name__}: {error}): "
                f"it is looked for where Python's packages are, then beside the profile"
            ) from error
        if not callable(function):
            raise UnusableDriver(f"the sign-in driver {sign_in.driver} is not a callable")
        return cls(sign_in.driver, function)

    def go(self, journey: Journey, reply: Reply) -> Answer:
        """Hand over to the callable; its faults are its own."""
        if not reply.is_redirect:
            journey.pages.append(reply)
        context = SignInContext(
            reply.request.url, reply, journey.decision, journey.request.client.redirect_uris, journey
        )
        result = self._called(context)
        journey.signed_in |= context.signed_in
        journey.consented |= context.consented
        if result is None:
            return journey.ended(context.reply, stuck=f"the sign-in driver {self.name} left it there")
        if not isinstance(result, str) or not urlsplit(result).scheme:
            raise Inconclusive(f"the sign-in driver {self.name} returned {result!r}: a URL or None is due")
        if not context.leaves(result):
            raise Inconclusive(f"the sign-in driver {self.name} returned {result}, which is inside the target")
        mechanism = "Location" if context.reply.is_redirect else self.name
        return journey.ended(context.reply, result, mechanism)

    def _called(self, context: SignInContext) -> object:
        try:
            return self.function(context)
        except (Inconclusive, Unanswered):
            raise
        except (Exception, SystemExit) as error:
            own = error.__traceback__.tb_next if error.__traceback__ else None
            trace = "".join(traceback.format_exception(type(error), error, own, chain=False))
            raise Inconclusive(f"the sign-in driver {self.name} failed:\n{trace[-LONGEST_TRACEBACK:]}") from error

    def submits(self, form: Form) -> bool:
        """Forms are all that there is."""
        return True

    def close(self) -> None:
        """Nothing is held."""
