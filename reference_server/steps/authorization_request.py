"""RFC 6749 sections 3.1, 4.1.1 and 4.2.1: what an authorization request has to be before anybody is asked.

What is wrong with the client or its redirect URI is told on a page; everything else is told to the client.
"""

import re

from ..errors import OAuthError
from ..pipeline import Call, Parameters, Response
from .forms import is_form, parse

RECOGNIZED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
GRANT_OF_RESPONSE_TYPE = {"code": "authorization_code", "token": "implicit"}
CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def read_request(call: Call) -> None:
    """Section 3.1: GET has the parameters in the query, POST in a form; DELETE (the documented API) in either. A body
    that is no form is not read."""
    call.parameters = parse(call.body if is_form(call) else call.query_string)


def unpack_carried_request(call: Call) -> None:
    """A consent form carries its authorization request as one field: line breaks in values would not survive in HTML
    fields of their own. It is validated again like any other request."""
    if call.method == "GET":
        return
    call.decision = call.parameters
    carried = call.decision.get("authorization_request")
    if carried is not None:
        call.parameters = parse(carried.encode())


async def validate_client(call: Call) -> Response | None:
    """Section 4.1.2.1: whom is this for, and where would the answer go?"""
    return await call.run("authorization.validate_client")


async def validate_request(call: Call) -> Response | None:
    """Sections 4.1.1 and 4.2.1: the rest of the request."""
    return await call.run("authorization.validate_request")


# authorization.validate_client


def require_client_id(call: Call) -> None:
    """Sections 4.1.1 and 4.2.1: `client_id` is required."""
    if call.parameters.get("client_id") is None:
        raise OAuthError("invalid_request", "The client_id parameter is missing.")


def refuse_repeated_client_id(call: Call) -> None:
    """Section 3.1: with two names nobody knows who asks."""
    if call.parameters.count("client_id") > 1:
        raise OAuthError("invalid_request", "The client_id parameter was sent more than once.")


def find_client(call: Call) -> None:
    """Section 3.1.2.4: an unknown client is no place to redirect to."""
    client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
    if client is None:
        raise OAuthError("invalid_request", "The client is unknown.")
    call.client = client


def refuse_repeated_redirect_uri(call: Call) -> None:
    """Section 3.1: of two redirect URIs none can be trusted, equal or not."""
    if call.parameters.count("redirect_uri") > 1:
        raise OAuthError("invalid_request", "The redirect_uri parameter was sent more than once.")


def require_redirect_uri(call: Call) -> None:
    """Section 3.1.2.3: may be left out only where exactly one is registered."""
    if call.parameters.get("redirect_uri") is None and len(call.client.redirect_uris) != 1:
        raise OAuthError("invalid_request", "The redirect_uri parameter is missing.")


def match_redirect_uri(call: Call) -> None:
    """Section 3.1.2.3: compared with the registered ones as plain strings, query included."""
    sent = call.parameters.get("redirect_uri")
    if sent is not None and sent not in call.client.redirect_uris:
        raise OAuthError("invalid_request", "The redirect_uri parameter is not one of the client's.")


def choose_redirect_uri(call: Call) -> None:
    """Section 3.1.2.3: from here on errors go to the client."""
    call.redirect_uri = call.parameters.get("redirect_uri") or call.client.redirect_uris[0]


# authorization.validate_request


def read_state(call: Call) -> None:
    """Sections 4.1.2 and 4.1.2.1: `state` goes back exactly as it came; of two there is none to send back."""
    call.state = call.parameters.get("state") if call.parameters.count("state") == 1 else None


def read_response_type(call: Call) -> None:
    """Section 4.2.2.1: the errors of `token` go into the fragment, so this has to be known early."""
    one = call.parameters.count("response_type") == 1
    call.response_type = call.parameters.get("response_type") if one else None


def require_response_type(call: Call) -> None:
    """Section 3.1.1: `response_type` is required."""
    if call.response_type is None:
        raise OAuthError("invalid_request", "The response_type parameter is missing.")


def check_response_type(call: Call) -> None:
    """Section 3.1.1: a response type that the server doesn't have is unsupported, compared letter by letter."""
    grant = GRANT_OF_RESPONSE_TYPE.get(call.response_type or "", "")
    if grant not in call.server.settings.grants:
        raise OAuthError("unsupported_response_type", "The response type is not supported.")
    call.grant_type = grant


def refuse_barred_client(call: Call) -> None:
    """Section 4.1.2.1: a client that may not use a response type is told just that."""
    if call.grant_type not in call.client.grants:
        raise OAuthError("unauthorized_client", "The client may not use this response type.")


def require_code_challenge(call: Call) -> None:
    """RFC 7636 section 4.4.1: public clients can't do without, and others can't where a setting says so."""
    needed = call.server.settings.require_pkce or not call.client.confidential
    if needed and call.response_type == "code" and call.parameters.get("code_challenge") is None:
        raise OAuthError("invalid_request", "A code challenge is required.")


def check_code_challenge(call: Call) -> None:
    """RFC 7636 section 4.2: 43 to 128 unreserved characters."""
    challenge = call.parameters.get("code_challenge")
    if challenge is not None and not CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "The code challenge is malformed.")


def check_code_challenge_method(call: Call) -> None:
    """RFC 7636 section 4.4.1: a method that the server doesn't have is refused; without one it is `plain`."""
    method = call.parameters.get("code_challenge_method")
    if call.parameters.get("code_challenge") is None:
        allowed = method is None
    else:
        allowed = (method or "plain") in call.server.settings.pkce_methods
    if not allowed:
        raise OAuthError("invalid_request", "The code challenge method is not supported.")


def without_form_fields(call: Call) -> Parameters:
    """The authorization request alone, without the fields that the consent form adds."""
    added = ("decision", "csrf_token", "_method", "authorization_request")
    return Parameters(tuple(pair for pair in call.parameters.pairs if pair[0] not in added))
