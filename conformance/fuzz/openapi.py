"""Cases that schemathesis draws from the OpenAPI document, and the requests that come of them.

Positive cases of the suite's own requests are what the document lets a client send, with the values that this target
takes: `{name}` stands for one that only the target can give, and that is put in when the case is sent. Messages are
whatever schemathesis makes of an operation, within the document or outside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import permutations
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.base.outcomes import NotApplicable, Untested, Vacuous
from conformance.base.schemas import schema_folder
from conformance.documents.documented.api import graphql_reply, has_data, tokens_of_kind
from conformance.fuzz.described import Document, deviations
from conformance.fuzz.messages import NAME, Message
from conformance.fuzz.sending import reply_to_message
from conformance.harness import Expect
from conformance.harness.given import Given
from conformance.harness.send import FORM, Send, bearer
from conformance.profile.target import DOCUMENTED_LAYOUT, Client
from conformance.wire.exchange import Reply

Fields = Mapping[str, Any]

# Operation of the document -> path, method, and the features that the profile claims it by.
OPERATIONS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "authorize": ("/oauth/authorize", "GET", ("documented_layout", "authorization_endpoint")),
    "decide": ("/oauth/authorize", "POST", ("documented_layout", "authorization_endpoint")),
    "decline": ("/oauth/authorize", "DELETE", ("documented_layout", "authorization_endpoint")),
    "issueToken": ("/oauth/token", "POST", ("documented_layout", "token_endpoint")),
    "endToken": ("/oauth/token", "DELETE", ("documented_layout", "token_endpoint")),
    "revokeToken": ("/oauth/revoke", "POST", ("documented_layout", "revocation")),
    "introspectToken": ("/oauth/introspect", "POST", ("documented_layout", "introspection")),
    "getTokenInfo": ("/oauth/token/info", "GET", ("token_info",)),
    "getMe": ("/api/me", "GET", ("documented_scopes",)),
    "postMe": ("/api/me", "POST", ("documented_scopes",)),
    "getApp": ("/api/app", "GET", ("documented_scopes", "client_credentials")),
    "postApp": ("/api/app", "POST", ("documented_scopes", "client_credentials")),
    "getBasic": ("/api/basic", "GET", ("documented_scopes", "client_credentials")),
    "postBasic": ("/api/basic", "POST", ("documented_scopes", "client_credentials")),
    "queryByGet": ("/graphql", "GET", ("documented_graphql", "client_credentials")),
    "queryByPost": ("/graphql", "POST", ("documented_graphql", "client_credentials")),
    "getMetadata": ("/.well-known/oauth-authorization-server", "GET", ("metadata",)),
}
ENDPOINT_OF = {path: endpoint for endpoint, path in DOCUMENTED_LAYOUT.items()}
# Those that a client authenticates itself at.
BY_CLIENTS = ("issueToken", "revokeToken", "introspectToken")
# Endpoint -> the kind of token that opens it, where that is told.
KINDS = {"resource_me": "me", "resource_app": "app", "resource_basic": "basic", "graphql": "app"}
# To draw these would be to guess.
CREDENTIALS = frozenset({"client_id", "client_secret", "username", "password", "external_authentication_token"})
# What schemathesis says of itself; the recorder says who we are.
OF_THE_SENDER = frozenset(
    {"user-agent", "accept", "accept-encoding", "connection", "x-schemathesis-testcaseid", "content-length"}
)
MOST_SCOPES = 6
INVENTED: Fields = {"type": "string", "pattern": rf"^{NAME}[\x21-\x7e]{{0,40}}\Z"}
QUERIES = ("{ __typename }", "query { __typename }", "query Named { __typename }")


@cache
def document() -> Document:
    """The OpenAPI document, read once."""
    import yaml  # schemathesis checks what it reads, which takes forty times as long

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read: Document = yaml.load((schema_folder() / "openapi.yaml").read_text(encoding="utf-8"), loader)
    return read


def expect_described(expect: Expect, operation: str, reply: Reply) -> None:
    """Raises a Violation for an answer that the OpenAPI document doesn't describe."""
    odd = "; ".join(deviations(document(), OPERATIONS[operation][0], reply))
    expect.that(not odd, "an answer as the API's description has it", odd, breach="act")


