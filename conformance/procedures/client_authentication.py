"""Clients at the token endpoint: authenticated by one method or another, and whether the server took it for that."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.harness.refusals import refuses_client
from conformance.harness.send import basic
from conformance.procedures.token_requests import token_request, with_query

if TYPE_CHECKING:
    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import Send
    from conformance.profile.target import Client
    from conformance.wire.exchange import Reply, Request

BY_BASIC = "client_secret_basic"
BY_BODY = "client_secret_post"
CREDENTIALS = ("client_id", "client_secret")
# Credentials of HTTP Basic that no client has, since there is none to read in them.
UNDECODABLE = {
    "nothing": "Basic",
    "no-base64": "Basic %%%",
    "no-colon": f"Basic {base64.b64encode(b'invented').decode()}",
    "no-text": f"Basic {base64.b64encode(bytes([0xFF, 0xFE]) + b':' + bytes([0xC3])).decode()}",
}


def own_request(given: Given, send: Send, client: Client) -> Reply:
    """The reply to the client's ordinary token request in its own way; asked once for each client and method."""
    method = client.authentication[0]
    return given.observed(
        f"the token request of {client.name} by {method}", lambda: token_request(given, send, None, client)
    )


def client_served(given: Given, send: Send, client: Client) -> Client:
    """The positive control: the client gets a token in its own way."""
    given.issued(own_request(given, send, client), f"the client {client.name} with its own credentials")
    return client


def client_by_basic(given: Given, send: Send) -> Client:
    """A client that is served when it authenticates by HTTP Basic."""
    return client_served(given, send, given.client_authenticating_by(BY_BASIC))


def by_basic(client: Client) -> Client:
    """The client with HTTP Basic as its method; Untested where the profile doesn't say that it has it."""
    if BY_BASIC not in client.authentication:
        raise Untested(f"[clients.{client.name}] doesn't authenticate by {BY_BASIC}: add it to its `authentication`")
    return replace(client, authentication=(BY_BASIC,))


def by_body(client: Client) -> Client:
    """The client with its secret in the body; NotApplicable where the profile doesn't say that it sends it there."""
    if BY_BODY not in client.authentication:
        raise NotApplicable(f"[clients.{client.name}] doesn't authenticate by {BY_BODY}")
    return replace(client, authentication=(BY_BODY,))


def by_body_if_it_may(client: Client) -> Client:
    """The client with its secret in the body where the profile says that it may send it there, else as it is."""
    return by_body(client) if BY_BODY in client.authentication else client


def client_by_body(given: Given, send: Send) -> Client:
    """A client that is served when it authenticates in the body; NotApplicable where the profile declares none."""
    return client_served(given, send, declared_for_body(given))


def declared_for_body(given: Given) -> Client:
    """A client that is declared for authentication in the body, with that method alone."""
    try:
        return given.client_authenticating_by(BY_BODY)
    except Untested as missing:
        raise NotApplicable("no client of the profile is declared for authentication in the body") from missing


def with_wrong_secret(client: Client, how: str) -> Client:
    """The client with a secret near its own: a `longer` or a `shorter` one, the letters in the `other-case`, spaces at
    its ends."""
    secret = client.client_secret or ""
    near = {
        "longer": f"{secret}x",
        "shorter": secret[:-1],
        "other-case": secret.swapcase(),
        "space-before": f" {secret}",
        "space-behind": f"{secret} ",
    }
    wrong = near[how]
    if wrong == secret:
        raise NotApplicable(f"the secret of the client {client.name} has no {how.replace('-', ' ')} to try")
    return replace(client, client_secret=wrong)


def rightly_sent(given: Given, send: Send, client: Client, reply: Reply) -> Reply:
    """The reply, if id and secret were right beyond doubt: it shows so itself, or another way to send them does.

    That is in the body, or in Basic credentials that were not form-encoded, or encoded as in a URI (a space as `%20`).
    """

    def procedure() -> bool:
        with given.arranging():
            in_body = token_request(given, send, None, client, authentication=BY_BODY)
            others = (_basic(client.client_id, client.client_secret or ""), as_in_uris(client))
            return _works(in_body) or any(_works(token_request(given, send, None, client, **each)) for each in others)

    if not _works(reply) and not given.observed(f"{client.name} in the body or unencoded", procedure):
        raise Inconclusive(f"the client {client.name} is not authenticated in any way: check it in the profile")
    return reply


def _works(reply: Reply) -> bool:
    return reply.is_success and bool(reply.members.get("access_token"))


