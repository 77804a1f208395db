"""The driver for servers that only a person can sign in to: it shows links, and takes where each of them ended.

A person is asked a few times only (`most_approvals` under [sign_in]), several links at once, and never for what shows
without one: requests that are refused at once, and pages that nobody has signed in to. What needs more stays untested.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive, Untested
from conformance.base.uris import urlsplit
from conformance.browser.answer import Answer
from conformance.browser.authorization_request import AuthorizationRequest, challenge
from conformance.browser.drivers.driver import UnusableDriver
from conformance.browser.drivers.form import FormDriver
from conformance.browser.drivers.journey import Journey
from conformance.browser.drivers.person import Person, PersonAtBrowser, can_be_caught, open_terminal
from conformance.browser.forms import Form, encoded
from conformance.profile.target import SignIn, Target
from conformance.wire.exchange import Exchange, Reply, Request

if TYPE_CHECKING:
    from conformance.browser.visit import Visit

DEFAULT_PATIENCE = 300.0
# So many links are shown at once; a code is worth something for a short time only (seconds, where none is declared).
LARGEST_BATCH = 5
CODE_LIFETIME = 60.0
# Parameters that are fresh in each request.
FRESH = ("state", "code_challenge")
# Headers that a person's browser sends as well as ours.
ORDINARY_HEADERS = frozenset({"user-agent", "accept", "accept-encoding", "cookie"})
UNSEEN = "what a person's browser received can't be seen: use another driver under [sign_in] to judge it"


@dataclass(frozen=True)
class Unseen(Reply):
    """A reply that a person's browser got: nobody can say more of it than where it led.

    Whichever field a test reads, here or through a property of `Reply`, ends it as untested: so reading is what is
    caught, not a list of properties that would have to grow with those.
    """

    def __getattribute__(self, name: str) -> object:
        if name in ("status", "headers", "body", "elapsed", "truncated", "remarks"):
            raise Untested(UNSEEN)
        return super().__getattribute__(name)

    def __str__(self) -> str:
        return "seen by a person alone"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the request of one link ended (None: nowhere, as the person says), and when (monotonic seconds)."""

    request: AuthorizationRequest
    url: str | None
    at: float


Key = tuple[tuple[str, str], ...]


