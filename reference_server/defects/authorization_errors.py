"""Breaches of RFC 6749 section 4.1.2.1: how a request for a code is refused."""

import html
from urllib.parse import urlencode

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, Step, after, before, named, replace
from ..steps.authorization_response import put_state, redirect, redirect_error, redirect_with_fragment
from ..steps.token_response import put_error
from .authorization_response import redirect_by_hand, redirect_with_raw_plus
from .conditions import Condition, asks_for_token, when


def not_implicit(call: Call) -> bool:
    """A request for a code, or one of which nobody knows."""
    return not asks_for_token(call)


def for_codes(new: Step, old: Step) -> Step:
    """Another step for all but implicit requests."""
    return when(not_implicit, new, old)


# Where errors go


def redirect_to_unknown_clients_uri(call: Call) -> Response | None:
    """Tells the client whatever is wrong, even that it is unknown."""
    uri = call.parameters.get("redirect_uri")
    known = call.parameters.get("client_id") in call.server.accounts.clients
    if known or uri is None or call.method != "GET" or asks_for_token(call):
        return None
    call.answer = {"error": call.error.error}
    put_state(call)
    return redirect(call, uri + ("&" if "?" in uri else "?") + urlencode(call.answer))


def redirect_with_error_twice(call: Call) -> Response:
    """Adds the error once more at the end."""
    uri = call.redirect_uri or ""
    pairs = [*call.answer.items(), ("error", call.answer["error"])]
    return redirect(call, uri + ("&" if "?" in uri else "?") + urlencode(pairs))


def redirect_without_parameters(call: Call) -> Response:
    """Puts the error where the library's URI has its parsed query, and formats the one that was there as text."""
    return redirect(call, call.redirect_uri or "") if "?" in (call.redirect_uri or "") else redirect_error(call)


def fail_at_nul(call: Call) -> Response | None:
    """Hands text to a store that takes no NUL, and catches nothing."""
    if any("\0" in value for _, value in call.parameters.pairs):
        return Response(500, b"Internal Server Error", [("Content-Type", "text/plain")])
    return None


# Which code it is


def put_code_instead(code: str, instead_of: Condition) -> Step:
    """Another error code for some errors."""

    def put_other_error(call: Call) -> None:
        put_error(call)
        if instead_of(call) and not_implicit(call):
            call.answer["error"] = code

    return named("put_error", put_other_error)


def is_error(code: str, *, response_type: str | None = "") -> Condition:
    """Errors of one kind; only of requests with that response type if it is given."""

    def condition(call: Call) -> bool:
        fits = response_type == "" or call.parameters.get("response_type") == response_type
        return call.error.error == code and fits

    return condition


def repeats_parameter(call: Call) -> bool:
    """Whether something was sent twice."""
    return any(call.parameters.count(name) > 1 for name, _ in call.parameters.pairs)


def tell_user_agent_in_json(call: Call) -> Response | None:
    """Answers like an API where a value was an array, which then is no scope that it knows."""
    if not repeats_parameter(call):
        return None
    return Response(400, b'{"error": "invalid_scope"}', [("Content-Type", "application/json")])


def put_own_code(call: Call) -> None:
    """Uses codes of its own for what went wrong."""
    put_error(call)
    if repeats_parameter(call) and not_implicit(call):
        call.answer["error"] = "duplicate_parameter"


def put_error_with_value(call: Call) -> None:
    """Says in the code what wasn't understood."""
    put_error(call)
    if call.error.error == "unsupported_response_type":
        call.answer["error"] = f"unsupported_response_type: {call.parameters.get('response_type')}"


# What is said beside it


def describe_with_value(call: Call) -> None:
    """Repeats the value that was wrong."""
    if call.error.error == "invalid_scope" and not_implicit(call):
        call.answer["error_description"] = f"The scope {call.parameters.get('scope')} is invalid."


def describe_in_french(call: Call) -> None:
    """Speaks to people, not to a protocol."""
    if call.error.error == "access_denied" and not_implicit(call):
        call.answer["error_description"] = "L'utilisateur a refus\u00e9 l'acc\u00e8s."


def put_error_uri(uri: str) -> Step:
    """Names a page about errors of requests for codes."""

    def put_uri(call: Call) -> None:
        if not_implicit(call):
            call.answer["error_uri"] = uri

    return put_uri


def forget_state(call: Call) -> None:
    """Has no state at hand where errors are made."""


