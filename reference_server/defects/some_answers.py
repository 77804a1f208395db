"""Breaches in one kind of answer only. No test asks for it by itself; what judges every answer of a run sees it."""

from ..defect import Defect
from ..pipeline import Call, Response, after, named, replace
from ..steps.authorization_response import put_state
from ..steps.introspection import put_exp
from ..steps.token import RECOGNIZED
from ..steps.token_response import (
    answer_failed_authentication_with_401,
    put_access_token,
    put_error_description,
    put_token_type,
    render_json,
    render_json_error,
)
from ..steps.transport import forbid_caching, forbid_old_caching
from .conditions import nothing, when


def asks_for_public_client(call: Call) -> bool:
    """A token request of a client without a secret."""
    return hasattr(call, "client") and not call.client.confidential


def narrows(call: Call) -> bool:
    """A refresh that asks for less."""
    return call.grant_type == "refresh_token" and call.parameters.get("scope") is not None


def in_the_body(call: Call) -> bool:
    """A request whose client authenticates in the body."""
    return any(attempt.method == "client_secret_post" for attempt in call.attempts)


def refuses_replay(call: Call) -> bool:
    """The refusal of a code that was used before."""
    return call.grant_type == "authorization_code" and hasattr(call, "code") and call.code.used_at is not None


def answer_403(call: Call) -> None:
    """Takes a replay for something forbidden."""
    answer_failed_authentication_with_401(call)
    if refuses_replay(call):
        call.error.status = 403


def repeat_code(call: Call) -> None:
    """Tells which code it was, for whoever looks at the log."""
    put_error_description(call)
    code = call.parameters.get("code")
    if call.error.error == "invalid_grant" and code:
        call.answer["error_description"] += f" (code {code[:40]})"


def cache_what_is_unknown(call: Call) -> None:
    """Counts requests with parameters that it doesn't know as static content."""
    if any(name not in RECOGNIZED for name, _ in call.parameters.pairs):
        call.response.put("Cache-Control", "max-age=60")


def quote_client(call: Call) -> None:
    """Says whose code it is, in quotes."""
    call.answer["error_description"] = f'The code was not issued to "{call.client.title}".'


def refuses_foreign_code(call: Call) -> bool:
    """The refusal of another client's code."""
    return hasattr(call, "code") and hasattr(call, "client") and call.code.grant.client_id != call.client.client_id


def quote_token_owner(call: Call) -> None:
    """Says whose token it is, in quotes."""
    call.answer["error_description"] = 'The token belongs to "somebody else".'


def refuses_foreign_token(call: Call) -> bool:
    """The refusal to revoke another client's token."""
    return call.endpoint == "revocation" and call.error.error == "unauthorized_client"


def render_with_mark(call: Call) -> Response:
    """Writes the text as some editors do."""
    response = render_json_error(call)
    response.body = b"\xef\xbb\xbf" + response.body
    return response


def refuses_refresh(call: Call) -> bool:
    """A refused refresh."""
    return call.grant_type == "refresh_token"


def render_as_text(call: Call) -> Response:
    """Forgets what kind of answer it is."""
    response = render_json(call)
    response.put("Content-Type", "text/html; charset=utf-8")
    return response


def put_exp_as_text(call: Call) -> None:
    """Tells a time as text."""
    put_exp(call)
    call.answer["exp"] = str(call.answer["exp"])


def describes_public_token(call: Call) -> bool:
    """An answer about a token of a client without a secret."""
    return call.token is not None and not call.server.accounts.clients[call.token.grant.client_id].confidential


def put_other_type(call: Call) -> None:
    """Names the type with a space in it."""
    call.answer["token_type"] = "bearer token"


def put_trimmed_state(call: Call) -> None:
    """Cuts what it gives back."""
    put_state(call)
    if "state" in call.answer:
        call.answer["state"] = call.answer["state"][:-1]


def refuses_client(call: Call) -> bool:
    """A refusal of a client that may not ask for this."""
    return call.error.error == "unauthorized_client"


def put_number(call: Call) -> None:
    """Hands out the number of a row in its database."""
    call.answer["access_token"] = 10**20 + call.server.met["row"]
    call.server.met["row"] += 1


