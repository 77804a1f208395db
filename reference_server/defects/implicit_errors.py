"""Breaches of RFC 6749 section 4.2.2.1: how an implicit request fails."""

from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, after, before, replace
from ..steps import authorization_request as request
from ..steps import authorization_response as response
from ..steps import consent, forms, token_response
from .conditions import asks_for_token, nothing, only, when
from .implicit_response import redirect_unencoded


def has_no_client(call: Call) -> bool:
    """An implicit request that names no known client."""
    return asks_for_token(call) and call.parameters.get("client_id") not in call.server.accounts.clients


def has_client(call: Call) -> bool:
    """An implicit request of a known client."""
    return asks_for_token(call) and not has_no_client(call)


def show_nothing(call: Call) -> Response:
    """Says by a status code alone what is wrong."""
    return Response(call.error.status)


def choose_unverified_uri(call: Call) -> None:
    """Decides where errors go before it knows whether that is right."""
    call.redirect_uri = call.parameters.get("redirect_uri")
    call.response_type = "token"


def deny_in_query(call: Call) -> None:
    """Takes the way of the code grant."""
    call.response_type = None
    consent.deny(call)


def redirect_faults_with_query(call: Call) -> Response:
    """Knows the fragment for denials only."""
    if call.error.error == "access_denied":
        return response.redirect_error(call)
    return response.redirect_with_query(call)


def redirect_with_error_twice(call: Call) -> Response:
    """Adds the error where another layer has added it before."""
    answer = response.redirect_with_fragment(call)
    answer.put("Location", f"{dict(answer.headers)['Location']}&error={call.error.error}")
    return answer


def deny_in_other_words(call: Call) -> None:
    """Has a code of its own for a denial."""
    raise OAuthError("user_cancelled", "The resource owner denied the request.")


def keep_first_of_repeated(call: Call) -> None:
    """Takes the first of several values, as a dictionary would."""
    firsts = tuple({name: (name, value) for name, value in reversed(call.parameters.pairs)}.values())
    call.parameters = changed(call.parameters, pairs=tuple(reversed(firsts)))


def call_repeated_invalid_scope(call: Call) -> None:
    """Joins what was sent twice, and then knows no such scope."""
    if any(call.parameters.count(name) > 1 for name, _ in call.parameters.pairs):
        call.answer["error"] = "invalid_scope"


def fail_at_undecodable(call: Call) -> None:
    """Lets the decoder's exception through to the handler of everything unexpected."""
    try:
        forms.refuse_unreadable_parameters(call)
    except OAuthError as error:
        raise OAuthError("server_error", "Something went wrong.") from error


def deny_barred_client(call: Call) -> None:
    """Has one code for everything that isn't allowed."""
    try:
        request.refuse_barred_client(call)
    except OAuthError as error:
        raise OAuthError("access_denied", error.description) from error


def call_scope_invalid_request(call: Call) -> None:
    """Has one code for everything that is wrong with a request."""
    if call.error.error == "invalid_scope":
        call.error.error = "invalid_request"