def put_escaped_state(call: Call) -> None:
    """Escapes for HTML what goes into a URI."""
    if call.state is not None:
        call.answer["state"] = html.escape(call.state)


def deny_without_state(call: Call) -> None:
    """Builds the answer to a denial anew, without everything."""
    call.state = None
    raise OAuthError("access_denied", "The resource owner denied the request.")


DEFECTS = (
    Defect(
        name="code-error-of-unknown-client-redirected",
        says="A request of a missing or unknown client is refused at the redirection URI that it names.",
        breaks=(
            "rfc6749-4.1.2.1-bad-client-id-not-redirected",
            "rfc6749-4.1.2.1-bad-client-id-shown",
        ),
        edits=(before("authorization.page_error", "show_error_page", redirect_to_unknown_clients_uri),),
    ),
    Defect(
        name="code-error-in-fragment",
        says="Errors of requests for a code go into the fragment.",
        breaks=("rfc6749-4.1.2.1-error-in-query",),
        edits=(
            replace(
                "authorization.redirect_error", "redirect_error", for_codes(redirect_with_fragment, redirect_error)
            ),
        ),
    ),
    Defect(
        name="code-error-with-raw-plus",
        says="A plus sign in state goes into the query of an error response as it is.",
        breaks=(
            "rfc6749-4.1.2.1-error-form-encoded",
            "rfc6749-4.1.2.1-error-state-unchanged",
        ),
        edits=(
            replace(
                "authorization.redirect_error", "redirect_error", for_codes(redirect_with_raw_plus, redirect_error)
            ),
        ),
    ),
    Defect(
        name="code-error-unencoded",
        says="Parameters of an error response go into the query as they are.",
        breaks=(
            "rfc6749-4.1.2.1-error-form-encoded",
            "rfc6749-4.1.2.1-error-state-unchanged",
        ),
        edits=(replace("authorization.redirect_error", "redirect_error", for_codes(redirect_by_hand, redirect_error)),),
    ),
    Defect(
        name="code-error-twice",
        says="An error response has error twice.",
        breaks=("rfc6749-4.1.2.1-error-code-listed",),
        edits=(
            replace(
                "authorization.redirect_error", "redirect_error", for_codes(redirect_with_error_twice, redirect_error)
            ),
        ),
    ),
    Defect(
        name="code-error-lost-beside-query",
        says="A redirection URI with a query of its own brings nothing of an error to the client.",
        breaks=(
            "rfc6749-4.1.1-state-included-on-return",
            "rfc6749-4.1.2.1-denial-access-denied",
            "rfc6749-4.1.2.1-denial-told-to-client",
        ),
        blocks=("rfc6749-4.1.2.1-error-keeps-redirect-query",),
        edits=(
            replace(
                "authorization.redirect_error", "redirect_error", for_codes(redirect_without_parameters, redirect_error)
            ),
        ),
    ),
    Defect(
        name="code-request-with-nul-breaks-server",
        says="A NUL in an authorization request is answered by a bare status 500.",
        breaks=("rfc6749-4.1.2.1-no-bare-server-error",),
        edits=(before("authorization", "validate_request", fail_at_nul),),
    ),
    Defect(
        name="code-error-of-its-own",
        says="A repeated parameter has an error code that no specification knows.",
        breaks=(
            "rfc6749-4.1.2.1-error-code-listed",
            "rfc6749-4.1.2.1-repeated-parameter-invalid-request",
        ),
        edits=(replace("authorization.redirect_error", "put_error", put_own_code),),
    ),
    Defect(
        name="repeated-parameter-told-in-json",
        says="A repeated parameter is told to the user agent, in JSON, and as invalid_scope.",
        breaks=(
            "rfc6749-4.1.2.1-other-failures-told-to-client",
            "rfc6749-4.1.2.1-repeated-parameter-invalid-request",
        ),
        edits=(before("authorization.error", "tell_client", tell_user_agent_in_json),),
    ),
    Defect(
        name="code-error-with-value",
        says="The error code holds the response type that was not understood.",
        breaks=(
            "rfc6749-4.1.2.1-error-characters",
            "rfc6749-4.1.2.1-error-code-listed",
            "rfc6749-4.1.2.1-unknown-type-unsupported-response-type",
        ),
        edits=(replace("authorization.redirect_error", "put_error", put_error_with_value),),
    ),
    Defect(
        name="missing-response-type-is-unsupported",
        says="A missing response type has the error unsupported_response_type.",
        breaks=("rfc6749-4.1.2.1-missing-parameter-invalid-request",),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error",
                put_code_instead("unsupported_response_type", is_error("invalid_request", response_type=None)),
            ),
        ),
    ),
    Defect(
        name="repeated-parameter-is-server-error",
        says="A repeated parameter has the error server_error.",
        breaks=("rfc6749-4.1.2.1-repeated-parameter-invalid-request",),
        edits=(
            replace("authorization.redirect_error", "put_error", put_code_instead("server_error", repeats_parameter)),
        ),
    ),
    Defect(
        name="barred-code-client-is-denied",
        says="A client that may not ask for codes gets the error access_denied.",
        breaks=("rfc6749-4.1.2.1-barred-client-unauthorized-client",),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error",
                put_code_instead("access_denied", is_error("unauthorized_client")),
            ),
        ),
    ),
    Defect(
        name="denied-code-is-invalid-request",
        says="A denial has the error invalid_request.",
        breaks=("rfc6749-4.1.2.1-denial-access-denied",),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error",
                put_code_instead("invalid_request", is_error("access_denied")),
            ),
        ),
    ),
    Defect(
        name="unknown-response-type-is-invalid-request",
        says="An unknown response type has the error invalid_request.",
        breaks=("rfc6749-4.1.2.1-unknown-type-unsupported-response-type",),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error",
                put_code_instead("invalid_request", is_error("unsupported_response_type")),
            ),
        ),
    ),
    Defect(
        name="refused-code-scope-is-invalid-request",
        says="An unknown or malformed scope has the error invalid_request.",
        breaks=("rfc6749-4.1.2.1-refused-scope-invalid-scope",),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error",
                put_code_instead("invalid_request", is_error("invalid_scope")),
            ),
        ),
    ),
    Defect(
        name="code-error-description-with-value",
        says="The error description repeats the scope that was refused.",
        breaks=(
            "rfc6749-4.1.2.1-error-description-characters",
            "rfc6749-4.1.2.1-error-description-is-text",
        ),
        edits=(after("authorization.redirect_error", "put_error_description", describe_with_value),),
    ),
    Defect(
        name="code-error-description-beyond-ascii",
        says="The description of a denial is not in ASCII.",
        breaks=(
            "rfc6749-4.1.2.1-error-description-characters",
            "rfc6749-4.1.2.1-error-description-is-text",
        ),
        edits=(after("authorization.redirect_error", "put_error_description", describe_in_french),),
    ),
    Defect(
        name="code-error-uri-is-no-page",
        says="The error URI names no web page.",
        breaks=("rfc6749-4.1.2.1-error-uri-names-page",),
        edits=(after("authorization.redirect_error", "put_error", put_error_uri("urn:example:error")),),
    ),
    Defect(
        name="code-error-uri-malformed",
        says="The error URI is no URI.",
        breaks=("rfc6749-4.1.2.1-error-uri-syntax",),
        edits=(after("authorization.redirect_error", "put_error", put_error_uri("https://server.example/100%-wrong")),),
    ),
    Defect(
        name="code-error-uri-with-space",
        says="The error URI has a space.",
        breaks=(
            "rfc6749-4.1.2.1-error-uri-characters",
            "rfc6749-4.1.2.1-error-uri-syntax",
        ),
        edits=(after("authorization.redirect_error", "put_error", put_error_uri("https://server.example/an error")),),
    ),
    Defect(
        name="code-error-without-state",
        says="Errors of requests for a code come without state.",
        breaks=(
            "rfc6749-4.1.1-state-included-on-return",
            "rfc6749-4.1.2.1-error-state-returned",
        ),
        edits=(replace("authorization.redirect_error", "put_state", for_codes(forget_state, put_state)),),
    ),
    Defect(
        name="denied-code-without-state",
        says="A denial comes without state.",
        breaks=(
            "rfc6749-4.1.1-state-included-on-return",
            "rfc6749-4.1.2.1-error-state-returned",
        ),
        edits=(replace("decline", "deny", deny_without_state),),
    ),
    Defect(
        name="code-error-with-escaped-state",
        says="The state beside an error is escaped for HTML.",
        breaks=("rfc6749-4.1.2.1-error-state-unchanged",),
        edits=(replace("authorization.redirect_error", "put_state", for_codes(put_escaped_state, put_state)),),
    ),
)
