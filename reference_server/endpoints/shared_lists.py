"""Lists that several endpoints start from; each endpoint of a server gets a copy of its own."""

from ..pipeline import Step
from ..steps import token_response, transport

OAUTH_ERROR: list[Step] = [
    token_response.put_error,
    token_response.put_error_description,
    token_response.answer_failed_authentication_with_401,
    token_response.challenge_basic,
    token_response.render_json_error,
]
PAGE_HEADERS: list[Step] = [
    transport.forbid_caching,
    transport.forbid_old_caching,
    transport.forbid_framing,
    transport.restrict_content,
    transport.hide_referrer,
    transport.forbid_sniffing,
]
ANSWER_HEADERS: list[Step] = [transport.forbid_caching, transport.forbid_old_caching, transport.forbid_sniffing]
RESOURCE_HEADERS: list[Step] = [transport.forbid_private_caching, transport.forbid_sniffing]
