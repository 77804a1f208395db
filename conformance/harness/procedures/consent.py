"""The page that asks the resource owner for a decision, what it says, and decisions that it never took.

Servers remember consent, or approve clients beforehand: then another client or account may still be asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from conformance.harness.exchange import Pairs, Reply
from conformance.harness.forms import Form
from conformance.harness.given import Given
from conformance.harness.outcomes import NotApplicable, Untested
from conformance.harness.procedures.redirects import GRANT_OF, any_response_type
from conformance.harness.send import AuthorizationRequest, Send
from conformance.harness.target import Client
from conformance.harness.user_agent import Answer, UserAgent

MAIN = "main"
CLIENTS = (MAIN, "other", "public")
OWNERS = ("resource_owner", "resource_owner_other")
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


def asked(given: Given, send: Send, client: Client | None = None, **changes: Any) -> Asked:
    """A page that asks somebody for a decision, about any client unless told."""
    found = next(_asked(given, send, client, changes), None)
    if found is None:
        raise Untested(
            f"nobody is asked about {'the client ' + client.name if client else 'any client'}: consent is remembered "
            f"or given beforehand; withdraw it, or add [resource_owner_other] or a client that needs approval"
        )
    return found


def asked_about_two_clients(given: Given, send: Send, **changes: Any) -> tuple[Asked, Asked]:
    """Pages that ask the same person about two clients."""
    pages = list(_asked(given, send, None, changes))
    pairs = ((one, two) for one in pages for two in pages if one.owner == two.owner and one.client != two.client)
    found = next(pairs, None)
    if found is None:
        raise Untested(
            "nobody is asked about two clients: add [clients.other], or withdraw the consent that the profile's "
            "accounts have given"
        )
    return found


def asked_for_two_scopes(given: Given, send: Send) -> tuple[Asked, Asked]:
    """Pages that ask about one client, for one scope and for another."""
    client = asked(given, send).client
    one, other = given.scopes(GRANT_OF[any_response_type(given)], 2, client)[:2]
    return asked(given, send, client, scope=one), asked(given, send, client, scope=other)


def common_scope(given: Given) -> str | None:
    """A scope that all clients may ask for; None where there is none."""
    grant = GRANT_OF[any_response_type(given)]
    common = frozenset.intersection(*(frozenset(client.scopes_for(grant)) for client in _clients(given)))
    return min(common, default=None)


def _asked(given: Given, send: Send, client: Client | None, changes: dict[str, Any]) -> Iterator[Asked]:
    given.observed("an approval", lambda: given.came_back(given.approval(None, any_response_type(given))))
    for owner in OWNERS:
        for each in [client] if client else list(_clients(given)):
            with suppress(Untested):
                page = _looked_at(given, send, each, owner, changes)
                if page is not None:
                    yield page


def _clients(given: Given) -> Iterator[Client]:
    grant = GRANT_OF[any_response_type(given)]
    for name in CLIENTS:
        with suppress(Untested):
            client = given.client_for(grant) if name == MAIN else given.client(name)
            if client.may_use(grant):
                yield client


def _looked_at(given: Given, send: Send, client: Client, owner: str, changes: dict[str, Any]) -> Asked | None:
    for more in ({}, ASK_AGAIN):
        request = send.authorization_request(client, any_response_type(given), **changes, **more)
        with given.arranging():
            answer = look(given, send, request, given.user_agent(owner))
        found = None if answer.destination else send.decision_form(answer.reply, given.user_agent(owner))
        if found is not None:
            return Asked(client, owner, given.user_agent(owner), request, answer.reply, *found)
        if answer.destination is None:
            return None
    return None


def look(given: Given, send: Send, request: AuthorizationRequest, user_agent: UserAgent) -> Answer:
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
    victim = asked(given, send)
    theirs = _copy_of_somebody_else(given, send, victim)
    form, fields = _without_secrets(victim, theirs)
    if knowing == "a copy of its own":
        if list(fields) == list(victim.fields) and form == victim.form:
            raise NotApplicable("the page holds no secret of a user agent: what is sent without any decides")
        form, fields = theirs.form, theirs.fields
    return send.submitted_across_sites(form, fields, victim.request, victim.user_agent, knows_same_site=knows_same_site)


def decision_with(given: Given, send: Send, secret: str) -> Answer:
    """An approval that another site makes the browser send, with something else for whatever the form keeps secret.

    The browser doesn't know the SameSite attribute of cookies: what is in the form decides.
    """
    victim = asked(given, send)
    form, known = _without_secrets(victim, _copy_of_somebody_else(given, send, victim))
    fields = [pair if pair in known else (pair[0], secret) for pair in victim.fields]
    if fields == list(victim.fields):
        raise NotApplicable("the page holds no secret of a user agent: what is sent without any decides")
    return send.submitted_across_sites(form, fields, victim.request, victim.user_agent, knows_same_site=False)


def linked_decision(given: Given, send: Send) -> Answer:
    """A link that the resource owner follows: the authorization request, and all of an approval that is no secret."""
    victim = asked(given, send)
    _, fields = _without_secrets(victim, _copy_of_somebody_else(given, send, victim))
    more = tuple(pair for pair in fields if pair not in victim.request.pairs)
    request = replace(victim.request, pairs=(*victim.request.pairs, *more))
    return look(given, send, request, victim.user_agent)


def _copy_of_somebody_else(given: Given, send: Send, victim: Asked) -> Asked:
    """The same page as another person gets it; where none is asked, the same person in another browser."""
    for name in sorted(OWNERS, key=lambda name: name == victim.owner):
        with suppress(Untested):
            agent = given.observed(f"another browser of {name}", partial(given.user_agent, name, fresh=True))
            with given.arranging():
                answer = look(given, send, victim.request, agent)
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


def words(page: Reply) -> frozenset[str]:
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
    return words(page) & words(again) - words(other)


def told_of_scopes(given: Given, send: Send) -> frozenset[str]:
    """Words by which pages for two scopes differ, there each time they are shown.

    A scope may ask for nothing that a person has to be told, such as `openid`; then the other one's words decide.
    """
    one, other = asked_for_two_scopes(given, send)
    one_again, other_again = (look(given, send, each.request, each.user_agent).reply for each in (one, other))
    return told_only_by(one.page, one_again, other.page) | told_only_by(other.page, other_again, one.page)
