"""How clients authenticate, and what those get that don't."""

from __future__ import annotations

from conformance.base.outcomes import Untested
from conformance.documents.rfc9700.pkce_support import metadata_found
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.code_exchanges import exchanging_client
from conformance.procedures.refreshing import refreshable_with_secret
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

METHODS = "token_endpoint_auth_methods_supported"
ASYMMETRIC = ("private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth")


def unauthenticated_reply(given: Given, send: Send, grant: str) -> Reply:
    """A request of a client with a secret that leaves the secret out; with it the like is served."""
    if grant == "authorization_code":
        code = given.authorization_code(exchanging_client(given))
        reply = send.code_exchange(code, authentication="none")
        given.control(code, after=reply)
        return reply
    if grant == "refresh_token":
        tokens = refreshable_with_secret(given, send)
        reply = send.refresh(tokens, authentication="none")
        given.control(tokens, after=reply)
        return reply
    client = given.client_with_secret(grant)
    with given.arranging():
        given.issued(send.client_credentials(client))
    return send.client_credentials(client, authentication="none")


def methods_offered(given: Given, send: Send, target: Target) -> tuple[str, ...]:
    """The methods that the metadata lists for the token endpoint; Untested where nothing tells."""
    if target.client_certificate is not None:
        raise Untested("clients use mutual TLS, but whether that authenticates them isn't looked at")
    listed = [members[METHODS] for members in metadata_found(given, send, target) if METHODS in members]
    if not listed:
        raise Untested("no metadata tells how clients can authenticate")
    return tuple(str(each) for names in listed if isinstance(names, list) for each in names)
