"""Metadata, RFC 8414, the keys, and what answers under any other path."""

from ..pipeline import Pipelines
from ..steps import metadata, token_response, transport

METADATA: Pipelines = {
    "metadata": [
        transport.require_tls,
        transport.allow_methods("GET", "HEAD"),
        metadata.put_issuer,
        metadata.put_endpoints,
        metadata.put_scopes,
        metadata.put_response_types,
        metadata.put_grant_types,
        metadata.put_authentication_methods,
        metadata.put_code_challenge_methods,
        metadata.put_issuer_parameter,
        metadata.render_metadata,
    ],
    "metadata.error": [token_response.put_error, token_response.render_json_error],
    "metadata.finish": [transport.forbid_sniffing],
    "jwks": [
        transport.require_tls,
        transport.allow_methods("GET", "HEAD"),
        metadata.put_keys,
        metadata.render_metadata,
    ],
    "jwks.error": [token_response.put_error, token_response.render_json_error],
    "jwks.finish": [transport.forbid_sniffing],
    "not_found": [transport.answer_not_found],
    "not_found.error": [token_response.put_error, token_response.render_json_error],
    "not_found.finish": [transport.forbid_sniffing],
}
