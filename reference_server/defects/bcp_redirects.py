"""Breaches of RFC 9700 sections 2.1, 4.11 and 4.12: who is sent where, when, and what goes along."""

from collections.abc import Callable

from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, after, before, named, remove, replace
from ..secrets import random_value
from ..steps.authorization_response import redirect_error, redirect_with_query
from ..steps.forms import parse
from ..steps.sign_in import continue_request
from ..variants.security_bcp import (
    CODE_RESPONSE,
    ERROR_RESPONSE,
    origin_of,
    post_message,
    sign_in_before_error,
)
from .bcp import bcp
from .security_browser import RESUMING, return_anywhere, return_signed_in_user

EARLY = ("4.11.2-user-authenticated-before-redirect",)


def forward_from_sign_in_page(call: Call) -> Response | None:
    """Whoever has signed in elsewhere is let through, and nobody asks."""
    place = call.parameters.get(RESUMING) or parse(call.query_string).get(RESUMING)
    return Response(303, headers=[("Location", place)]) if call.method == "GET" and place else None


def forward_to_own_path(call: Call) -> Response | None:
    """Takes what begins with one slash for a path of its own."""
    place = parse(call.query_string).get(RESUMING) or ""
    is_own = place.startswith("/") and not place.startswith("//")
    return Response(303, headers=[("Location", place)]) if call.method == "GET" and is_own else None


def redirect_unknown_client(call: Call) -> Response | None:
    """Tells the error to whoever asked."""
    sent = call.parameters.get("redirect_uri")
    if call.parameters.get("client_id") in call.server.accounts.clients or sent is None:
        return None
    return Response(303, headers=[("Location", f"{sent}?error=unauthorized_client")])


def redirect_wrong_uri(call: Call) -> Response | None:
    """Tells the error about a redirect URI to that redirect URI."""
    sent = call.parameters.get("redirect_uri")
    known = {uri for client in call.server.settings.clients for uri in client.redirect_uris}
    if sent is None or sent in known or "127.0.0.1" in sent or not sent.endswith("/cb"):
        return None
    return Response(303, headers=[("Location", f"{sent}?error=invalid_request")])


def sign_in_unless(applies: Callable[[OAuthError], bool]) -> Edit:
    """Some errors are told before anybody has signed in."""

    def sign_in_before_others(call: Call) -> Response | None:
        return None if applies(call.error) else sign_in_before_error(call)

    return replace(ERROR_RESPONSE, "sign_in_before_error", named("sign_in_before_error", sign_in_before_others))


def sign_in_by_network(call: Call) -> None:
    """Takes whoever comes from this network for its owner, and asks for no password."""
    if call.user is None and call.method == "GET":
        call.user = next(iter(call.server.accounts.users.values()))
        call.session_id = random_value()
        call.server.store.start_session(call.session_id, call.user.username, call.server.settings.session_lifetime)


def keep_session(call: Call) -> None:
    """And knows it the next time."""
    if call.user is not None and call.session_id is not None and call.header(b"cookie") is None:
        call.response.put("Set-Cookie", f"session={call.session_id}; Path=/; HttpOnly; SameSite=Lax; Secure")


def answered_with(status: int, applies: Callable[[Call], bool] = lambda call: True) -> Edit:
    """The request with the password is answered with another status."""

    def continue_otherwise(call: Call) -> Response:
        response = continue_request(call)
        if response.status == 303 and applies(call):
            response.status = status
        return response

    return replace("sign_in", "continue_request", named("continue_request", continue_otherwise))


def has_wrong_scope(call: Call) -> bool:
    """The request that waits can only be refused."""
    return "invented-scope" in (call.parameters.get("authorization_request") or "")


def is_right(call: Call) -> bool:
    """The request that waits is likely to be granted."""
    return not has_wrong_scope(call)


def respond_at_once(call: Call) -> Response:
    """Trusts everybody with a code."""
    if call.parameters.get("response_mode") == "web_message":
        return post_message(call, origin_of(call.redirect_uri or ""))
    return redirect_with_query(call)


def plain(name: str, step: Step, list_name: str) -> Edit:
    """A redirect without a page between."""
    return replace(list_name, name, named(name, step))


FORWARDED, NOT_307, SEE_OTHER = "2.1-credentials-not-forwarded", "4.12-no-307", "4.12-303-used"