def in_either_spelling(given: Given, send: Send, client: Client) -> Reply:
    """The client's ordinary token request by HTTP Basic; where it gets no token, the same with spaces as `%20`.

    For sentences that aren't about form-encoding: a server that leaves plus signs as they are breaks another one.
    """
    reply = own_request(given, send, client)
    if reply.is_served:
        return reply
    return given.observed(
        f"the token request of {client.name} by Basic as in a URI",
        lambda: token_request(given, send, None, client, **as_in_uris(client)),
    )


def as_in_uris(client: Client) -> dict[str, Any]:
    """Changes that put the client into Basic credentials encoded as in a URI: a space is `%20`."""
    return _basic(quote(client.client_id, safe=""), quote(client.client_secret or "", safe=""))


def unencoded(client: Client, secret: str) -> dict[str, Any]:
    """Changes that put a secret as it is, without form-encoding, into the client's Basic credentials."""
    return _basic(client.client_id, secret)


def _basic(user: str, word: str) -> dict[str, Any]:
    pair = f"{user}:{word}".encode()
    return {"authentication": "absent", "headers": [("Authorization", f"Basic {base64.b64encode(pair).decode()}")]}


def with_scheme(client: Client, scheme: str) -> dict[str, Any]:
    """Changes that write the scheme of the client's Basic credentials in a way of its own."""
    name, value = basic(client.client_id, client.client_secret or "")
    return {"authentication": "absent", "headers": [(name, f"{scheme} {value.partition(' ')[2]}")]}


def assertion_changes(client: Client, audience: str, signature: str) -> dict[str, Any]:
    """Changes that put a JWT in place of the client's secret (RFC 7523 section 2.2), with a signature made up."""
    header = {"alg": "RS256" if signature else "none", "typ": "JWT"}
    name, now = client.client_id, int(time.time())
    claims = {"iss": name, "sub": name, "aud": audience, "iat": now, "exp": now + 60, "jti": secrets.token_urlsafe(16)}
    parts = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in (header, claims)]
    return {
        "authentication": "none",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": ".".join((*parts, signature)),
    }


def as_nobody() -> dict[str, Any]:
    """Changes that put an empty name and an empty password into Basic credentials, and no client anywhere else."""
    return _basic("", "")


def undecodable_credentials(how: str) -> dict[str, Any]:
    """Changes that put credentials into the header in which no name and password can be found."""
    return {"authentication": "absent", "headers": [("Authorization", UNDECODABLE[how])]}


def undecodable_refused(given: Given, send: Send, how: str) -> Reply:
    """The answer to an ordinary token request with such credentials, asked once."""
    client = client_by_basic(given, send)

    def procedure() -> Reply:
        return token_request(given, send, None, client, **undecodable_credentials(how))

    return given.observed(f"a token request with {how} in Basic", procedure)


def told_as_failed(reply: Reply) -> Reply:
    """A refusal of undecodable credentials. Vacuous where they make a malformed request: then no client has failed."""
    if reply.status == 400 and reply.members.get("error") == "invalid_request":
        raise Vacuous(f"credentials that can't be read are a malformed request here: {reply}")
    return reply


def with_credentials_in_uri(given: Given, send: Send, client: Client) -> Request:
    """The client's token request with `client_id` and `client_secret` in the query of the URI."""
    by_body = replace(client, authentication=(BY_BODY,))
    if given.any_grant(client) == "authorization_code":
        request = send.code_exchange_request(given.authorization_code(by_body))
    else:
        with given.arranging():
            seen = token_request(given, send, None, by_body).request
        content_type = next(header for header in seen.headers if header[0] == "Content-Type")
        request = replace(seen, headers=(content_type,))
    pairs = parse_qsl(request.body.decode(), keep_blank_values=True)
    moved = urlencode([pair for pair in pairs if pair[0] in CREDENTIALS])
    left = urlencode([pair for pair in pairs if pair[0] not in CREDENTIALS])
    return with_query(replace(request, body=left.encode()), moved)


def expect_served(expect: Expect, reply: Reply) -> None:
    """A Violation if a request got no token that gets one when its credentials are sent in another way.

    However it was refused then: for the client's identity, and not every server says so by `invalid_client`.
    """
    expect.that(_works(reply), "the client to be authenticated", reply)


def expect_authenticated(expect: Expect, reply: Reply) -> None:
    """A Violation if the server didn't take the client for authenticated, or broke down over it."""
    refused = refuses_client(reply) or reply.is_breakdown
    expect.that(not refused, "the client to be authenticated", reply)
