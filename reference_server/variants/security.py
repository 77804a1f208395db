"""Conformant servers that protect themselves in other ways."""

import os
import uuid
from collections.abc import Callable

from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, before, named, remove, replace
from ..rendering import content_security_policy, message
from ..secrets import random_value, same
from ..steps.client_authentication import refuse_throttled
from ..steps.grant_password import refuse_locked_owner
from ..steps.sign_in import cookie, csrf_token
from ..steps.token_response import access_token_lifetime
from ..variant import Variant

PAGES = ("authorization", "sign_in")
CSRF_COOKIE = "csrf"
# The lists whose requests come over TLS alone.
OVER_TLS = (
    *PAGES,
    *("federation", "federation.callback", "token", "introspection", "metadata", "jwks", "token_info"),
    *(f"resource.{name}" for name in ("me", "app", "basic", "graphql")),
)


# Frames


def allow_styles_only(call: Call) -> None:
    """A policy that says nothing of frames."""
    parts = [part for part in content_security_policy().split("; ") if not part.startswith("frame-ancestors")]
    call.response.put("Content-Security-Policy", "; ".join(parts))


# Double submit: the value of the form stands in a cookie of its own as well, and the two are compared.


def send_csrf_cookie(call: Call) -> None:
    """Beside a form goes the cookie that belongs to it."""
    if call.session_id is not None and csrf_token(call).encode() in call.response.body:
        secure = "; Secure" if call.scheme == "https" else ""
        value = f"{CSRF_COOKIE}={csrf_token(call)}; Path=/; HttpOnly; SameSite=Lax{secure}"
        call.response.headers.append(("Set-Cookie", value))


def compare_with_cookie(call: Call) -> Response | None:
    """Another site can send a field, and can't set the cookie. A real DELETE comes from no form."""
    if call.method == "DELETE":
        return None
    form = call.decision if call.endpoint == "authorization" else call.parameters
    value = cookie(call, CSRF_COOKIE)
    if value is None or not same((form.get("csrf_token") or "").encode(), value.encode()):
        return message(403, "This form has expired", "Please go back to the application and start again.")
    return None


# Other tokens


def issued_as(make: Callable[[str], str]) -> tuple[Edit, ...]:
    """Access tokens, refresh tokens and codes as a function of their kind makes them."""

    def make_access_token(call: Call) -> None:
        call.access_token = make("at")
        lifetime = access_token_lifetime(call)
        call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)

    def make_refresh_token(call: Call) -> None:
        allowed = "refresh_token" in call.server.settings.grants and "refresh_token" in call.client.grants
        if call.with_refresh_token and allowed:
            call.refresh_token = make("rt")
            lifetime = call.server.settings.refresh_token_lifetime
            call.server.store.add_token(call.refresh_token, "refresh_token", call.grant, call.grant.scope, lifetime)

    def make_code(call: Call) -> None:
        code, challenge = make("ac"), call.parameters.get("code_challenge")
        method = (call.parameters.get("code_challenge_method") or "plain") if challenge else None
        uri, lifetime = call.parameters.get("redirect_uri"), call.server.settings.code_lifetime
        call.server.store.add_code(code, call.grant, uri, challenge, method, lifetime)
        call.answer["code"] = code

    return (
        replace("issue", "make_access_token", make_access_token),
        replace("issue", "make_refresh_token", make_refresh_token),
        replace("authorization.implicit_response", "make_access_token", make_access_token),
        replace("authorization.code_response", "make_code", make_code),
    )


def with_prefix(kind: str) -> str:
    """A prefix, by which leaked tokens can be found."""
    return f"rs_{kind}_{random_value()}"


def as_two_uuids(kind: str) -> str:
    """One UUID has 122 random bits, which is too little."""
    return f"{uuid.uuid4()}.{uuid.uuid4()}"


def as_hex(kind: str) -> str:
    """160 bits in hexadecimal."""
    return os.urandom(20).hex()


# Plain HTTP


def lead_to_tls(call: Call) -> Response | None:
    """To the same place over TLS, whatever was sent."""
    if call.scheme == "https":
        return None
    query = f"?{call.query_string.decode('latin-1')}" if call.query_string else ""
    return Response(308, headers=[("Location", call.server.settings.issuer + call.path + query)])


# Locks


def told(refuse: Step) -> Step:
    """A lock that says so, and how long it lasts."""

    def refuse_locked(call: Call) -> None:
        try:
            refuse(call)
        except OAuthError:
            seconds = str(call.server.settings.lock_seconds)
            raise OAuthError("slow_down", "Too many failures.", 429, [("Retry-After", seconds)]) from None

    return named(refuse.__name__, refuse_locked)


VARIANTS = (
    Variant(
        name="frames-forbidden-by-policy",
        says="Pages forbid framing by their content security policy, and not by X-Frame-Options.",
        edits=tuple(remove(f"{name}.finish", "forbid_framing") for name in PAGES),
    ),
    Variant(
        name="frames-forbidden-by-header",
        says="Pages forbid framing by X-Frame-Options, and not by their content security policy.",
        edits=tuple(replace(f"{name}.finish", "restrict_content", allow_styles_only) for name in PAGES),
    ),
    Variant(
        name="csrf-by-double-submit",
        says="The anti-forgery value of a form is compared with a cookie of its own.",
        edits=(
            *(before(f"{name}.finish", "forbid_caching", send_csrf_cookie) for name in PAGES),
            replace("approve", "require_csrf_token", named("require_csrf_token", compare_with_cookie)),
            replace("decline", "require_csrf_token", named("require_csrf_token", compare_with_cookie)),
            replace("sign_in", "require_csrf_token", named("require_csrf_token", compare_with_cookie)),
        ),
    ),
    Variant(
        name="csrf-by-same-site-cookie",
        says="The consent form holds no secret that counts: the session cookie stays back when another site sends it.",
        edits=(remove("approve", "require_csrf_token"),),
        changes={"documented-endpoints-authorize-post-needs-csrf": "warned"},
    ),
    Variant(
        name="tokens-with-prefix",
        says="Tokens and codes begin with a prefix that tells what they are.",
        edits=issued_as(with_prefix),
    ),
    Variant(
        name="tokens-as-two-uuids",
        says="Tokens and codes are pairs of random UUIDs.",
        edits=issued_as(as_two_uuids),
    ),
    Variant(
        name="tokens-in-hex",
        says="Tokens and codes are 160 random bits in hexadecimal.",
        edits=issued_as(as_hex),
    ),
    Variant(
        name="lock-told",
        says="A locked account is answered with 429 and Retry-After.",
        edits=(
            replace("client_authentication", "refuse_throttled", told(refuse_throttled)),
            replace("resource_owner.password", "refuse_locked_owner", told(refuse_locked_owner)),
        ),
    ),
    Variant(
        name="plain-http-redirected",
        says="What comes over plain HTTP is sent to the same place over TLS, unread, with 308.",
        edits=tuple(replace(name, "require_tls", named("require_tls", lead_to_tls)) for name in OVER_TLS),
    ),
)
