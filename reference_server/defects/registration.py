"""Breaches of RFC 6749 sections 2 and 2.2: who counts as registered, and what an identifier is worth."""

from typing import NoReturn

from ..accounts import Client
from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, remove, replace
from ..steps.client_authentication import failed, find_client, refuse_unregistered_method, treat_empty_secret_as_none

COLUMN_WIDTH = 20


def unknown_client() -> NoReturn:
    """What the authorization endpoint says of a client that it doesn't know."""
    raise OAuthError("invalid_request", "The client is unknown.")


def serve_unknown_client(call: Call) -> None:
    """Registers whoever comes along, with the redirect URI that it brings."""
    client_id = call.parameters.get("client_id") or ""
    uri = call.parameters.get("redirect_uri") or "https://unknown.example/"
    known = call.server.accounts.clients.get(client_id)
    call.client = known or Client(name="unknown", client_id=client_id, redirect_uris=(uri,))


def authenticate_unknown_client(call: Call) -> None:
    """Registers whoever comes along to the token endpoint, with the secret that it brings."""
    attempt = call.attempts[0]
    known = call.server.accounts.clients.get(attempt.client_id or "")
    if known is None and attempt.secret and call.endpoint == "token":
        call.client = Client(name="unknown", client_id=attempt.client_id or "", secret=attempt.secret)
    else:
        find_client(call)


def find_client_by_cut_identifier(call: Call) -> None:
    """Identifiers were stored in a column that is too narrow for some of them."""
    if len(call.attempts[0].client_id or "") > COLUMN_WIDTH:
        raise failed()
    find_client(call)


def match_redirect_uri_of_anybody(call: Call) -> None:
    """Looks the URI up in the table of all redirect URIs, and forgets to join the client."""
    sent = call.parameters.get("redirect_uri")
    registered = {uri for client in call.server.accounts.clients.values() for uri in client.redirect_uris}
    if sent is not None and sent not in registered:
        raise OAuthError("invalid_request", "The redirect_uri parameter is not one of the client's.")


def verify_secret_of_anybody(call: Call) -> None:
    """Looks the secret up in the table of all secrets, and forgets to join the client."""
    accounts, secret = call.server.accounts, call.attempts[0].secret or ""
    call.authenticated = any(accounts.client_secret_matches(client, secret) for client in accounts.clients.values())


def take_identifier_alone(call: Call) -> None:
    """Checks a secret only if there is one."""
    attempt = call.attempts[0]
    call.authenticated = attempt.method == "none" or call.server.accounts.client_secret_matches(
        call.client, attempt.secret or ""
    )


def check_method_of_secret(call: Call) -> None:
    """The registered methods are asked for only where there is a secret."""
    if call.attempts[0].method != "none":
        refuse_unregistered_method(call)


def keep_empty_basic_password(call: Call) -> None:
    """An empty password in the header counts as a password."""
    if call.attempts[0].method != "client_secret_basic":
        treat_empty_secret_as_none(call)


def verify_secret_unless_empty(call: Call) -> None:
    """`if secret and secret != registered: refuse`, in the order that lets an empty one through."""
    secret = call.attempts[0].secret
    matches = call.server.accounts.client_secret_matches(call.client, secret or "")
    call.authenticated = secret is not None and (not secret or matches)


DEFECTS = (
    Defect(
        name="unregistered-client-authorized",
        says="The authorization endpoint serves any client_id, with the redirect URI that comes with it.",
        breaks=("rfc6749-2-unregistered-client-gets-no-authorization",),
        edits=(replace("authorization.validate_client", "find_client", serve_unknown_client),),
    ),
    Defect(
        name="unregistered-client-gets-token",
        says="The token endpoint serves any client identifier, with whatever secret comes with it.",
        breaks=("rfc6749-2-unregistered-client-gets-no-token", "rfc6749-2.3.1-client-id-its-own"),
        edits=(replace("client_authentication", "find_client", authenticate_unknown_client),),
    ),
    Defect(
        name="long-client-id-unknown",
        says="The token endpoint doesn't know clients whose identifier is longer than 20 characters.",
        breaks=("rfc6749-2.2-identifier-known-to-server",),
        edits=(replace("client_authentication", "find_client", find_client_by_cut_identifier),),
    ),
    Defect(
        name="redirect-uri-of-another-client",
        says="A redirect URI is accepted for every client as soon as one has registered it.",
        breaks=("rfc6749-2.2-identifier-stands-for-its-registration",),
        edits=(replace("authorization.validate_client", "match_redirect_uri", match_redirect_uri_of_anybody),),
    ),
    Defect(
        name="secret-of-another-client",
        says="The secret of any client authenticates every client.",
        breaks=("rfc6749-2.2-identifier-names-one-client",),
        edits=(replace("client_authentication", "verify_secret", verify_secret_of_anybody),),
    ),
    Defect(
        name="client-id-is-enough",
        says="A client identifier without a secret counts as authentication.",
        breaks=(
            "rfc6749-2.1-client-type-not-guessed",
            "rfc6749-2.2-identifier-alone-authenticates-nobody",
            "rfc6749-2.2-identifier-without-password-refused",
            "rfc6749-2.3.1-client-secret-required",
        ),
        edits=(
            remove("client_authentication", "require_for_confidential"),
            replace("client_authentication", "refuse_unregistered_method", check_method_of_secret),
            replace("client_authentication", "verify_secret", take_identifier_alone),
        ),
    ),
    Defect(
        name="empty-basic-password-accepted",
        says="HTTP Basic with an empty password authenticates every client.",
        breaks=("rfc6749-2.2-identifier-without-password-refused",),
        edits=(
            replace("client_authentication", "treat_empty_secret_as_none", keep_empty_basic_password),
            replace("client_authentication", "verify_secret", verify_secret_unless_empty),
        ),
    ),
)
