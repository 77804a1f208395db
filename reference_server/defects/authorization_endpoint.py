"""Breaches of RFC 6749 sections 3.1 and 3.1.1: how authorization requests are read, and who has to sign in for them."""

from dataclasses import replace as changed
from urllib.parse import quote

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, after, before, named, remove, replace
from ..steps.authorization_request import GRANT_OF_RESPONSE_TYPE, RECOGNIZED, match_redirect_uri
from ..steps.authorization_response import make_code, redirect_error, tell_client
from ..steps.forms import drop_empty_parameters
from ..steps.grant_authorization_code import invalid_grant
from ..steps.token_response import make_access_token, put_access_token

LONGEST_QUERY = 500


def take_any_session_for_signed_in(call: Call) -> None:
    """A browser with a session has been here before, so it is taken for the first user's."""
    if call.session_id is not None and call.user is None:
        call.user = next(iter(call.server.accounts.users.values()))


def sign_in_by_name(call: Call) -> None:
    """Finds the user and forgets to compare the password."""
    call.user = call.server.accounts.users.get(call.parameters.get("username") or "")
    if call.user is None:
        raise invalid_grant("The user name or password is wrong.")


def publish_authorization_endpoint(ending: str) -> Edit:
    """Metadata with something at the end of the authorization endpoint's URL."""

    def put_other_endpoint(call: Call) -> None:
        """Comes from a template that somebody filled in by hand."""
        call.answer["authorization_endpoint"] += ending

    return after("metadata", "put_endpoints", named("put_other_endpoint", put_other_endpoint))


def expect_own_parameter_first(call: Call) -> None:
    """A route that knows the requests by how their query begins."""
    name = call.query_string.partition(b"=")[0].decode("latin-1")
    if call.method == "GET" and name not in RECOGNIZED:
        raise OAuthError("invalid_request", "This is no authorization request.", 404)


def refuse_long_get(call: Call) -> None:
    """A proxy in front that wants longer requests as POST."""
    if call.method == "GET" and len(call.query_string) > LONGEST_QUERY:
        raise OAuthError("invalid_request", "The query is too long: use POST.", 414)


def match_redirect_uri_of_get(call: Call) -> None:
    """Checks the URI before the form is shown, and trusts what is posted."""
    if call.method == "GET":
        match_redirect_uri(call)


def code_for_empty_response_type(call: Call) -> None:
    """`response_type or "code"`, put where empty values are still there."""
    pairs = tuple(
        ("response_type", "code") if pair == ("response_type", "") else pair for pair in call.parameters.pairs
    )
    call.parameters = changed(call.parameters, pairs=pairs)


def refuse_empty_scope(call: Call) -> None:
    """Splits the scope before it drops empty values."""
    if call.parameters.get("scope") == "":
        raise OAuthError("invalid_scope", "The scope is malformed.")


def everything_for_empty_scope(call: Call) -> None:
    """Takes a scope field that was left blank for no restriction."""
    everything = " ".join(call.server.settings.user_scopes)
    pairs = tuple(
        (name, everything) if (name, value) == ("scope", "") else (name, value) for name, value in call.parameters.pairs
    )
    call.parameters = changed(call.parameters, pairs=pairs)


def drop_empty_parameters_but_state(call: Call) -> None:
    """Hands `state` back as it comes, even if nothing has come."""
    state = [pair for pair in call.parameters.pairs if pair == ("state", "")]
    drop_empty_parameters(call)
    call.parameters = changed(call.parameters, pairs=(*call.parameters.pairs, *state))


def refuse_unknown_parameters(call: Call) -> None:
    """A strict schema in front."""
    if call.method == "GET" and any(name not in RECOGNIZED for name, _ in call.parameters.pairs):
        raise OAuthError("invalid_request", "A parameter is not known.")


def redirect_error_with_two_descriptions(call: Call) -> Response:
    """Two layers each add their description."""
    response = redirect_error(call)
    location = dict(response.headers)["Location"]
    response.put("Location", f"{location}&error_description={quote(call.error.description)}")
    return response


def take_code_for_granted(call: Call) -> None:
    """The first response type is the default."""
    call.response_type = call.response_type or "code"


def add_access_token(call: Call) -> None:
    """Saves the client a request."""
    make_access_token(call)
    put_access_token(call)


def check_response_type_loosely(call: Call) -> None:
    """`if response_type == "token": ... else: ...`"""
    if call.response_type not in GRANT_OF_RESPONSE_TYPE:
        call.response_type = "code"
    call.grant_type = GRANT_OF_RESPONSE_TYPE[call.response_type or "code"]


def take_first_word_for_code(call: Call) -> None:
    """`response_type.startswith("code")`"""
    if (call.response_type or "").startswith("code "):
        call.response_type = "code"


def keep_from_client(*errors: str) -> Edit:
    """Some errors stay on a page, though client and redirect URI are good."""

    async def tell_client_of_other_errors(call: Call) -> Response | None:
        """Thinks that such a request can't have come from a client."""
        missing = call.response_type is None and call.error.error == "invalid_request"
        kind = "missing" if missing else call.error.error
        return None if kind in errors else await tell_client(call)

    return replace("authorization.error", "tell_client", tell_client_of_other_errors)


