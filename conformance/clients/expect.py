"""`expect` judges what a client under test sent, and what it didn't: it alone finds a breach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from conformance.base.outcomes import Inconclusive, Vacuous, Violation
from conformance.base.uris import is_loopback, urlsplit
from conformance.clients.login_browser import Page
from conformance.clients.played import WORDS, Played, Sent, done_in
from conformance.clients.playing import ending_in_words

# Says what is wrong with a request; empty where nothing is.
Fault = Callable[[Sent], str]
# What shows how far a login got, in its order.
WAY = ("tokens", "served", "refreshed", "revoked")


class Expect:
    """What is expected of a login."""

    def __call__(self, played: Played) -> Expectation:
        """Ask something of a login."""
        return Expectation(played)

    def encrypted(self, uri: str) -> None:
        """A redirection URI that leads over a network has TLS; what leads to this machine, or to an app, needs none."""
        if urlsplit(uri).scheme not in ("http", "https") or is_loopback(uri):
            raise Vacuous(f"{uri} leads over no network")
        if urlsplit(uri).scheme != "https":
            raise Violation("a redirection URI with https", uri)

    def named_by_domain(self, uri: str) -> None:
        """RFC 8252 section 7.1: a private-use scheme is a domain name in reverse; vacuous for http and https."""
        scheme = urlsplit(uri).scheme
        if scheme in ("http", "https"):
            raise Vacuous(f"{uri} has no scheme of the app's own")
        if "." not in scheme:
            raise Violation("a scheme that is a domain name in reverse, with a dot", scheme)

    def without_localhost(self, uri: str) -> None:
        """RFC 8252 section 8.3: a loopback address, not a name; vacuous for what isn't on loopback."""
        if not is_loopback(uri):
            raise Vacuous(f"{uri} is not on loopback")
        if urlsplit(uri).hostname == "localhost":
            raise Violation("a loopback address", uri)

    def sample(self, starts: Sequence[Sent], expected: str, fault: Callable[[Sequence[Sent]], str]) -> None:
        """All starts of a run, judged together."""
        wrong = fault(starts)
        if wrong:
            raise Violation(expected, wrong, starts[-1].reply, breach="act")


