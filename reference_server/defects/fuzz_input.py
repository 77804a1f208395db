"""Breaches that only odd input shows: none of it is what somebody would think of first."""

import asyncio
import re

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, named, replace
from ..steps.authorization_response import redirect_error, show_error_page
from ..steps.grant_refresh_token import find_refresh_token
from ..steps.introspection import find_token
from ..steps.revocation import RECOGNIZED as RECOGNIZED_BY_REVOCATION
from ..steps.token import RECOGNIZED
from ..steps.token_response import challenge_basic, put_error_description
from .security_input import with_text

MANY = 500
PATTERN_CHARACTERS = str.maketrans("", "", "%*?")


def trip_over_delete(call: Call) -> None:
    """Looks values up in a table of printable characters."""
    if any("\x7f" in value for _, value in call.parameters.pairs):
        raise KeyError("\x7f")


def compare_folded(call: Call) -> None:
    """Compares in one case, and takes for granted that a text in capitals is as long as it was."""
    token = call.parameters.get("token") or ""
    if len(token.upper()) != len(token):
        raise IndexError(token)


async def compare_each_with_each(call: Call) -> None:
    """Takes its time over many parameters."""
    if len(call.parameters.pairs) > MANY:
        await asyncio.sleep(3_600)


def jam(call: Call) -> None:
    """After broken escapes the decoder is left in a bad state: the next request is refused for it."""
    store = call.server.store
    if store.is_locked("decoder", 1, 60):
        store.forget_failures("decoder")
        raise OAuthError("invalid_request", "The request could not be read.")
    if call.parameters.unreadable:
        store.note_failure("decoder", 60)


def repeat_code(call: Call) -> None:
    """Tells which code it was, for whoever looks at the log."""
    put_error_description(call)
    code = call.parameters.get("code")
    if call.error.error == "invalid_grant" and code:
        call.answer["error_description"] += f" (code {code[:40]})"


def repeat_unknown(call: Call) -> None:
    """Says what came along that it didn't know, with a request that is refused."""
    put_error_description(call)
    for name, value in call.parameters.pairs:
        if name not in RECOGNIZED_BY_REVOCATION:
            call.answer["error_description"] = f"{call.answer.get('error_description', '')} {value} is unknown."


def challenge_three_times(call: Call) -> None:
    """Saves the challenge of every fourth failure in a row."""
    store = call.server.store
    if call.error.status == 401:
        store.note_failure("challenges", 60)
    if store.is_locked("challenges", 4, 60):
        store.forget_failures("challenges")
    else:
        challenge_basic(call)


def forget_challenges(call: Call) -> None:
    """A request that goes through ends the row."""
    if call.answer.get("access_token"):
        call.server.store.forget_failures("challenges")


def show_method(call: Call) -> Response | None:
    """Shows which challenge method isn't supported, as it came."""
    method = call.parameters.get("code_challenge_method") or ""
    if method in call.server.settings.pkce_methods or not method:
        return redirect_error(call)
    return with_text(show_error_page(call), f"The method {method} is not supported.")


def find_without_pattern(call: Call) -> None:
    """Takes the characters of patterns out, so that no lookup is misled by them."""
    pairs = call.parameters.pairs
    cleaned = tuple((name, value.translate(PATTERN_CHARACTERS)) for name, value in pairs if name == "refresh_token")
    call.parameters = type(call.parameters)((*cleaned, *(pair for pair in pairs if pair[0] != "refresh_token")))
    find_refresh_token(call)


def find_up_to_quote(call: Call) -> None:
    """Reads a token up to the first quote."""
    pairs = call.parameters.pairs
    cut = tuple((name, re.split("[\"']", value)[0] if name == "token" else value) for name, value in pairs)
    call.parameters = type(call.parameters)(cut)
    find_token(call)


def cache_what_is_unknown(call: Call) -> None:
    """Counts requests with parameters that it doesn't know as static content."""
    if any(name not in RECOGNIZED for name, _ in call.parameters.pairs):
        call.response.put("Cache-Control", "max-age=60")


DEFECTS = (
    Defect(
        name="delete-character-brings-token-endpoint-down",
        says="A delete character in any value of a token request is a server error.",
        breaks=("robustness-1-no-server-error",),
        edits=(after("token", "read_form", trip_over_delete),),
        fuzz=True,
    ),
    Defect(
        name="sharp-s-brings-introspection-down",
        says="A token with a letter that has no single capital is a server error at introspection.",
        breaks=("robustness-1-no-server-error",),
        edits=(before("introspection", "find_token", compare_folded),),
        fuzz=True,
    ),
    Defect(
        name="many-parameters-take-forever",
        says="A revocation request with hundreds of parameters gets no answer in time.",
        breaks=("robustness-1-answer-in-time",),
        edits=(before("revocation", "drop_empty_parameters", compare_each_with_each),),
        fuzz=True,
    ),
    Defect(
        name="broken-escapes-jam-introspection",
        says="After a request with broken escapes introspection refuses the next one, whatever it is.",
        breaks=("robustness-1-works-afterwards",),
        edits=(after("introspection", "read_form", jam),),
        fuzz=True,
    ),
    Defect(
        name="bad-code-repeated-in-description",
        says="The description of the error for a bad code repeats the code as it came.",
        breaks=("rfc6749-5.2-error-description-characters",),
        edits=(replace("token.error", "put_error_description", named("put_error_description", repeat_code)),),
        fuzz=True,
    ),
    Defect(
        name="unknown-parameter-repeated-in-description",
        says="Errors of the revocation endpoint repeat parameters that it doesn't know.",
        breaks=("rfc7009-2.2.1-error-members-well-formed",),
        edits=(replace("revocation.error", "put_error_description", named("put_error_description", repeat_unknown)),),
        fuzz=True,
    ),
    Defect(
        name="fourth-failure-unchallenged",
        says="Every fourth failed authentication in a row comes without a challenge.",
        breaks=("rfc6749-5.2-header-authentication-failed-challenge",),
        edits=(
            replace("token.error", "challenge_basic", named("challenge_basic", challenge_three_times)),
            after("token.response", "put_access_token", forget_challenges),
        ),
        fuzz=True,
    ),
    Defect(
        name="challenge-method-shown-unescaped",
        says="An unsupported code challenge method is shown on a page as it came.",
        breaks=("rfc6749-10.14-hostile-page-input-harmless",),
        edits=(replace("authorization.redirect_error", "redirect_error", named("redirect_error", show_method)),),
        fuzz=True,
    ),
    Defect(
        name="pattern-characters-dropped-from-refresh-token",
        says="Percent signs, asterisks and question marks in a refresh token are passed over.",
        breaks=("rfc6749-6-refresh-token-validated",),
        edits=(
            replace("grant.refresh_token", "find_refresh_token", named("find_refresh_token", find_without_pattern)),
        ),
        fuzz=True,
    ),
    Defect(
        name="token-read-up-to-quote",
        says="Introspection reads a token up to the first quote: whatever follows, it is active.",
        breaks=("rfc7662-2.2-unknown-token-inactive",),
        edits=(replace("introspection", "find_token", named("find_token", find_up_to_quote)),),
        fuzz=True,
    ),
    Defect(
        name="unknown-parameter-makes-token-cacheable",
        says="A token response may be cached if the request had a parameter that the server doesn't know.",
        breaks=("rfc6749-5.1-token-response-no-store",),
        edits=(after("token.finish", "forbid_caching", cache_what_is_unknown),),
        fuzz=True,
    ),
)
