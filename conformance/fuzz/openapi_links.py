"""What the OpenAPI document leads to from a token: its links, and the resources that the token's scopes open."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.base.outcomes import Inconclusive, Untested
from conformance.documents.documented.api import at_resource, client_with_scope
from conformance.fuzz.openapi import Fields, asked_for_token, bodies, choices_of, document, object_of
from conformance.harness.given import Given
from conformance.harness.send import FORM, Send
from conformance.harness.tokens import Tokens
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

# What the document links to a token that was issued, and the features that the profile claims it by.
LINKS: Mapping[str, tuple[str, ...]] = {
    "introspect": ("documented_layout", "introspection"),
    "revoke": ("documented_layout", "revocation"),
    "info": ("token_info",),
    "end": ("documented_layout", "token_endpoint"),
}
ENDING = ("revoke", "end")


def walks(given: Given) -> SearchStrategy[list[str]]:
    """Links of the document to follow one after the other; none that ends the token."""
    harmless = [name for name in LINKS if name not in ENDING and all(map(given.claims, LINKS[name]))]
    return st.lists(st.sampled_from(harmless), max_size=6) if harmless else st.just([])


def reply_after_links(given: Given, send: Send, fields: Fields, walk: list[str], last: str) -> Reply:
    """The answer at the end of links that lead from a token, one after the other."""
    return tokens_and_answer(given, send, fields, walk, last)[1]


def tokens_and_answer(given: Given, send: Send, fields: Fields, walk: list[str], last: str) -> tuple[Tokens, Reply]:
    """A token, and the answer at the end of links that lead from it, one after the other."""
    for feature in LINKS[last]:
        given.feature(feature)
    with given.arranging():
        client, reply = asked_for_token(given, send, fields)
        given.issued(reply, "a token request as the document has it")
        tokens = given.tokens_in(reply, client, fields["grant_type"], fields.get("scope"))
        _walk(send, tokens, walk)
    return tokens, _follow(send, tokens, last)


def _walk(send: Send, tokens: Tokens, walk: list[str]) -> None:
    for link in walk:
        _follow(send, tokens, link)


def _follow(send: Send, tokens: Tokens, link: str) -> Reply:
    described = document()["paths"]["/oauth/token"]["post"]["responses"]["200"]["links"][link]
    expression = described.get("requestBody", {}).get("token", "$response.body#/access_token")
    value = str(tokens.members[expression.removeprefix("$response.body#/")])
    match described["operationId"]:
        case "introspectToken":
            return send.introspection(value)
        case "revokeToken":
            return send.revocation(value, tokens.client)
        case "endToken":
            return send.resource(value, "token", method="DELETE")
        case _:
            return send.resource(value, "token_info")


def tokens_and_info(given: Given, send: Send, fields: Fields, walk: list[str]) -> tuple[Tokens, Reply]:
    """A token, and what token info tells of it after links were followed."""
    tokens, reply = tokens_and_answer(given, send, fields, walk, "info")
    return tokens, given.accepted(reply, "token info with a good token")


# Scopes


def scopes_for(given: Given, kind: str) -> SearchStrategy[str]:
    """What can be asked for to get a token for `me`, `app` or `basic`, that scope among others, in any order."""
    grant, client = _asking(given, kind)
    return _scopes(grant, [each for each in choices_of(client.scopes_for(grant)) if kind in each.split()])


def scopes_beside(given: Given, kind: str, resource: str) -> SearchStrategy[str]:
    """The same, without the scope that a resource requires."""
    grant, client = _asking(given, kind)
    choices = [each.split() for each in choices_of(client.scopes_for(grant))]
    return _scopes(grant, [" ".join(each) for each in choices if kind in each and resource not in each])


def _asking(given: Given, kind: str) -> tuple[str, Client]:
    """The grant for a kind of token, and its client."""
    if kind != "me":
        return "client_credentials", client_with_scope(given, kind)
    grant = given.user_grant()
    client = given.client_for(grant)
    if kind not in client.scopes_for(grant):
        raise Untested(f"[clients.{client.name}] may not ask for the scope me by {grant}")
    return grant, client


def _scopes(grant: str, choices: list[str]) -> SearchStrategy[str]:
    schema = object_of({"grant_type": {"const": grant}, "scope": {"enum": choices}})
    return bodies("issueToken", FORM, schema).map(lambda fields: str(fields["scope"]))


def resource_answer(given: Given, send: Send, kind: str, scope: str, resource: str) -> Reply:
    """What a resource answers to a fresh token of a kind; the server has granted it the scope asked for."""
    grant, client = _asking(given, kind)
    tokens = given.tokens(grant, client, scope=scope)
    if tokens.granted != frozenset(scope.split()):
        raise Inconclusive(f"the token has the scope {' '.join(sorted(tokens.granted))}, not {scope} as asked for")
    return send.resource(tokens.access_token, f"resource_{resource}")


def own_kinds_served(given: Given, send: Send, *kinds: str) -> None:
    """Positive control: resources answer to tokens of their own kinds."""
    with given.arranging():
        for kind in kinds:
            reply = at_resource(given, send, kind)
            given.accepted(reply, f"the resource for {kind} with its own kind of token")
