"""Authorization requests that are granted at the second try of signing in: the page that says that the password was
wrong has to carry all that the first one carried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.base.outcomes import Vacuous
from conformance.browser.drivers.choosing import guessed_action
from conformance.browser.pages import read_page
from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Code
from conformance.procedures.applied_scopes import ScopeOfToken, scope_of
from conformance.procedures.authorization_answers import seen_granted
from conformance.procedures.authorization_requests import spare_owner
from conformance.procedures.detours import ODD_STATE, lone_scope
from conformance.procedures.pkce import client_seen_to_exchange, s256_pair


def granted_at_second_try(given: Given, send: Send) -> Answer:
    """The response with a code to a request with an odd state; asked for once."""
    seen_granted(given)
    return given.observed("a code after a wrong password", lambda: _granted(given, send, {"state": ODD_STATE}))


def scope_at_second_try(given: Given, send: Send) -> ScopeOfToken:
    """The scope of the token that comes of a request for one scope. Vacuous where none is known that comes alone."""
    seen_granted(given)
    lone = lone_scope(given, send)
    if lone is None:
        raise Vacuous("no scope is known that brings a token with itself alone")
    code = given.code_in(_granted(given, send, {"client": lone.client, "scope": lone.name}))
    tokens = given.tokens_in(send.code_exchange(code), lone.client, "authorization_code", lone.name)
    return scope_of(given, send, tokens)


def code_at_second_try(given: Given, send: Send) -> Code:
    """A fresh code with a challenge, whose verifier the client has."""
    client, pair = client_seen_to_exchange(given, send, "main"), s256_pair()
    answer = _granted(given, send, {"client": client, **pair.parameters})
    return replace(given.code_in(answer), verifier=pair.verifier)


def _granted(given: Given, send: Send, asked: dict[str, Any]) -> Answer:
    """By the account that may be locked, where there is one. Vacuous where a wrong password ends the request."""
    owner = spare_owner(given)
    pretender = UserAgent(replace(owner, password=given.invented("password")), most_passwords=1)
    refused = send.authorize(**asked, user_agent=pretender)
    action = guessed_action(read_page(refused.reply), owner, "approve", given.sign_in())
    if action is None or action.form is None or not action.sends_password:
        raise Vacuous(f"after a wrong password nobody is asked for another one: {refused}")
    agent = UserAgent(owner, pretender.cookies)
    signed_in = send.pressed(action.form, action.fields, agent)
    answer = send.carried_on(signed_in, refused.request, agent, "approve")
    if not answer.get("code"):
        raise Vacuous(f"no code came after a wrong password and the right one: {answer}")
    return answer
