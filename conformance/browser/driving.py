"""A user agent on its way: it signs in, consents or declines, and stops where it would leave for the client.

It stays inside the target and never contacts a redirect URI. How pages are driven is the matter of the profile's driver
(`conformance.browser.drivers`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from conformance.browser.answer import Answer
from conformance.browser.authorization_request import AuthorizationRequest
from conformance.browser.drivers import driver_of
from conformance.browser.drivers.choosing import deciding_action
from conformance.browser.drivers.driver import DrivenVisit
from conformance.browser.drivers.journey import Journey
from conformance.browser.forms import Form
from conformance.browser.forms import encoded as encoded_form
from conformance.browser.pages import Page
from conformance.browser.returns import Return
from conformance.browser.user_agent import UserAgent
from conformance.wire.exchange import Reply


def authorize(
    agent: UserAgent,
    visit: DrivenVisit,
    request: AuthorizationRequest,
    method: str = "GET",
    decision: str = "approve",
    *,
    encoded: str | None = None,
    headers: Sequence[tuple[str, str]] = (),
) -> Answer:
    """Send an authorization request and go on until the user agent leaves the target or is stuck on a page.

    `encoded` goes out in place of the encoded parameters, `headers` with the first request only.
    """
    text = encoded_form(request.pairs) if encoded is None else encoded
    reply = agent.submit_encoded(visit, visit.target.url("authorization"), method, text, headers)
    return drive(agent, visit, request, reply, decision)


def drive(agent: UserAgent, visit: DrivenVisit, request: AuthorizationRequest, reply: Reply, decision: str) -> Answer:
    """Go on from a reply: follow redirects, sign in, take the decision."""
    watch, started, before = visit.session.watch, time.perf_counter(), visit.session.sent
    answer = driver_of(visit.session).go(Journey(agent, visit, request, decision), reply)
    # What a person's own browser received is not seen.
    if answer.destination is not None and type(answer.reply) is Reply:
        visit.returns.append(Return(reply.request, answer.destination, answer.reply))
    account = agent.owner.name if agent.owner else None
    watch.journey(account, answer, visit.session.sent - before + 1, time.perf_counter() - started + reply.elapsed)
    return replace(answer, opened=reply)


def decision_form(visit: DrivenVisit, page: Page, decision: str) -> tuple[Form, Sequence[tuple[str, str]]] | None:
    """The form that takes a decision, filled in; None where the page asks for none."""
    chosen = None if page.sign_in_form() else deciding_action(page, decision, visit.target.sign_in)
    if chosen is None or chosen.form is None or not driver_of(visit.session).submits(chosen.form):
        return None
    # A button may have a method and a place of its own.
    method, action, fields = chosen.sent
    return replace(chosen.form, method=method, action=action), fields
