"""Breaches of RFC 6749 section 3.3: how a scope is read, granted and told."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Step, after, before, remove, replace
from ..steps.scope import SCOPE, invalid_scope
from ..steps.token_response import put_scope
from .conditions import Condition, only


def at(endpoint: str) -> Condition:
    """Requests to one endpoint."""
    return lambda call: call.endpoint == endpoint


def asked_for(call: Call) -> list[str]:
    """The names in the request."""
    return (call.parameters.get("scope") or "").split()


def registered(call: Call) -> list[str]:
    """The names that the client may ask for."""
    settings = call.server.settings
    kind = settings.user_scopes if call.kind == "user" else settings.app_scopes
    return [name for name in kind if name in call.client.scopes]


# Reading


def demand_whole_registration(call: Call) -> None:
    """Compares what is asked for with the registration, which has to be equal."""
    if asked_for(call) and set(asked_for(call)) != set(registered(call)):
        raise invalid_scope("The scope is not the client's.")


def match_as_text(call: Call) -> None:
    """Looks the whole text up among single names and the text that the client was registered with."""
    asked = call.parameters.get("scope")
    if asked is not None and asked not in (*registered(call), " ".join(registered(call))):
        raise invalid_scope("The scope is unknown.")


def read_in_any_case(call: Call) -> None:
    """Makes the names small first."""
    call.scope = tuple(dict.fromkeys((call.parameters.get("scope") or "").lower().split()))


def demand_scope(call: Call) -> None:
    """Wants a scope, and calls it a missing parameter."""
    if call.parameters.get("scope") is None:
        raise OAuthError("invalid_request", "The scope parameter is missing.")


# Granting


def grant_first_only(call: Call) -> None:
    """Takes the first name of a list."""
    call.scope = call.scope[:1]


def known(call: Call) -> set[str]:
    """All names that the server defines."""
    return {*call.server.settings.user_scopes, *call.server.settings.app_scopes}


def tolerate(condition: str) -> Step:
    """Refuses unknown names but for some."""

    def refuse_some_unknown_scopes(call: Call) -> None:
        unknown = set(call.scope) - known(call)
        tolerated = {name for name in unknown if condition == "well formed" or not SCOPE.fullmatch(name)}
        if unknown - tolerated:
            raise invalid_scope("The scope is unknown.")

    return refuse_some_unknown_scopes


def refuse_known_of_other_kind(call: Call) -> None:
    """Refuses what is known to belong to the other kind of flow."""
    if (set(call.scope) & known(call)) - set(registered(call)):
        raise invalid_scope("The scope is not available in this flow.")


# Telling


def leave_scope_out(call: Call) -> None:
    """Thinks that the client knows what it asked for."""


def tell_scope_of_new_grants(call: Call) -> None:
    """Has told the client once, and doesn't look at what a refresh asks for."""
    if call.grant_type != "refresh_token":
        put_scope(call)


def tell_scope_that_was_asked_for(call: Call) -> None:
    """Answers a question about the scope, and says nothing where there was none."""
    if call.parameters.get("scope") or call.grant_type not in ("client_credentials", "password"):
        put_scope(call)


def put_scope_as_asked(call: Call) -> None:
    """Says what was asked for, as it was written."""
    call.answer["scope"] = call.parameters.get("scope") or " ".join(call.scope)