DEFECTS = (
    Defect(
        name="narrowed-access-token-as-number",
        says="The answer to a refresh with a scope has a number for an access token.",
        breaks=("rfc6749-5.1-success-strings-as-strings",),
        edits=(replace("token.response", "put_access_token", when(narrows, put_number, put_access_token)),),
    ),
    Defect(
        name="bad-code-repeated-in-description",
        says="The description of the error for a bad code repeats the code as it came.",
        breaks=("rfc6749-5.2-error-description-characters", "rfc6749-A.8-token-error-description-characters"),
        edits=(replace("token.error", "put_error_description", named("put_error_description", repeat_code)),),
    ),
    Defect(
        name="unknown-parameter-makes-token-cacheable",
        says="A token response may be cached if the request had a parameter that the server doesn't know.",
        breaks=("rfc6749-5.1-token-response-no-store",),
        edits=(after("token.finish", "forbid_caching", cache_what_is_unknown),),
    ),
    Defect(
        name="public-clients-tokens-may-be-stored",
        says="Answers to public clients forget Cache-Control.",
        breaks=("rfc6749-5.1-token-response-no-store",),
        edits=(replace("token.finish", "forbid_caching", when(asks_for_public_client, nothing, forbid_caching)),),
    ),
    Defect(
        name="narrowed-tokens-may-be-cached",
        says="The answer to a refresh with a scope forgets Pragma.",
        breaks=("rfc6749-5.1-token-response-pragma-no-cache",),
        edits=(replace("token.finish", "forbid_old_caching", when(narrows, nothing, forbid_old_caching)),),
    ),
    Defect(
        name="replayed-code-answered-403",
        says="A code that comes again is answered with status 403.",
        breaks=("rfc6749-5.2-error-status-400",),
        edits=(replace("token.error", "answer_failed_authentication_with_401", answer_403),),
    ),
    Defect(
        name="foreign-code-description-quotes",
        says="The description of a refusal of another client's code holds double quotes.",
        breaks=("rfc6749-5.2-error-description-characters", "rfc6749-A.8-token-error-description-characters"),
        edits=(
            replace(
                "token.error",
                "put_error_description",
                when(refuses_foreign_code, quote_client, put_error_description),
            ),
        ),
    ),
    Defect(
        name="foreign-revocation-description-quotes",
        says="The description of a refusal to revoke another client's token holds double quotes.",
        breaks=("rfc7009-2.2.1-error-members-well-formed",),
        edits=(
            replace(
                "revocation.error",
                "put_error_description",
                when(refuses_foreign_token, quote_token_owner, put_error_description),
            ),
        ),
    ),
    Defect(
        name="byte-order-mark-before-refused-refreshes",
        says="The JSON of a refused refresh begins with a byte order mark.",
        breaks=("rfc6749-5.2-error-media-type-json",),
        edits=(
            replace("token.error", "render_json_error", when(refuses_refresh, render_with_mark, render_json_error)),
        ),
    ),
    Defect(
        name="narrowed-tokens-as-html",
        says="The answer to a refresh with a scope is called HTML.",
        breaks=("rfc6749-5.1-success-media-type-json",),
        edits=(replace("token.response", "render_json", when(narrows, render_as_text, render_json)),),
    ),
    Defect(
        name="expiry-of-public-clients-tokens-as-text",
        says="Introspection tells the expiry of a public client's tokens as text.",
        breaks=("rfc7662-2.2-exp-is-integer",),
        edits=(replace("introspection.response", "put_exp", when(describes_public_token, put_exp_as_text, put_exp)),),
    ),
    Defect(
        name="narrowed-token-type-of-two-words",
        says="The answer to a refresh with a scope has a token_type of two words.",
        breaks=("rfc6749-A.13-token-type-well-formed",),
        edits=(replace("token.response", "put_token_type", when(narrows, put_other_type, put_token_type)),),
    ),
    Defect(
        name="state-cut-for-barred-clients",
        says="A client that may not ask for codes gets back `state` without its last character.",
        breaks=("rfc6749-4.1.2.1-error-state-unchanged",),
        edits=(
            replace("authorization.redirect_error", "put_state", when(refuses_client, put_trimmed_state, put_state)),
        ),
    ),
)
