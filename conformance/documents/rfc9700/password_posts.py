"""The request in which a person's password comes, sent by hand, and how it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.browser.drivers.choosing import guessed_action
from conformance.browser.pages import read_page
from conformance.browser.returns import parameters_of
from conformance.browser.user_agent import UserAgent
from conformance.harness.given import Given
from conformance.harness.record import Recorded
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.end_user_pages import BODY_GOES_ALONG
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Kind:
    """What a person does who signs in, and what is wrong with the request that led there."""

    decision: Literal["approve", "decline"] = "approve"
    scope: str | None = None


KINDS: Mapping[str, Kind] = {
    "approved": Kind(),
    "declined": Kind("decline"),
    "wrong scope": Kind(scope="invented-scope"),
}


def reply_to_password(given: Given, send: Send, kind: str) -> Reply:
    """The answer to the request with the password, asked once; Inconclusive where no form could be filled in."""
    return given.observed(f"the answer to the password: {kind}", lambda: _answered(given, send, KINDS[kind]))


def _answered(given: Given, send: Send, kind: Kind) -> Reply:
    good = ordinary_request(given, send)
    changes: dict[str, Any] = {"scope": kind.scope} if kind.scope else {}
    agent = UserAgent(given.owner(), most_passwords=0)
    request = send.authorization_request(good.client, good.response_type, **changes)
    with given.arranging():
        page = send.authorization(request, user_agent=agent, decision=kind.decision).reply
    if page.is_redirect:
        raise Vacuous("the request came back before anybody had signed in")
    if kind.scope and read_page(page).sign_in_form() is None:
        raise Vacuous("the faulty request ended before anybody had signed in")
    action = guessed_action(read_page(page), given.owner(), kind.decision, given.sign_in())
    if action is None or action.form is None or not action.sends_password:
        raise Inconclusive(f"no form for the password could be filled in: {page}")
    reply = send.pressed(action.form, action.fields, agent)
    if not reply.is_redirect and read_page(reply).sign_in_form() is not None:
        raise Inconclusive(f"the password was not taken: {reply}")
    return reply


def redirected_passwords(recorded: Recorded, target: Target) -> list[Reply]:
    """The redirects of a run that answer a form with the password of one of the profile's accounts."""
    passwords = {owner.password for owner in target.owners.values()}
    answers = [reply for reply in recorded.for_browsers() if reply.is_redirect and reply.request.method == "POST"]
    return [reply for reply in answers if any(value in passwords for _, value in parameters_of(reply.request))]


def keeps_body(reply: Reply) -> bool:
    """Whether browsers send the body of the request once more."""
    return reply.is_redirect and reply.status in BODY_GOES_ALONG


def redirecting_reply(reply: Reply) -> Reply:
    """The answer where it is a redirect; Vacuous where it isn't."""
    if not reply.is_redirect:
        raise Vacuous("the request with the password isn't answered by a redirect")
    return reply
