"""Breaches of RFC 6749 sections 4.2 and 4.2.1: how an implicit request is read, checked and decided."""

from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, before, replace
from ..rendering import message
from ..steps import authorization_request as request
from ..steps import consent
from .conditions import asks_for_token, nothing, only, when
from .grant_mistakes import demand_scope, demand_whole_scope


def refuse_public_client(call: Call) -> None:
    """Demands a client that could authenticate, in a flow where none does."""
    if not call.client.confidential:
        raise OAuthError("unauthorized_client", "The client has to be confidential.")


def sign_anybody_in(call: Call) -> None:
    """Makes do with the first account when a look-up by name finds none."""
    users = call.server.accounts.users
    if call.endpoint == "sign_in" and call.parameters.get("username") not in users:
        call.user = next(iter(users.values()))


def read_response_type_undecoded(call: Call) -> None:
    """Looks for the value in the query as it came in."""
    request.read_response_type(call)
    if call.method == "GET" and b"=token" not in call.query_string:
        call.response_type = call.query_string.decode("latin-1")


def suppose_response_type(call: Call) -> None:
    """Supposes an implicit request when it isn't told."""
    if call.parameters.count("response_type") == 0:
        call.response_type = "token"


def lower_response_type(call: Call) -> None:
    """Compares without case."""
    call.response_type = (call.response_type or "").lower() or None


def take_anything_but_code_for_token(call: Call) -> None:
    """An if for `code`, and an else."""
    if call.response_type != "code":
        call.response_type = "token"
    request.check_response_type(call)


def guess_client(call: Call) -> None:
    """Finds the client by its redirection URI when it isn't named."""
    uri = call.parameters.get("redirect_uri")
    if call.parameters.get("client_id") is None:
        ids = [client.client_id for client in call.server.accounts.clients.values() if uri in client.redirect_uris]
        pairs = (*call.parameters.pairs, *(("client_id", each) for each in ids[:1]))
        call.parameters = changed(call.parameters, pairs=pairs)
    request.require_client_id(call)


def require_redirect_uri_always(call: Call) -> None:
    """Takes an optional parameter for a required one."""
    if call.parameters.get("redirect_uri") is None:
        raise OAuthError("invalid_request", "The redirect_uri parameter is missing.")


def choose_first_redirect_uri(call: Call) -> None:
    """Answers at the first registered URI, whichever was sent."""
    call.redirect_uri = call.client.redirect_uris[0]


def match_beginning_of_redirect_uri(call: Call) -> None:
    """Compares as far as the registered URI goes."""
    sent = call.parameters.get("redirect_uri")
    if sent is not None and not sent.startswith(call.client.redirect_uris):
        raise OAuthError("invalid_request", "The redirect_uri parameter is not one of the client's.")


def require_state(call: Call) -> None:
    """Takes a recommended parameter for a required one."""
    if call.state is None:
        raise OAuthError("invalid_request", "The state parameter is missing.")


def say_goodbye(call: Call) -> Response:
    """Thinks that a denial ends the matter."""
    return message(200, "Denied", "You can close this page.")


