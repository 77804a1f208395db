"""Authorization requests and decisions as the OpenAPI document has them, by a resource owner who is signed in."""

from __future__ import annotations

from hypothesis.strategies import SearchStrategy

from conformance.browser.user_agent import Answer
from conformance.fuzz.messages import NAME
from conformance.fuzz.openapi import Fields, bodies, choices_of, object_of, queries_of
from conformance.harness.given import Given
from conformance.harness.send import FORM, Send
from conformance.procedures.consent import ASK_AGAIN, page_that_asks

# What each request has of its own.
OWN = ("client_id", "response_type")
# What stands in for the form's secret: another one, and what a careless comparison may take for it.
OTHER_SECRETS = [NAME, "", "0", "null", "true", "[]", "*"]


def asked_by_get(given: Given) -> SearchStrategy[Fields]:
    """Authorization requests for a code: a registered redirect URI, scopes in any order, any legal `state`."""
    return queries_of("authorize", _request(given))


def asked_by_post(given: Given) -> SearchStrategy[Fields]:
    """The same as forms without a decision."""
    return bodies("decide", FORM, _request(given))


def declined_at_once(given: Given) -> SearchStrategy[Fields]:
    """The same for a plain DELETE."""
    return queries_of("decline", _request(given))


def _request(given: Given) -> Fields:
    given.feature("documented_layout")
    client = given.client_for("authorization_code")
    members: dict[str, Fields] = {
        "response_type": {"const": "code"},
        "client_id": {"const": "{client_id}"},
        "state": {"type": "string", "pattern": r"^[\x21-\x7e]{1,40}\Z"},
    }
    if client.redirect_uris:
        members["redirect_uri"] = {"enum": list(client.redirect_uris)}
    scopes = client.scopes_for("authorization_code")
    if scopes:
        members["scope"] = {"enum": choices_of(scopes)}
    if client.pkce != "off":
        members["code_challenge"] = {"type": "string", "pattern": r"^[A-Za-z0-9_-]{43}\Z"}
        members["code_challenge_method"] = {"const": client.pkce}
    return object_of(members)


def authorization_answer(given: Given, send: Send, fields: Fields, method: str) -> Answer:
    """How an authorization request ends that the resource owner approves."""
    own = {name: text for name, text in fields.items() if name not in OWN}
    return send.authorize(given.client_for("authorization_code"), fields["response_type"], method=method, **own)


def declined_answer(given: Given, send: Send, fields: Fields) -> Answer:
    """How a plain DELETE ends, by somebody who would be asked."""
    page = page_that_asks(given, send, given.client_for("authorization_code"))
    again = ASK_AGAIN if page.request.get("prompt") else {}
    own = {name: text for name, text in fields.items() if name not in OWN}
    request = send.authorization_request(page.client, fields["response_type"], **own, **again)
    return send.authorization(request, user_agent=page.user_agent, method="DELETE")


def secrets(given: Given) -> SearchStrategy[str]:
    """What stands in for the secret of the consent form."""
    given.feature("documented_layout")
    return bodies("decide", FORM, object_of({"csrf_token": {"enum": OTHER_SECRETS}})).map(
        lambda fields: str(fields["csrf_token"])
    )
