"""Breaches of RFC 6749 section 4.1.1: authorization requests for a code, and what has to happen before there is one."""

from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, replace
from ..rendering import message
from ..secrets import keyed_hash
from ..steps import authorization_request as request
from ..steps import authorization_response as response
from ..steps import consent
from ..steps.forms import decode
from .conditions import asks_for_token


def asks_for_code(call: Call) -> bool:
    """A request for a code, as far as it can be read."""
    return call.parameters.get("response_type") == "code"


# Reading


def demand_order(call: Call) -> None:
    """Routes by a pattern that the query begins with."""
    if b"response_type=code" in call.query_string and not call.query_string.startswith(b"response_type="):
        raise OAuthError("invalid_request", "The request is malformed.")


def read_names_as_they_are(call: Call) -> None:
    """Decodes values, and takes names as they come."""
    request.read_request(call)
    if call.method == "GET" and not call.parameters.unreadable:
        raw = [part.partition("=") for part in call.query_string.decode("latin-1").split("&") if part]
        pairs = tuple((name, decode(value.encode("latin-1"))) for name, _, value in raw)
        call.parameters = changed(call.parameters, pairs=pairs)


def refuse_visitors(call: Call) -> Response | None:
    """Takes every link from another site for a forged request."""
    if call.method == "GET" and call.header(b"sec-fetch-site") == "cross-site":
        return message(403, "This link does not work", "Please open this page yourself.")
    return None


# Checking


def find_client_by_redirect_uri(call: Call) -> None:
    """Knows the client by its redirection URI where it isn't named."""
    uri = call.parameters.get("redirect_uri")
    if call.parameters.get("client_id") is None and asks_for_code(call):
        names = [client.client_id for client in call.server.accounts.clients.values() if uri in client.redirect_uris]
        added = tuple(("client_id", name) for name in names[:1])
        call.parameters = changed(call.parameters, pairs=(*call.parameters.pairs, *added))


def demand_redirect_uri(call: Call) -> None:
    """Wants a redirect_uri in every request for a code."""
    if call.parameters.get("redirect_uri") is None and asks_for_code(call):
        raise OAuthError("invalid_request", "The redirect_uri parameter is missing.")


def demand_state(call: Call) -> None:
    """Wants a state in every request."""
    if call.parameters.get("state") is None and not asks_for_token(call):
        raise OAuthError("invalid_request", "The state parameter is missing.")


def demand_choice_of_redirect_uris(call: Call) -> None:
    """Gives codes to clients with several redirection URIs only."""
    if asks_for_code(call) and len(call.client.redirect_uris) == 1:
        raise OAuthError("unauthorized_client", "The client may not ask for codes.")


# Signing in and deciding


async def answer_nobody(call: Call) -> Response | None:
    """Lets a browser without a session pass, as the first account."""
    if call.user is None and asks_for_code(call):
        call.user = next(iter(call.server.accounts.users.values()))
        return await consent.answer_request(call)
    return None


def remember_question(call: Call) -> None:
    """Stores a consent when the question is shown, and finds it when the same request comes again."""
    if call.user is None or call.consented or not asks_for_code(call):
        return
    store, asked = call.server.store, f"asked {call.parameters.pairs}"
    call.consented = store.has_consented(call.user.username, asked, call.scope)
    store.keep_consent(call.user.username, asked, call.scope)


def code_of(call: Call) -> str:
    """A code that is known before it is given: it follows from the request."""
    return keyed_hash(call.server.key, f"code {request.without_form_fields(call).pairs}").hex()


def show_consent_with_code(call: Call) -> Response | None:
    """Prepares the page with everything that is needed later."""
    page = consent.show_consent(call)
    if page is not None and asks_for_code(call):
        page.body += f"<!-- {code_of(call)} -->".encode()
    return page


def make_known_code(call: Call) -> None:
    """Gives the code that the page had."""
    response.make_code(call)
    store, code = call.server.store, code_of(call)
    if store.find_code(code) is None:
        store.connection.execute(
            "UPDATE codes SET hash = ? WHERE hash = ?",
            (keyed_hash(store.key, code), keyed_hash(store.key, call.answer["code"])),
        )
        call.answer["code"] = code


DEFECTS = (
    Defect(
        name="code-request-in-fixed-order",
        says="A request for a code has to begin with response_type.",
        breaks=("rfc6749-4.1.1-query-parameters-served",),
        edits=(before("authorization", "read_request", demand_order),),
    ),
    Defect(
        name="authorization-parameter-names-undecoded",
        says="Names of parameters in an authorization request are not decoded.",
        breaks=("rfc6749-4.1.1-form-encoding-decoded",),
        edits=(replace("authorization", "read_request", read_names_as_they_are),),
    ),
    Defect(
        name="visitors-from-other-sites-refused",
        says="A browser that comes from another site is turned away.",
        breaks=("rfc6749-4.1.1-redirected-user-agent-served",),
        edits=(before("authorization", "read_request", refuse_visitors),),
    ),
    Defect(
        name="code-client-found-by-redirect-uri",
        says="A request for a code that names no client is served for the client of its redirection URI.",
        breaks=(
            "rfc6749-4.1.1-client-id-required",
            "rfc6749-4.1.1-required-parameters-validated",
            "rfc6749-4.1.2.1-bad-client-id-not-redirected",
            "rfc6749-4.1.2.1-bad-client-id-shown",
        ),
        edits=(before("authorization.validate_client", "require_client_id", find_client_by_redirect_uri),),
    ),
    Defect(
        name="code-redirect-uri-mandatory",
        says="A request for a code without redirect_uri is refused, though just one is registered.",
        breaks=("rfc6749-4.1.1-omitted-redirect-uri-served",),
        blocks=("rfc6749-4.1.3-redirect-uri-not-owed",),
        edits=(before("authorization.validate_client", "require_redirect_uri", demand_redirect_uri),),
    ),
    Defect(
        name="code-state-mandatory",
        says="A request for a code without state is refused.",
        breaks=("rfc6749-4.1.1-omitted-state-served",),
        edits=(before("authorization.validate_request", "require_response_type", demand_state),),
    ),
    Defect(
        name="no-codes-for-single-redirect-uris",
        says="A client with one redirection URI gets no codes.",
        breaks=("rfc6749-4.1.1-response-type-code-served",),
        blocks=(
            "rfc6749-4.1.1-omitted-redirect-uri-served",
            "rfc6749-4.1.3-grant-type-served",
            "rfc6749-4.1.3-redirect-uri-not-owed",
        ),
        edits=(before("authorization.validate_request", "refuse_barred_client", demand_choice_of_redirect_uris),),
    ),
    Defect(
        name="code-without-sign-in",
        says="A browser in which nobody has signed in gets a code at once.",
        breaks=(
            "rfc6749-4.1.1-resource-owner-authenticated",
            "rfc6749-4.1.1-wrong-password-no-code",
        ),
        edits=(before("authorization", "sign_owner_in", answer_nobody),),
    ),
    Defect(
        name="consent-stored-when-asked",
        says="A request that waits for a decision is granted when it is sent once more.",
        breaks=("rfc6749-4.1.1-decision-before-code",),
        edits=(after("consent", "reuse_consent", remember_question),),
    ),
    Defect(
        name="code-on-the-consent-page",
        says="The page that asks for a decision has the code in a comment.",
        breaks=("rfc6749-4.1.1-decision-before-code",),
        edits=(
            replace("consent", "show_consent", show_consent_with_code),
            replace("authorization.code_response", "make_code", make_known_code),
        ),
    ),
)
