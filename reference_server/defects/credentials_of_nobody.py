"""Breaches by credentials that no client has: empty ones, such as can't be read, and secrets of public clients."""

import base64
import binascii
from dataclasses import replace as changed

from ..accounts import ALL_GRANTS
from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, Step, before, named, replace
from ..steps.client_authentication import refuse_unregistered_method, verify_secret
from ..steps.introspection import authenticate_caller
from ..steps.revocation import check_token_client
from ..steps.token import authenticate_client
from ..steps.token_response import answer_failed_authentication_with_401, challenge_basic
from .conditions import nothing, only, when
from .revocation_clients import find_owner


def pair_in_header(call: Call) -> tuple[str, str] | None:
    """Name and password of a Basic header; None where there are none to read."""
    scheme, _, credentials = (call.header(b"authorization") or "").partition(" ")
    try:
        name, colon, password = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return (name, password) if scheme.lower() == "basic" and colon else None


def is_empty(call: Call) -> bool:
    """An empty name and an empty password in Basic."""
    return pair_in_header(call) == ("", "")


def is_undecodable(call: Call) -> bool:
    """A header of the scheme Basic in which there is no name and no password."""
    scheme = (call.header(b"authorization") or "").partition(" ")[0].lower()
    return scheme == "basic" and pair_in_header(call) is None


def believe_at_token(call: Call) -> None:
    """Finds nothing wrong with no name and no password, and takes them for the client that the grant belongs to."""
    store, sent = call.server.store, call.parameters.get
    code, token = store.find_code(sent("code") or ""), store.find_token(sent("refresh_token") or "")
    known = code.grant if code else token.grant if token else None
    clients = call.server.accounts.clients
    call.client = clients[known.client_id] if known else next(iter(clients.values()))
    call.authenticated = True


def believe_at_introspection(call: Call) -> None:
    """Lets a caller in that gives no name."""
    call.client, call.authenticated = next(iter(call.server.accounts.clients.values())), True


def believe_at_revocation(call: Call) -> None:
    """Looks a client up by an empty name, and goes on without one."""
    if not find_owner(call):
        call.client = next(iter(call.server.accounts.clients.values()))


def crash(call: Call) -> None:
    """An exception that nobody thought of: the credentials are not in base64."""
    raise OAuthError("server_error", "An unexpected condition was met.", 500)


def at(endpoint: str, new: Step, old: Step) -> Step:
    """Another step for undecodable credentials at one endpoint."""
    return when(lambda call: call.endpoint == endpoint and is_undecodable(call), new, old)


def takes_any_secret(call: Call) -> bool:
    """A client without a secret that sends one."""
    return not call.client.confidential and call.attempts[0].secret is not None


def let_any_method(call: Call) -> None:
    """Asks for no method of a client that has none registered."""


def believe_secret_of_public_client(call: Call) -> None:
    """Compares with a hash that isn't there, and finds no difference. Who is authenticated may do all that apps do."""
    call.authenticated = True
    settings = call.server.settings
    call.client = changed(call.client, grants=ALL_GRANTS, scopes=(*settings.app_scopes, *settings.user_scopes))


def check_unless_owner_is_public(call: Call) -> None:
    """Compares clients where the token's own has a secret to be told by."""
    if call.token is not None and call.server.accounts.clients[call.token.grant.client_id].confidential:
        check_token_client(call)


def forbid_foreign_token(call: Call) -> None:
    """Answers as for a resource that somebody may not touch."""
    if call.token is not None and call.token.grant.client_id != call.client.client_id:
        raise OAuthError("unauthorized_client", "The token was not issued to this client.", 403)


def render_foreign_token_as_text(call: Call) -> Response | None:
    """Speaks to a person where it says no."""
    if call.token is not None and call.token.grant.client_id != call.client.client_id:
        return Response(400, b"Not your token.", [("Content-Type", "text/plain; charset=utf-8")])
    return None


