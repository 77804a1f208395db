"""The revocation endpoint, RFC 7009."""

from ..pipeline import Pipelines
from ..steps import forms, revocation, token, transport
from .shared_lists import ANSWER_HEADERS, OAUTH_ERROR

REVOCATION: Pipelines = {
    "revocation": [
        transport.require_tls_unless_offered,
        transport.allow_methods("POST"),
        transport.refuse_oversized,
        forms.read_form,
        forms.refuse_unreadable_parameters,
        forms.drop_empty_parameters,
        forms.refuse_repeated(*revocation.RECOGNIZED),
        token.authenticate_client,
        revocation.require_token,
        revocation.find_token,
        revocation.check_token_client,
        revocation.revoke_token,
        revocation.revoke_grant_of_refresh_token,
        revocation.answer_done,
    ],
    "revocation.error": OAUTH_ERROR,
    "revocation.finish": ANSWER_HEADERS,
}