# Drawing


def _cases(operation: str, described: Fields, *, positive: bool) -> SearchStrategy[Any]:
    """What schemathesis draws for one operation as it is described."""
    return _cases_of(operation, json.dumps(described), positive)


@cache
def _cases_of(operation: str, text: str, positive: bool) -> SearchStrategy[Any]:
    """The same from the description's text: several tests draw the same, and to prepare it takes long."""
    import schemathesis

    described = json.loads(text)
    path, method, _ = OPERATIONS[operation]
    whole = document()
    small = {"openapi": whole["openapi"], "info": whole["info"], "paths": {path: {method.lower(): described}}}
    small["components"] = {"securitySchemes": whole["components"]["securitySchemes"]}
    schema = schemathesis.openapi.from_dict(small)
    # By default texts are of what UTF-8 can encode. That is the same as without a codec, which costs no table of it.
    schema.config.generation.codec = None
    mode = schemathesis.GenerationMode.POSITIVE if positive else schemathesis.GenerationMode.NEGATIVE
    drawn: SearchStrategy[Any] = schema[path][method].as_strategy(generation_mode=mode)
    return drawn


def bodies(operation: str, media_type: str, schema: Fields) -> SearchStrategy[Fields]:
    """Bodies of an operation that fit a schema; nothing else is drawn."""
    content = {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}
    described = {"security": [], **content, "responses": {"200": {"description": "served"}}}
    return _cases(operation, described, positive=True).map(lambda case: dict(case.body))


def queries_of(operation: str, schema: Fields) -> SearchStrategy[Fields]:
    """Query parameters of an operation that fit the schema of an object; nothing else is drawn."""
    parameters = [
        {"name": name, "in": "query", "required": name in schema["required"], "schema": own}
        for name, own in schema["properties"].items()
    ]
    described = {"security": [], "parameters": parameters, "responses": {"200": {"description": "served"}}}
    return _cases(operation, described, positive=True).map(lambda case: dict(case.query))


def object_of(required: Fields, optional: Fields | None = None) -> Fields:
    """The schema of an object with these members and no others."""
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


# Messages


def messages(given: Given, operation: str) -> SearchStrategy[Message]:
    """Any request to an operation that the profile claims, within the document or outside, with good credentials."""
    described = _described(given, operation)
    takes_token = {"bearer": []} in described["security"] and operation not in BY_CLIENTS
    return _messages(operation, {**described, "security": []}, "bearer" if takes_token else None)


def messages_of_strangers(given: Given, operation: str) -> SearchStrategy[Message]:
    """Any request to an operation that takes a token, without a good one."""
    return _messages(operation, _described(given, operation))


def _messages(operation: str, described: Fields, client: str | None = None) -> SearchStrategy[Message]:
    both = [_cases(operation, described, positive=positive) for positive in (False, True)]
    return st.one_of(both).map(lambda case: _message(operation, case, client))


def _described(given: Given, operation: str) -> Fields:
    """What the document lets a client send to an operation; its answers are long, and nothing is drawn from them."""
    path, method, features = OPERATIONS[operation]
    for feature in features:
        given.feature(feature)
    own = document()["paths"][path][method.lower()]
    return {"security": [], **own, "responses": {"200": {"description": "served"}}}


def _message(operation: str, case: Any, client: str | None) -> Message:
    """The request of a case, with nothing in it that guesses; `client` says how it is authenticated."""
    import requests

    path, method, _ = OPERATIONS[operation]
    try:
        prepared = requests.Request(**case.as_transport_kwargs(base_url="https://server.example")).prepare()
    except (requests.RequestException, ValueError):
        reject()
    body: Any = prepared.body or b""
    body = body.encode() if isinstance(body, str) else body
    headers = [(_text(name), _text(value)) for name, value in prepared.headers.items()]
    headers = [(name, value) for name, value in headers if name.lower() not in OF_THE_SENDER]
    client = client or ("header" if operation in BY_CLIENTS else "absent")
    if client != "absent":
        headers = [(name, value) for name, value in headers if name.lower() != "authorization"]
    if any(name.lower() == "content-type" and value.startswith(FORM) for name, value in headers):
        body = _without_guesses(body.decode("latin-1")).encode("latin-1")
    query = _without_guesses(urlsplit(prepared.url or "").query)
    return Message(ENDPOINT_OF[path], method, query, tuple(headers), body, client)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _without_guesses(form: str) -> str:
    """A form without the parameters that would be somebody's credentials."""
    return "&".join(pair for pair in form.split("&") if not CREDENTIALS & {name for name, _ in parse_qsl(pair, True)})