@dataclass
class ManualDriver:
    """One person for a session."""

    sign_in: SignIn
    owner: str
    code_lifetime: float
    person: Person = field(default_factory=PersonAtBrowser)
    asked: int = 0
    gave_up: bool = False
    _ready: defaultdict[Key, list[Arrival]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def prepared(cls, target: Target) -> ManualDriver:
        """A driver with a person in reach. Raises UnusableDriver where nobody could tell where a link ended."""
        uris = [uri for client in target.clients.values() for uri in client.redirect_uris]
        terminal = open_terminal()
        if terminal is None and not any(map(can_be_caught, uris)):
            raise UnusableDriver(
                'the sign-in driver "manual" needs a terminal to paste redirects into, or a redirect URI like '
                "http://127.0.0.1:8400/cb, on which they are caught"
            )
        if terminal is not None and terminal is not sys.__stdin__:
            terminal.close()
        owner = target.owners.get("resource_owner")
        lifetime = target.limits.code_lifetime or CODE_LIFETIME
        return cls(target.sign_in, owner.username if owner else "", lifetime)

    def go(self, journey: Journey, reply: Reply) -> Answer:
        """Follow what needs no person; where that ends at the server, ask a person to go on."""
        seen = self._as_nobody(journey, reply)
        alone = seen.destination is not None or seen.reply.status >= 400
        if alone or journey.agent.owner is None:
            return seen
        _refuse_what_no_person_can_do(journey, reply.request)
        key = _key(journey.request)
        arrival = self._known(journey, key) or self._asked(journey, key)
        return _answer(journey, arrival, seen)

    def submits(self, form: Form) -> bool:
        """No form is ever submitted for a person."""
        return False

    def close(self) -> None:
        """Let the person go."""
        self.person.close()

    def _as_nobody(self, journey: Journey, reply: Reply) -> Answer:
        nobody = replace(journey.agent, owner=None)
        return FormDriver().go(replace(journey, agent=nobody, decision="wait"), reply)

    # Asking

    def _known(self, journey: Journey, key: Key) -> Arrival | None:
        """An approval that came with an earlier batch: good for arranging, where one is as good as another."""
        while journey.visit.phase == "given" and journey.decision == "approve" and self._ready[key]:
            arrival = self._ready[key].pop(0)
            if time.monotonic() - arrival.at < self.code_lifetime:
                return arrival
        return None

    def _asked(self, journey: Journey, key: Key) -> Arrival:
        left = self.sign_in.most_approvals - self.asked
        if left <= 0 or self.gave_up:
            why = "the person gave up" if self.gave_up else f"{self.asked} were asked for in this run"
            raise Untested(f"needs a decision by hand, and {why}: see `most_approvals` under [sign_in], or use --only")
        several = journey.visit.phase == "given" and journey.decision == "approve"
        count = min(LARGEST_BATCH, left) if several else 1
        requests = [journey.request, *(_sibling(journey.request) for _ in range(count - 1))]
        if self.asked == 0:
            self._announce()
        self.asked += count
        first, *others = self._decided(journey, requests)
        self._ready[key] += others
        return first

    def _announce(self) -> None:
        most = self.sign_in.most_approvals
        self.person.tell(
            f"\nThis run asks you for a decision at most {most} times, up to {LARGEST_BATCH} links at once. "
            f"Sign in as {self.owner!r}.\n"
            "`--only` keeps it to some requirements; `most_approvals` under [sign_in] sets the number."
        )

    def _decided(self, journey: Journey, requests: Sequence[AuthorizationRequest]) -> list[Arrival]:
        """Show the links and wait until each has ended. The first one comes first, whichever ended first."""
        verb = "approve" if journey.decision == "approve" else "DECLINE"
        caught = all(self.person.listen(uri) for uri in {request.get("redirect_uri") or "" for request in requests})
        urls = [link(journey.visit, request) for request in requests]
        shown = "\n".join(f"  {number}. {url}" for number, url in enumerate(urls, 1))
        how = "it is noticed when you are done" if caught else "paste the address where each of them ends, in any order"
        self.person.tell(f"\nOpen each of these and {verb}; {how}. Or type stuck (no way on), or quit.\n{shown}")
        waiting = list(requests)
        arrivals: dict[int, Arrival] = {}
        deadline = time.monotonic() + (self.sign_in.patience or DEFAULT_PATIENCE)
        while waiting:
            said = self.person.answer(max(0.0, deadline - time.monotonic()))
            if said is None:
                break
            found = self._understood(journey, said, waiting)
            if self.gave_up:
                break
            if found is not None:
                waiting.remove(found.request)
                arrivals[requests.index(found.request)] = found
                self.person.tell(f"  {len(arrivals)} of {len(requests)} done")
        if not arrivals:
            raise Inconclusive("the person gave up" if self.gave_up else self._too_late())
        return [arrivals[index] for index in sorted(arrivals)]

    def _too_late(self) -> str:
        seconds = self.sign_in.patience or DEFAULT_PATIENCE
        return f"no redirect was pasted or caught within {seconds:g} s: see `patience` under [sign_in]"

    def _understood(self, journey: Journey, said: str, waiting: Sequence[AuthorizationRequest]) -> Arrival | None:
        """What a line or a caught URL means; None, with a word to the person, for nothing that can be used."""
        now = time.monotonic()
        if said.casefold() in ("quit", "q"):
            self.gave_up = True
            return None
        if said.casefold() == "stuck":
            return Arrival(waiting[0], None, now)
        if not urlsplit(said).scheme or not journey.leaves(said):
            self.person.tell("  That is not where it ends: paste the whole address that the browser was sent to.")
            return None
        state = Answer(journey.request, Unseen(Request("GET", said), 0), said, None, (), False, False).get("state")
        fitting = [request for request in waiting if request.get("state") == state]
        if not fitting and state is not None and len(waiting) > 1:
            self.person.tell("  Its state belongs to none of the links that are left.")
            return None
        return Arrival((fitting or list(waiting))[0], said, now)


def link(visit: Visit, request: AuthorizationRequest) -> str:
    """The URL that a person opens."""
    url = visit.target.url("authorization")
    return f"{url}{'&' if '?' in url else '?'}{encoded(request.pairs)}"


def _refuse_what_no_person_can_do(journey: Journey, sent: Request) -> None:
    """Raise Untested for what a person can't do, or can't do in a way that shows."""
    owner = journey.agent.owner
    ordinary = ORDINARY_HEADERS | {name.lower() for name in journey.visit.target.headers}
    if journey.decision == "wait":
        raise Untested("what a person sees after sign-in can't be read by hand: use another driver under [sign_in]")
    if owner is None or owner != journey.visit.target.owners.get("resource_owner"):
        raise Untested("by hand only [resource_owner] signs in: use another driver under [sign_in]")
    if sent.method != "GET" or any(name.lower() not in ordinary for name, _ in sent.headers):
        raise Untested("a browser's address bar can't send this request: use another driver under [sign_in]")
    if sent.url != link(journey.visit, journey.request):
        raise Untested("this way doesn't start with an ordinary authorization request: use another driver")


def _answer(journey: Journey, arrival: Arrival, seen: Answer) -> Answer:
    """The person's way as an answer, and on record."""
    visit, request = journey.visit, arrival.request
    opened = Request("GET", link(visit, request))
    ended = arrival.url or "no redirect: the person found no way on"
    if arrival.url is not None:
        visit.session.vault.learn(Request("GET", arrival.url), None)
    at = time.perf_counter() - visit.session.started
    visit.exchanges.append(Exchange(opened, None, at, visit.phase, f"opened by a person; it ended at {ended}"))
    stuck = "" if arrival.url else "the person found no way on"
    own = replace(journey, request=request, pages=list(seen.pages), signed_in=True, consented=True)
    return own.ended(Unseen(opened, 0), arrival.url, arrival.url and "hand", stuck)


def _key(request: AuthorizationRequest) -> Key:
    return tuple(pair for pair in request.pairs if pair[0] not in FRESH)


def _sibling(request: AuthorizationRequest) -> AuthorizationRequest:
    """The same request with a state and a verifier of its own."""
    verifier = secrets.token_urlsafe(32) if request.verifier else None
    fresh = {"state": secrets.token_urlsafe(12), **challenge(verifier, request.client.pkce)}
    pairs = tuple((name, fresh.get(name, value) if name in FRESH else value) for name, value in request.pairs)
    return replace(request, pairs=pairs, verifier=verifier)
