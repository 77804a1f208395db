"""The introspection endpoint, RFC 7662."""

from ..pipeline import Pipelines
from ..steps import forms, introspection, revocation, token, transport
from .shared_lists import ANSWER_HEADERS, OAUTH_ERROR

INTROSPECTION: Pipelines = {
    "introspection": [
        transport.require_tls,
        transport.allow_methods("POST"),
        transport.refuse_oversized,
        forms.read_form,
        forms.refuse_unreadable_parameters,
        forms.drop_empty_parameters,
        forms.refuse_repeated(*introspection.RECOGNIZED),
        introspection.authorize_caller,
        revocation.require_token,
        revocation.find_token,
        introspection.answer_inactive,
        introspection.describe_token,
    ],
    "introspection.client": [introspection.authenticate_caller, introspection.refuse_public_caller],
    "introspection.bearer": [
        introspection.refuse_as_bearer,
        token.require_bearer,
        introspection.require_caller_scope,
        introspection.refuse_as_endpoint,
    ],
    "introspection.response": [
        introspection.put_active,
        introspection.put_scope,
        introspection.put_client_id,
        introspection.put_username,
        introspection.put_token_type,
        introspection.put_exp,
        introspection.put_iat,
        introspection.put_nbf,
        introspection.put_sub,
        introspection.put_aud,
        introspection.put_iss,
        introspection.put_jti,
        introspection.render_description,
    ],
    "introspection.error": OAUTH_ERROR,
    "introspection.finish": ANSWER_HEADERS,
}