DEFECTS = (
    Defect(
        name="any-session-is-signed-in",
        says="Who comes back to the authorization endpoint with an anonymous session is taken for a user.",
        breaks=("rfc6749-3.1-resource-owner-signs-in-first",),
        edits=(after("authorization", "read_session", take_any_session_for_signed_in),),
    ),
    Defect(
        name="any-password-signs-in",
        says="The sign-in page takes any password.",
        breaks=("rfc6749-3.1-failed-sign-in-grants-nothing",),
        edits=(replace("sign_in", "verify_owner", sign_in_by_name),),
    ),
    Defect(
        name="authorization-endpoint-query-malformed",
        says="The authorization endpoint is published with a query that isn't form-encoded.",
        breaks=("rfc6749-3.1-endpoint-uri-query-form-encoded",),
        edits=(publish_authorization_endpoint("?share=100%"),),
    ),
    Defect(
        name="authorization-endpoint-with-fragment",
        says="The authorization endpoint is published with a fragment.",
        breaks=("rfc6749-3.1-endpoint-uri-no-fragment",),
        edits=(publish_authorization_endpoint("#authorize"),),
    ),
    Defect(
        name="authorization-query-must-begin-with-its-own",
        says="An authorization request is found only if a parameter of the protocol begins the query.",
        breaks=("rfc6749-3.1-endpoint-uri-query-kept",),
        edits=(before("authorization", "read_request", expect_own_parameter_first),),
    ),
    Defect(
        name="long-authorization-request-by-post-only",
        says="GET is refused for authorization requests of more than 500 characters.",
        breaks=("rfc6749-3.1-get-supported",),
        edits=(before("authorization", "read_request", refuse_long_get),),
    ),
    Defect(
        name="redirect-uri-unchecked-in-post",
        says="In an authorization request by POST any redirect URI is accepted.",
        breaks=("rfc6749-3.1-post-served-like-get",),
        edits=(replace("authorization.validate_client", "match_redirect_uri", match_redirect_uri_of_get),),
    ),
    Defect(
        name="empty-response-type-means-code",
        says="An empty response_type is taken for `code`.",
        breaks=("rfc6749-3.1-empty-required-parameter-as-missing",),
        edits=(before("authorization", "drop_empty_parameters", code_for_empty_response_type),),
    ),
    Defect(
        name="empty-authorization-scope-refused",
        says="An authorization request with an empty scope is refused, though one without it is served.",
        breaks=("rfc6749-3.1-empty-optional-parameter-as-omitted",),
        edits=(before("authorization", "drop_empty_parameters", refuse_empty_scope),),
    ),
    Defect(
        name="empty-authorization-scope-is-every-scope",
        says="An authorization request with an empty scope is for all scopes, one without it for the default scope.",
        breaks=("rfc6749-3.1-empty-optional-parameter-as-omitted",),
        edits=(before("authorization", "drop_empty_parameters", everything_for_empty_scope),),
    ),
    Defect(
        name="empty-state-comes-back",
        says="An empty state is sent back, as an empty state.",
        breaks=("rfc6749-3.1-empty-state-as-omitted",),
        edits=(replace("authorization", "drop_empty_parameters", drop_empty_parameters_but_state),),
    ),
    Defect(
        name="unknown-authorization-parameter-refused",
        says="An authorization request with a parameter that the server doesn't know is refused.",
        breaks=("rfc6749-3.1-endpoint-uri-query-kept", "rfc6749-3.1-unknown-parameter-ignored"),
        edits=(after("authorization", "read_request", refuse_unknown_parameters),),
    ),
    Defect(
        name="repeated-authorization-parameter-accepted",
        says="Of a parameter that comes twice to the authorization endpoint the first one counts.",
        breaks=("rfc6749-3.1-repeated-parameter-refused",),
        edits=(remove("authorization.validate_request", "refuse_repeated_parameters"),),
    ),
    Defect(
        name="error-description-twice",
        says="Errors come back to the client with two descriptions.",
        breaks=("rfc6749-3.1-response-parameters-once",),
        edits=(replace("authorization.redirect_error", "redirect_error", redirect_error_with_two_descriptions),),
    ),
    Defect(
        name="code-by-default",
        says="An authorization request without response_type is taken for one with `code`.",
        breaks=("rfc6749-3.1.1-missing-type-answered-by-error", "rfc6749-3.1.1-response-type-required"),
        edits=(replace("authorization.validate_request", "require_response_type", take_code_for_granted),),
    ),
    Defect(
        name="token-beside-code",
        says="The response type `code` brings an access token as well.",
        breaks=("rfc6749-3.1.1-code-asks-for-code",),
        edits=(after("authorization.code_response", "make_code", add_access_token),),
    ),
    Defect(
        name="code-beside-token",
        says="The response type `token` brings a code as well.",
        breaks=("rfc6749-3.1.1-token-asks-for-token",),
        edits=(after("authorization.implicit_response", "put_access_token", make_code),),
    ),
    Defect(
        name="unknown-response-type-means-code",
        says="A response type that the server doesn't have is taken for `code`.",
        breaks=(
            "rfc6749-1.9-response-type-values-exact",
            "rfc6749-3.1.1-invented-value-refused",
            "rfc6749-3.1.1-unknown-type-answered-by-error",
        ),
        edits=(replace("authorization.validate_request", "check_response_type", check_response_type_loosely),),
    ),
    Defect(
        name="response-type-by-first-word",
        says="`code token` is taken for `code`, `token code` is refused.",
        breaks=("rfc6749-3.1.1-composite-order-irrelevant",),
        edits=(before("authorization.validate_request", "check_response_type", take_first_word_for_code),),
    ),
    Defect(
        name="missing-response-type-kept-from-client",
        says="That response_type is missing is told on a page and not to the client.",
        breaks=("rfc6749-3.1.1-missing-type-answered-by-error",),
        edits=(keep_from_client("missing"),),
    ),
    Defect(
        name="unknown-response-type-kept-from-client",
        says="That a response type is unknown is told on a page and not to the client.",
        breaks=("rfc6749-3.1.1-unknown-type-answered-by-error",),
        edits=(keep_from_client("unsupported_response_type"),),
    ),
)
