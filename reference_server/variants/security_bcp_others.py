"""Other ways to keep the best current practice (RFC 9700), and what it leaves to servers."""

import time
from collections.abc import Mapping
from dataclasses import replace as changed

from .. import demo
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, after, named, remove, replace, setting
from ..profile import merged
from ..rendering import message
from ..steps.grant_refresh_token import detect_reuse, rotate
from ..steps.sign_in import continue_request
from ..steps.token_response import make_refresh_token
from ..store import Token
from ..variant import Variant
from .security_bcp import BCP, CLIENTS, ERROR_RESPONSE, GRANTS, PROFILE, REQUEST, is_trusted, redirect_error_if_trusted

LIKE = "security-bcp"
LEEWAY = 1
ROTATION = ("refresh-token-rotated", "replay-ends-newest-token", "no-leeway")
OPENID_PATH = "/.well-known/openid-configuration"


def bcp(
    name: str,
    says: str,
    *edits: Edit,
    profile: Mapping[str, object] | None = None,
    changes: Mapping[str, str] | None = None,
) -> Variant:
    """A server that keeps the practice in another way."""
    return Variant(name, says, (*BCP, *edits), merged(PROFILE, profile or {}), changes or {}, LIKE)


def continue_with_302(call: Call) -> Response:
    """As frameworks redirect: in practice browsers send no body along."""
    response = continue_request(call)
    response.status = 302 if response.status == 303 else response.status
    return response


def rotate_unless_bound(call: Call) -> None:
    """RFC 9700 section 4.14.2: a bound refresh token needs no successor."""
    if call.token is None or call.server.store.key_of(call.token.hash) is None:
        rotate(call)


def make_refresh_token_for_holders(call: Call) -> None:
    """A public client gets a refresh token with a proof of possession alone."""
    if call.client.confidential or call.sender_key is not None:
        make_refresh_token(call)


def refuse_used_challenge(call: Call) -> None:
    """RFC 9700 section 2.1.1: a challenge is for one transaction, as far as a server can notice."""
    challenge, store = call.parameters.get("code_challenge"), call.server.store
    query = "SELECT count(*) FROM codes WHERE challenge = ?"
    if challenge and store.connection.execute(query, (challenge,)).fetchone()[0]:
        raise OAuthError("invalid_request", "The code challenge was used before.")


def keep_error_on_page(call: Call) -> Response:
    """RFC 9700 section 4.11.2: an untrusted client learns nothing, and nobody is sent there."""
    if is_trusted(call):
        return redirect_error_if_trusted(call)
    return message(400, "This request is not valid", "Please go back to where you came from.")


def is_in_grace(token: Token | None) -> bool:
    """Whether a replaced refresh token was replaced a moment ago."""
    return token is not None and token.rotated_at is not None and time.time() - token.rotated_at < LEEWAY


def detect_late_reuse(call: Call) -> None:
    """A token that comes again at once was sent twice by one client whose answer was lost."""
    if not is_in_grace(call.token):
        detect_reuse(call)


def check_active_or_in_grace(call: Call) -> None:
    """A moment long the old one is as good as the new one."""
    alive = call.token is not None and (call.token.active or (is_in_grace(call.token) and not call.grant.revoked_at))
    if not alive:
        raise OAuthError("invalid_grant", "The refresh token is invalid.")


def rotate_once(call: Call) -> None:
    """The old one is replaced the first time alone."""
    if call.token is not None:
        call.server.store.rotate_token(call.token)
        call.with_refresh_token = True


WITH_HTTP = tuple(
    changed(client, redirect_uris=(*client.redirect_uris, "http://insecure.example/cb"))
    if client.client_id == demo.INSECURE.client_id
    else client
    for client in CLIENTS
)

VARIANTS = (
    bcp(
        "bcp-302-after-sign-in",
        "The request with the password is answered with 302.",
        replace("sign_in", "continue_request", named("continue_request", continue_with_302)),
        changes={"rfc9700-4.12-303-used": "warned"},
    ),
    bcp(
        "bcp-no-refresh-tokens",
        "No client gets a refresh token.",
        setting(grants=tuple(grant for grant in GRANTS if grant != "refresh_token")),
    ),
    bcp(
        "bcp-bound-refresh-tokens",
        "A public client's refresh token is bound to a key and stays the same; without a proof there is none.",
        replace("grant.refresh_token", "rotate", named("rotate", rotate_unless_bound)),
        replace("issue", "make_refresh_token", named("make_refresh_token", make_refresh_token_for_holders)),
        changes=dict.fromkeys((f"rfc9700-4.14.2-{each}" for each in ROTATION), "vacuous"),
    ),
    bcp(
        "bcp-used-challenge-refused",
        "A challenge that was used before is refused.",
        after(REQUEST, "check_code_challenge", refuse_used_challenge),
    ),
    bcp(
        "bcp-public-clients-without-pkce",
        "Public clients are served without a challenge: the RFC binds them, not the server.",
        remove(REQUEST, "require_code_challenge"),
        profile={"clients": {"public": {"pkce_required": False}}},
        changes={"rfc9700-4.8.2-required-challenge-enforced": "untested"},
    ),
    bcp(
        "bcp-clients-without-pkce",
        "Clients send no challenge, which the server serves all the same.",
        remove(REQUEST, "require_code_challenge"),
        profile={
            "clients": {
                "public": {"pkce_required": False, "pkce": "off"},
                **{client.name: {"pkce": "off"} for client in CLIENTS if client.name != "public"},
            }
        },
        changes={"rfc9700-4.8.2-required-challenge-enforced": "untested"},
    ),
    bcp(
        "bcp-implicit-served",
        "The implicit grant is served: the RFC advises clients, not the server.",
        setting(grants=(*GRANTS, "implicit")),
    ),
    bcp(
        "bcp-challenge-required-of-all",
        "Every request for a code needs a challenge.",
        setting(require_pkce=True),
        profile={"clients": {"confidential": {"pkce_required": True}}},
    ),
    bcp(
        "bcp-errors-of-untrusted-clients-kept",
        "Errors of a client whose redirect URI isn't trusted stay on a page.",
        replace(ERROR_RESPONSE, "redirect_error", named("redirect_error", keep_error_on_page)),
    ),
    bcp(
        "bcp-refresh-leeway",
        "A refresh token that was replaced works a moment longer, as the profile says.",
        replace("grant.refresh_token", "detect_reuse", named("detect_reuse", detect_late_reuse)),
        replace("grant.refresh_token", "check_refresh_active", named("check_refresh_active", check_active_or_in_grace)),
        replace("grant.refresh_token", "rotate", named("rotate", rotate_once)),
        profile={"limits": {"refresh_leeway": LEEWAY}},
        changes={"rfc9700-4.14.2-no-leeway": "warned"},
    ),
    bcp(
        "bcp-http-uri-registered",
        "A client registered an http redirect URI, which is refused all the same.",
        setting(clients=WITH_HTTP),
        changes={"rfc6749-3.1.2.1-insecure-endpoint-warned-of": ""},
    ),
    bcp(
        "bcp-metadata-of-openid",
        "The metadata stands where OpenID Connect has it, and PKCE is told there.",
        setting(metadata_path=OPENID_PATH),
        changes={"rfc9700-2.1.1-challenge-methods-published": "vacuous", "rfc9700-2.6-metadata-published": "warned"},
    ),
    bcp(
        "bcp-consent-remembered",
        "Who has approved a confidential client before is sent to it at once after signing in.",
        setting(remember_consent=True),
    ),
)
