"""RFC 6749 section 2.3: who the client is, and whether it can prove it."""

import base64
from dataclasses import replace

from ..errors import OAuthError
from ..pipeline import Attempt, Call
from .forms import decode


def failed(description: str = "Client authentication failed.") -> OAuthError:
    """Section 5.2: one answer for whatever went wrong, so that guessing learns nothing."""
    return OAuthError("invalid_client", description)


def collect_basic(call: Call) -> None:
    """Section 2.3.1: HTTP Basic. Another scheme in the header is a failed authentication, not none."""
    for header in call.header_values(b"authorization"):
        scheme, _, credentials = header.strip().partition(" ")
        if scheme.lower() != "basic":
            raise failed("The authentication scheme is not supported.")
        client_id, secret = _split_basic(credentials.strip())
        call.attempts.append(Attempt("client_secret_basic", client_id, secret))


def _split_basic(credentials: str) -> tuple[str, str]:
    """RFC 7617 section 2: base64 of name, colon, password. The parts stay form-encoded for now."""
    try:
        client_id, secret = base64.b64decode(credentials, validate=True).decode("latin-1").split(":", 1)
    except ValueError:
        raise failed() from None
    return client_id, secret


def decode_basic(call: Call) -> None:
    """Section 2.3.1: identifier and secret are form-encoded before they become user name and password."""
    try:
        for at, attempt in enumerate(call.attempts):
            client_id = decode((attempt.client_id or "").encode("latin-1"))
            secret = decode((attempt.secret or "").encode("latin-1"))
            call.attempts[at] = replace(attempt, client_id=client_id, secret=secret)
    except ValueError:
        raise failed() from None


def collect_body(call: Call) -> None:
    """Section 2.3.1: `client_id` and `client_secret` in the body. Section 3.2.1: `client_id` alone only identifies."""
    client_id, secret = call.parameters.get("client_id"), call.parameters.get("client_secret")
    if secret is not None:
        call.attempts.append(Attempt("client_secret_post", client_id, secret))
    elif not call.attempts:
        call.attempts.append(Attempt("none", client_id))


def refuse_two_methods(call: Call) -> None:
    """Section 2.3: one authentication method in each request."""
    if len(call.attempts) > 1:
        raise OAuthError("invalid_request", "More than one client authentication method was used.")


def refuse_other_client_id(call: Call) -> None:
    """Section 3.2.1: a `client_id` beside Basic is welcome, as long as it names the same client."""
    client_id = call.parameters.get("client_id")
    if client_id is not None and any(attempt.client_id != client_id for attempt in call.attempts):
        raise OAuthError("invalid_request", "The client_id parameter names another client.")


def require_client_id(call: Call) -> None:
    """Section 3.2.1: without a name there is no client."""
    if not any(attempt.client_id for attempt in call.attempts):
        raise failed("The client has to be named.")


def find_client(call: Call) -> None:
    """Section 5.2: an unknown client is answered as a wrong secret is."""
    client = call.server.accounts.clients.get(call.attempts[0].client_id or "")
    if client is None:
        raise failed()
    call.client = client


def treat_empty_secret_as_none(call: Call) -> None:
    """Section 2.3.1: an empty secret is the same as none; only clients without a secret get along with it."""
    if call.attempts[0].secret == "":
        call.attempts[0] = Attempt("none", call.attempts[0].client_id)


def require_for_confidential(call: Call) -> None:
    """Section 3.2.1: a client that was given a secret has to show it."""
    if call.client.confidential and call.attempts[0].secret is None:
        raise failed()


def refuse_unregistered_method(call: Call) -> None:
    """Section 2.3: clients authenticate in the way that they are registered with."""
    if call.attempts[0].method not in call.client.authentication:
        raise failed()


def refuse_throttled(call: Call) -> None:
    """Section 2.3.1: after too many failures even the right secret is answered as a wrong one, for a while."""
    settings = call.server.settings
    limit = call.client.failed_authentications or settings.failed_authentications
    if call.server.store.is_locked(_account(call), limit, settings.lock_seconds):
        raise failed()


def verify_secret(call: Call) -> None:
    """Section 2.3.1: compares the secret with the registered one."""
    call.authenticated = call.server.accounts.client_secret_matches(call.client, call.attempts[0].secret)


def note_failure(call: Call) -> None:
    """Section 2.3.1: counts failures per client, never per address."""
    if call.client.confidential and not call.authenticated:
        call.server.store.note_failure(_account(call), call.server.settings.lock_seconds)


def refuse_unauthenticated(call: Call) -> None:
    """Section 5.2: a confidential client goes no further without its secret."""
    if call.client.confidential and not call.authenticated:
        raise failed()


def forget_failures(call: Call) -> None:
    """Only failures in a row count."""
    if call.authenticated:
        call.server.store.forget_failures(_account(call))


def _account(call: Call) -> str:
    return f"client {call.client.client_id}"
