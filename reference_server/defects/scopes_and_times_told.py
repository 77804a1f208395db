"""Breaches in what is told of some tokens only: by the answer that issues them, or by introspection."""

from ..defect import Defect
from ..pipeline import Call, Response, Step, before, named, replace
from ..steps.introspection import answer_inactive, put_client_id, put_exp, put_iat, put_scope, put_token_type
from ..steps.token_response import (
    answer_failed_authentication_with_401,
    challenge_basic,
    json_response,
    put_error_description,
    render_json_error,
)
from ..steps.token_response import put_scope as tell_scope
from .conditions import nothing, only, when

CODE, IMPLICIT = "authorization.code_response", "authorization.implicit_response"


def of_public_client(call: Call) -> bool:
    """A request of a client without a secret."""
    return not call.client.confidential


def cut_scope(call: Call) -> None:
    """Gives an app one thing at a time."""
    if of_public_client(call):
        call.scope = call.scope[:1]


def cut_scope_of(client_id: str) -> Step:
    """The same for one client."""
    return named("cut_scope", only(lambda call: call.client.client_id == client_id, cut_to_one))


def cut_to_one(call: Call) -> None:
    """Gives one thing at a time."""
    call.scope = call.scope[:1]


def tell_client_scope(call: Call) -> None:
    """Tells a client what it may ask for."""
    call.answer["scope"] = " ".join(call.client.scopes)


def tell_otherwise(client_id: str, tell: Step) -> Step:
    """Another `scope` for one client."""
    return named("put_scope", when(lambda call: call.client.client_id == client_id, tell, tell_scope))


def tell_whole_scope(call: Call) -> None:
    """Tells an app what it may ask for."""
    tell_scope(call)
    if of_public_client(call):
        call.answer["scope"] = " ".join(call.client.scopes)


def describes_public_token(call: Call) -> bool:
    """An answer about a token of a client without a secret."""
    return call.token is not None and not call.server.accounts.clients[call.token.grant.client_id].confidential


def put_wider_scope(call: Call) -> None:
    """Adds what every token has."""
    put_scope(call)
    call.answer["scope"] += " basic"


def put_other_client(call: Call) -> None:
    """Names the application that all apps belong to."""
    put_client_id(call)
    call.answer["client_id"] = "client-a"


def put_other_type(call: Call) -> None:
    """Names the kind of token where its type is asked for."""
    put_token_type(call)
    if "token_type" in call.answer:
        call.answer["token_type"] = "access_token"


def put_later_expiry(call: Call) -> None:
    """Counts an hour on."""
    put_exp(call)
    call.answer["exp"] += 3600


def put_moving_time(call: Call) -> None:
    """Takes each look at a token for its use, and its use for its issue."""
    put_iat(call)
    looks = f"looks at {call.token.hash.hex()}" if call.token is not None else ""
    call.answer["iat"] += 10 * call.server.met[looks]
    call.server.met[looks] += 1


def name_owner_of_replaced_token(call: Call) -> Response | None:
    """Says whose a refresh token was that has been replaced."""
    response = answer_inactive(call)
    if response is None or call.token is None or call.token.rotated_at is None:
        return response
    call.answer = {"active": False, "username": call.token.grant.username}
    return json_response(call)


def fails_as_guessed_at(call: Call) -> bool:
    """Somebody guesses the secret of a client."""
    named = (attempt.client_id or "" for attempt in call.attempts)
    return call.error.error == "invalid_client" and any(name.startswith("client-guessing") for name in named)


def answer_403(call: Call) -> None:
    """Takes a failed authentication for something forbidden."""
    answer_failed_authentication_with_401(call)
    if fails_as_guessed_at(call):
        call.error.status = 403


def render_with_mark(call: Call) -> Response:
    """Writes the text as some editors do."""
    response = render_json_error(call)
    response.body = b"\xef\xbb\xbf" + response.body
    return response


def describe_in_quotes(call: Call) -> None:
    """Puts into quotes what was wrong."""
    put_error_description(call)
    call.answer["error_description"] = 'The "client" is unknown.'


def link_with_space(call: Call) -> None:
    """Leads to a page whose name has a space in it."""
    put_error_description(call)
    call.answer["error_uri"] = "https://docs.example/failed authentication"


