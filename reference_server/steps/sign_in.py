"""Who sits at the browser: sessions, the sign-in page, and protection from forged forms (RFC 6749 section 10.12)."""

from urllib.parse import urlencode

from ..pipeline import Call, Response
from ..rendering import message, page
from ..secrets import keyed_hash, random_value, same
from .authorization_request import without_form_fields
from .forms import parse
from .grant_password import try_password

COOKIE = "session"
AUTHORIZATION_PATH = "/oauth/authorize"


def read_session(call: Call) -> None:
    """Finds the browser's session, and the user if somebody has signed in."""
    call.session_id = cookie(call, COOKIE)
    username = call.server.store.session_user(call.session_id) if call.session_id else None
    call.user = call.server.accounts.users.get(username or "")


def show_sign_in(call: Call) -> Response | None:
    """RFC 6749 section 3.1: the server verifies who the resource owner is before anything else."""
    if call.user is not None:
        return None
    return sign_in_page(call, urlencode(without_form_fields(call).pairs))


def show_sign_in_page(call: Call) -> Response | None:
    """A visit to the sign-in page itself."""
    return sign_in_page(call, "") if call.method == "GET" else None


def require_csrf_token(call: Call) -> Response | None:
    """RFC 6749 section 10.12: a form counts only from the browser that it was shown in.

    A real DELETE needs no token: no other site's form can send one, and a script would have to ask first (CORS).
    """
    if call.method == "DELETE":
        return None
    form = call.decision if call.endpoint == "authorization" else call.parameters
    given = form.get("csrf_token") or ""
    if not same(given.encode(), csrf_token(call).encode()):
        return message(403, "This form has expired", "Please go back to the application and start again.")
    return None


async def verify_owner(call: Call) -> Response | None:
    """RFC 6749 sections 3.1 and 10.10: the same checks as for the password grant, throttling included."""
    return await try_password(call)


def start_session(call: Call) -> None:
    """The session identifier changes at sign-in, so that one planted before is worth nothing."""
    if call.session_id is not None:
        call.server.store.end_session(call.session_id)
    call.session_id = random_value()
    call.server.store.start_session(call.session_id, call.owner.username, call.server.settings.session_lifetime)


def continue_request(call: Call) -> Response:
    """Back to the authorization request that led here."""
    return continue_with(call, call.parameters.get("authorization_request"))


def continue_with(call: Call, carried: str | None) -> Response:
    """On to an authorization request, signed in now; the way leads to this server's own path only."""
    if not carried:
        response = message(200, "Signed in", "You can close this page.")
    else:
        target = f"{AUTHORIZATION_PATH}?{urlencode(parse(carried.encode()).pairs)}"
        response = Response(303, headers=[("Location", target)])
    _put_cookie(call, response)
    return response


def show_sign_in_again(call: Call) -> Response | None:
    """One text for all failures, so that guessing learns nothing."""
    if call.error.error != "invalid_grant":
        return None
    carried = call.parameters.get("authorization_request") or ""
    return sign_in_page(call, carried, 403, "The user name or password is wrong.")


# shared with consent.py


def csrf_token(call: Call) -> str:
    """Bound to the session identifier by the server's key; nothing has to be stored."""
    return keyed_hash(call.server.key, f"csrf {call.session_id}").hex()


def provider_title(call: Call) -> str:
    """What the external provider is called; empty where users sign in here only."""
    provider = call.server.settings.external_provider
    return provider.title if provider else ""


def cookie(call: Call, name: str) -> str | None:
    """A cookie's value."""
    for header in call.header_values(b"cookie"):
        for part in header.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name and value:
                return value
    return None


def sign_in_page(call: Call, authorization_request: str, status: int = 200, problem: str = "") -> Response:
    """The sign-in form. A browser without a session gets one for nobody, to bind the form to."""
    is_new = call.session_id is None
    call.session_id = call.session_id or random_value()
    response = page(
        "sign_in.html",
        status,
        provider=provider_title(call),
        csrf_token=csrf_token(call),
        authorization_request=authorization_request,
        problem=problem,
    )
    if is_new:
        _put_cookie(call, response)
    return response


def _put_cookie(call: Call, response: Response) -> None:
    """Out of reach for scripts and other sites' requests; never in the clear where there is TLS."""
    secure = "; Secure" if call.scheme == "https" else ""
    response.put("Set-Cookie", f"{COOKIE}={call.session_id}; Path=/; HttpOnly; SameSite=Lax{secure}")
