"""Signing in at an external OpenID provider: the way there and the way back."""

from ..pipeline import Pipelines
from ..steps import authorization_request as request
from ..steps import authorization_response as response
from ..steps import federation, forms, sign_in, transport
from .shared_lists import PAGE_HEADERS

FEDERATION: Pipelines = {
    "federation": [
        transport.require_tls,
        federation.require_provider,
        transport.allow_methods("POST"),
        transport.refuse_oversized,
        sign_in.read_session,
        forms.read_form,
        forms.refuse_unreadable_parameters,
        forms.drop_empty_parameters,
        forms.refuse_repeated("csrf_token", "authorization_request"),
        sign_in.require_csrf_token,
        federation.begin_sign_in,
    ],
    "federation.error": [response.show_error_page],
    "federation.finish": PAGE_HEADERS,
    "federation.callback": [
        transport.require_tls,
        federation.require_provider,
        transport.allow_methods("GET", "HEAD"),
        sign_in.read_session,
        federation.read_callback,
        forms.refuse_unreadable_parameters,
        forms.drop_empty_parameters,
        forms.refuse_repeated(*federation.RECOGNIZED),
        federation.find_sign_in,
        federation.check_browser,
        federation.end_sign_in,
        federation.resume_request,
        federation.check_issuer,
        federation.refuse_refused_sign_in,
        federation.redeem_code,
        federation.verify_id_token,
        federation.check_nonce,
        federation.find_linked_owner,
        sign_in.start_session,
        federation.continue_waiting_request,
    ],
    "federation.request": [request.validate_client, request.read_state, request.read_response_type],
    "federation.callback.error": [response.tell_client, response.show_error_page],
    "federation.callback.finish": PAGE_HEADERS,
}
