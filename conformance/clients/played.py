"""One login of a client under test as it was seen: what it sent where, how it ended, and how far it got."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from conformance.base.uris import is_loopback, origin_of, urlsplit
from conformance.browser.answer import pairs_of
from conformance.browser.returns import is_form
from conformance.clients.bodies import read_leniently
from conformance.clients.endings import Ending, How
from conformance.clients.login_browser import SENT_ON, Browser
from conformance.wire.exchange import USER_AGENT, Pairs, Reply, Request
from conformance.wire.stages import Arrived, Stage


@dataclass(frozen=True)
class Sent:
    """One request to a stage, read leniently; `reply` is how the stage answered."""

    endpoint: str
    reply: Reply
    at: float

    @property
    def request(self) -> Request:
        """The request as it arrived."""
        return self.reply.request

    @cached_property
    def query(self) -> Pairs:
        """The parameters of the URL."""
        return pairs_of(urlsplit(self.request.url).query)

    @cached_property
    def form(self) -> Pairs:
        """The parameters of the body; none where that isn't said to be a form."""
        return pairs_of(self.request.body.decode("utf-8", "replace")) if is_form(self.request) else ()

    @cached_property
    def told(self) -> Pairs:
        """The parameters of the body, whatever format it has: what isn't said to be a form is JSON, parts, or one."""
        return self.form if is_form(self.request) else read_leniently(self.request)

    def all(self, name: str) -> list[str]:
        """The values of a parameter, in query and body."""
        return [value for key, value in (*self.query, *self.told) if key == name]

    def first(self, name: str) -> str | None:
        """The first value of a parameter."""
        return next(iter(self.all(name)), None)

    @property
    def is_by_browser(self) -> bool:
        """Whether the suite's own user agent sent it for the client."""
        return (self.request.header("User-Agent") or "").startswith(USER_AGENT)

    @property
    def is_sent_on(self) -> bool:
        """Whether a server sent the user agent there, and not the client."""
        return self.request.header("User-Agent") == SENT_ON

    @property
    def bearer(self) -> str | None:
        """The token in the Authorization header."""
        scheme, _, token = (self.request.header("Authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None


def _grant(name: str) -> Callable[[Sent], bool]:
    return lambda sent: sent.endpoint == "token" and sent.first("grant_type") == name


# What a client can be seen to do, by name.
KINDS: Mapping[str, Callable[[Sent], bool]] = {
    "start": lambda sent: sent.endpoint == "authorization" and not sent.is_sent_on,
    "metadata": lambda sent: sent.endpoint == "metadata",
    "token": lambda sent: sent.endpoint == "token",
    "tokens": lambda sent: sent.endpoint == "token" and bool(sent.reply.members.get("access_token")),
    "refreshed": lambda sent: _grant("refresh_token")(sent) and bool(sent.reply.members.get("access_token")),
    "served": lambda sent: sent.endpoint == "resource" and sent.reply.is_success,
    "revoked": lambda sent: sent.endpoint == "revocation" and sent.reply.is_success,
    "code exchange": _grant("authorization_code"),
    "redeemed": lambda sent: _grant("authorization_code")(sent) and bool(sent.reply.members.get("access_token")),
    "refresh": _grant("refresh_token"),
    "client credentials": _grant("client_credentials"),
    "password": _grant("password"),
    "resource": lambda sent: sent.endpoint == "resource",
    "revocation": lambda sent: sent.endpoint == "revocation",
}
WORDS: Mapping[str, str] = {
    "start": "an authorization request",
    "metadata": "a metadata request",
    "token": "a token request",
    "tokens": "a token request that is served",
    "refreshed": "a refresh request that is served",
    "served": "a request that the protected resource serves",
    "revoked": "a revocation request that is served",
    "code exchange": "a code exchange",
    "redeemed": "a code exchange that is served",
    "refresh": "a refresh request",
    "client credentials": "a client credentials request",
    "password": "a password request",
    "resource": "a request to the protected resource",
    "revocation": "a revocation request",
}


@dataclass(frozen=True)
class Played:
    """A login at a stage, with the one at the second stage where there was any; `twin` is its honest counterpart.

    `says` tells people what the server does otherwise, `scene` names it.
    """

    stage: Stage
    browser: Browser
    ending: Ending
    says: str = ""
    second: Stage | None = None
    twin: Played | None = None
    # Whether what the client says of its own success is true when it is refused.
    is_trusted: bool = True
    # Plays the same once more, its honest twin too.
    again: Callable[[], Played] | None = None
    scene: str = "honest"

    @cached_property
    def sent(self) -> list[Sent]:
        """Everything that arrived, in order."""
        return in_order(self.stage.arrived)

    @cached_property
    def sent_to_second(self) -> list[Sent]:
        """Everything that arrived at the second stage."""
        return in_order(self.second.arrived) if self.second is not None else []

    @property
    def at_second(self) -> Played:
        """The same, seen from the second server. Raises ValueError for a login at one server alone."""
        if self.second is None:
            raise ValueError("there is no second server")
        return replace(self, stage=self.second, second=self.stage)

    @property
    def redirect_uris(self) -> tuple[str | None, str | None]:
        """What the first login at either server names as its redirection URI, without a port that changes each time."""
        both = ([each for each in sent if KINDS["start"](each)] for sent in (self.sent, self.sent_to_second))
        first, second = (next((each.first("redirect_uri") for each in starts), None) for starts in both)
        return _without_port(first), _without_port(second)

    def is_where_told(self, sent: Sent) -> bool:
        """Whether a request went to the origin at which the client was told that the endpoint is."""
        told = self.stage.urls.get(sent.endpoint, self.stage.issuer)
        return origin_of(sent.request.url) == origin_of(told)

    def all(self, kind: str) -> list[Sent]:
        """What the client sent of one kind; starts come by the browser."""
        return [each for each in self.sent if KINDS[kind](each)]

    def each_once(self, kind: str) -> list[Sent]:
        """The same, an authorization request that is opened again while its login goes on counted once.

        Whoever reloads a page, or opens it twice, begins no new transaction; once its code was exchanged, it is one.
        """
        found: list[Sent] = []
        opened = set[str]()
        for each in self.sent:
            if KINDS["code exchange"](each):
                opened.clear()
            if KINDS[kind](each) and each.request.url not in opened:
                found.append(each)
            if KINDS["start"](each):
                opened.add(each.request.url)
        return found

    @property
    def is_told_otherwise(self) -> bool:
        """Whether the client can tell from its settings that this isn't its honest twin: something is elsewhere."""
        return self.twin is not None and self._origins != self.twin._origins

    @property
    def _origins(self) -> dict[str, str]:
        return {name: origin_of(url) for name, url in {"issuer": self.stage.issuer, **self.stage.urls}.items()}

    def has(self, kind: str) -> bool:
        """Whether the client sent anything of a kind."""
        return bool(self.all(kind))

    @property
    def was_answered(self) -> bool:
        """Whether an authorization answer was handed to the client."""
        landed = self.browser.pages if self.browser.delivers else self.browser.landings
        return bool(landed)


def done_in(played: Played) -> tuple[list[str], How]:
    """What a client did in a login, from endpoint to endpoint, and how it ended."""
    return [each.endpoint for each in played.sent], played.ending.how


def _without_port(uri: str | None) -> str | None:
    if uri is None or not is_loopback(uri):
        return uri
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.hostname}{parts.path}?{parts.query}"


def in_order(arrived: list[Arrived]) -> list[Sent]:
    """What arrived, by time."""
    return [Sent(each.endpoint, each.reply, each.at) for each in sorted(arrived, key=lambda each: each.at)]
