"""`serve` plays the server for one login of the client under test, and sees what comes.

A login that misbehaves rests on its honest twin: a client that doesn't get on there can't be judged by what it leaves
undone. It arranges and never finds a breach; `expect` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.clients.played import KINDS, WORDS, Played, Sent, done_in
from conformance.clients.playing import CLIENT_ID, PUBLIC, Scenario, ending_in_words, play
from conformance.wire.exchange import Exchange
from conformance.wire.stages import SAME_AUTHORITY

if TYPE_CHECKING:
    from conformance.harness.record import Recorded
    from conformance.harness.trial import Trial

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
# The feature that a client has to claim for something to be asked of it.
FEATURE = {"refresh": "refresh_token", "revocation": "revocation"}
# What stands in the body of a code exchange.
EXCHANGE = b"grant_type=authorization_code"
# So many starts make a sample.
SAMPLE = 8


class Serve:
    """The server of a test of a client."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def attempt(self, *asked: str) -> Played:
        """An honest login, however far the client gets."""
        return self._shared(Scenario(frozenset(asked)))

    def honest(self, *asked: str, until: str = "code exchange", times: int = 1, twin: str = "") -> Played:
        """An honest login, shared by all tests that ask for the like. Inconclusive where the client doesn't get to
        `until`; Untested where it doesn't do what is asked. `twin` is what a stage does that is honest in its own way.
        """
        played = self._shared(Scenario(self._with_more(asked), (twin,) if twin else ()))
        for name in asked:
            if name in ASKED and not played.has(ASKED[name]):
                raise Untested(
                    f"the client sent no {ASKED[name]} request when `{name}` was asked of it: "
                    f"let it, or leave that out of [features]"
                )
        needed = next((ASKED[name] for name in asked if name in WITHOUT_BROWSER), self._reached(until))
        if until == "resource" and played.has("tokens") and not played.has("resource"):
            raise Untested("the client made no use of its token: let it ask for the resource that it is told")
        if 0 < len(played.all(needed)) < times:
            raise Untested(f"the client did so once: {WORDS[needed]}; `{', '.join(asked)}` was asked of it")
        if not played.has(needed) and twin.endswith(f"-at-{SAME_AUTHORITY}"):
            raise Untested(
                "the client knows the certificate of [stage] alone, and bad ones are of the suite's authority: "
                "let it trust all of the file that SSL_CERT_FILE names"
            )
        if not played.has(needed):
            raise Inconclusive(f"an honest login did not get to {WORDS[needed]}: {ending_in_words(played)}")
        return played

    def able(self, *asked: str) -> tuple[str, ...]:
        """Of what may be asked beside a login, what the client claims and is seen to do."""
        features = self._trial.target.features
        return tuple(name for name in asked if FEATURE[name] in features and self.attempt(name).has(ASKED[name]))

    def _with_more(self, asked: Sequence[str]) -> frozenset[str]:
        """What is asked; a login by password refreshes too, where the client can: all its tests share one."""
        more = {"refresh"} if asked == ("password",) and "refresh_token" in self._trial.target.features else set()
        return frozenset(asked) | more

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

    def at_two_servers(self) -> Played:
        """An honest login at each of two servers; vacuous for a client that logs in at one alone."""
        login = self.honest("second_issuer")
        if not login.at_second.has("code exchange"):
            raise Vacuous("the client logs in at no second server")
        return login

    def of_two_servers(self) -> Played:
        """An honest login of a client that may turn to a second server; vacuous for one that got on without."""
        login = self.honest("second_issuer", until="start")
        if not login.sent_to_second and (login.has("served") or _got_on(login)):
            raise Vacuous("the client logs in at no second server")
        return login

    def login_at_second(self, misbehavior: str, until: str = "code exchange") -> Played:
        """A login at a second server that misbehaves in one way, after an honest one at the first."""
        twin = self.at_two_servers().at_second
        if not twin.has(until):
            raise Vacuous(f"the client made not so much as {WORDS[until]} at a second server")
        scenario = Scenario(frozenset({"second_issuer"}), (misbehavior,), at_second=True)
        played = replace(self._shared(scenario, "send"), twin=twin)
        came = played.browser.pages if played.browser.delivers else played.browser.landings
        if not played.sent or (played.has("start") and len(came) <= 1):
            raise Inconclusive(f"the client saw no answer of the second server: {ending_in_words(played)}")
        return played

    def login(self, misbehavior: str, *asked: str, until: str = "code exchange", times: int = 1) -> Played:
        """A login at a stage that misbehaves in one way, once its honest twin got to `until`, so many times.

        Whoever judges no more than its start asks for that: then it doesn't matter whether an answer came.

        What only surprises comes with its company, as long as the client bears that.
        """
        house = self._trial.session.house()
        if house.registers(misbehavior):
            self._require_no_registration()
        shape = house.twin_of(misbehavior)
        # What the client doesn't do is told before anything misbehaves.
        self.honest(*asked, until=until, times=times, twin=shape)
        together = self._in_company(misbehavior)
        if together is not None:
            return together
        wanted = frozenset(asked) | self._asked_in_company(misbehavior)
        twin = self.honest(*sorted(wanted), until=until, times=times, twin=shape)
        scenario = Scenario(wanted, (misbehavior,))
        played = self._beside(twin, scenario, Scenario(wanted, (shape,) if shape else ()))
        unanswered = played.has("start") and not played.was_answered and not played.browser.landings
        # Who names itself wrongly gets no answer, and that is its own doing.
        if unanswered and twin.was_answered and until != "start" and not house.registers(misbehavior):
            raise Inconclusive(f"the client never saw the answer: {ending_in_words(played)}")
        return replace(played, is_trusted=twin.has("served") or self._is_trusted())

    def beside(self, other: str) -> Played:
        """An honest login, once the client got on at a stage that does less."""
        twin = self.honest(twin=other)
        played = self._beside(twin, Scenario(), Scenario(frozenset(), (other,)))
        return replace(played, is_trusted=twin.has("served") or self._is_trusted())

    def _in_company(self, misbehavior: str) -> Played | None:
        """A login that meets a misbehavior beside others of its company; None where the client doesn't bear them all.

        Then it meets them one by one, so that each is judged by itself.
        """
        company = self._company_of(misbehavior)
        if misbehavior not in company:
            return None
        wanted = frozenset().union(*company.values())
        try:
            twin = self.honest(*sorted(wanted))
        except (Inconclusive, Untested):
            return None
        played = replace(self._shared(Scenario(wanted, tuple(company)), "send"), twin=twin)
        return None if played.ending.how == "timed out" or done_in(played) != done_in(twin) else played

    def _company_of(self, misbehavior: str) -> dict[str, frozenset[str]]:
        """What a login can meet beside a misbehavior, with what each asks of the client, as far as it claims that."""
        house, target = self._trial.session.house(), self._trial.target
        return {
            name: asked
            for name, asked in house.company_of(misbehavior).items()
            if all(FEATURE[each] in target.features for each in asked)
            and not (target.registered.is_fixed and house.registers(name))
        }

    def _asked_in_company(self, misbehavior: str) -> frozenset[str]:
        """What is asked where a client meets the whole company, as far as it does that: alone a misbehavior is met on
        the same occasions."""
        company = self._company_of(misbehavior)
        wanted = frozenset().union(*company.values()) if misbehavior in company else frozenset()
        return frozenset(self.able(*sorted(wanted)))

    def _beside(self, twin: Played, scenario: Scenario, honest: Scenario, phase: str = "send") -> Played:
        """A login with its honest twin, and how both are played once more."""
        return replace(
            self._shared(scenario, phase),
            twin=twin,
            again=lambda: replace(self._play(scenario, "send"), twin=self._play(honest, "given")),
        )

    def registered(
        self, client_id: str = CLIENT_ID, client_secret: str | None = None, *asked: str, at: str = ""
    ) -> Played:
        """An honest login of a client that is registered in a special way, once an ordinary one got on; an empty
        secret is one of a public client. `at` names what the stage does otherwise."""
        self._require_no_registration()
        twin, wanted = self.honest(*asked), frozenset(asked)
        secret = None if self._trial.target.registered.public else client_secret
        met = (at,) if at else ()
        return self._beside(twin, Scenario(wanted, met, client_id, secret), Scenario(wanted))

    def _require_no_registration(self) -> None:
        if self._trial.target.registered.is_fixed:
            raise Untested("the profile fixes the client's registration: leave client_id and client_secret out of it")

    def public(self, *asked: str, at: str = "") -> Played:
        """A login of a client that was given no secret, and where it can, another one. `at` names what the stage does
        otherwise."""
        asked = asked if asked or at else ("second_login",)
        if self._trial.target.registered.public:
            return self.login(at, *asked) if at else self.attempt(*asked)
        return self.registered(CLIENT_ID, PUBLIC, *asked, at=at)

    def _is_trusted(self) -> bool:
        """Whether the client says of itself that it was refused, when the resource owner has said no."""
        return self._shared(Scenario(frozenset(), ("access-denied",)), "send").ending.how != "succeeded"

    def spelled(self, misbehavior: str, others: Sequence[str]) -> Played:
        """A login with a spelling of the server's own, beside one with another spelling that the client got on with.

        An empty one is that of an honest login.
        """
        together = self._in_company(misbehavior) if misbehavior else None
        if together is not None:
            return together
        more = self._asked_in_company(misbehavior) if misbehavior else frozenset()
        usual = self._shared(Scenario(more), "send") if more else None
        if usual is not None and _got_on(usual):
            return self._beside(usual, Scenario(more, (misbehavior,)), Scenario(more))
        plays = {name: self._alone(name) for name in ("", misbehavior)}
        if not _got_on(plays[""]):
            plays = {name: self._alone(name) for name in (*others, misbehavior)}
        twin = next(filter(_got_on, plays.values()), None)
        if twin is None:
            raise Inconclusive(f"no login succeeded, however it was spelled: {ending_in_words(plays[misbehavior])}")
        return replace(plays[misbehavior], twin=twin)

    def _alone(self, misbehavior: str) -> Played:
        """A login that meets one misbehavior, or none."""
        return self._shared(Scenario(frozenset(), (misbehavior,) if misbehavior else ()), "send")

    def _shared(self, scenario: Scenario, phase: str = "given") -> Played:
        """A login that all tests share that ask for the like."""
        scenario = self._as_it_goes(scenario)
        return self._trial.observed(scenario.key, lambda: self._play(scenario, phase))

    def of_owner(self, username: str, password: str) -> Played:
        """A password login of a resource owner with a name of its own, once an ordinary one got on."""
        twin = self.honest("password")
        scenario = Scenario(frozenset({"password"}), owner=(username, password))
        return replace(self._play(scenario, "send"), twin=twin)

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
        seen = {id(reply.request) for reply in recorded.replies() if "/oauth/authorize?" in reply.request.url}
        exchanges = sorted(self._trial.session.record.exchanges.values(), key=lambda each: each.at)
        starts = [
            Sent("authorization", each.reply, each.at) for each in exchanges if id(each.request) in seen and each.reply
        ]
        # What was asked twice at one stage, word for word, is one request.
        known = list({sent.request.url: sent for sent in starts if KINDS["start"](sent)}.values())
        self._require_exchange(recorded)
        for sent in known[-SAMPLE:]:
            recorded.show(sent.reply)
        while len(known) < SAMPLE:
            more = self._play(Scenario(), "send").all("start")
            if not more:
                raise Inconclusive("the client began no login")
            known += more
        return known

    def exchanges(self, recorded: Recorded) -> list[Sent]:
        """The code exchanges of the whole run so far, one for each code; more logins where those are too few.

        What follows a redirect, or is tried again, has the same verifier.
        """
        self._trial.once = "a sample, which says more than a second one would"
        seen = [reply for reply in recorded.replies() if EXCHANGE in reply.request.body]
        known: dict[str | None, Sent] = {}
        for sent in (Sent("token", reply, 0.0) for reply in seen):
            known.setdefault(sent.first("code"), sent)
        self._require_exchange(recorded)
        for sent in list(known.values())[-SAMPLE:]:
            recorded.show(sent.reply)
        while len(known) < SAMPLE:
            more = self._play(Scenario(), "send").all("code exchange")
            if not more:
                raise Inconclusive("the client exchanged no code")
            known |= {sent.first("code"): sent for sent in more}
        return list(known.values())

    def _require_exchange(self, recorded: Recorded) -> None:
        """A client that exchanged no code in the whole run has to do so in an honest login, or is not judged."""
        if not any(EXCHANGE in reply.request.body for reply in recorded.replies()):
            self.honest()

    # Playing

    def _as_it_goes(self, scenario: Scenario) -> Scenario:
        """A login of a client without a browser is by its own grant, whatever is asked besides."""
        own = self._without_browser()
        if not own or scenario.asked & set(WITHOUT_BROWSER):
            return scenario
        return replace(scenario, asked=scenario.asked | {own})

    def _play(self, scenario: Scenario, phase: str) -> Played:
        session, scenario = self._trial.session, self._as_it_goes(scenario)
        session.on_wait("the client", self._trial.target.driving.time_limit)
        player = session.player or partial(play, self._trial.target, session.house())
        played: Played = player(scenario)
        self._record(played, phase)
        return played

    def _record(self, played: Played, phase: str) -> None:
        """Keep what arrived as evidence: who sent it, and behind the last how the client ended."""
        session = self._trial.session
        if played.stage.credentials.client_secret:
            session.vault.add(played.stage.credentials.client_secret, "client_secret")
        sent = sorted([*played.sent, *played.sent_to_second], key=lambda each: each.at)
        for number, each in enumerate(sent):
            who = "sent by the browser, for the client" if each.is_by_browser else "sent by the client"
            remarks = [who] if number else [who, f"the stage: {played.says}"]
            if number == len(sent) - 1:
                remarks.append(ending_in_words(played))
            session.vault.learn(each.request, each.reply)
            reply = replace(each.reply, remarks=tuple(remarks))
            self._trial.exchanges.append(Exchange(each.request, reply, max(0.0, each.at - session.started), phase))
        session.sent += len(sent)


def _got_on(played: Played) -> bool:
    return played.has("tokens") and played.ending.how == "succeeded"
