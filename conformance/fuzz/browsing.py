"""A model of what browsers hold: authorization requests that are opened and decided in any order, and again.

The model knows of each answer to which request it belongs. A page that doesn't count any more is no mismatch: only an
answer to a client is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from conformance.base.outcomes import Inconclusive, Untested
from conformance.browser.user_agent import Answer, UserAgent
from conformance.fuzz.lifecycle_model import Arose, Mismatch
from conformance.harness.send import OMIT
from conformance.harness.trial import Trial
from conformance.procedures.asking import OWNER, Visit
from conformance.procedures.authorization_answers import values
from conformance.procedures.consent import Asked, page_before_decision
from conformance.procedures.detours import ODD_STATE
from conformance.procedures.redirects import first_uri_served, landed_at
from conformance.wire.exchange import Reply

STATE = "rfc6749-4.1.2-state-unchanged"
STATE_WITH_ERROR = "rfc6749-4.1.2.1-error-state-unchanged"
# That it comes back at all is a sentence of its own.
RETURNED = {STATE: "rfc6749-4.1.2-state-returned", STATE_WITH_ERROR: "rfc6749-4.1.2.1-error-state-returned"}
URI = "rfc6749-3.1.2-uri-of-the-request-used"
REDEEMED = "rfc6749-4.1.4-valid-exchange-issues-token"
JUDGED = (STATE, STATE_WITH_ERROR, *RETURNED.values(), URI, REDEEMED)
# What speaks of errors that a server tells the client: it may tell the person alone.
OF_ERRORS = (STATE_WITH_ERROR, RETURNED[STATE_WITH_ERROR])
# The browser that is used all along, one in which somebody has to sign in once, and one that is new in each sequence.
BROWSERS = ("usual", "second", "new")
# What a request has for a state.
STATES = ("a state", "an odd state", "no state")


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that a person does. `tab` counts the tabs of a sequence from 0; the rest says how a request is made."""

    do: str
    tab: int
    browser: str = ""
    client: str = ""
    state: str = ""
    uri: str = ""

    def __str__(self) -> str:
        tab = chr(ord("A") + self.tab)
        if self.do != "open":
            return f"{self.do} the page in tab {tab}"
        return (
            f"open tab {tab} in the {self.browser} browser for {self.client} with {self.state} and its {self.uri} URI"
        )


@dataclass(slots=True)
class Browsing:
    """The browsers and tabs of one sequence."""

    trial: Trial
    tabs: dict[int, Asked] = field(default_factory=dict)
    found: list[Mismatch | Arose] = field(default_factory=list)
    new: UserAgent | None = None

    def lead(self, moves: Sequence[Move]) -> list[Mismatch | Arose]:
        """Carry out moves. One that lacks what it needs does nothing."""
        for move in moves:
            if move.do == "open" or move.tab in self.tabs:
                MOVES[move.do](self, move)
        return self.found

    def agent(self, browser: str) -> UserAgent:
        """One of the browsers."""
        given = self.trial.given
        if browser == "usual":
            return given.user_agent()
        if browser == "second":
            return given.observed(f"another browser of {OWNER}", partial(given.user_agent, OWNER, fresh=True))
        self.new = self.new or given.user_agent(fresh=True)
        return self.new

    def judge(self, answer: Answer) -> None:
        """Hold an answer against the request that it is for."""
        request = answer.request
        own = [value for name, value in request.pairs if name == "state"]
        is_granted = bool(answer.get("code"))
        if not is_granted and answer.get("error") is None:
            return
        # An empty state for none is another sentence's matter.
        came = [value for value in values(answer, "state") if value or own]
        place = landed_at(answer, self.known_uris())
        is_at_home = place == request.get("redirect_uri")
        if own and not is_granted and is_at_home:
            self.found += map(Arose, OF_ERRORS)
        if is_granted and not is_at_home:
            self.blame(URI, f"the user agent sent to {request.get('redirect_uri')}", str(answer))
        if came != own and (is_granted or is_at_home):
            unchanged = STATE if is_granted else STATE_WITH_ERROR
            self.blame(unchanged if came else RETURNED[unchanged], f"state {own}", f"state {came}")
        if is_granted and is_at_home and came == own:
            reply = self.trial.send.code_exchange(self.trial.given.code_in(answer))
            if not reply.members.get("access_token"):
                self.blame(REDEEMED, "a token for the code", str(reply))

    def known_uris(self) -> list[str]:
        """The redirection URIs of all clients."""
        return [uri for client in self.trial.target.clients.values() for uri in client.redirect_uris]

    def blame(self, requirement: str, expected: str, observed: str) -> None:
        """Note that a requirement is broken."""
        self.found.append(Mismatch(requirement, expected, observed))


def open_tab(browsing: Browsing, move: Move) -> None:
    """A request that waits for a decision, or is answered at once where nobody is asked."""
    trial = browsing.trial
    client = trial.given.client(move.client)
    first_uri_served(trial.given, client, "code")
    special: dict[str, dict[str, Any]] = {"an odd state": {"state": ODD_STATE}, "no state": {"state": OMIT}}
    changes = special.get(move.state, {})
    uri = client.redirect_uris[0 if move.uri == "first" else -1]
    request = trial.send.authorization_request(client, redirect_uri=uri, **changes)
    visit = Visit(client, OWNER, browsing.agent(move.browser))
    answer = page_before_decision(trial.given, trial.send, request, visit.user_agent)
    if answer.destination is not None:
        browsing.judge(answer)
        return
    found = trial.send.decision_form(answer.reply, visit.user_agent)
    if found is None:
        raise Untested(f"what asks for a decision is no form that shows what it sends: {answer}")
    browsing.tabs[move.tab] = Asked(client, OWNER, visit.user_agent, request, answer.reply, *found)


def approve(browsing: Browsing, move: Move) -> None:
    """The page of a tab approved, for the first time or once more."""
    page = browsing.tabs[move.tab]
    browsing.judge(_sent(browsing, page, page))


def decline(browsing: Browsing, move: Move) -> None:
    """The page of a tab declined."""
    page = browsing.tabs[move.tab]
    found = browsing.trial.send.decision_form(page.page, page.user_agent, "decline")
    if found is not None:
        form, fields = found
        browsing.judge(_sent(browsing, page, replace(page, form=form, fields=fields)))


def _sent(browsing: Browsing, page: Asked, filled: Asked) -> Answer:
    """What comes of a form, with nobody there who would sign in or decide anything more."""
    nobody = replace(page.user_agent, owner=None)
    answer = browsing.trial.send.submitted(filled.form, filled.fields, page.request, nobody)
    if isinstance(answer.reply, Reply) and answer.reply.is_breakdown:
        raise Inconclusive(f"the authorization endpoint did not decide: {answer.reply}")
    return answer


MOVES: Mapping[str, Callable[[Browsing, Move], None]] = {"open": open_tab, "approve": approve, "decline": decline}
