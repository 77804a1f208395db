"""Requests to any endpoint whose client credentials stand in the query of the URI."""

from __future__ import annotations

from urllib.parse import urlencode

from conformance.harness.send import Send
from conformance.procedures.token_requests import with_query
from conformance.profile.target import Client
from conformance.wire.exchange import Request


def as_client_in_uri(send: Send, endpoint: str, client: Client, token: str) -> Request:
    """A request about a token with a client's `client_id` and `client_secret` in the query, and none elsewhere."""
    credentials = {"client_id": client.client_id, "client_secret": client.client_secret or ""}
    return with_query(send.form_request(endpoint, [("token", token)]), urlencode(credentials))