def stumble_over_nul(call: Call) -> Response | None:
    """Hands values to a library that takes no NUL, outside of what catches exceptions."""
    if any("\0" in value for _, value in call.parameters.pairs):
        return Response(500, b"Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
    return None


def put_error_with_scope(call: Call) -> None:
    """Writes the scope that it refuses into the code."""
    token_response.put_error(call)
    if call.error.error == "invalid_scope":
        call.answer["error"] = f'invalid_scope "{(call.parameters.get("scope") or "")[:5]}"'


def put_quoting_description(call: Call) -> None:
    """Quotes what it refuses."""
    scope = (call.parameters.get("scope") or "").encode("ascii", "replace").decode("ascii")
    call.answer["error_description"] = f'{call.error.description} It was "{scope}".'


def put_empty_description(call: Call) -> None:
    """Always has the parameter, and sometimes nothing to say."""
    call.answer["error_description"] = ""


def put_escaped_state(call: Call) -> None:
    """Encodes what is encoded again later."""
    if call.state is not None:
        call.answer["state"] = call.state.replace("&", "%26")


def with_error_uri(uri: str) -> tuple[Edit, ...]:
    """Tells the address of a page about the error, and gets it wrong."""

    def put_error_uri(call: Call) -> None:
        """Section 4.2.2.1: where to read more."""
        call.answer["error_uri"] = uri

    return (after("authorization.redirect_error", "put_error", only(asks_for_token, put_error_uri)),)


DEFECTS = (
    Defect(
        name="implicit-bad-redirect-uri-untold",
        says="An implicit request with a bad redirection URI ends at an empty page.",
        breaks=("rfc6749-4.2.2.1-owner-told-of-bad-redirect-uri",),
        edits=(
            replace(
                "authorization.page_error", "show_error_page", when(has_client, show_nothing, response.show_error_page)
            ),
        ),
    ),
    Defect(
        name="implicit-bad-client-untold",
        says="An implicit request by an unknown client ends at an empty page.",
        breaks=("rfc6749-4.2.2.1-owner-told-of-bad-client",),
        edits=(
            replace(
                "authorization.page_error",
                "show_error_page",
                when(has_no_client, show_nothing, response.show_error_page),
            ),
        ),
    ),
    Defect(
        name="implicit-error-to-unregistered-uri",
        says="That the redirection URI of an implicit request is unregistered is told to that very URI.",
        breaks=("rfc6749-4.2.2.1-no-redirect-to-bad-uri", "rfc6749-4.2.2.1-owner-told-of-bad-redirect-uri"),
        edits=(
            before("authorization.validate_client", "match_redirect_uri", only(asks_for_token, choose_unverified_uri)),
        ),
    ),
    Defect(
        name="implicit-error-for-unknown-client-redirected",
        says="That the client of an implicit request is unknown is told to the redirection URI in it.",
        breaks=("rfc6749-4.2.2.1-no-redirect-for-bad-client", "rfc6749-4.2.2.1-owner-told-of-bad-client"),
        edits=(
            before(
                "authorization.validate_client", "refuse_repeated_client_id", only(has_no_client, choose_unverified_uri)
            ),
        ),
    ),
    Defect(
        name="implicit-denial-in-query",
        says="The denial of an implicit request is told in the query.",
        breaks=("rfc6749-4.2.2.1-denial-in-the-fragment",),
        edits=(replace("decline", "deny", when(asks_for_token, deny_in_query, consent.deny)),),
    ),
    Defect(
        name="implicit-faults-in-query",
        says="What is wrong with an implicit request is told in the query.",
        breaks=("rfc6749-4.2.2.1-fault-in-the-fragment",),
        edits=(
            replace(
                "authorization.redirect_error",
                "redirect_error",
                when(asks_for_token, redirect_faults_with_query, response.redirect_error),
            ),
        ),
    ),
    Defect(
        name="implicit-error-unencoded",
        says="The fragment of an implicit error response is put together without encoding.",
        breaks=("rfc6749-4.2.2.1-fragment-form-encoded", "rfc6749-4.2.2.1-state-exact"),
        edits=(
            replace(
                "authorization.redirect_error",
                "redirect_error",
                when(asks_for_token, redirect_unencoded, response.redirect_error),
            ),
        ),
    ),
    Defect(
        name="implicit-error-twice",
        says="The fragment of an implicit error response has two errors.",
        breaks=("rfc6749-4.2.2.1-error-code-listed", "rfc6749-4.2.2.1-error-required"),
        edits=(
            replace(
                "authorization.redirect_error",
                "redirect_error",
                when(asks_for_token, redirect_with_error_twice, response.redirect_error),
            ),
        ),
    ),
    Defect(
        name="implicit-denial-code-of-its-own",
        says="The denial of an implicit request has an error code that no document knows.",
        breaks=("rfc6749-4.2.2.1-access-denied", "rfc6749-4.2.2.1-error-code-listed"),
        edits=(replace("decline", "deny", when(asks_for_token, deny_in_other_words, consent.deny)),),
    ),
    Defect(
        name="implicit-first-of-repeated",
        says="Of a parameter that an implicit request repeats, the first value counts.",
        breaks=("rfc6749-3.1-repeated-parameter-refused",),
        edits=(
            before(
                "authorization.validate_request",
                "refuse_repeated_parameters",
                only(asks_for_token, keep_first_of_repeated),
            ),
        ),
    ),
    Defect(
        name="implicit-repeated-is-invalid-scope",
        says="An implicit request that repeats a parameter fails with invalid_scope.",
        breaks=("rfc6749-4.2.2.1-repeated-parameter-invalid-request",),
        edits=(after("authorization.redirect_error", "put_error", only(asks_for_token, call_repeated_invalid_scope)),),
    ),
    Defect(
        name="implicit-undecodable-is-server-error",
        says="An implicit request that can't be decoded fails with server_error.",
        breaks=("rfc6749-4.2.2.1-malformed-invalid-request",),
        edits=(
            replace(
                "authorization.validate_request",
                "refuse_unreadable_parameters",
                when(asks_for_token, fail_at_undecodable, forms.refuse_unreadable_parameters),
            ),
        ),
    ),
    Defect(
        name="implicit-barred-client-denied",
        says="A client that may not use the implicit grant gets access_denied.",
        breaks=("rfc6749-4.2.2.1-unauthorized-client",),
        edits=(
            replace(
                "authorization.validate_request",
                "refuse_barred_client",
                when(asks_for_token, deny_barred_client, request.refuse_barred_client),
            ),
        ),
    ),
    Defect(
        name="implicit-scope-is-invalid-request",
        says="An implicit request with an invalid scope fails with invalid_request.",
        breaks=("rfc6749-4.2.2.1-invalid-scope",),
        edits=(before("authorization.redirect_error", "put_error", only(asks_for_token, call_scope_invalid_request)),),
    ),
    Defect(
        name="implicit-nul-breaks-server",
        says="A NUL in an implicit request is answered by status 500.",
        breaks=("rfc6749-4.2.2.1-server-error",),
        edits=(before("authorization.validate_request", "read_state", only(asks_for_token, stumble_over_nul)),),
    ),
    Defect(
        name="implicit-error-with-scope",
        says="The error of an implicit request with an invalid scope holds that scope in double quotes.",
        breaks=(
            "rfc6749-4.2.2.1-error-characters",
            "rfc6749-4.2.2.1-error-code-listed",
            "rfc6749-4.2.2.1-invalid-scope",
        ),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error",
                when(asks_for_token, put_error_with_scope, token_response.put_error),
            ),
        ),
    ),
    Defect(
        name="implicit-description-quotes",
        says="The error_description of an implicit error response repeats the scope that it is about.",
        breaks=("rfc6749-4.2.2.1-error-description-characters",),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error_description",
                when(asks_for_token, put_quoting_description, token_response.put_error_description),
            ),
        ),
    ),
    Defect(
        name="implicit-description-empty",
        says="The error_description of an implicit error response is empty.",
        breaks=("rfc6749-4.2.2.1-error-description-is-text",),
        edits=(
            replace(
                "authorization.redirect_error",
                "put_error_description",
                when(asks_for_token, put_empty_description, token_response.put_error_description),
            ),
        ),
    ),
    Defect(
        name="implicit-error-uri-is-no-page",
        says="The error_uri of an implicit error response names an error, but no page.",
        breaks=("rfc6749-4.2.2.1-error-uri-is-a-page",),
        edits=with_error_uri("urn:example:errors:implicit"),
    ),
    Defect(
        name="implicit-error-uri-malformed",
        says="The error_uri of an implicit error response is a template that was never filled in.",
        breaks=("rfc6749-4.2.2.1-error-uri-syntax",),
        edits=with_error_uri("https://server.example/errors/{error}"),
    ),
    Defect(
        name="implicit-error-uri-with-spaces",
        says="The error_uri of an implicit error response has spaces.",
        breaks=("rfc6749-4.2.2.1-error-uri-characters", "rfc6749-4.2.2.1-error-uri-syntax"),
        edits=with_error_uri("https://server.example/errors?text=something went wrong"),
    ),
    Defect(
        name="implicit-error-forgets-state",
        says="Implicit error responses bring no state.",
        breaks=(
            "rfc6749-4.2.1-state-comes-back",
            "rfc6749-4.2.2.1-state-required",
            "rfc6749-4.2.2.1-state-exact",
        ),
        edits=(
            replace("authorization.redirect_error", "put_state", when(asks_for_token, nothing, response.put_state)),
        ),
    ),
    Defect(
        name="implicit-error-state-encoded-twice",
        says="An ampersand in the state of an implicit request comes back encoded twice when it fails.",
        breaks=("rfc6749-4.2.2.1-state-exact", "rfc6749-4.2.2.1-fragment-form-encoded"),
        edits=(
            replace(
                "authorization.redirect_error", "put_state", when(asks_for_token, put_escaped_state, response.put_state)
            ),
        ),
    ),
)
