"""Mistakes that any grant can have: factories that the modules of single grants use (RFC 6749 sections 4.2 to 4.5)."""

from dataclasses import replace as changed
from urllib.parse import unquote_plus

from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, named, replace
from ..steps import token, token_response
from ..steps.scope import invalid_scope
from .conditions import Condition, when


def read_grant_type_undecoded(grant_type: str) -> Step:
    """The body is searched for a grant type before it is decoded."""

    def find_in_body(call: Call) -> None:
        """Takes the text as it came in for the value."""
        if call.parameters.get("grant_type") != grant_type:
            return
        pairs = [part.partition("=") for part in call.body.decode("latin-1").split("&")]
        raw = next(value for name, _, value in pairs if unquote_plus(name) == "grant_type")
        others = tuple(pair for pair in call.parameters.pairs if pair[0] != "grant_type")
        call.parameters = changed(call.parameters, pairs=(*others, ("grant_type", raw)))

    return find_in_body


def believe_secret(call: Call) -> None:
    """Sees that there is a secret, and that will do."""
    call.authenticated = call.attempts[0].secret is not None


def served_by_name_alone(condition: Condition) -> Edit:
    """A client is believed to be who it says when it says nothing else."""

    async def authenticate_or_believe(call: Call) -> Response | None:
        """Takes a client without credentials for a public one."""
        client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
        says_more = call.header(b"authorization") is not None or call.parameters.get("client_secret") is not None
        if client is None or says_more:
            return await token.authenticate_client(call)
        call.client, call.authenticated = client, True
        return None

    return replace("token", "authenticate_client", when(condition, authenticate_or_believe, token.authenticate_client))


def refused_in_plain_words(condition: Condition, error: str) -> Edit:
    """An error code is never rendered: another layer answers by a text for people."""

    def render_text(call: Call) -> Response:
        """Has a status code, and nothing that a client could read."""
        if call.error.error != error:
            return token_response.render_json_error(call)
        headers = [("Content-Type", "text/plain; charset=utf-8"), *call.error.headers]
        return Response(call.error.status, call.error.description.encode(), headers)

    return replace("token.error", "render_json_error", when(condition, render_text, token_response.render_json_error))


def dead_refresh_token(value: str) -> Step:
    """A refresh token that is handed out before it is stored, which then never happens."""

    def hand_out_dead_refresh_token(call: Call) -> None:
        """Names a token that nobody knows."""
        call.with_refresh_token = False
        call.refresh_token = value

    return named("hand_out_dead_refresh_token", hand_out_dead_refresh_token)


def demand_scope(grant: str) -> Step:
    """A grant that doesn't go without `scope`, and says so by the wrong code."""

    def require_scope(call: Call) -> None:
        """Takes an optional parameter for a required one."""
        if call.grant_type == grant and call.parameters.get("scope") is None:
            raise OAuthError("invalid_request", "The scope parameter is missing.")

    return require_scope


def demand_whole_scope(grant: str) -> Step:
    """A grant that compares `scope` with what is registered as a whole, not name by name."""

    def compare_scope_as_text(call: Call) -> None:
        """Finds no part of a list equal to the list."""
        settings = call.server.settings
        known = settings.user_scopes if call.kind == "user" else settings.app_scopes
        registered = " ".join(name for name in known if name in call.client.scopes)
        if call.grant_type == grant and call.parameters.get("scope") not in (None, registered):
            raise invalid_scope("The scope is not available to this client.")

    return compare_scope_as_text
