"""Authorization requests that wait for a decision at the same time, in tabs of one browser or in two browsers.

What is judged is an answer that brings a grant: it belongs to the request whose page was approved. A server may keep
one request at a time and refuse the page of an older one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import pytest

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.applied_scopes import ScopeOfToken, scope_of
from conformance.procedures.asking import OWNER, Visit, asked_again, at_hand
from conformance.procedures.authorization_answers import values
from conformance.procedures.consent import Asked, looked_at
from conformance.procedures.detours import LoneScope, lone_scope
from conformance.procedures.redirects import first_uri_served, landed_at
from conformance.wire.exchange import Reply

CODE = "authorization_code"
Order = Literal["first opened", "last opened"]
Place = Literal["tabs", "browsers"]
# Each place with each order in which what waits there is decided.
SIDE_BY_SIDE = pytest.mark.parametrize(
    ("place", "order"),
    [(place, order) for place in ("tabs", "browsers") for order in ("first opened", "last opened")],
    ids=["tabs-first", "tabs-last", "browsers-first", "browsers-last"],
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A page that was approved, and how it went on; what the code was exchanged for, and the scope of that token."""

    page: Asked
    answer: Answer
    exchanged: Reply | None = None
    scope: ScopeOfToken | None = None

    @property
    def is_granted(self) -> bool:
        """Whether the approval brought a grant."""
        return bool(self.answer.get("code"))

    @property
    def brings_token(self) -> bool:
        """Whether the code of the grant was exchanged for a token."""
        return self.exchanged is not None and bool(self.exchanged.members.get("access_token"))

    @property
    def has_state_once(self) -> bool:
        """Whether a state came with the grant, be it the right one."""
        return len(values(self.answer, "state")) == 1

    @property
    def has_own_state(self) -> bool:
        """Whether no other state came with the grant than that of the request."""
        return {*values(self.answer, "state")} <= {self.page.request.get("state")}

    def is_at_own_uri(self, known: Sequence[str]) -> bool:
        """Whether the grant went to the redirection URI of the request, of those that are known."""
        return landed_at(self.answer, known) == self.page.request.get("redirect_uri")

    def __str__(self) -> str:
        return f"for state {self.page.request.get('state')!r}: {self.answer}"


@dataclass(frozen=True, slots=True)
class Decisions:
    """What came of several requests that had been waiting side by side."""

    all: tuple[Decided, ...]

    @property
    def granted(self) -> tuple[Decided, ...]:
        """Those whose approval brought a grant."""
        return tuple(each for each in self.all if each.is_granted)

    @property
    def at_other_uris(self) -> list[Decided]:
        """Those granted at another URI than that of the request."""
        known = [uri for each in self.all for uri in each.page.client.redirect_uris]
        return [each for each in self.granted if not each.is_at_own_uri(known)]

    @property
    def own(self) -> list[Decided]:
        """Those granted that came back to the right place with the right state."""
        return [each for each in self.granted if each.has_own_state and each not in self.at_other_uris]


def decisions_in_order(given: Given, send: Send, place: Place, order: Order) -> Decisions:
    """What came of requests that waited side by side, the first or the last one decided first; done once.

    Vacuous where nobody is asked about what was approved before, or no page counts any more beside another one.
    """

    def procedure() -> Decisions:
        pages = _waiting(given, send, _in_tabs if place == "tabs" else _in_browsers)
        in_order = pages if order == "first opened" else pages[::-1]
        return Decisions(tuple(approval_of_page(given, send, page) for page in in_order))

    found = given.observed(f"requests in several {place}, the {order} decided first", procedure)
    if not found.granted:
        raise Vacuous("no page that asks counts any more when another request waits beside it")
    return found


def approval_of_page(given: Given, send: Send, page: Asked) -> Decided:
    """The page's own form sent off as it stands. Nobody signs in afterwards or decides anything more."""
    answer = send.submitted(page.form, page.fields, page.request, replace(page.user_agent, owner=None))
    if not answer.get("code"):
        return Decided(page, answer)
    reply = send.code_exchange(given.code_in(answer))
    lone = lone_scope(given, send)
    asked = page.request.get("scope")
    if lone is None or asked != lone.name or not reply.members.get("access_token"):
        return Decided(page, answer, reply)
    return Decided(page, answer, reply, scope_of(given, send, given.tokens_in(reply, page.client, CODE, asked)))


