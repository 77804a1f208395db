"""Conformant servers that revoke in another way (RFC 7009), or not at all."""

import json
import re

from ..errors import OAuthError
from ..pipeline import Call, Response, Step, after, before, remove, replace, setting
from ..settings import ALL_ENDPOINTS
from ..steps import bearer
from ..steps.client_authentication import failed
from ..steps.forms import parse, read_form
from ..steps.transport import allow_methods
from ..variant import Variant

# Every requirement that the default server is tested for and that needs revocation.
REQUIREMENTS = (
    "rfc7009-2-refresh-token-revocation-supported",
    "rfc7009-2-access-token-revocation-supported",
    "rfc7009-2-post-accepted",
    "rfc7009-2-endpoint-url-without-fragment",
    "rfc7009-2-endpoint-url-is-https",
    "rfc7009-2-endpoint-served-over-tls",
    "rfc7009-2-other-transport-security",
    "rfc7009-2-plain-http-revokes-too",
    "rfc7009-2-http-uri-not-published",
    "rfc7009-2.1-form-encoded-body-accepted",
    "rfc7009-2.1-percent-encoded-token-decoded",
    "rfc7009-2.1-token-required",
    "rfc7009-2.1-hint-not-needed",
    "rfc7009-2.1-matching-hint-accepted",
    "rfc7009-2.1-wrong-hint-refresh-token-revoked",
    "rfc7009-2.1-wrong-hint-access-token-revoked",
    "rfc7009-2.1-hint-may-be-ignored",
    "rfc7009-2.1-defined-hint-values-understood",
    "rfc7009-2.1-client-authentication-accepted",
    "rfc7009-2.1-basic-credentials-form-decoded",
    "rfc7009-2.1-wrong-secret-revokes-nothing",
    "rfc7009-2.1-missing-secret-revokes-nothing",
    "rfc7009-2.1-credentials-checked-before-token",
    "rfc7009-2.1-foreign-access-token-survives",
    "rfc7009-2.1-foreign-refresh-token-survives",
    "rfc7009-2.1-failed-authentication-reported",
    "rfc7009-2.1-foreign-token-reported",
    "rfc7009-2.1-revoked-access-token-invalid",
    "rfc7009-2.1-revoked-refresh-token-invalid",
    "rfc7009-2.1-revocation-takes-effect-immediately",
    "rfc7009-2.1-revoked-token-stays-unusable",
    "rfc7009-2.1-propagation-window-small",
    "rfc7009-2.1-related-tokens-may-be-revoked",
    "rfc7009-2.1-refresh-revocation-ends-access-tokens",
    "rfc7009-2.1-access-revocation-may-end-refresh",
    "rfc7009-2.2-success-answered-with-200",
    "rfc7009-2.2-unknown-token-answered-with-200",
    "rfc7009-2.2-second-revocation-answered-with-200",
    "rfc7009-2.2-expired-token-answered-with-200",
    "rfc7009-2.2-invalid-hint-ignored",
    "rfc7009-2.2-invalid-hint-same-answer",
    "rfc7009-2.2.1-errors-are-json",
    "rfc7009-2.2.1-error-status",
    "rfc7009-2.2.1-error-code-defined",
    "rfc7009-2.2.1-missing-token-invalid-request",
    "rfc7009-2.2.1-failed-authentication-invalid-client",
    "rfc7009-2.2.1-basic-failure-challenged",
    "rfc7009-2.2.1-error-members-well-formed",
    "rfc7009-2.2.1-retry-after-on-503",
    "rfc7009-2.3-cors-may-be-supported",
    "rfc7009-2.3-jsonp-may-be-offered",
    "rfc7009-5-oversized-request-survived",
    "rfc7009-5-hint-flood-survived",
    "rfc7009-5-client-must-be-identified",
    "rfc7009-5-unknown-client-refused",
    "rfc7009-5-public-client-id-suffices",
    "rfc7009-5-token-must-belong-to-client",
    "rfc7009-5-certificate-can-be-validated",
)
# A function's name in JavaScript, qualified or not, in ASCII.
FUNCTION_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(?:\.[A-Za-z_$][A-Za-z0-9_$]*)*")


