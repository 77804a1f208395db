"""Sends any request at all, and forms to the endpoints that the profile names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from conformance.harness.parameters import FORM, Change, basic, changed
from conformance.harness.recorder import Recorder
from conformance.profile.target import Client, fault_of_client
from conformance.wire.exchange import Pairs, Reply, Request


class RawRequests:
    """Requests of whatever shape, through the recorder of a test."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def raw(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | str = b"",
        phase: str | None = None,
    ) -> Reply:
        """Any request at all; a text body goes out as UTF-8."""
        content = body.encode() if isinstance(body, str) else body
        return self.recorder.exchange(Request(method, url, tuple(headers), content), phase)

    def form(
        self,
        endpoint: str,
        pairs: Pairs,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        phase: str | None = None,
    ) -> Reply:
        """A form-encoded request to an endpoint that the profile names (`token`, `revocation`, ...)."""
        return self.recorder.exchange(self.form_request(endpoint, pairs, headers, method), phase)

    def form_request(
        self, endpoint: str, pairs: Pairs, headers: Sequence[tuple[str, str]] = (), method: str = "POST"
    ) -> Request:
        """The request that `form` sends: a body for POST, a query for anything else."""
        url = self.recorder.target.url(endpoint)
        encoded = urlencode(list(pairs))
        if method == "POST":
            return Request(method, url, (("Content-Type", FORM), *headers), encoded.encode())
        return Request(method, f"{url}{'&' if '?' in url else '?'}{encoded}", tuple(headers))

    def authenticated(
        self,
        parameters: Mapping[str, str | None],
        client: Client,
        authentication: str | None,
        changes: Mapping[str, Change],
    ) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Parameters and headers of a request by a client.

        `authentication` is `client_secret_basic`, `client_secret_post`, `none` (client_id alone), `both`, or `absent`
        (not even client_id); by default the client's own first method.
        """
        self.recorder.target.check(fault_of_client(client.name))
        method = authentication or client.authentication[0]
        secret = client.client_secret or ""
        headers = [basic(client.client_id, secret)] if method in ("client_secret_basic", "both") else []
        own: dict[str, str | None] = dict(parameters)
        if method in ("client_secret_post", "none", "both"):
            own["client_id"] = client.client_id
        if method in ("client_secret_post", "both"):
            own["client_secret"] = secret
        return changed(own, changes), headers

    def as_client(
        self,
        endpoint: str,
        parameters: Mapping[str, str | None],
        client: Client,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        **changes: Any,
    ) -> Reply:
        """A request to any endpoint where clients authenticate."""
        pairs, own = self.authenticated(parameters, client, authentication, changes)
        return self.form(endpoint, pairs, [*own, *headers], method)

    def together(self, requests: Sequence[Request]) -> list[Reply]:
        """The replies to requests that are sent in the same instant, once a connection for each is open."""
        rehearsal = Request("GET", self.recorder.target.url("token"))
        return self.recorder.exchange_together(requests, rehearsal)
