"""`serve` plays the server for one login of the client under test, and sees what comes.

A login that misbehaves rests on its honest twin: a client that doesn't get on there can't be judged by what it leaves
undone. It arranges and never finds a breach; `expect` does.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.base.uris import origin_of
from conformance.clients.context import PASSWORD, USERNAME, Context, context_of
from conformance.clients.driving import drive
from conformance.clients.endings import Ending, UnusableClient
from conformance.clients.played import KINDS, WORDS, Played, Sent
from conformance.clients.user_agent import Browser, NoWayBack
from conformance.wire.exchange import Exchange
from conformance.wire.stages import Credentials, Stage

if TYPE_CHECKING:
    from conformance.harness.record import Recorded
    from conformance.harness.session import Trial

CLIENT_ID = "client-under-test"
CALLBACK = "https://client.example/callback"
# What is asked of a client, and what it is then seen to do.
ASKED = {
    "refresh": "refresh",
    "revocation": "revocation",
    "client_credentials": "client credentials",
    "password": "password",
}
# What is asked in place of a login in the browser.
WITHOUT_BROWSER = ("client_credentials", "password")
# What a login without a browser has no place for.
BY_BROWSER = ("start", "code exchange")
# In place of a secret: the client gets none.
PUBLIC = "no secret"
# So many starts make a sample.
SAMPLE = 8


class Serve:
    """The server of a test of a client."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def attempt(self, *asked: str) -> Played:
        """An honest login, however far the client gets."""
        return self._shared(asked, "")

    def _shared(self, asked: Sequence[str], twin_of: str) -> Played:
        """An honest login that all tests share that ask for the like."""
        key = f"honest login {sorted(asked)} {twin_of}"
        return self._trial.observed(key, lambda: self._play(frozenset(asked), twin_of, phase="given", twin=True))

    def honest(self, *asked: str, until: str = "code exchange", twin_of: str = "", times: int = 1) -> Played:
        """An honest login, shared by all tests that ask for the like. Inconclusive where the client doesn't get to
        `until`; Untested where it doesn't do what is asked."""
        played = self._shared(asked, twin_of)
        for name in asked:
            if name in ASKED and not played.has(ASKED[name]):
                raise Untested(
                    f"the client sent no {ASKED[name]} request when `{name}` was asked of it: "
                    f"let it, or leave that out of [features]"
                )
        needed = next((ASKED[name] for name in asked if name in WITHOUT_BROWSER), self._reached(until))
        if needed == "resource" and played.has("tokens") and not played.has("resource"):
            raise Untested("the client made no use of its token: let it ask for the resource that it is told")
        if 0 < len(played.all(needed)) < times:
            raise Untested(f"the client did so once: {WORDS[needed]}; `{', '.join(asked)}` was asked of it")
        if not played.has(needed):
            raise Inconclusive(f"an honest login did not get to {WORDS[needed]}: {_told(played)}")
        return played

    def _reached(self, until: str) -> str:
        """How far a login has to get; one without a browser begins by what stands for the code exchange."""
        own = self._without_browser()
        return ASKED[own] if own and until in BY_BROWSER else until

    def _without_browser(self) -> str:
        """The grant of a client that uses no browser at all; empty for others."""
        features = self._trial.target.features
        grants = [] if "authorization_code" in features else [name for name in WITHOUT_BROWSER if name in features]
        return next(iter(grants), "")

    def informed(self) -> Played:
        """An honest login of a client that asks for metadata; vacuous for one that was configured by hand."""
        played = self.honest()
        if not played.has("metadata"):
            raise Vacuous("the client asks for no metadata")
        return played

    def two_servers(self) -> Played:
        """A login at one server and another at a second one; vacuous for a client that uses no resource there."""
        login = self.honest("second_issuer", until="resource")
        if not any(sent.endpoint == "resource" for sent in login.sent_to_second):
            raise Vacuous("the client used no resource of a second server")
        return login

    def login(self, misbehavior: str, *asked: str, until: str = "code exchange", times: int = 1) -> Played:
        """A login at a stage that misbehaves in one way, once its honest twin got to `until`, so many times."""
        own = misbehavior if self._has_own_twin(misbehavior) else ""
        twin = self.honest(*asked, until=until, twin_of=own, times=times)
        wanted = frozenset(asked)
        played = self._beside(
            twin,
            lambda: self._play(wanted, misbehavior, phase="send"),
            lambda: self._play(wanted, own, phase="given", twin=True),
            first=self._with(misbehavior, *asked),
        )
        if played.has("start") and not played.was_answered and twin.was_answered and not played.browser.landings:
            raise Inconclusive(f"the client never saw the answer: {_told(played)}")
        return replace(played, is_trusted=twin.has("served") or self._is_trusted())

    def _beside(
        self,
        twin: Played,
        play: Callable[[], Played],
        play_twin: Callable[[], Played],
        first: Played | None = None,
    ) -> Played:
        """A login with its honest twin, and how both are played once more."""
        return replace(first or play(), twin=twin, again=lambda: replace(play(), twin=play_twin()))

    def registered(
        self, client_id: str = CLIENT_ID, client_secret: str | None = None, *asked: str, at: str = ""
    ) -> Played:
        """An honest login of a client that is registered in a special way, once an ordinary one got on; an empty
        secret is one of a public client. `at` names what the stage does otherwise."""
        fixed = self._trial.target.registered
        if fixed.client_id is not None or fixed.client_secret is not None:
            raise Untested("the profile fixes the client's registration: leave client_id and client_secret out of it")
        twin = self.honest(*asked)
        known, wanted = (client_id, client_secret), frozenset(asked)
        return self._beside(
            twin,
            lambda: self._play(wanted, at, phase="send", known=known),
            lambda: self._play(wanted, "", phase="given"),
        )

    def public(self, *asked: str, at: str = "") -> Played:
        """A login of a client that was given no secret. `at` names what the stage does otherwise."""
        if self._trial.target.registered.public:
            return self.login(at, *asked) if at else self.attempt(*asked)
        return self.registered(CLIENT_ID, PUBLIC, *asked, at=at)

    def _is_trusted(self) -> bool:
        """Whether the client says of itself that it was refused, when the resource owner has said no."""
        return self._with("access-denied").ending.how != "succeeded"

    def spelled(self, misbehavior: str, others: Sequence[str]) -> Played:
        """A login with a spelling of the server's own, beside one with another spelling that the client got on with."""
        plays = {name: self._with(name) for name in (*others, misbehavior)}
        twin = next((each for each in plays.values() if each.has("tokens") and each.ending.how == "succeeded"), None)
        if twin is None:
            raise Inconclusive(f"no login succeeded, however it was spelled: {_told(plays[misbehavior])}")
        return replace(plays[misbehavior], twin=twin)

    def _with(self, misbehavior: str, *asked: str) -> Played:
        """A login at a stage that misbehaves, shared by all tests that ask for it."""
        key = f"login at a stage that misbehaves: {misbehavior} {sorted(asked)}"
        return self._trial.observed(key, lambda: self._play(frozenset(asked), misbehavior, phase="send"))

    def of_owner(self, username: str, password: str) -> Played:
        """A password login of a resource owner with a name of its own, once an ordinary one got on."""
        twin = self.honest("password")
        return replace(self._play(frozenset({"password"}), "", phase="send", owner=(username, password)), twin=twin)

    def client_id(self, by_default: str) -> str:
        """The client's identifier: the profile's, else what the suite has chosen."""
        return self._trial.target.registered.client_id or by_default

    def scopes(self) -> list[str]:
        """The names in the scope that the client is to ask for."""
        return self._trial.target.registered.scope.split()

    def own_redirect_uri(self) -> str:
        """The redirection URI that the client brings; vacuous where the suite has chosen one."""
        self.honest()
        uri = self._trial.target.registered.redirect_uri
        if uri is None:
            raise Vacuous("the suite chose the redirection URI: name the client's own under [registration]")
        return uri

    def note(self, text: str) -> None:
        """Say what was seen, for a requirement that lets the client choose."""
        self._trial.notes.append(text)

    def starts(self, recorded: Recorded) -> list[Sent]:
        """The authorization requests of the whole run so far; more logins where those are too few for a sample."""
        self._trial.once = "a sample, which says more than a second one would"
        self.honest()
        seen = {id(reply.request) for reply in recorded.replies() if "/oauth/authorize?" in reply.request.url}
        exchanges = sorted(self._trial.session.record.exchanges.values(), key=lambda each: each.at)
        starts = [
            Sent("authorization", each.reply, each.at) for each in exchanges if id(each.request) in seen and each.reply
        ]
        # What was asked twice at one stage, word for word, is one request.
        known = list({sent.request.url: sent for sent in starts if KINDS["start"](sent)}.values())
        while len(known) < SAMPLE:
            more = self._play(frozenset(), "", phase="send").all("start")
            if not more:
                raise Inconclusive("the client began no login")
            known += more
        return known

    def exchanges(self, recorded: Recorded) -> list[Sent]:
        """The code exchanges of the whole run so far, one for each code; more logins where those are too few.

        What follows a redirect, or is tried again, has the same verifier.
        """
        self._trial.once = "a sample, which says more than a second one would"
        self.honest()
        seen = [reply for reply in recorded.replies() if b"grant_type=authorization_code" in reply.request.body]
        known: dict[str | None, Sent] = {}
        for sent in (Sent("token", reply, 0.0) for reply in seen):
            known.setdefault(sent.first("code"), sent)
        while len(known) < SAMPLE:
            more = self._play(frozenset(), "", phase="send").all("code exchange")
            if not more:
                raise Inconclusive("the client exchanged no code")
            known |= {sent.first("code"): sent for sent in more}
        return list(known.values())

    def _has_own_twin(self, misbehavior: str) -> bool:
        return self._trial.session.house().has_own_twin(misbehavior)

    # Playing

    def _play(
        self,
        asked: frozenset[str],
        misbehavior: str,
        *,
        phase: str,
        twin: bool = False,
        known: tuple[str, str | None] | None = None,
        owner: tuple[str, str] = (USERNAME, PASSWORD),
    ) -> Played:
        house, driving = self._trial.session.house(), self._trial.target.driving
        asked |= {own} if (own := self._without_browser()) and not asked & set(WITHOUT_BROWSER) else set()
        names = [misbehavior] if misbehavior else []
        credentials = self._credentials()
        second = house.open(self._elsewhere(credentials)) if "second_issuer" in asked else None
        if known is not None:
            credentials = _registered_as(credentials, *known)
        stage = house.open(credentials, names, twin=twin, second=second)
        browser = Browser(
            _origins(stage, second),
            str(house.certificates),
            delivers=bool(driving.command),
            deliver=driving.deliver,
            folder=driving.folder,
        )
        try:
            ending = self._driven(asked, stage, second, browser, owner)
        finally:
            browser.close()
            for each in filter(None, (stage, second)):
                house.end(each)
        says = house.says(misbehavior) if misbehavior and not twin else "an honest login"
        played = Played(stage, browser, ending, says, second)
        self._record(played, phase)
        return played

    def _driven(
        self, asked: frozenset[str], stage: Stage, second: Stage | None, browser: Browser, owner: tuple[str, str]
    ) -> Ending:
        certificates = str(self._trial.session.house().certificates)
        other: Context | None = None
        if second is not None:
            other = context_of(second, asked & set(WITHOUT_BROWSER), certificates, browser.browse)
        context = context_of(stage, asked, certificates, browser.browse, other)
        if "password" in asked:
            context = replace(context, username=owner[0], password=owner[1])
        self._trial.session.on_wait("the client", self._trial.target.driving.time_limit)
        try:
            return drive(self._trial.target.driving, context, browser)
        except (UnusableClient, NoWayBack) as error:
            raise Inconclusive(str(error)) from error

    def _elsewhere(self, credentials: Credentials) -> Credentials:
        """The registration at a second server: another one, unless the profile fixes it. A command has one listener."""
        fixed, driving = self._trial.target.registered, self._trial.target.driving
        may_differ = fixed.redirect_uri is None and not driving.command
        return replace(
            self._credentials(),
            client_id=fixed.client_id or f"{CLIENT_ID}-elsewhere",
            redirect_uri=f"{credentials.redirect_uri}-elsewhere" if may_differ else credentials.redirect_uri,
        )

    def _credentials(self) -> Credentials:
        fixed, driving = self._trial.target.registered, self._trial.target.driving
        by_default = f"http://127.0.0.1:{_free_port()}/callback" if driving.command else CALLBACK
        secret = fixed.client_secret or f"secret-{secrets.token_urlsafe(24)}"
        known = Credentials(
            client_id=fixed.client_id or CLIENT_ID,
            client_secret=None if fixed.public else secret,
            redirect_uri=fixed.redirect_uri or by_default,
            scope=fixed.scope,
        )
        if known.client_secret:
            self._trial.session.vault.add(known.client_secret, "client_secret")
        return known

    def _record(self, played: Played, phase: str) -> None:
        """Keep what arrived as evidence: who sent it, and behind the last how the client ended."""
        session = self._trial.session
        sent = sorted([*played.sent, *played.sent_to_second], key=lambda each: each.at)
        for number, each in enumerate(sent):
            who = "sent by the browser, for the client" if each.is_by_browser else "sent by the client"
            remarks = [who] if number else [who, f"the stage: {played.says}"]
            if number == len(sent) - 1:
                remarks.append(_told(played))
            session.vault.learn(each.request, each.reply)
            reply = replace(each.reply, remarks=tuple(remarks))
            self._trial.exchanges.append(Exchange(each.request, reply, max(0.0, each.at - session.started), phase))
        session.sent += len(sent)


def _registered_as(credentials: Credentials, client_id: str, client_secret: str | None) -> Credentials:
    """Another identifier, and another secret unless it is None."""
    secret = credentials.client_secret if client_secret is None else client_secret
    return replace(credentials, client_id=client_id, client_secret=None if secret == PUBLIC else secret)


def _origins(*stages: Stage | None) -> frozenset[str]:
    urls = [url for stage in stages if stage is not None for url in (stage.issuer, *stage.urls.values())]
    return frozenset(map(origin_of, urls))


def _told(played: Played) -> str:
    """How the client ended, with what it printed."""
    printed = f"; it printed: {played.ending.output.strip()[-1500:]}" if played.ending.output.strip() else ""
    refused = f"; nothing listened at {played.browser.refused[0]}" if played.browser.refused else ""
    return f"{played.ending.words}{refused}{printed}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
