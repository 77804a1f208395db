"""Whether access tokens can be bound to their sender, as far as it shows."""

from __future__ import annotations

from conformance.base.outcomes import Untested
from conformance.documents.rfc9700.pkce_support import standard_metadata
from conformance.documents.rfc9700.proofs import bound_tokens, key_told
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.profile.target import Target

BY_TLS, BY_PROOF = "tls_client_certificate_bound_access_tokens", "dpop_signing_alg_values_supported"


def binding_in_words(given: Given, send: Send, target: Target) -> str:
    """How tokens are bound, in words; empty for not at all. Untested where what is offered isn't looked at."""
    if given.claims("dpop"):
        bound = bound_tokens(given, send, target)
        is_bound = str(bound.reply.members.get("token_type")).lower() == "dpop"
        return "DPoP" if is_bound or key_told(given, send, bound.tokens) else ""
    if key_told(given, send, given.tokens()):
        return "introspection names a key"
    members = standard_metadata(given, send, target).members
    if members.get(BY_PROOF):
        raise Untested("the metadata tells of DPoP: claim `dpop = true` under [features] to have it looked at")
    if members.get(BY_TLS):
        raise Untested("tokens are bound by mutual TLS, as the metadata says, which isn't looked at")
    return ""
