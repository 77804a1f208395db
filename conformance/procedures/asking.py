"""Who is asked for a decision: whether a server asks shows where nobody has decided before.

Servers remember consent, in the session of a browser or by account and client. So after the browser at hand, one that
nobody used looks on, then an account at clients for which nothing is ever approved: no test, and no control before a
run, approves a request for `[resource_owner_other]` at another client than the main one. Last, the target is made to
forget, where the profile says how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.browser.user_agent import CLICKED, Answer, UserAgent
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.redirects import GRANT_OF, ResponseType, first_uri_served
from conformance.profile.target import Client

T = TypeVar("T")
OWNER = "resource_owner"
# The account and the clients for which nothing is approved.
SPARE_OWNER = "resource_owner_other"
SPARE_CLIENTS = ("public", "other", "single_redirect")
# Others, for which the spare account approves one scope and no more.
PARTLY_APPROVED = ("special", "restricted")
RESPONSE_TYPE_OF: Mapping[str, ResponseType] = {"authorization_code": "code", "implicit": "token"}
TO_FORGET = "say with `forget` under [sign_in] how the target forgets what was approved"


@dataclass(frozen=True, slots=True)
class Visit:
    """A person in a browser whom a client is about to send to the authorization endpoint."""

    client: Client
    owner: str
    user_agent: UserAgent


# What a visit comes to; None where nobody is asked.
Ask: TypeAlias = Callable[[Visit], T | None]


def first_asked(given: Given, grant: str, ask: Ask[T]) -> T:
    """What came of the first visit at which somebody was asked.

    Vacuous where nobody is asked at a first visit either, Inconclusive where none can be made.
    """
    found = next(all_asked(given, grant, ask), None)
    if found is not None:
        return found
    spare = next(iter(spare_clients(given, grant)), None)
    if spare is None and not given.can_forget():
        raise Inconclusive(
            "nobody is asked for a decision, or what was approved before is remembered: add [resource_owner_other] "
            f"and [clients.other] or [clients.public], or {TO_FORGET}"
        )
    where = f"[{SPARE_OWNER}] at [clients.{spare.name}]" if spare else "when the target has forgotten all approvals"
    raise Vacuous(f"the server asks nobody for a decision, not even at a first visit ({where})")


def all_asked(given: Given, grant: str, ask: Ask[T]) -> Iterator[T]:
    """What came of every visit at which somebody was asked, the cheapest first."""
    return _asked(_visits(given, grant), ask)


def asked_about(given: Given, grant: str, client: Client, ask: Ask[T]) -> T | None:
    """What came of a visit by one client at which somebody was asked; None where nobody was at a first visit either.

    Inconclusive where no first visit can be made, and others are asked.
    """
    found = next(_asked(_visits_by(given, grant, client), ask), None)
    if found is None and client not in spare_clients(given, grant) and not given.can_forget():
        first_asked(given, grant, ask)
        raise Inconclusive(f"nobody is asked about [clients.{client.name}] any more: {TO_FORGET}")
    return found


def asked_again(given: Given, grant: str, ask: Ask[T]) -> T:
    """What came of a question about what was approved before: only one that is asked again may be approved by a test.

    Vacuous where nobody is asked at a first visit either, Inconclusive where approvals are remembered.
    """
    found = next(_asked(_repeats(given, grant), ask), None)
    if found is None:
        first_asked(given, grant, ask)
        raise Inconclusive(f"nobody is asked again about what was approved once: {TO_FORGET}")
    return found


def asked_of_less(given: Given, grant: str, ask: Ask[T]) -> T | None:
    """What came of the first visit at which somebody was asked who may approve: what was approved before, or less.

    The last such visits are the spare account's at clients for which no test approves more than one scope for it.
    """
    return next(_asked(_partly(given, grant), ask), None)


def declined_answer(
    given: Given, send: Send, response_type: ResponseType, asking: Callable[[Client], dict[str, Any]]
) -> Answer:
    """A request that somebody declined; `asking` has changes of its parameters. Vacuous where nobody is asked."""
    return first_asked(given, GRANT_OF[response_type], _declining(send, response_type, asking))


def declined_at_hand(
    given: Given, send: Send, response_type: ResponseType, asking: Callable[[Client], dict[str, Any]]
) -> Answer:
    """The same for the main client in the browser that is used all along, which leaves other visits to other tests: a
    server may take a refusal for consent. Vacuous where that visit meets no question."""
    visit = next(at_hand(given, GRANT_OF[response_type]))
    answer = _declining(send, response_type, asking)(visit)
    if answer is None:
        raise Vacuous(f"[{visit.owner}] is not asked about [clients.{visit.client.name}] any more")
    return answer


def _declining(send: Send, response_type: ResponseType, asking: Callable[[Client], dict[str, Any]]) -> Ask[Answer]:
    def decline(visit: Visit) -> Answer | None:
        how: dict[str, Any] = {"user_agent": visit.user_agent, "decision": "decline", **asking(visit.client)}
        answer = send.authorize(visit.client, response_type, **how)
        if answer.destination is None and not answer.consented:
            raise Inconclusive(f"the user agent found no way to decline: {answer}; see [sign_in]")
        return certain_refusal(answer) if answer.consented or answer.mechanism in CLICKED else None

    return decline


def certain_refusal(answer: Answer) -> Answer:
    """The answer to a refusal that reached the server. Inconclusive where that isn't sure, and no error shows it."""
    if answer.doubt and answer.get("error") is None:
        raise Inconclusive(f"{answer.doubt} ({answer})")
    return answer