def refuse_access_token(call: Call) -> None:
    """RFC 7009 section 2.2.1: access tokens live until they expire, and clients are told so."""
    if call.token is not None and call.token.kind == "access_token":
        raise OAuthError("unsupported_token_type", "Access tokens can't be revoked.")


def revoke_grant_of_any_token(call: Call) -> None:
    """RFC 7009 section 2.1: the refresh token may end with an access token."""
    if call.token is not None:
        call.server.store.revoke_grant(call.token.grant)


def end_grant_of_bearer(call: Call) -> None:
    """As for revoke_grant_of_any_token."""
    call.server.store.revoke_grant(call.bearer.grant)


def answer_with_body(call: Call) -> Response:
    """RFC 7009 section 2.2: nobody reads the body, so it may say anything."""
    return Response(200, b'{"revoked": true}', [("Content-Type", "application/json")])


def check_unless_resource(call: Call) -> None:
    """RFC 7009 section 3: a resource reads a self-contained token itself, and takes it until it expires."""
    if not call.endpoint.startswith("resource."):
        bearer.check_token_active(call)
    elif not call.bearer.fresh:
        raise bearer.invalid_token()


# CORS


def answer_preflight(call: Call) -> Response | None:
    """Fetch standard: a browser asks before it sends a header that plain forms don't have."""
    if call.method != "OPTIONS" or call.header(b"access-control-request-method") is None:
        return None
    allowed = [("Access-Control-Allow-Methods", "POST"), ("Access-Control-Allow-Headers", "Authorization")]
    return Response(204, headers=allowed)


def allow_origin(call: Call) -> None:
    """Fetch standard: what isn't opened by cookies may be read by every origin."""
    if call.header(b"origin") is not None:
        call.response.put("Access-Control-Allow-Origin", "*")


# JSONP


def callback_of(call: Call) -> str | None:
    """The function that a script element's request names."""
    return parse(call.query_string).get("callback") if call.method == "GET" else None


def refuse_get_without_callback(call: Call) -> None:
    """RFC 7009 section 2.3: GET is for scripts only."""
    if call.method == "GET" and callback_of(call) is None:
        raise OAuthError("invalid_request", "The method is not allowed.", 405, [("Allow", "POST")])


def read_query_or_form(call: Call) -> None:
    """RFC 7009 section 2.3: a script element can send a query and nothing else."""
    if call.method == "GET":
        call.parameters = parse(call.query_string)
    else:
        read_form(call)


def refuse_bad_callback(call: Call) -> None:
    """RFC 7009 section 2.3: the qualified name of a function, and no other script."""
    callback = callback_of(call)
    if callback is not None and not FUNCTION_NAME.fullmatch(callback):
        raise OAuthError("invalid_request", "The callback is no function name.")


def refuse_secret_in_query(call: Call) -> None:
    """RFC 6749 section 2.3.1: no secret in a URL."""
    if call.method == "GET" and call.parameters.get("client_secret") is not None:
        raise OAuthError("invalid_request", "A client secret has no place in a URL.")


def call_back(call: Call) -> None:
    """RFC 7009 section 2.3: the answer is a call, with the error object if there is one."""
    callback = callback_of(call)
    if callback is not None and FUNCTION_NAME.fullmatch(callback):
        argument = json.dumps(call.answer) if call.answer else ""
        # A browser runs no script that comes with the status of an error.
        call.response = Response(200, f"{callback}({argument});".encode(), [("Content-Type", "text/javascript")])


methods_of_jsonp: Step = allow_methods("GET", "HEAD", "POST")


def refuse_body_credentials(call: Call) -> None:
    """RFC 6749 section 2.3.1: HTTP Basic has to be supported, credentials in the body are an option."""
    if call.parameters.get("client_secret") is not None:
        raise failed()


