"""The page that asks the resource owner for a decision, what it says, and decisions that it never took.

Servers remember consent, or approve clients beforehand: then another client or account may still be asked.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.browser.authorization_request import AuthorizationRequest
from conformance.browser.forms import Form
from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.asking import (
    OWNER,
    SPARE_OWNER,
    TO_FORGET,
    Visit,
    all_asked,
    asked_about,
    asked_again,
    at_hand,
    first_asked,
)
from conformance.procedures.redirects import GRANT_OF, any_response_type
from conformance.profile.target import Client
from conformance.wire.exchange import Pairs, Reply

OWNERS = (OWNER, SPARE_OWNER)
# OpenID Connect's way to be asked again; a server that doesn't know it ignores it (RFC 6749 section 3.1).
ASK_AGAIN = {"prompt": "consent"}
# So long a value can be one that nobody guesses.
UNGUESSABLE = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """A signed-in resource owner looks at a page that asks for a decision; the form as approving would send it."""

    client: Client
    owner: str
    user_agent: UserAgent
    request: AuthorizationRequest
    page: Reply
    form: Form
    fields: Pairs


def page_that_asks(given: Given, send: Send, client: Client | None = None, **changes: Any) -> Asked:
    """A page that asks somebody for a decision, about any client unless told. No test may approve what it asks.

    Vacuous where nobody is ever asked, Inconclusive where what was approved may be remembered.
    """
    look_on = partial(looked_at, given, send, changes)
    seen_approved(given)
    if client is None:
        given.observed("that somebody is asked", lambda: bool(first_asked(given, _grant(given), look_on)))
        return first_asked(given, _grant(given), look_on)
    found = asked_about(given, _grant(given), client, look_on)
    if found is None:
        raise Vacuous(f"the server asks nobody about [clients.{client.name}]")
    return found


def asked_to_approve(given: Given, send: Send) -> Asked:
    """A page that asks for what was approved before: approving it once more changes nothing for other tests."""
    seen_approved(given)
    return asked_again(given, _grant(given), partial(looked_at, given, send, {}))


def asked_beside_main_client(given: Given, send: Send) -> Asked:
    """A page that asks somebody about another client than the main one, which the same person may approve meanwhile."""
    main = given.client_for(_grant(given))

    def look_on(visit: Visit) -> Asked | None:
        return None if visit.client == main else looked_at(given, send, {}, visit)

    seen_approved(given)
    return first_asked(given, _grant(given), look_on)


def asked_about_other_with_secret(given: Given, send: Send) -> Asked:
    """The same about a client with a secret: consent to such ones may be remembered, as it may not be to others.

    Vacuous where nobody is asked about any, or no longer.
    """
    main = given.client_for(_grant(given))

    def look_on(visit: Visit) -> Asked | None:
        fits = visit.client != main and visit.client.client_secret is not None
        return looked_at(given, send, {}, visit) if fits else None

    seen_approved(given)
    with given.else_vacuous("nobody is asked about another client with a secret"):
        return first_asked(given, _grant(given), look_on)


def asked_unprompted(given: Given, send: Send) -> Asked:
    """A page that asks somebody for a decision without being told to. Vacuous where only a prompt brings that up."""
    page = page_that_asks(given, send)
    if page.request.get("prompt") is not None:
        raise Vacuous("what was approved before is remembered: nobody is asked unless the request demands it")
    return page


def asked_about_two_clients(given: Given, send: Send, **changes: Any) -> tuple[Asked, Asked]:
    """Pages that ask the same person about two clients."""
    seen: list[Asked] = []
    seen_approved(given)
    for page in all_asked(given, _grant(given), partial(looked_at, given, send, changes)):
        one = next((one for one in seen if one.owner == page.owner and one.client != page.client), None)
        if one is not None:
            return one, page
        seen.append(page)
    page_that_asks(given, send, **changes)
    raise Inconclusive(f"nobody is asked about two clients: add [clients.other] and [clients.public], or {TO_FORGET}")


def asked_for_two_scopes(given: Given, send: Send) -> tuple[Asked, Asked]:
    """Pages that ask one person about one client, for one scope and for another."""
    given.scopes(_grant(given), 2)

    def look_twice(visit: Visit) -> tuple[Asked, Asked] | None:
        scopes = visit.client.scopes_for(_grant(given))[:2]
        pages = [looked_at(given, send, {"scope": scope}, visit) for scope in scopes]
        one, other = (*pages, None, None)[:2]
        return None if one is None or other is None else (one, other)

    seen_approved(given)
    return first_asked(given, _grant(given), look_twice)


def common_scope(given: Given) -> str | None:
    """A scope that all clients may ask for; None where there is none."""
    grant = _grant(given)
    clients = {visit.client.name: visit.client for visit in at_hand(given, grant)}
    common = frozenset.intersection(*(frozenset(client.scopes_for(grant)) for client in clients.values()))
    return min(common, default=None)


def _grant(given: Given) -> str:
    return GRANT_OF[any_response_type(given)]


def seen_approved(given: Given) -> None:
    """The positive control: an approval comes back with a grant."""
    given.observed("an approval", lambda: given.came_back(given.approval(None, any_response_type(given))))


def looked_at(given: Given, send: Send, changes: dict[str, Any], visit: Visit) -> Asked | None:
    for more in ({}, ASK_AGAIN):
        request = send.authorization_request(visit.client, any_response_type(given), **changes, **more)
        with given.arranging():
            answer = page_before_decision(given, send, request, visit.user_agent)
        if answer.destination is not None:
            continue
        found = send.decision_form(answer.reply, visit.user_agent)
        if found is None:
            raise Untested(f"what asks for a decision is no form that shows what it sends: {answer}")
        return Asked(visit.client, visit.owner, visit.user_agent, request, answer.reply, *found)
    return None


def page_before_decision(given: Given, send: Send, request: AuthorizationRequest, user_agent: UserAgent) -> Answer:
    """Open an authorization request, sign in where it is asked for, and take no decision."""
    return send.authorization(request, user_agent=user_agent, decision="wait")


# Decisions that the page never took


def forged_decision(
    given: Given,
    send: Send,
    knowing: Literal["nothing", "a copy of its own"],
    *,
    knows_same_site: bool = True,
) -> Answer:
    """An approval that another site makes the browser of the resource owner send.

    The other site has seen a copy of the form: what is the same in both is no secret. Of the rest it sends nothing, or
    what its own copy has. A session cookie with SameSite stays back, which is a protection as good as a secret; what
    the secret does alone shows in a browser that doesn't know the attribute.
    """
    victim = page_that_asks(given, send)
    theirs = _copy_of_somebody_else(given, send, victim)
    form, fields = _without_secrets(victim, theirs)
    if knowing == "a copy of its own":
        if list(fields) == list(victim.fields) and form == victim.form:
            raise Vacuous("the page holds no secret of a user agent: what is sent without any decides")
        form, fields = theirs.form, theirs.fields
    return send.submitted_across_sites(form, fields, victim.request, victim.user_agent, knows_same_site=knows_same_site)


def decision_with(given: Given, send: Send, secret: str) -> Answer:
    """An approval that another site makes the browser send, with something else for whatever the form keeps secret.

    The browser doesn't know the SameSite attribute of cookies: what is in the form decides.
    """
    victim = page_that_asks(given, send)
    form, known = _without_secrets(victim, _copy_of_somebody_else(given, send, victim))
    fields = [pair if pair in known else (pair[0], secret) for pair in victim.fields]
    if fields == list(victim.fields):
        raise Vacuous("the page holds no secret of a user agent: what is sent without any decides")
    return send.submitted_across_sites(form, fields, victim.request, victim.user_agent, knows_same_site=False)


def linked_decision(given: Given, send: Send) -> Answer:
    """A link that the resource owner follows: the authorization request, and all of an approval that is no secret."""
    victim = page_that_asks(given, send)
    _, fields = _without_secrets(victim, _copy_of_somebody_else(given, send, victim))
    more = tuple(pair for pair in fields if pair not in victim.request.pairs)
    request = replace(victim.request, pairs=(*victim.request.pairs, *more))
    return page_before_decision(given, send, request, victim.user_agent)


def _copy_of_somebody_else(given: Given, send: Send, victim: Asked) -> Asked:
    """The same page as another person gets it; where none is asked, the same person in another browser."""
    for name in sorted(OWNERS, key=lambda name: name == victim.owner):
        with suppress(Untested):
            agent = given.observed(f"another browser of {name}", partial(given.user_agent, name, fresh=True))
            with given.arranging():
                answer = page_before_decision(given, send, victim.request, agent)
            found = None if answer.destination else send.decision_form(answer.reply, agent)
            if found is not None:
                return Asked(victim.client, name, agent, victim.request, answer.reply, *found)
    raise Untested("what somebody else sees of the page that asks for consent can't be compared: nobody else is asked")


def _without_secrets(victim: Asked, theirs: Asked) -> tuple[Form, Pairs]:
    """The form with the fields that somebody else knows as well."""
    same_action = victim.form.action == theirs.form.action
    form = victim.form if same_action else replace(theirs.form, action=theirs.form.action.partition("?")[0])
    return form, [
        pair for pair in victim.fields if pair in theirs.fields and not _may_be_personal(pair[1], victim, theirs)
    ]


def _may_be_personal(value: str, victim: Asked, theirs: Asked) -> bool:
    """With one person in two browsers, a long value that isn't made of the request may be this person's secret."""
    told = [told for _, told in victim.request.pairs]
    return victim.owner == theirs.owner and len(value) >= UNGUESSABLE and not any(each in value for each in told)


# What the page says


def words_of_page(page: Reply) -> frozenset[str]:
    """What a person sees of a page: its words, and what stands for its images."""
    try:
        document = lxml.html.document_fromstring(page.body)
    except (ParserError, XMLSyntaxError, ValueError):
        return frozenset()
    for hidden in document.xpath("//script | //style"):
        hidden.drop_tree()
    seen = [document.text_content(), *document.xpath("//img/@alt | //img/@src | //@title | //@aria-label")]
    buttons = document.xpath("//input[@type='submit' or @type='button' or @type='checkbox' or @type='radio']/@value")
    return frozenset(word for text in (*seen, *buttons) for word in text.split())


def told_only_by(page: Reply, again: Reply, other: Reply) -> frozenset[str]:
    """Words of a page, there each time it is shown, that another page lacks."""
    return words_of_page(page) & words_of_page(again) - words_of_page(other)


def told_of_scopes(given: Given, send: Send) -> frozenset[str]:
    """Words by which pages for two scopes differ, there each time they are shown.

    A scope may ask for nothing that a person has to be told, such as `openid`; then the other one's words decide.
    """
    one, other = asked_for_two_scopes(given, send)
    one_again, other_again = (
        page_before_decision(given, send, each.request, each.user_agent).reply for each in (one, other)
    )
    return told_only_by(one.page, one_again, other.page) | told_only_by(other.page, other_again, one.page)
