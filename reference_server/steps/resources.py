"""The documented API's resources, each for its own kind of access token, and token info."""

import time

from ..errors import OAuthError
from ..pipeline import Call, Response, Step, named
from .token_response import json_response


def require_scope(scope: str) -> Step:
    """RFC 6750 section 3.1: 403, and the scope that would do."""

    def require_scope_of_resource(call: Call) -> None:
        """The documented API: each resource takes tokens that have its scope."""
        if scope not in call.bearer.scope:
            raise OAuthError("insufficient_scope", "The access token lacks a scope.", 403, [("scope", scope)])

    return named("require_scope", require_scope_of_resource)


def answer_owner(call: Call) -> Response:
    """A user access token shows its own user."""
    call.answer = {"resource": "me", "username": call.bearer.grant.username}
    return json_response(call)


def answer_app(call: Call) -> Response:
    """An app access token shows its own client."""
    call.answer = {"resource": "app", "client_id": call.bearer.grant.client_id}
    return json_response(call)


def answer_basic(call: Call) -> Response:
    """An app access token with the basic right shows its own client."""
    call.answer = {"resource": "basic", "client_id": call.bearer.grant.client_id}
    return json_response(call)


# token_info


def put_info_owner(call: Call) -> None:
    """Null for an app token."""
    call.answer["resource_owner_id"] = call.bearer.grant.username


def put_info_scope(call: Call) -> None:
    """A list of strings."""
    call.answer["scope"] = list(call.bearer.scope)


def put_info_expires_in(call: Call) -> None:
    """Whole seconds left."""
    call.answer["expires_in"] = int(call.bearer.expires_at - time.time())


def put_info_application(call: Call) -> None:
    """The client that the token was issued to."""
    call.answer["application"] = {"uid": call.bearer.grant.client_id}


def put_info_created_at(call: Call) -> None:
    """The time of issue in seconds since 1970."""
    call.answer["created_at"] = int(call.bearer.issued_at)


def render_info(call: Call) -> Response:
    """One JSON object."""
    return json_response(call)