VARIANTS = (
    Variant(
        name="revocation-by-basic-only",
        says="The revocation endpoint takes clients by HTTP Basic alone, those that use the body elsewhere too.",
        edits=(before("revocation", "authenticate_client", refuse_body_credentials),),
    ),
    Variant(
        name="access-tokens-not-revocable",
        says="Access tokens live until they expire; only refresh tokens can be revoked.",
        edits=(
            after("revocation", "check_token_client", refuse_access_token),
            remove("revocation", "revoke_grant_of_refresh_token"),
        ),
        changes={
            "rfc7009-2-access-token-revocation-supported": "warned",
            "rfc7009-2.1-foreign-access-token-survives": "vacuous",
            "rfc7009-2.1-revoked-access-token-invalid": "vacuous",
            "rfc7009-2.1-refresh-revocation-ends-access-tokens": "vacuous",
            "rfc7009-2.2-expired-token-answered-with-200": "vacuous",
            "rfc7009-2.2.1-unsupported-token-type-error": "passed",
        },
    ),
    Variant(
        name="grant-ends-with-access-token",
        says="The revocation of an access token ends its refresh token as well.",
        edits=(
            replace("revocation", "revoke_grant_of_refresh_token", revoke_grant_of_any_token),
            after("token.delete", "end_bearer", end_grant_of_bearer),
        ),
    ),
    Variant(
        name="revocation-with-body",
        says="A revocation is answered with a JSON object.",
        edits=(replace("revocation", "answer_done", answer_with_body),),
    ),
    Variant(
        name="self-contained-access-tokens",
        says="Protected resources trust an access token until it expires, revoked or not.",
        edits=(replace("bearer", "check_token_active", check_unless_resource),),
        profile={"target": {"resource_checks_tokens": False}},
    ),
    Variant(
        name="revocation-over-tls-only",
        says="The host can't be reached over plain HTTP, so nothing is revoked there.",
        edits=(setting(revocation_over_http=False),),
        profile={"target": {"plain_http": None}},
        changes={"rfc7009-2-plain-http-revokes-too": "untested"},
    ),
    Variant(
        name="revocation-across-origins",
        says="Scripts of any origin may revoke tokens and read the answers.",
        edits=(
            before("revocation", "refuse_other_methods", answer_preflight),
            after("revocation.finish", "forbid_caching", allow_origin),
        ),
        profile={"features": {"revocation_cors": True, "revocation_cors_authorization": True}},
        changes={
            "rfc7009-2.3-cors-answer-readable": "passed",
            "rfc7009-2.3-cors-preflight-allows-post": "passed",
        },
    ),
    Variant(
        name="revocation-by-script",
        says="A script element can revoke a token, and has a function called with the outcome (JSONP).",
        edits=(
            replace("revocation", "refuse_other_methods", methods_of_jsonp),
            after("revocation", "refuse_other_methods", refuse_get_without_callback),
            replace("revocation", "read_form", read_query_or_form),
            after("revocation", "refuse_unreadable_parameters", refuse_bad_callback),
            after("revocation", "drop_empty_parameters", refuse_secret_in_query),
            before("revocation.finish", "forbid_caching", call_back),
        ),
        profile={"features": {"revocation_jsonp": True}},
        changes={
            "rfc7009-2.3-jsonp-get-revokes": "passed",
            "rfc7009-2.3-callback-wraps-success": "passed",
            "rfc7009-2.3-callback-receives-error": "passed",
            "rfc7009-2.3-callback-must-be-function-name": "passed",
        },
    ),
    Variant(
        name="no-revocation",
        says="Tokens can't be revoked.",
        edits=(setting(endpoints=tuple(name for name in ALL_ENDPOINTS if name != "revocation")),),
        changes=dict.fromkeys(REQUIREMENTS, "not applicable"),
    ),
)