# Visits, made when somebody is about to go


def at_hand(given: Given, grant: str) -> Iterator[Visit]:
    """Visits in the browser that is used all along."""
    for client in (given.client_for(grant), *_other_clients(given, grant)):
        yield Visit(client, OWNER, given.user_agent(OWNER))


def _visits(given: Given, grant: str) -> Iterator[Visit]:
    main = given.client_for(grant)
    yield from at_hand(given, grant)
    yield Visit(main, OWNER, given.user_agent(OWNER, fresh=True))
    for client in spare_clients(given, grant):
        yield Visit(client, SPARE_OWNER, given.user_agent(SPARE_OWNER, fresh=True))
    yield from _forgotten(given, main)


def _visits_by(given: Given, grant: str, client: Client) -> Iterator[Visit]:
    yield Visit(client, OWNER, given.user_agent(OWNER))
    yield Visit(client, OWNER, given.user_agent(OWNER, fresh=True))
    if client in spare_clients(given, grant):
        yield Visit(client, SPARE_OWNER, given.user_agent(SPARE_OWNER, fresh=True))
    yield from _forgotten(given, client)


def _repeats(given: Given, grant: str) -> Iterator[Visit]:
    for visit in at_hand(given, grant):
        first_uri_served(given, visit.client, RESPONSE_TYPE_OF[grant])
        yield visit
    main = given.client_for(grant)
    yield Visit(main, OWNER, given.user_agent(OWNER, fresh=True))
    yield from _forgotten(given, main)


def _partly(given: Given, grant: str) -> Iterator[Visit]:
    yield from _repeats(given, grant)
    if given.has_owner(SPARE_OWNER):
        for client in (given.client_for(grant), *_clients(given, grant, PARTLY_APPROVED)):
            yield Visit(client, SPARE_OWNER, given.user_agent(SPARE_OWNER))


def _forgotten(given: Given, client: Client) -> Iterator[Visit]:
    if given.can_forget():
        given.forget(OWNER, client)
        yield Visit(client, OWNER, given.user_agent(OWNER, fresh=True))


def _asked(made: Iterator[Visit], ask: Ask[T]) -> Iterator[T]:
    return (found for found in map(ask, made) if found is not None)


def spare_clients(given: Given, grant: str) -> list[Client]:
    """The clients for which the spare account approves nothing."""
    return list(_other_clients(given, grant)) if given.has_owner(SPARE_OWNER) else []


def _other_clients(given: Given, grant: str) -> Iterator[Client]:
    return _clients(given, grant, SPARE_CLIENTS)


def _clients(given: Given, grant: str, names: Sequence[str]) -> Iterator[Client]:
    """Those of the named clients that may use a grant, but for the main one."""
    for name in names:
        with suppress(Untested):
            client = given.client(name)
            if client.may_use(grant) and client.redirect_uris and client != given.client_for(grant):
                yield client