def sent_with_token(given: Given, send: Send, message: Message) -> Reply:
    """The reply to a message. Where the message needs a token, it gets a fresh one, which no other message uses."""
    if message.client != "bearer":
        return reply_to_message(given, send, message)
    kind = KINDS.get(message.endpoint)
    with given.arranging():
        tokens = tokens_of_kind(given, kind) if kind else given.tokens()
    return reply_to_message(
        given, send, replace(message, headers=(*message.headers, bearer(tokens.access_token)), client="absent")
    )


def sent_without_token(given: Given, send: Send, message: Message) -> Reply:
    """The reply to a message of a stranger, where a good token was seen to be served."""

    def procedure() -> Reply:
        with given.arranging():
            if message.endpoint == "graphql":
                return graphql_reply(send, tokens_of_kind(given, "app").access_token)
            if message.endpoint == "token":
                return send.resource(given.tokens().access_token, "token", method="DELETE")
            kind = KINDS.get(message.endpoint)
            tokens = tokens_of_kind(given, kind) if kind else given.tokens()
            return send.resource(tokens.access_token, message.endpoint)

    seen = given.observed(f"the {message.endpoint} endpoint with a good token", procedure)
    given.accepted(seen, f"the {message.endpoint} endpoint with a good token")
    return reply_to_message(given, send, message)


# Tokens


def token_requests(given: Given) -> SearchStrategy[Fields]:
    """Token requests as the document has them, by each grant that takes one request."""
    given.feature("documented_layout")
    schemas = [object_of(*_members_of(given, grant)) for grant in _direct_grants(given)]
    if not schemas:
        raise NotApplicable("the profile claims no grant that takes one request alone")
    # Simplest first: as alternatives of one schema they would be drawn in any order.
    return st.one_of([bodies("issueToken", FORM, schema) for schema in schemas])


def _direct_grants(given: Given) -> Iterator[str]:
    for grant in ("client_credentials", "password", "refresh_token"):
        try:
            given.client_for(grant)
            if grant == "password":
                given.owner()
        except (NotApplicable, Untested):
            continue
        yield grant


def _members_of(given: Given, grant: str) -> tuple[Fields, Fields]:
    """What a token request has to hold and what it may hold."""
    required: dict[str, Any] = {"grant_type": {"const": grant}}
    optional = {"client_id": {"const": "{client_id}"}}
    if grant == "refresh_token":
        return {**required, "refresh_token": {"const": "{refresh_token}"}}, optional
    scopes = given.client_for(grant).scopes_for(grant)
    if scopes:
        required["scope"] = {"enum": choices_of(scopes)}
    if grant == "password":
        required |= {name: {"const": f"{{{name}}}"} for name in ("username", "password")}
    return required, optional


def choices_of(scopes: Sequence[str]) -> list[str]:
    """Scopes to ask for: a few of what may be asked for, in several orders, and all of it."""
    orders = [" ".join(each) for length in range(1, len(scopes) + 1) for each in permutations(scopes, length)]
    return list(dict.fromkeys([*orders[:MOST_SCOPES], " ".join(scopes)]))


def token_reply(given: Given, send: Send, fields: Fields) -> Reply:
    """The answer to a token request by the client that may make it."""
    return asked_for_token(given, send, fields)[1]