DEFECTS = (
    Defect(
        name="implicit-for-confidential-clients-only",
        says="The implicit grant, which has no client authentication, wants a client that could authenticate.",
        breaks=("rfc6749-4.2-no-client-authentication", "rfc6749-4.2.1-response-type-token"),
        edits=(
            before(
                "authorization.validate_request", "refuse_barred_client", only(asks_for_token, refuse_public_client)
            ),
        ),
    ),
    Defect(
        name="implicit-without-sign-in",
        says="An implicit request is granted to whoever sits at the browser.",
        breaks=("rfc6749-4.2-resource-owner-present", "rfc6749-4.2.1-owner-authenticated"),
        edits=(
            replace("authorization", "sign_owner_in", when(asks_for_token, nothing, consent.sign_owner_in)),
            replace("authorization", "ask_owner", when(asks_for_token, nothing, consent.ask_owner)),
        ),
    ),
    Defect(
        name="sign-in-for-anybody",
        says="Whoever signs in with a name that nobody has is somebody.",
        breaks=("rfc6749-4.2.1-owner-authenticated",),
        edits=(before("resource_owner.password", "refuse_wrong_password", sign_anybody_in),),
    ),
    Defect(
        name="implicit-response-type-undecoded",
        says="The response_type of an implicit request is looked for in the query before that is decoded.",
        breaks=("rfc6749-4.2.1-query-form-encoded",),
        edits=(
            replace(
                "authorization.validate_request",
                "read_response_type",
                when(asks_for_token, read_response_type_undecoded, request.read_response_type),
            ),
        ),
    ),
    Defect(
        name="implicit-by-default",
        says="An authorization request without response_type is taken for an implicit one.",
        breaks=(
            "rfc6749-4.2.1-response-type-required",
            "rfc6749-4.2.1-required-parameters-present",
        ),
        edits=(before("authorization.validate_request", "require_response_type", suppose_response_type),),
    ),
    Defect(
        name="response-type-in-any-case",
        says="The response_type is compared without regard to case.",
        breaks=("rfc6749-4.2.1-response-type-exact",),
        edits=(before("authorization.validate_request", "require_response_type", lower_response_type),),
    ),
    Defect(
        name="implicit-for-anything-but-code",
        says="Every response_type other than code is taken for token.",
        breaks=(
            "rfc6749-4.2.1-response-type-exact",
            "rfc6749-4.2.1-required-parameters-valid",
        ),
        edits=(replace("authorization.validate_request", "check_response_type", take_anything_but_code_for_token),),
    ),
    Defect(
        name="implicit-client-guessed",
        says="An implicit request without client_id is served for the client that has registered its redirection URI.",
        breaks=(
            "rfc6749-4.2.1-client-id-required",
            "rfc6749-4.2.1-required-parameters-present",
            "rfc6749-4.2.2.1-owner-told-of-bad-client",
            "rfc6749-4.2.2.1-no-redirect-for-bad-client",
        ),
        edits=(
            replace(
                "authorization.validate_client",
                "require_client_id",
                when(asks_for_token, guess_client, request.require_client_id),
            ),
        ),
    ),
    Defect(
        name="implicit-redirect-uri-mandatory",
        says="An implicit request has to name the redirection URI even where just one is registered.",
        breaks=("rfc6749-4.2.1-redirect-uri-omitted",),
        edits=(
            replace(
                "authorization.validate_client",
                "require_redirect_uri",
                when(asks_for_token, require_redirect_uri_always, request.require_redirect_uri),
            ),
        ),
    ),
    Defect(
        name="implicit-first-redirect-uri",
        says="Implicit requests are answered at the client's first redirection URI, whichever they name.",
        breaks=("rfc6749-4.2.1-redirect-uri-followed",),
        edits=(
            replace(
                "authorization.validate_client",
                "choose_redirect_uri",
                when(asks_for_token, choose_first_redirect_uri, request.choose_redirect_uri),
            ),
        ),
    ),
    Defect(
        name="implicit-scope-mandatory",
        says="An implicit request without scope is an invalid request.",
        breaks=("rfc6749-4.2.1-scope-omitted",),
        edits=(before("scope", "check_scope_syntax", demand_scope("implicit")),),
    ),
    Defect(
        name="implicit-whole-scope-only",
        says="An implicit request for less than the client's whole scope is refused.",
        breaks=("rfc6749-4.2.1-scope-accepted",),
        edits=(before("scope", "check_scope_syntax", demand_whole_scope("implicit")),),
    ),
    Defect(
        name="implicit-state-mandatory",
        says="An implicit request without state is refused.",
        breaks=("rfc6749-4.2.1-state-omitted",),
        edits=(before("authorization.validate_request", "refuse_barred_client", only(asks_for_token, require_state)),),
    ),
    Defect(
        name="implicit-redirect-uri-by-beginning",
        says="Implicit requests may have any redirection URI that begins like a registered one.",
        breaks=(
            "rfc6749-4.2.1-redirect-uri-matches-registration",
            "rfc6749-4.2.2.1-no-redirect-to-bad-uri",
            "rfc6749-4.2.2.1-owner-told-of-bad-redirect-uri",
        ),
        edits=(
            replace(
                "authorization.validate_client",
                "match_redirect_uri",
                when(asks_for_token, match_beginning_of_redirect_uri, request.match_redirect_uri),
            ),
        ),
    ),
    Defect(
        name="implicit-despite-denial",
        says="The decision about an implicit request is asked for and not looked at.",
        breaks=(
            "rfc6749-4.2.1-owner-decides",
            "rfc6749-4.2.2.1-denial-in-the-fragment",
        ),
        edits=(replace("decline", "deny", when(asks_for_token, consent.answer_request, consent.deny)),),
    ),
    Defect(
        name="implicit-denial-ends-here",
        says="Who declines an implicit request stays at the authorization server.",
        breaks=(
            "rfc6749-4.2.1-user-agent-sent-back",
            "rfc6749-4.2.2.1-denial-in-the-fragment",
        ),
        edits=(replace("decline", "deny", when(asks_for_token, say_goodbye, consent.deny)),),
    ),
)