INTROSPECTION = "introspection.response"
DEFECTS = (
    Defect(
        name="scope-of-public-clients-cut-without-a-word",
        says="A public client is granted the first of the scopes asked for, and isn't told any.",
        breaks=("rfc6749-3.3-different-scope-reported",),
        edits=(
            before(CODE, "open_grant", cut_scope),
            replace("token.response", "put_scope", when(of_public_client, nothing, tell_scope)),
        ),
    ),
    Defect(
        name="scope-of-public-clients-overstated",
        says="A public client is told all scopes that it may ask for, whatever was granted.",
        breaks=("rfc6749-3.3-response-scope-is-true", "documented-flow-4-scope"),
        edits=(replace("token.response", "put_scope", named("put_scope", tell_whole_scope)),),
    ),
    *(
        Defect(
            name=f"implicit-scope-cut-{how}-{client_id}",
            says=f"An implicit request of {client_id} is granted the first of the scopes asked for; the answer {says}.",
            breaks=breaks,
            edits=(
                before(IMPLICIT, "open_grant", cut_scope_of(client_id)),
                replace(IMPLICIT, "put_scope", tell_otherwise(client_id, tell)),
            ),
        )
        for how, says, breaks, tell in (
            ("without-a-word", "tells none", ("rfc6749-4.2.2-scope-required-when-different",), nothing),
            ("and-overstated", "tells all", ("rfc6749-4.2.2-scope-is-the-tokens",), tell_client_scope),
        )
        for client_id in ("client-b", "client-public")
    ),
    Defect(
        name="introspection-widens-scope-of-public-clients",
        says="Introspection tells one scope too many of a public client's tokens.",
        breaks=("rfc7662-2.2-scope-within-token", "rfc6749-3.3-response-scope-is-true"),
        edits=(replace(INTROSPECTION, "put_scope", when(describes_public_token, put_wider_scope, put_scope)),),
    ),
    Defect(
        name="introspection-names-other-client-for-public-ones",
        says="Introspection names a confidential client for a public client's tokens.",
        breaks=("rfc7662-2.2-client-id-true",),
        edits=(replace(INTROSPECTION, "put_client_id", when(describes_public_token, put_other_client, put_client_id)),),
    ),
    Defect(
        name="introspection-tells-kind-as-type-for-public-clients",
        says="Introspection tells `access_token` as the type of a public client's tokens.",
        breaks=("rfc7662-2.2-token-type-true",),
        edits=(replace(INTROSPECTION, "put_token_type", when(describes_public_token, put_other_type, put_token_type)),),
    ),
    Defect(
        name="introspection-tells-later-expiry-for-public-clients",
        says="Introspection tells an hour more for a public client's tokens than their response did.",
        breaks=("rfc7662-2.2-exp-agrees-with-lifetime",),
        edits=(replace(INTROSPECTION, "put_exp", when(describes_public_token, put_later_expiry, put_exp)),),
    ),
    Defect(
        name="introspection-names-owner-of-replaced-tokens",
        says="The answer about a refresh token that was replaced names the resource owner.",
        breaks=(
            "rfc7662-5-identifiers-kept-from-unintended-parties",
            "rfc7662-4-inactive-answer-holds-active-alone",
        ),
        edits=(replace("introspection", "answer_inactive", named("answer_inactive", name_owner_of_replaced_token)),),
    ),
    Defect(
        name="iat-moves-with-each-look",
        says="Each introspection of a token tells a later time of issue.",
        breaks=("rfc7662-2.2-iat-agrees-with-issuance",),
        edits=(replace(INTROSPECTION, "put_iat", named("put_iat", put_moving_time)),),
    ),
    Defect(
        name="introspection-answers-403-to-guesses",
        says="A wrong secret of a client that is guessed at is answered with 403 at introspection.",
        breaks=("rfc7662-2.3-bad-client-credentials-401",),
        edits=(replace("introspection.error", "answer_failed_authentication_with_401", answer_403),),
    ),
    Defect(
        name="introspection-challenges-no-guesses",
        says="A wrong secret of a client that is guessed at isn't challenged at introspection.",
        breaks=("rfc7662-2.3-bad-client-credentials-challenged",),
        edits=(replace("introspection.error", "challenge_basic", when(fails_as_guessed_at, nothing, challenge_basic)),),
    ),
    Defect(
        name="byte-order-mark-before-errors-of-introspection",
        says="The JSON of an error at introspection begins with a byte order mark.",
        breaks=("rfc7662-2.3-bad-client-credentials-error-body",),
        edits=(replace("introspection.error", "render_json_error", named("render_json_error", render_with_mark)),),
    ),
    Defect(
        name="error-of-introspection-in-quotes",
        says="The description of an error at introspection has quotes in it.",
        breaks=("rfc7662-2.3-bad-client-credentials-error-body",),
        edits=(
            replace("introspection.error", "put_error_description", named("put_error_description", describe_in_quotes)),
        ),
    ),
    Defect(
        name="error-uri-of-introspection-with-space",
        says="The error_uri of an error at introspection has a space in it.",
        breaks=("rfc7662-2.3-bad-client-credentials-error-body",),
        edits=(
            replace("introspection.error", "put_error_description", named("put_error_description", link_with_space)),
        ),
    ),
)
