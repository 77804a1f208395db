"""RFC 6749 sections 5.1 and 5.2: making tokens, the answer that carries them, and the answer that refuses."""

import json
import time

from ..pipeline import Call, Response
from ..secrets import random_value

JSON = "application/json"


def json_response(call: Call, status: int = 200) -> Response:
    """The collected members as one JSON object."""
    return Response(status, json.dumps(call.answer).encode(), [("Content-Type", JSON)])


# issue


def access_token_lifetime(call: Call) -> int:
    """RFC 6750 section 5.3: tokens that go to a browser live one hour at most."""
    settings = call.server.settings
    lifetime = settings.access_token_lifetime
    return min(lifetime, settings.implicit_token_lifetime) if call.endpoint == "authorization" else lifetime


def make_access_token(call: Call) -> None:
    """Sections 1.4 and 10.3: an unguessable string, bound to grant and scope."""
    value = random_value()
    call.server.store.add_token(value, "access_token", call.grant, call.scope, access_token_lifetime(call))
    call.access_token = value


def make_refresh_token(call: Call) -> None:
    """Sections 1.5 and 10.4: bound to the client, and to everything that was granted (section 6)."""
    allowed = "refresh_token" in call.server.settings.grants and "refresh_token" in call.client.grants
    if not call.with_refresh_token or not allowed:
        return
    value = random_value()
    lifetime = call.server.settings.refresh_token_lifetime
    call.server.store.add_token(value, "refresh_token", call.grant, call.grant.scope, lifetime)
    call.refresh_token = value


# token.response


def put_access_token(call: Call) -> None:
    """Section 5.1: `access_token` is required."""
    call.answer["access_token"] = call.access_token


def put_token_type(call: Call) -> None:
    """Sections 5.1 and 7.1: `token_type` is required; tokens here are bearer tokens (RFC 6750)."""
    call.answer["token_type"] = "bearer"


def put_expires_in(call: Call) -> None:
    """Section 5.1: the lifetime in seconds, a number."""
    call.answer["expires_in"] = access_token_lifetime(call)


def put_refresh_token(call: Call) -> None:
    """Section 5.1: optional, and left out where there is none."""
    if call.refresh_token is not None:
        call.answer["refresh_token"] = call.refresh_token


def put_scope(call: Call) -> None:
    """Sections 3.3 and 5.1: what was granted, told always."""
    call.answer["scope"] = " ".join(call.scope)


def put_created_at(call: Call) -> None:
    """The documented API: the time of issue in seconds since 1970."""
    call.answer["created_at"] = int(time.time())


def render_json(call: Call) -> Response:
    """Section 5.1: 200, one JSON object."""
    return json_response(call)


# token.error


def put_error(call: Call) -> None:
    """Section 5.2: `error` is required."""
    call.answer["error"] = call.error.error


def put_error_description(call: Call) -> None:
    """Section 5.2: a text for developers, in the characters allowed; it never repeats what was sent."""
    if call.error.description:
        call.answer["error_description"] = call.error.description


def answer_failed_authentication_with_401(call: Call) -> None:
    """Section 5.2: allowed always, demanded when the client used the Authorization header."""
    if call.error.error == "invalid_client":
        call.error.status = 401


def challenge_basic(call: Call) -> None:
    """Section 5.2: 401 names the scheme that the client can use."""
    if call.error.status == 401:
        challenge = f'Basic realm="{call.server.settings.realm}", charset="UTF-8"'
        call.error.headers = (*call.error.headers, ("WWW-Authenticate", challenge))


def render_json_error(call: Call) -> Response:
    """Section 5.2: 400 unless the error says otherwise, one JSON object."""
    response = json_response(call, call.error.status)
    response.headers.extend(call.error.headers)
    return response
