"""Breaches of RFC 9700 and RFC 8252 that spare what everybody tries: the first refresh, a request by GET, a secret in
the header, an app's own scheme."""

from ..defect import Defect
from ..pipeline import Call, Edit, Step, named, replace
from ..steps import dpop
from ..steps.grant_authorization_code import check_code_verifier, refuse_unexpected_verifier
from ..steps.grant_refresh_token import check_refresh_active, rotate
from ..variants.security_bcp import sign_in_before_error
from .bcp import bcp
from .bcp_passwords import cors
from .conditions import Condition, only
from .native_redirects import ON, of_native
from .native_trust import remembering, without_challenge

REFRESH, CODE = "grant.refresh_token", "grant.authorization_code"
LOOPBACK = "http://"
ISSUED = "SELECT count(*) FROM tokens WHERE grant_id = ? AND kind = 'refresh_token'"


def has_no_secret_in_body(call: Call) -> bool:
    """No secret stands in the body."""
    return call.parameters.get("client_secret") is None


def by_get(call: Call) -> bool:
    """The way that everybody tries."""
    return call.method == "GET"


def is_first_refresh(call: Call) -> bool:
    """The refresh token is the first of its line."""
    return bool(call.server.store.connection.execute(ISSUED, (call.grant.id,)).fetchone()[0] == 1)


def is_idle_and_of_app(call: Call) -> bool:
    """A refresh token of a public client that nobody has used for long."""
    token = call.token
    return not call.client.confidential and token is not None and token.revoked_at is None and not token.fresh


def is_not_idle_or_of_app(call: Call) -> bool:
    """Any other refresh token."""
    return not is_idle_and_of_app(call)


def shows_decision(call: Call) -> str | None:
    """Scripts may look at the page that asks."""
    return "*" if b"decision" in call.response.body else None


def takes_post(call: Call) -> str | None:
    """Scripts may read what a form gets."""
    return "*" if call.method == "POST" else None


def at_loopback(call: Call) -> bool:
    """An app asks to be answered at a loopback address."""
    return of_native(call) and (call.redirect_uri or "").startswith(LOOPBACK)


def came_elsewhere(call: Call) -> bool:
    """The code came to no loopback address."""
    return not (of_native(call) and (call.code.redirect_uri or "").startswith(LOOPBACK))


def sparing(condition: Condition, pipeline: str, step: Step) -> Edit:
    """A step that is left out unless the condition holds."""
    return replace(pipeline, step.__name__, named(step.__name__, only(condition, step)))


DEFECTS = (
    bcp(
        "refresh-token-replaced-once-in-a-line",
        "The second refresh token of a line goes on.",
        ("2.2.2-public-refresh-token-guarded",),
        sparing(is_first_refresh, REFRESH, rotate),
    ),
    bcp(
        "stray-verifier-beside-a-secret-in-the-body",
        "A verifier without a challenge passes where the secret stands in the body.",
        ("2.1.1-verifier-without-challenge-refused",),
        sparing(has_no_secret_in_body, CODE, refuse_unexpected_verifier),
    ),
    bcp(
        "error-before-sign-in-by-post",
        "A faulty request by POST leads on before anybody has signed in.",
        ("4.11.2-user-authenticated-before-redirect",),
        sparing(by_get, "authorization.redirect_error", sign_in_before_error),
    ),
    cors("cors-on-the-page-that-asks", "The page that asks for a decision may be read by any origin.", shows_decision),
    cors("cors-by-post", "What a form gets at the authorization endpoint may be read by any origin.", takes_post),
    bcp(
        "idle-refresh-tokens-of-apps-good",
        "A refresh token of a public client doesn't expire however long nobody uses it.",
        ("4.14.2-idle-refresh-token-expires",),
        sparing(is_not_idle_or_of_app, REFRESH, check_refresh_active),
    ),
    bcp(
        "key-looked-at-once-in-a-line",
        "What replaces a bound refresh token needs no proof.",
        ("4.14.2-refresh-token-sender-constrained",),
        sparing(is_first_refresh, REFRESH, dpop.check_refresh_key),
    ),
    bcp(
        "no-proof-by-post",
        "The protected resource asks for no proof by POST.",
        ("2.2.1-proof-demanded",),
        sparing(by_get, "bearer", dpop.check_proof),
    ),
    Defect(
        name="native-challenge-not-demanded-at-loopback",
        says="An app may do without PKCE at a loopback address.",
        breaks=("rfc8252-8.1-request-without-pkce-rejected",),
        edits=(without_challenge(at_loopback),),
        on=ON,
    ),
    Defect(
        name="native-approval-remembered-at-loopback",
        says="An earlier approval counts for an app at a loopback address.",
        breaks=("rfc8252-8.6-earlier-approval-ignored",),
        edits=(remembering(at_loopback),),
        on=ON,
    ),
    Defect(
        name="native-verifier-unchecked-at-loopback",
        says="The verifier isn't compared for a code that came to a loopback address.",
        breaks=("rfc8252-8.1-intercepted-code-useless",),
        edits=(sparing(came_elsewhere, CODE, check_code_verifier),),
        on=ON,
    ),
)
