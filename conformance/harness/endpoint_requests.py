"""Requests to the token, revocation and introspection endpoints and to protected resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.harness.parameters import bearer, joined_scopes
from conformance.harness.raw_requests import RawRequests
from conformance.harness.tokens import Code, Tokens
from conformance.profile.target import Client, fault_of_grant
from conformance.wire.exchange import Reply, Request


class EndpointRequests(RawRequests):
    """One builder for each kind of request that clients and resource servers send without a browser."""

    def token(
        self,
        grant_type: str,
        /,
        client: Client,
        parameters: Mapping[str, str | None],
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """A token request (RFC 6749 section 3.2) with any parameters."""
        self.recorder.target.check(fault_of_grant(client.name, grant_type))
        own: dict[str, str | None] = {"grant_type": grant_type, **client.token_parameters, **parameters}
        return self.as_client("token", own, client, authentication, headers, **changes)

    def code_exchange(
        self,
        code: Code,
        /,
        client: Client | None = None,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """An access token request with an authorization code (section 4.1.3), by its own client unless told."""
        own = {"code": code.value, "redirect_uri": code.redirect_uri, "code_verifier": code.verifier}
        return self.token("authorization_code", client or code.client, own, authentication, headers, **changes)

    def code_exchange_request(self, code: Code, /, **changes: Any) -> Request:
        """The request that `code_exchange` sends, for sending several together."""
        own: dict[str, str | None] = {"grant_type": "authorization_code", **code.client.token_parameters}
        own |= {"code": code.value, "redirect_uri": code.redirect_uri, "code_verifier": code.verifier}
        pairs, headers = self.authenticated(own, code.client, None, changes)
        return self.form_request("token", pairs, headers)

    def client_credentials(
        self,
        client: Client | None = None,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """A client credentials request (section 4.4.2); asks for every scope that the client may have there."""
        client = client or self.recorder.target.client_for("client_credentials")
        own = {"scope": joined_scopes(client.scopes_for("client_credentials"))}
        return self.token("client_credentials", client, own, authentication, headers, **changes)

    def password(
        self,
        client: Client | None = None,
        owner: str = "resource_owner",
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """A resource owner password credentials request (section 4.3.2)."""
        client = client or self.recorder.target.client_for("password")
        account = self.recorder.target.owner(owner)
        own = {
            "username": account.username,
            "password": account.password,
            "scope": joined_scopes(client.scopes_for("password")),
        }
        return self.token("password", client, own, authentication, headers, **changes)

    def refresh(
        self,
        tokens: Tokens,
        /,
        client: Client | None = None,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """A refresh request (section 6) without a scope, by the tokens' own client unless told."""
        own = {"refresh_token": tokens.refresh_token}
        return self.token("refresh_token", client or tokens.client, own, authentication, headers, **changes)

    def grant(self, grant: str, client: Client | None = None, **changes: Any) -> Reply:
        """A token request by `client_credentials` or `password`: the grants that need nothing arranged beforehand."""
        return (self.password if grant == "password" else self.client_credentials)(client, **changes)

    def revocation(
        self,
        token: str,
        /,
        client: Client,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        **changes: Any,
    ) -> Reply:
        """A revocation request (RFC 7009 section 2.1)."""
        return self.as_client("revocation", {"token": token}, client, authentication, headers, method, **changes)

    def introspection(
        self,
        token: str,
        /,
        client: Client | None = None,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        **changes: Any,
    ) -> Reply:
        """An introspection request (RFC 7662 section 2.1), by the client that may ask about tokens unless told."""
        client = client or self.recorder.target.introspecting_client()
        return self.as_client("introspection", {"token": token}, client, authentication, headers, method, **changes)

    def resource(
        self,
        token: str | None,
        endpoint: str = "protected_resource",
        headers: Sequence[tuple[str, str]] = (),
        method: str = "GET",
        phase: str | None = None,
    ) -> Reply:
        """A request to a protected resource with a bearer token in the header, or with none."""
        own = [bearer(token)] if token is not None else []
        return self.raw(method, self.recorder.target.url(endpoint), [*own, *headers], phase=phase)
