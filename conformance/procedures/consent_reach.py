"""How far consent reaches: to no more scope than was approved, and to nobody else's account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.browser.forms import Form
from conformance.browser.pages import read_page
from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.applied_scopes import ScopeOfToken, scope_of
from conformance.procedures.asking import (
    OWNER,
    SPARE_CLIENTS,
    SPARE_OWNER,
    TO_FORGET,
    Visit,
    asked_of_less,
    spare_clients,
)
from conformance.procedures.consent import Asked, page_before_decision
from conformance.procedures.introspection import ask
from conformance.procedures.refreshing import KEEPS_THE_FLOW
from conformance.procedures.tabs import CODE, approval_of_page
from conformance.wire.exchange import Reply


def more_after_less(given: Given, send: Send) -> tuple[ScopeOfToken | None, str]:
    """The scope that a request for two scopes is granted without asking, once a person has approved one of the two.

    None where somebody is asked: as it was before the approval, by clients of both kinds where the profile has them.
    """
    given.scopes(CODE, 2)
    asked_again: dict[bool, str] = {}

    def approve_less(visit: Visit) -> tuple[ScopeOfToken | None, str] | None:
        if _keeps_a_secret(visit) in asked_again:
            return None
        names = [name for name in visit.client.scopes_for(CODE) if name not in KEEPS_THE_FLOW]
        if len(names) < 2:
            return None
        less, other = names[-1], names[0]
        both = f"{less} {other}"
        if _question(given, send, visit, both) is None or not _is_approved(given, send, visit, less):
            return None
        answer = _looked(given, send, visit, both)
        if not answer.get("code"):
            asked_again[_keeps_a_secret(visit)] = other
            return None
        tokens = given.tokens_for(given.code_in(answer))
        return scope_of(given, send, tokens), other

    found = asked_of_less(given, CODE, approve_less)
    if found is None and asked_again:
        return None, next(iter(asked_again.values()))
    if found is None:
        raise Vacuous(f"nobody is asked about a scope that was not approved before: {TO_FORGET}")
    return found


def after_consent_of_another(given: Given, send: Send) -> Answer:
    """What a request brings for the one person, who decides nothing, once the other person has approved the same.

    Before that the one person was asked. A client of each kind is tried, until one brings something. Vacuous where
    nobody is asked, or where it isn't known what was approved earlier.
    """
    answers: dict[bool, Answer] = {}
    for visit in _of_spare_owner(given):
        if _keeps_a_secret(visit) in answers or _question(given, send, visit, None) is None:
            continue
        given.came_back(given.approval(visit.client, "code"), "an approval by another person")
        answers[_keeps_a_secret(visit)] = answer = _looked(given, send, visit, None)
        if answer.get("code"):
            return answer
    if answers:
        return next(iter(answers.values()))
    raise Vacuous(f"[{SPARE_OWNER}] is asked about no client that [{OWNER}] can approve, or was before: {TO_FORGET}")


def after_another_person(given: Given, send: Send) -> tuple[str | None, str | None]:
    """Whose tokens come for the same request in one browser: of a person who approves, and of whoever signs in next.

    The second one, who is asked in a browser of its own, decides nothing; None where nothing comes, as it should be.
    """
    visit = next((each for each in _of_spare_owner(given) if _question(given, send, each, None)), None)
    if visit is None:
        raise Vacuous(f"[{SPARE_OWNER}] is asked about no client: {TO_FORGET}")
    first = given.user_agent(OWNER, fresh=True)
    approval = given.approval(visit.client, "code", user_agent=first)
    second = replace(first, owner=given.owner(SPARE_OWNER))
    _sign_in_next(send, approval, second)
    answer = _looked(given, send, replace(visit, user_agent=second), None)
    if not answer.get("code"):
        return None, None
    return _owner(given, send, approval), _owner(given, send, answer)


def _sign_in_next(send: Send, before: Answer, user_agent: UserAgent) -> None:
    """Somebody signs in where somebody else is signed in already. Vacuous where the sign-in page isn't to be had."""
    forms = [form for form in map(_sign_in_form, before.pages) if form is not None]
    page = send.opened(forms[0].action, user_agent) if forms else None
    if page is None or _sign_in_form(page) is None:
        raise Vacuous("nobody can sign in where somebody else is signed in")
    answer = send.carried_on(page, before.request, user_agent)
    if not answer.signed_in or _sign_in_form(answer.reply) is not None:
        raise Vacuous(f"nobody can sign in where somebody else is signed in: {answer}")


def _sign_in_form(page: Reply) -> Form | None:
    return read_page(page).sign_in_form()


def of_two_people(given: Given, send: Send) -> tuple[str, str]:
    """Whose tokens two people get, who approve the main client each in a browser of their own.

    Vacuous where introspection names the client as whose a token is.
    """
    client = given.client_for(CODE)
    agents = [given.user_agent(owner) for owner in (OWNER, SPARE_OWNER)]
    # Both codes wait beside each other before the first of them is exchanged.
    answers = [given.approval(client, "code", user_agent=agent) for agent in agents]
    one, other = (_owner(given, send, answer) for answer in answers)
    if client.client_id in (one, other):
        raise Vacuous("introspection tells the client, and not whose a token is")
    return one, other