DEFECTS = (
    bcp(
        "sign-in-returns-anywhere",
        "After sign-in the browser goes where a parameter of the link says.",
        ("4.11.2-redirects-safely",),
        replace("sign_in", "continue_request", named("continue_request", return_anywhere)),
    ),
    bcp(
        "signed-in-user-returned-anywhere",
        "A signed-in user's browser goes where a parameter of the link says.",
        ("2.1-no-open-redirector", "4.11.2-redirects-safely"),
        after("authorization", "read_session", return_signed_in_user),
    ),
    bcp(
        "sign-in-page-forwards",
        "The sign-in page forwards a browser to where a parameter says.",
        ("2.1-no-open-redirector",),
        before("sign_in", "show_sign_in_page", forward_from_sign_in_page),
    ),
    bcp(
        "sign-in-page-forwards-to-paths",
        "The sign-in page forwards a browser to what begins with one slash, whatever follows.",
        ("2.1-no-open-redirector",),
        before("sign_in", "show_sign_in_page", forward_to_own_path),
    ),
    bcp(
        "unknown-client-redirected",
        "The error about an unknown client goes to the redirect URI of the request.",
        ("4.11.2-no-redirect-to-invalid-combination",),
        before("authorization.validate_client", "find_client", redirect_unknown_client),
    ),
    bcp(
        "wrong-redirect-uri-redirected",
        "The error about a redirect URI that nobody registered goes there.",
        ("4.11.2-no-redirect-to-invalid-combination",),
        before("authorization.validate_client", "match_redirect_uri", redirect_wrong_uri),
    ),
    bcp(
        "signed-in-by-network",
        "Whoever comes from this network is signed in without a password.",
        (*EARLY, "4.15-subject-is-resource-owner"),
        after("authorization", "read_session", sign_in_by_network),
        before("authorization.finish", "forbid_caching", keep_session),
    ),
    bcp(
        "errors-before-sign-in",
        "Errors are told before anybody has signed in.",
        EARLY,
        remove(ERROR_RESPONSE, "sign_in_before_error"),
    ),
    bcp(
        "scope-error-before-sign-in",
        "A scope that is wrong is told before anybody has signed in.",
        EARLY,
        sign_in_unless(lambda error: error.error == "invalid_scope"),
    ),
    bcp(
        "response-type-error-before-sign-in",
        "An unknown response type is told before anybody has signed in.",
        EARLY,
        sign_in_unless(lambda error: error.error == "unsupported_response_type"),
    ),
    bcp(
        "missing-type-before-sign-in",
        "A missing response type is told before anybody has signed in.",
        EARLY,
        sign_in_unless(lambda error: "response_type" in error.description),
    ),
    bcp(
        "challenge-error-before-sign-in",
        "A malformed challenge is told before anybody has signed in.",
        EARLY,
        sign_in_unless(lambda error: "challenge" in error.description),
    ),
    bcp(
        "repetition-before-sign-in",
        "A repeated parameter is told before anybody has signed in.",
        EARLY,
        sign_in_unless(lambda error: "more than once" in error.description),
    ),
    bcp(
        "untrusted-client-followed",
        "Everybody is sent to untrusted redirect URIs at once.",
        ("4.11.2-untrusted-uri-not-followed",),
        plain("redirect_with_query", respond_at_once, CODE_RESPONSE),
        plain("redirect_error", redirect_error, ERROR_RESPONSE),
    ),
    bcp(
        "untrusted-client-followed-with-code",
        "With a code everybody is sent to untrusted redirect URIs at once.",
        ("4.11.2-untrusted-uri-not-followed",),
        plain("redirect_with_query", respond_at_once, CODE_RESPONSE),
    ),
    bcp(
        "untrusted-client-followed-with-error",
        "Who declines is sent to untrusted redirect URIs at once.",
        ("4.11.2-untrusted-uri-not-followed",),
        plain("redirect_error", redirect_error, ERROR_RESPONSE),
    ),
    bcp(
        "password-answered-with-307",
        "The request with the password is answered with 307.",
        (FORWARDED, NOT_307, SEE_OTHER),
        answered_with(307),
    ),
    bcp(
        "password-answered-with-308",
        "The request with the password is answered with 308.",
        (FORWARDED, SEE_OTHER),
        answered_with(308),
    ),
    bcp(
        "password-answered-with-307-on-errors",
        "Only where the request is wrong, the password goes along.",
        (FORWARDED, NOT_307, SEE_OTHER),
        answered_with(307, has_wrong_scope),
    ),
    bcp(
        "password-answered-with-307-on-success",
        "Only where the request is right, the password goes along.",
        (FORWARDED, NOT_307, SEE_OTHER),
        answered_with(307, is_right),
    ),
    bcp(
        "password-answered-with-301",
        "The request with the password is answered with 301.",
        (SEE_OTHER,),
        answered_with(301),
    ),
    bcp(
        "password-answered-with-302-on-errors",
        "Only where the request is wrong, the answer is 302.",
        (SEE_OTHER,),
        answered_with(302, has_wrong_scope),
    ),
)
