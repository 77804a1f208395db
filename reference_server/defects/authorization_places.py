"""Breaches at the authorization endpoint that show for one way to ask only: by POST, with an empty parameter, for one
of several redirection URIs, by one kind of client."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Parameters, Response, Step, before, named, replace
from ..steps.authorization_request import match_redirect_uri, require_code_challenge
from ..steps.authorization_response import redirect, redirect_with_fragment, redirect_with_query
from ..steps.forms import drop_empty_parameters
from .conditions import asks_for_token
from .edges import keep_first
from .pending_requests import of_account, taken_from


def without(call: Call, name: str) -> Parameters:
    """The request without one parameter."""
    return Parameters(tuple(pair for pair in call.parameters.pairs if pair[0] != name), call.parameters.unreadable)


def is_posted(call: Call) -> bool:
    """A request that came by POST, and not from the page that asks."""
    return call.method == "POST" and call.decision.get("authorization_request") is None


# By POST


def reading_posted(name: str, value: Callable[[Call], str | None]) -> Step:
    """A request that came by POST has another value of a parameter, or (None) none."""

    def read_posted_otherwise(call: Call) -> None:
        if is_posted(call) and (new := value(call)) != call.parameters.get(name):
            added = () if new is None else ((name, new),)
            call.parameters = Parameters((*without(call, name).pairs, *added))

    return named("read_posted_otherwise", read_posted_otherwise)


def last_uri(call: Call) -> str | None:
    """The last redirection URI of the client, if the request names any."""
    client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
    sent = call.parameters.get("redirect_uri")
    return sent if client is None or sent not in client.redirect_uris else client.redirect_uris[-1]


def token_or_code(call: Call) -> str | None:
    """Forms are for codes."""
    return "token" if asks_for_token(call) else "code"


def no_state(call: Call) -> str | None:
    """The state is read in the query alone."""
    return None


# Empty ones


def stumble_over_empty_client(call: Call) -> None:
    """Counts on a name of one letter or more."""
    if ("client_id", "") in call.parameters.pairs:
        raise ValueError("empty")
    drop_empty_parameters(call)


def fill_in_redirect_uri(call: Call) -> None:
    """Takes an empty redirection URI for the first one that is registered."""
    if call.parameters.get("redirect_uri") == "":
        client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
        uri = client.redirect_uris[0] if client is not None and len(client.redirect_uris) > 1 else ""
        call.parameters = Parameters((*without(call, "redirect_uri").pairs, ("redirect_uri", uri)))
    drop_empty_parameters(call)


def refuse_empty_redirect_uri(call: Call) -> None:
    """Compares what was sent, if it is nothing."""
    if ("redirect_uri", "") in call.parameters.pairs:
        raise OAuthError("invalid_request", "The redirect_uri parameter is empty.")
    drop_empty_parameters(call)


# Redirection URIs


def with_slash(uri: str) -> str:
    """The URI as a directory."""
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(path=f"{parts.path}/"))


def redirect_to_directory(call: Call) -> Response:
    """Ends each path with a slash."""
    call.redirect_uri = with_slash(call.redirect_uri or "")
    return redirect_with_fragment(call) if asks_for_token(call) else redirect_with_query(call)


def refuse_query(call: Call) -> None:
    """Refuses redirection URIs with a query that names a tenant."""
    if "?tenant=" in (call.parameters.get("redirect_uri") or ""):
        raise OAuthError("invalid_request", "The redirect_uri parameter has a query.")
    match_redirect_uri(call)


def refuse_public(call: Call) -> None:
    """Has codes for clients with a secret alone."""
    require_code_challenge(call)
    if not call.client.confidential and call.response_type == "code":
        raise OAuthError("unauthorized_client", "The client may not use this response type.")


def take_first_of(name: str) -> Edit:
    """One parameter is read as often as it is needed: once."""

    def keep_first_value(call: Call) -> None:
        keep_first(name)(call)
        if name == "response_type":
            call.response_type = call.parameters.get(name)
        if name == "state":
            call.state = call.parameters.get(name)

    step = named(f"keep_first_{name}", keep_first_value)
    return before("authorization.validate_request", "refuse_repeated_parameters", step)


def redirect_as_in_a_page(call: Call) -> Response:
    """Writes the address as it would stand in a page."""
    return redirect(call, f"{call.redirect_uri}#{urlencode(call.answer).replace('&', '&amp;')}")


CODE, IMPLICIT = "authorization.code_response", "authorization.implicit_response"
DEFECTS = (
    *(
        Defect(
            name=f"first-of-repeated-{name.replace('_', '-')}-taken-at-authorization",
            says=f"The authorization endpoint takes the first of several {name} parameters.",
            breaks=("rfc6749-3.1-repeated-parameter-refused",),
            edits=(take_first_of(name),),
        )
        for name in ("response_type", "scope", "state", "code_challenge", "code_challenge_method")
    ),
    Defect(
        name="posted-request-answered-elsewhere",
        says="A request by POST is answered at the last redirection URI of its client.",
        breaks=("rfc6749-3.1-post-served-like-get",),
        edits=(before("authorization", "validate_client", reading_posted("redirect_uri", last_uri)),),
    ),
    Defect(
        name="posted-request-means-code",
        says="A request by POST is one for a code, whatever it says.",
        breaks=("rfc6749-3.1-post-served-like-get",),
        edits=(before("authorization", "validate_client", reading_posted("response_type", token_or_code)),),
    ),
    Defect(
        name="posted-state-lost",
        says="The state of a request by POST does not come back.",
        breaks=("rfc6749-3.1-post-served-like-get",),
        edits=(before("authorization", "validate_client", reading_posted("state", no_state)),),
    ),
    Defect(
        name="empty-client-id-breaks-server",
        says="An empty client_id is answered by status 500.",
        breaks=("rfc6749-3.1-empty-required-parameter-as-missing",),
        edits=(replace("authorization", "drop_empty_parameters", stumble_over_empty_client),),
    ),
    Defect(
        name="empty-redirect-uri-is-the-first",
        says="An empty redirect_uri is taken for the first of several.",
        breaks=("rfc6749-3.1-empty-optional-parameter-as-omitted",),
        edits=(replace("authorization", "drop_empty_parameters", fill_in_redirect_uri),),
    ),
    Defect(
        name="empty-redirect-uri-refused",
        says="An empty redirect_uri is refused, though there is one only.",
        breaks=("rfc6749-3.1-empty-optional-parameter-as-omitted",),
        edits=(replace("authorization", "drop_empty_parameters", refuse_empty_redirect_uri),),
    ),
    Defect(
        name="code-goes-to-a-directory",
        says="The browser is sent to the redirection URI with a slash at the end of its path, with the code.",
        breaks=("rfc6749-3.1.2-user-agent-returns-to-client", "rfc6749-4.1.1-granted-returns-to-client"),
        edits=(replace(CODE, "redirect_with_query", named("redirect_with_query", redirect_to_directory)),),
    ),
    Defect(
        name="implicit-goes-to-a-directory",
        says="The browser is sent to the redirection URI with a slash at the end of its path, with the token.",
        breaks=("rfc6749-4.2.1-user-agent-sent-back",),
        edits=(replace(IMPLICIT, "redirect_with_fragment", named("redirect_with_fragment", redirect_to_directory)),),
    ),
    Defect(
        name="implicit-fragment-written-as-in-a-page",
        says="The parameters of the fragment are separated as in the source of a page.",
        breaks=("rfc6749-4.2.2-fragment-survives-the-redirect",),
        edits=(replace(IMPLICIT, "redirect_with_fragment", named("redirect_with_fragment", redirect_as_in_a_page)),),
    ),
    Defect(
        name="redirect-uri-with-tenant-refused",
        says="A registered redirection URI with a plain query is refused.",
        breaks=("rfc6749-3.1.2-uri-with-query-served", "rfc6749-3.1.2.2-each-registered-uri-served"),
        edits=(replace("authorization.validate_client", "match_redirect_uri", refuse_query),),
    ),
    Defect(
        name="no-codes-for-public-clients",
        says="Clients without a secret get no codes.",
        breaks=("rfc6749-4.1.1-response-type-code-served",),
        edits=(replace("authorization.validate_request", "require_code_challenge", refuse_public),),
    ),
    Defect(
        name="last-page-of-person-decides-scope",
        says="What is approved is the scope of the last page that was shown to its owner, in whatever browser.",
        breaks=("rfc6749-3.3-scope-at-authorization-endpoint",),
        edits=taken_from(of_account, "last", "scope"),
    ),
)