def added_at_exchange(given: Given, send: Send, beside: str) -> tuple[ScopeOfToken, str]:
    """The scope of a token whose code was approved for one name, and another one that comes beside: in the `scope` of
    the exchange, or with a live `refresh_token` of the same client.

    Vacuous where a code brings both without being asked, or where such an exchange is refused.
    """
    less, other = given.scopes(CODE, 2)[-1], given.scopes(CODE, 2)[0]
    if other in _scope_alone(given, send, less).at_least:
        raise Vacuous(f"a code for {less} brings {other} as well")
    client = given.client_for(CODE)
    refresh_token = given.refreshable(client, CODE).refresh_token if beside == "refresh_token" else None
    code = given.authorization_code(client, scope=less)
    changes: dict[str, Any] = {beside: refresh_token or f"{less} {other}"}
    reply = send.code_exchange(code, **changes)
    if reply.is_refusal:
        raise Vacuous(f"an exchange with {beside} is refused: {reply}")
    return scope_of(given, send, given.tokens_in(reply, code.client, CODE, less)), other


def _scope_alone(given: Given, send: Send, name: str) -> ScopeOfToken:
    """What a code for one scope brings; seen once."""

    def procedure() -> ScopeOfToken:
        return scope_of(given, send, given.tokens_for(given.authorization_code(scope=name)))

    return given.observed(f"what a code for {name} brings", procedure)


def posted_in_another_browser(given: Given, send: Send) -> tuple[str | None, str | None]:
    """Whose tokens a page brings in the browser in which it was shown, and in that of another person.

    The second is None where nothing comes of it there, as it should be.
    """
    page = asked_of_less(given, CODE, partial(_about_main_client, given, send))
    if page is None:
        raise Vacuous("nobody is asked about the main client again")
    theirs = given.user_agent(SPARE_OWNER)
    page_before_decision(given, send, send.authorization_request(page.client), theirs)
    posted = send.submitted(page.form, page.fields, page.request, replace(theirs, owner=None))
    brought = _owner(given, send, posted) if posted.get("code") else None
    shown = approval_of_page(given, send, page)
    if brought is None and not shown.is_granted:
        raise Vacuous(f"the page counts neither in another browser nor in its own: {shown.answer}")
    if brought is None:
        return None, None
    return _owner(given, send, given.approval(page.client, "code")), brought


def _about_main_client(given: Given, send: Send, visit: Visit) -> Asked | None:
    is_main = visit.client == given.client_for(CODE) and visit.owner == OWNER
    return _question(given, send, visit, None) if is_main else None


def _owner(given: Given, send: Send, answer: Answer) -> str:
    """Whose token comes of an answer. Vacuous where introspection doesn't say."""
    tokens: Tokens = given.tokens_for(given.code_in(answer))
    members = ask(given, send, tokens.access_token).members
    named = [value for value in map(members.get, ("sub", "username")) if isinstance(value, str)]
    if not named:
        raise Vacuous("introspection doesn't tell whose a token is")
    return named[0]


def _keeps_a_secret(visit: Visit) -> bool:
    """What kind of client it is: servers may remember consent to those that authenticate and to no others (10.2)."""
    return visit.client.client_secret is not None


def _of_spare_owner(given: Given) -> Iterator[Visit]:
    """The spare account at clients that nobody has approved for it; approvals of earlier runs are forgotten.

    Untested where the profile has no such account or client.
    """
    given.owner(SPARE_OWNER)
    clients = spare_clients(given, CODE)
    if not clients:
        raise Untested(f"the profile has no other client for this probe: add [clients.{SPARE_CLIENTS[0]}]")
    for client in clients:
        if given.can_forget():
            given.forget(SPARE_OWNER, client)
            given.forget(OWNER, client)
        yield Visit(client, SPARE_OWNER, given.user_agent(SPARE_OWNER))


def _question(given: Given, send: Send, visit: Visit, scope: str | None) -> Asked | None:
    """The page that asks for a decision, once somebody is signed in; None where nobody is asked.

    Some servers show a page with a button to everybody who has just signed in: that is another question.
    """
    answer = _looked(given, send, visit, scope)
    if answer.signed_in and answer.destination is None:
        answer = _looked(given, send, visit, scope)
    if answer.destination is not None:
        return None
    found = send.decision_form(answer.reply, visit.user_agent)
    return found and Asked(visit.client, visit.owner, visit.user_agent, answer.request, answer.reply, *found)


def _looked(given: Given, send: Send, visit: Visit, scope: str | None) -> Answer:
    asked = {} if scope is None else {"scope": scope}
    request = send.authorization_request(visit.client, **asked)
    return page_before_decision(given, send, request, visit.user_agent)


def _is_approved(given: Given, send: Send, visit: Visit, scope: str) -> bool:
    page = _question(given, send, visit, scope)
    if page is None:
        return False
    found = approval_of_page(given, send, page)
    if not found.is_granted:
        raise Inconclusive(f"an approval brings nothing: {found.answer}")
    return True