def exchange_replies(given: Given, send: Send, place: Place, order: Order) -> list[Reply]:
    """What the codes brought that came back to the right place with the right state."""
    replies = [
        each.exchanged for each in decisions_in_order(given, send, place, order).own if each.exchanged is not None
    ]
    return given.present(replies, "code of the request that was approved")


def scopes_of(given: Given, send: Send, place: Place, order: Order) -> list[ScopeOfToken]:
    """The scopes of tokens for requests that asked for one scope, while another one asked for all."""
    scopes = [each.scope for each in decisions_in_order(given, send, place, order).own if each.scope is not None]
    return given.present(scopes, "token for a request for one scope beside another one")


def approved_after_denial(given: Given, send: Send) -> Decided:
    """A page that was declined, gone back to, and approved. Vacuous where that brings no grant, as it may be."""

    def procedure() -> Decided:
        (page,) = _waiting(given, send, _alone)
        declining = send.decision_form(page.page, page.user_agent, "decline")
        if declining is None:
            raise Vacuous("the page that asks has no form that declines")
        denied = send.submitted(*declining, page.request, replace(page.user_agent, owner=None))
        if denied.get("error") is None:
            raise Vacuous(f"the page that asks has no form that declines: {denied}")
        return approval_of_page(given, send, page)

    found = given.observed("a page that is approved after it was declined", procedure)
    if not found.is_granted:
        raise Vacuous(f"a page that was declined can't be approved any more: {found.answer}")
    return found


def in_words(decisions: Sequence[Decided]) -> str:
    """What became of them, for messages."""
    return "; ".join(map(str, decisions))


# Opening


Look = Callable[[Visit, Mapping[str, Any]], Asked | None]


def _waiting(
    given: Given, send: Send, open_all: Callable[[Given, Look, LoneScope | None, Visit], list[Asked] | None]
) -> list[Asked]:
    lone = lone_scope(given, send)

    def look(visit: Visit, changes: Mapping[str, Any]) -> Asked | None:
        return looked_at(given, send, dict(changes), visit)

    with given.else_vacuous("no two requests wait for a decision"):
        return asked_again(given, CODE, partial(open_all, given, look, lone))


def _alone(given: Given, look: Look, lone: LoneScope | None, visit: Visit) -> list[Asked] | None:
    page = look(visit, {"redirect_uri": visit.client.redirect_uris[-1]})
    return None if page is None else [page]


def _in_tabs(given: Given, look: Look, lone: LoneScope | None, visit: Visit) -> list[Asked] | None:
    """Two requests of one client for two redirection URIs and scopes, and one of another client where there is one."""
    pages = [look(visit, changes) for changes in _changes(visit, lone)]
    found = [page for page in pages if page is not None]
    if len(found) < len(pages):
        return None
    return [*found, *(page for page in _of_others(given, look, visit))]


def _in_browsers(given: Given, look: Look, lone: LoneScope | None, visit: Visit) -> list[Asked] | None:
    """Requests of one client for one person in two browsers."""
    second = given.observed(f"another browser of {OWNER}", partial(given.user_agent, OWNER, fresh=True))
    visits = (visit, replace(visit, user_agent=second))
    pages = [look(each, changes) for each, changes in zip(visits, _changes(visit, lone), strict=True)]
    found = [page for page in pages if page is not None]
    return found if len(found) == len(pages) else None


def _changes(visit: Visit, lone: LoneScope | None) -> tuple[dict[str, str], dict[str, str]]:
    uris = visit.client.redirect_uris
    scope = {"scope": lone.name} if lone is not None and lone.client == visit.client else {}
    return {"redirect_uri": uris[0], **scope}, {"redirect_uri": uris[-1]}


def _of_others(given: Given, look: Look, visit: Visit) -> Iterator[Asked]:
    """A page about another client that was approved before, in the same browser; the first that is asked about."""
    for other in at_hand(given, CODE):
        if other.client == visit.client:
            continue
        with suppress(Inconclusive, Untested):
            first_uri_served(given, other.client, "code")
            page = look(replace(other, user_agent=visit.user_agent), {})
            if page is not None:
                yield page
                return