DEFECTS = (
    Defect(
        name="empty-basic-gets-a-token",
        says="HTTP Basic with an empty name and an empty password is taken for any client at the token endpoint.",
        breaks=("rfc6749-3.2.1-unauthenticated-client-refused",),
        edits=(replace("token", "authenticate_client", when(is_empty, believe_at_token, authenticate_client)),),
    ),
    Defect(
        name="empty-basic-revokes",
        says="HTTP Basic with an empty name and an empty password is let in at the revocation endpoint.",
        breaks=("rfc7009-5-client-must-be-identified",),
        edits=(
            replace("revocation", "authenticate_client", when(is_empty, believe_at_revocation, authenticate_client)),
        ),
    ),
    Defect(
        name="empty-basic-introspects",
        says="HTTP Basic with an empty name and an empty password is let in at the introspection endpoint.",
        breaks=("rfc7662-2.1-authorization-required",),
        edits=(
            replace(
                "introspection.client",
                "authenticate_caller",
                when(is_empty, believe_at_introspection, authenticate_caller),
            ),
        ),
    ),
    Defect(
        name="undecodable-basic-revokes",
        says="Basic credentials that can't be read don't matter at the revocation endpoint.",
        breaks=("rfc7009-5-client-must-be-identified",),
        edits=(
            replace(
                "revocation", "authenticate_client", when(is_undecodable, believe_at_revocation, authenticate_client)
            ),
        ),
    ),
    Defect(
        name="undecodable-basic-introspects",
        says="Basic credentials that can't be read don't matter at the introspection endpoint.",
        breaks=("rfc7662-2.1-authorization-required",),
        edits=(
            replace(
                "introspection.client",
                "authenticate_caller",
                when(is_undecodable, believe_at_introspection, authenticate_caller),
            ),
        ),
    ),
    Defect(
        name="undecodable-basic-crashes-token-endpoint",
        says="Basic credentials that can't be read end in an exception at the token endpoint.",
        breaks=("rfc6749-5-failed-authentication-gets-error",),
        edits=(before("token", "authenticate_client", only(is_undecodable, crash)),),
    ),
    *(
        Defect(
            name=f"undecodable-basic-is-400-at-{endpoint}",
            says=f"The {endpoint} endpoint answers Basic credentials that can't be read by invalid_client and 400.",
            breaks=breaks,
            edits=(
                replace(
                    f"{endpoint}.error",
                    "answer_failed_authentication_with_401",
                    at(endpoint, nothing, answer_failed_authentication_with_401),
                ),
            ),
        )
        for endpoint, breaks in (
            (
                "token",
                (
                    "rfc6749-5.2-header-authentication-failed-401",
                    "rfc6749-5.2-header-authentication-failed-challenge",
                ),
            ),
            ("revocation", ("rfc7009-2.2.1-basic-failure-challenged",)),
            ("introspection", ("rfc7662-2.3-bad-client-credentials-401",)),
        )
    ),
    *(
        Defect(
            name=f"undecodable-basic-not-challenged-at-{endpoint}",
            says=f"The {endpoint} endpoint answers Basic credentials that can't be read by 401, without a challenge.",
            breaks=breaks,
            edits=(replace(f"{endpoint}.error", "challenge_basic", at(endpoint, nothing, challenge_basic)),),
        )
        for endpoint, breaks in (
            ("token", ("rfc6749-5.2-header-authentication-failed-challenge",)),
            ("revocation", ("rfc7009-2.2.1-basic-failure-challenged",)),
            ("introspection", ("rfc7662-2.3-bad-client-credentials-challenged",)),
        )
    ),
    Defect(
        name="any-secret-authenticates-public-client",
        says="A public client that sends some secret is taken for authenticated.",
        breaks=(
            "rfc6749-2.3-public-client-identity-not-relied-on",
            "rfc7662-2.1-public-client-id-no-authorization",
        ),
        edits=(
            replace(
                "client_authentication",
                "refuse_unregistered_method",
                when(takes_any_secret, let_any_method, refuse_unregistered_method),
            ),
            replace(
                "client_authentication",
                "verify_secret",
                when(takes_any_secret, believe_secret_of_public_client, verify_secret),
            ),
        ),
    ),
    Defect(
        name="revocation-of-public-clients-tokens",
        says="Any client can revoke the tokens of public clients.",
        breaks=(
            "rfc7009-2.1-foreign-access-token-survives",
            "rfc7009-2.1-foreign-refresh-token-survives",
            "rfc7009-2.1-foreign-token-reported",
            "rfc7009-5-token-must-belong-to-client",
        ),
        edits=(replace("revocation", "check_token_client", named("check_token_client", check_unless_owner_is_public)),),
    ),
    Defect(
        name="revocation-of-foreign-token-forbidden",
        says="A request to revoke another client's token is answered with status 403.",
        breaks=("rfc7009-2.2.1-error-status",),
        edits=(before("revocation", "check_token_client", forbid_foreign_token),),
    ),
    Defect(
        name="revocation-of-foreign-token-refused-in-words",
        says="A request to revoke another client's token is refused in a text, not in JSON.",
        breaks=("rfc7009-2.2.1-errors-are-json",),
        edits=(before("revocation", "check_token_client", render_foreign_token_as_text),),
    ),
)