def asked_for_token(given: Given, send: Send, fields: Fields) -> tuple[Client, Reply]:
    """The same, with the client."""
    grant = fields["grant_type"]
    tokens = given.refreshable() if grant == "refresh_token" else None
    client = tokens.client if tokens else given.client_for(grant)
    values: dict[str, Callable[[], str | None]] = {
        "{client_id}": lambda: client.client_id,
        "{refresh_token}": lambda: tokens.refresh_token if tokens else None,
        "{username}": lambda: given.owner().username,
        "{password}": lambda: given.owner().password,
    }
    own = {name: values[text]() if text in values else text for name, text in fields.items() if name != "grant_type"}
    return client, send.token(grant, client, own)


# Questions about tokens


def introspections(given: Given) -> SearchStrategy[Fields]:
    """Introspection requests as the document has them, about a good token or an invented one."""
    given.feature("documented_layout")
    token = {"anyOf": [{"const": "{token}"}, INVENTED]}
    hint = {"anyOf": [{"enum": ["access_token", "refresh_token"]}, INVENTED]}
    return bodies("introspectToken", FORM, object_of({"token": token}, {"token_type_hint": hint}))


def introspection_reply(given: Given, send: Send, fields: Fields) -> Reply:
    """The answer to an introspection request."""
    token = fields["token"]
    if token == "{token}":
        token = given.tokens().access_token
    return send.introspection(token, **_hint(fields))


def revocations(given: Given) -> SearchStrategy[Fields]:
    """Revocation requests that the document allows: of a refresh token (else an access token), or an invented one."""
    given.feature("documented_layout")
    token = {"anyOf": [{"const": "{token}"}, INVENTED]}
    hint = "refresh_token" if given.claims("refresh_token") else "access_token"
    return bodies("revokeToken", FORM, object_of({"token": token}, {"token_type_hint": {"const": hint}}))


def revocation_reply(given: Given, send: Send, fields: Fields) -> Reply:
    """The answer to a revocation request by the token's own client."""
    if fields["token"] != "{token}":
        return send.revocation(fields["token"], given.client_for(given.any_grant()), **_hint(fields))
    tokens = given.refreshable() if given.claims("refresh_token") else given.tokens()
    return send.revocation(tokens.refresh_token or tokens.access_token, tokens.client, **_hint(fields))


def _hint(fields: Fields) -> dict[str, Any]:
    return {name: text for name, text in fields.items() if name == "token_type_hint"}


# GraphQL


def queries(given: Given) -> SearchStrategy[Fields]:
    """Good queries with any variables; none of them is used."""
    given.feature("documented_graphql")
    variables = {"type": ["object", "null"], "propertyNames": {"pattern": r"^[A-Za-z_]{1,12}\Z"}}
    schema = object_of({"query": {"enum": list(QUERIES)}}, {"variables": variables, "operationName": {"type": "null"}})
    return bodies("queryByPost", "application/json", schema)


def query_reply(given: Given, send: Send, fields: Fields) -> Reply:
    """The answer to a query with an app token."""
    headers = [("Content-Type", "application/json"), bearer(tokens_of_kind(given, "app").access_token)]
    return send.raw("POST", send.form_request("graphql", ()).url, headers, json.dumps(dict(fields)))


def queries_with_variables(given: Given) -> SearchStrategy[Fields]:
    """The same by GET; the variables are written as JSON there."""
    given.feature("documented_graphql")
    schema = object_of({"query": {"enum": list(QUERIES)}}, {"variables": {"enum": ["{}", '{"unused": 1}']}})
    return queries_of("queryByGet", schema)


def queried_by_get(given: Given, send: Send, fields: Fields) -> Reply:
    """The answer to a query by GET with an app token, where a plain one is answered: not every server takes GET."""

    def procedure() -> Reply:
        with given.arranging():
            return _query_by_get(given, send, {"query": QUERIES[0]})

    if not has_data(given.observed("a GraphQL query by GET", procedure)):
        raise Vacuous("GraphQL isn't served by GET")
    return _query_by_get(given, send, fields)


def _query_by_get(given: Given, send: Send, fields: Fields) -> Reply:
    url = send.form_request("graphql", list(fields.items()), method="GET").url
    return send.raw("GET", url, [bearer(tokens_of_kind(given, "app").access_token)])