class Expectation:
    """Judges one login."""

    def __init__(self, played: Played) -> None:
        self._played = played

    def every(self, kind: str, expected: str, fault: Fault) -> None:
        """Every request of a kind is as it has to be; vacuous where the client sent none."""
        self._spoke()
        sent = self._played.all(kind)
        if not sent:
            self._ended()
            raise Vacuous(f"the client sent no request of that kind: {WORDS[kind]}")
        self._judge(sent, expected, fault)

    def all_of(self, kind: str, expected: str, fault: Callable[[Sequence[Sent]], str]) -> None:
        """The requests of a kind are right together."""
        sent = self._played.each_once(kind)
        wrong = fault(sent)
        if wrong:
            raise Violation(expected, wrong, sent[-1].reply, breach="act")

    def asks(self, kind: str, expected: str) -> None:
        """The client sent something of a kind."""
        if not self._played.has(kind):
            raise Violation(expected, f"no {WORDS[kind].partition(' ')[2]}", self._played.sent[0].reply)

    def nothing(self, expected: str, fault: Fault) -> None:
        """No request of the login, wherever it went, is at fault.

        A client that ended before it sent anything, since its settings are at fault, is at no fault either.
        """
        self._spoke_or_knew()
        self._judge([*self._played.sent, *self._played.sent_to_second], expected, fault)

    def avoids(self, expected: str, fault: Fault) -> None:
        """No request of the login is at fault, and the client came to an end of its own."""
        self.nothing(expected, fault)
        self._ended()

    def refuses(self, kind: str = "token") -> None:
        """The client sent nothing of that kind to where it was told, and came to an end of its own."""
        played = self._played
        sent = [each for each in played.all(kind) if played.is_where_told(each)]
        if not sent and played.has(kind):
            raise Vacuous(f"the client made {WORDS[kind]}, at another place than the one that it was told")
        if sent:
            raise Violation(
                f"no {WORDS[kind].partition(' ')[2]}: {played.says}",
                f"{sent[0].request.method} {sent[0].request.url.partition('?')[0]}",
                sent[0].reply,
                breach="act",
                about=(played.scene,),
            )
        self._ended()
        self._spoke_or_knew()

    def sends(self, kind: str, at_most: int) -> None:
        """The client does so no more often than that, the same again counted once, and comes to an end of its own."""
        sent = list({each.request.body: each for each in self._played.all(kind)}.values())
        if len(sent) > at_most:
            expected = f"{WORDS[kind]} no more often than {at_most} times: {self._played.says}"
            reply, about = sent[at_most].reply, (self._played.scene,)
            raise Violation(expected, f"{len(sent)} of them", reply, breach="act", about=about)
        self._ended()

    def presents_no_more_often(self, kind: str, times: int) -> None:
        """No access token is presented more often than that, and the client comes to an end of its own."""
        sent = self._played.all(kind)
        counts = Counter(each.bearer for each in sent if each.bearer)
        most = max(counts.values(), default=0)
        if most > times:
            expected = f"the same token no more often than {times} times: {self._played.says}"
            raise Violation(expected, f"{most} times", sent[-1].reply, breach="act", about=(self._played.scene,))
        self._ended()

    def repeats_no(self, kind: str, parameter: str) -> None:
        """No two requests of a kind have the same value of a parameter."""
        sent = self._played.each_once(kind)
        values = [each.first(parameter) for each in sent]
        again = next((at for at, value in enumerate(values) if value is not None and value in values[:at]), None)
        if again is not None:
            raise Violation(
                f"another {parameter} each time", "one that was sent before", sent[again].reply, breach="act"
            )
        self._ended()

    def sends_value_once(self, value: str, what: str) -> None:
        """A secret value is in one request alone; vacuous where there was no occasion to send it again."""
        self._spoke()
        if len(self._played.all("tokens")) < 2:
            raise Vacuous("the client got tokens once: there was no occasion to send it again")
        with_token = [sent for sent in self._played.all("resource") if sent.bearer or sent.first("access_token")]
        asked = [*self._played.all("token"), *with_token]
        if not all(sent.reply.is_success for sent in asked):
            raise Inconclusive("something was refused: the client may have asked for the password anew")
        holding = [each for each in self._played.sent if any(value == one for _, one in (*each.query, *each.form))]
        if len(holding) > 1:
            raise Violation(f"once: {what}", f"{len(holding)} requests with it", holding[1].reply, breach="act")

    def ends_as(self, other: Played) -> None:
        """The client does in this login what it did in another."""
        for played in (self._played, other):
            if played.ending.how == "timed out":
                raise Inconclusive(f"{played.ending.words}, which decides nothing")
        if done_in(self._played) != done_in(other):
            expected = f"the same as where {other.says}: {_in_words(other)}"
            observed = _in_words(self._played)
            last = self._played.sent[-1].reply if self._played.sent else None
            raise Violation(expected, observed, last, about=(other.scene,))

    def page(self, expected: str, fault: Callable[[Page], str]) -> None:
        """The page that the client's own listener answered with; vacuous for a client that has none."""
        self._spoke()
        pages = self._played.browser.pages
        if not pages:
            raise Vacuous("the client has no listener of its own here: nothing was shown to the browser")
        wrong = next(filter(None, map(fault, pages)), "")
        if wrong:
            raise Violation(expected, wrong, self._played.all("start")[-1].reply, breach="act")

    def bears_it(self) -> None:
        """The client gets as far as in the honest twin of the login.

        Where it doesn't, both are tried once more: what fails now and then says nothing of what it bears.
        """
        short = _falls_short(self._played)
        if not short:
            return
        again = self._played.again() if self._played.again is not None else self._played
        if not _falls_short(again):
            raise Inconclusive("the client got through at the second try, or its honest twin did not")
        for played in (self._played, again):
            if played.ending.how == "timed out":
                raise Inconclusive(f"{played.ending.words}, which decides nothing")
        last = again.sent[-1].reply if again.sent else None
        expected, observed = f"{short}, as in an honest login: {again.says}", f"none: {again.ending.words}"
        raise Violation(expected, observed, last, about=(again.scene,))

    def _judge(self, sent: Sequence[Sent], expected: str, fault: Fault) -> None:
        for each in sent:
            wrong = fault(each)
            if wrong:
                raise Violation(expected, wrong, each.reply, breach="act")

    def _spoke(self) -> None:
        """Inconclusive for a login in which nothing was sent: there is nothing to judge in it."""
        if not self._played.sent:
            raise Inconclusive(f"the client sent nothing: {ending_in_words(self._played)}")

    def _spoke_or_knew(self) -> None:
        """Inconclusive for a login in which nothing was sent, but for one whose very settings the client refused."""
        if not self._played.is_told_otherwise or self._played.ending.how == "timed out":
            self._spoke()

    def _ended(self) -> None:
        """Inconclusive for a client that was only waited for in vain."""
        if self._played.ending.how == "timed out":
            raise Inconclusive(f"{self._played.ending.words}, which decides nothing")


def _in_words(played: Played) -> str:
    return f"{', '.join(each.endpoint for each in played.sent)}; {played.ending.words}"


def _is_served_renewed(played: Played) -> bool:
    """Whether the resource served the client after a refresh: what it got there was of use to it."""
    refreshed = next((sent.at for sent in played.all("refreshed")), None)
    return refreshed is not None and any(sent.at > refreshed for sent in played.all("served"))


def _falls_short(played: Played) -> str:
    """What the honest twin of a login got to, and the login didn't, in words; empty where it got as far."""
    twin = played.twin
    if twin is None:
        raise ValueError("a login that nothing is compared with")
    missing = next((kind for kind in WAY if twin.has(kind) and not played.has(kind)), None)
    if missing is not None:
        return WORDS[missing]
    if _is_served_renewed(twin) and not _is_served_renewed(played):
        return f"{WORDS['served']}, after a refresh"
    counts = played.is_trusted and not twin.has("served")
    return "a login that succeeds" if counts and twin.ending.how == "succeeded" != played.ending.how else ""