DEFECTS = (
    Defect(
        name="narrower-scope-refused-at-authorization",
        says="An authorization request has to ask for all of the client's scopes, or for none.",
        breaks=(
            "rfc6749-3.3-scope-at-authorization-endpoint",
            "rfc6749-4.1.1-scope-parameter-accepted",
        ),
        edits=(before("scope", "check_scope_syntax", only(at("authorization"), demand_whole_registration)),),
    ),
    Defect(
        name="narrower-scope-refused-at-token-endpoint",
        says="A token request has to ask for all of the client's scopes, or for none.",
        breaks=("rfc6749-3.3-scope-at-token-endpoint",),
        blocks=("rfc6749-3.3-each-scope-counts", "rfc6749-3.3-space-delimited-list-read"),
        edits=(before("scope", "check_scope_syntax", only(at("token"), demand_whole_registration)),),
    ),
    Defect(
        name="scope-matched-as-one-text",
        says="A list of scopes is known only as it was registered.",
        breaks=(
            "rfc6749-3.3-order-of-scopes-irrelevant",
            "rfc6749-3.3-space-delimited-list-read",
        ),
        edits=(before("scope", "check_scope_syntax", match_as_text),),
    ),
    Defect(
        name="first-scope-granted-and-told",
        says="Of several scopes the first is granted, and the answer tells so.",
        breaks=("rfc6749-3.3-order-of-scopes-irrelevant",),
        edits=(after("scope", "refuse_scope_beyond_client", grant_first_only),),
    ),
    Defect(
        name="first-scope-granted-silently",
        says="Of several scopes the first is granted, and no answer tells so.",
        breaks=(
            "rfc6749-3.3-different-scope-reported",
            "rfc6749-3.3-each-scope-counts",
        ),
        edits=(
            after("scope", "refuse_scope_beyond_client", grant_first_only),
            replace("token.response", "put_scope", leave_scope_out),
        ),
    ),
    Defect(
        name="first-scope-granted-all-told",
        says="Of several scopes the first is granted, and the answer tells all that were asked for.",
        breaks=(
            "rfc6749-3.3-each-scope-counts",
            "rfc6749-3.3-response-scope-is-true",
        ),
        edits=(
            after("scope", "refuse_scope_beyond_client", grant_first_only),
            replace("token.response", "put_scope", put_scope_as_asked),
        ),
    ),
    Defect(
        name="scope-echoed-as-written",
        says="Superfluous spaces in a scope are tolerated, and come back in the token response.",
        breaks=("rfc6749-3.3-response-scope-grammar",),
        edits=(
            remove("scope", "check_scope_syntax"),
            replace("token.response", "put_scope", put_scope_as_asked),
        ),
    ),
    Defect(
        name="scope-in-any-case",
        says="Scopes are compared without regard to letter case.",
        breaks=("rfc6749-3.3-case-differs-not-same",),
        edits=(replace("scope", "read_scope", read_in_any_case),),
    ),
    Defect(
        name="narrower-refresh-granted-in-full-silently",
        says="A refresh for a smaller scope brings the full one, and no answer to a refresh tells a scope.",
        breaks=("rfc6749-3.3-different-scope-reported",),
        edits=(
            remove("grant.refresh_token", "narrow_scope"),
            replace("token.response", "put_scope", tell_scope_of_new_grants),
        ),
    ),
    Defect(
        name="default-scope-untold",
        says="The answer to a request without scope tells none, though the token has a default scope.",
        breaks=("rfc6749-5.1-default-scope-told",),
        edits=(replace("token.response", "put_scope", tell_scope_that_was_asked_for),),
    ),
    Defect(
        name="malformed-scope-granted",
        says="A scope with characters that no scope has is granted when it is asked for.",
        breaks=(
            "rfc6749-3.3-malformed-scope-not-granted",
            "rfc6749-3.3-response-scope-grammar",
        ),
        edits=(
            remove("scope", "check_scope_syntax"),
            replace("scope", "refuse_unknown_scope", tolerate("malformed")),
            replace("scope", "refuse_scope_of_other_kind", refuse_known_of_other_kind),
            remove("scope", "refuse_scope_beyond_client"),
        ),
    ),
    Defect(
        name="omitted-scope-is-invalid-request-at-authorization",
        says="An authorization request without scope is refused with invalid_request.",
        breaks=("rfc6749-3.3-omitted-scope-at-authorization",),
        edits=(before("scope", "check_scope_syntax", only(at("authorization"), demand_scope)),),
    ),
)
