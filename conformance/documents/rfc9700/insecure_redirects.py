"""Authorization responses over plain HTTP: where an http redirection URI is registered, and what was sent anyhow."""

from __future__ import annotations

from typing import Any

from conformance.base.outcomes import NotApplicable
from conformance.base.uris import is_loopback, urlsplit
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.redirects import GRANT_OF, ResponseType, any_response_type
from conformance.profile.target import Client, Target


def registered_in_the_clear(given: Given, target: Target) -> tuple[Client, str, ResponseType]:
    """A client with an http redirection URI that isn't on loopback; NotApplicable where the profile has none."""
    for client in target.clients.values():
        uri = next(filter(_is_in_the_clear, client.redirect_uris), None)
        response_type = any_response_type(given, client)
        if uri is not None and client.may_use(GRANT_OF[response_type]) and not client.is_guessed_at:
            return client, uri, response_type
    raise NotApplicable("no client of the profile has a redirection URI with the scheme http beside loopback")


def in_the_clear(given: Given, send: Send, target: Target) -> list[Answer]:
    """The answers that left by plain HTTP: of good and wrong requests of the main client, and by http URIs."""

    def procedure() -> list[Answer]:
        main = ordinary_request(given, send)
        asked: list[dict[str, Any]] = [{}, {"scope": given.invented("scope")}]
        answers = [main.changed(changes) for changes in asked]
        for client in target.clients.values():
            response_type = any_response_type(given, client)
            if client.may_use(GRANT_OF[response_type]) and not client.is_guessed_at:
                insecure = filter(_is_in_the_clear, client.redirect_uris)
                answers += [send.authorize(client, response_type, redirect_uri=uri) for uri in insecure]
        return answers

    answers = given.observed("responses that may go over plain HTTP", procedure)
    return [answer for answer in answers if _is_in_the_clear(answer.destination or "")]


def _is_in_the_clear(uri: str) -> bool:
    return urlsplit(uri).scheme.lower() == "http" and not is_loopback(uri)
