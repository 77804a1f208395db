"""Sign-in at the external provider: there with a state and a nonce, back with a code (OpenID Connect Core section 3.1).

To the provider this server is a client, so RFC 6749 section 10.12 binds it: an answer counts only in the browser that
the sign-in began in, once, and only for that sign-in.
"""

from ..errors import OAuthError
from ..federation import CALLBACK_PATH, Federation
from ..pipeline import Call, Response
from ..secrets import random_value, same
from .forms import parse
from .sign_in import continue_with

# What the provider's answer may hold once.
RECOGNIZED = ("state", "code", "iss", "error")


def require_provider(call: Call) -> None:
    """Without a provider there is nothing here."""
    if call.server.federation is None:
        raise OAuthError("invalid_request", "There is no external provider.", 404)


async def begin_sign_in(call: Call) -> Response:
    """Core section 3.1.2.1: to the provider, with values that its answer will be checked against."""
    state, nonce, verifier = random_value(), random_value(), random_value()
    location = await federation(call).request_uri(callback_uri(call), state, nonce, verifier)
    remember_sign_in(call, state, nonce, verifier)
    return Response(303, headers=[("Location", location)])


# The way back


def read_callback(call: Call) -> None:
    """RFC 6749 section 4.1.2: the provider's answer stands in the query."""
    call.parameters = parse(call.query_string)


def find_sign_in(call: Call) -> None:
    """RFC 6749 section 10.12: an answer to no question of this server's is forged."""
    sign_in = call.server.store.find_sign_in(call.parameters.get("state") or "")
    if sign_in is None:
        raise OAuthError("invalid_request", "This sign-in is unknown or has ended.", 403)
    call.sign_in = sign_in


def check_browser(call: Call) -> None:
    """RFC 6749 section 10.12: an answer to a question that another browser asked is planted."""
    if not call.server.store.is_of_browser(call.sign_in, call.session_id):
        raise OAuthError("invalid_request", "This sign-in was begun in another browser.", 403)


def end_sign_in(call: Call) -> None:
    """An answer counts once."""
    if not call.server.store.end_sign_in(call.sign_in):
        raise OAuthError("invalid_request", "This sign-in is unknown or has ended.", 403)


async def resume_request(call: Call) -> Response | None:
    """The authorization request that waits: from here on, what goes wrong is told to its client."""
    call.decision, call.parameters = call.parameters, parse(call.sign_in.request.encode())
    return await call.run("federation.request") if call.sign_in.request else None


def check_issuer(call: Call) -> None:
    """RFC 9207 section 2.4: an answer that another provider gave is none to this question."""
    issuer = call.decision.get("iss")
    if issuer is not None and issuer != federation(call).provider.issuer:
        raise denied("Another provider has answered.")


def refuse_refused_sign_in(call: Call) -> None:
    """Core section 3.1.2.6: the provider let nobody in."""
    if call.decision.get("code") is None:
        raise denied("The external provider has not confirmed the sign-in.")


async def redeem_code(call: Call) -> None:
    """Core section 3.1.3: with the verifier of this sign-in (RFC 7636), so that no other sign-in's code will do."""
    code = call.decision.get("code") or ""
    call.id_token = await federation(call).id_token(callback_uri(call), code, call.sign_in.verifier)


async def verify_id_token(call: Call) -> None:
    """Core section 3.1.3.7: signed by the provider, for this server, and still good."""
    call.claims = await federation(call).claims(call.id_token)


def check_nonce(call: Call) -> None:
    """Core section 3.1.3.7 item 11: the ID token of another sign-in is none of this one."""
    if not same(str(call.claims.get("nonce")).encode(), call.sign_in.nonce.encode()):
        raise denied("The external provider has confirmed another sign-in.")


def find_linked_owner(call: Call) -> None:
    """Core section 5.7: a user is known by issuer and subject, and by nothing else."""
    call.user = call.server.accounts.user_with_subject(str(call.claims["sub"]))
    if call.user is None:
        raise denied("No account here belongs to this account of the external provider.")


def continue_waiting_request(call: Call) -> Response:
    """On with the authorization request, signed in now."""
    return continue_with(call, call.sign_in.request)


# shared


def federation(call: Call) -> Federation:
    """The server's provider."""
    assert call.server.federation is not None
    return call.server.federation


def callback_uri(call: Call) -> str:
    """The server's redirect URI at the provider."""
    return call.server.settings.issuer + CALLBACK_PATH


def remember_sign_in(call: Call, state: str, nonce: str, verifier: str) -> None:
    """Everything that the answer is checked against, bound to this browser."""
    assert call.session_id is not None
    request = call.parameters.get("authorization_request") or ""
    lifetime = call.server.settings.external_sign_in_lifetime
    call.server.store.begin_sign_in(state, call.session_id, nonce, verifier, request, lifetime)


def denied(description: str) -> OAuthError:
    """RFC 6749 section 4.1.2.1: the user was not let in."""
    return OAuthError("access_denied", description, 403)
