"""Breaches that only odd input shows: none of it is what somebody would think of first."""

import asyncio
import re

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, named, replace
from ..steps.authorization_response import redirect_error, show_error_page
from ..steps.grant_refresh_token import find_refresh_token
from ..steps.revocation import RECOGNIZED as RECOGNIZED_BY_REVOCATION
from ..steps.revocation import find_token
from ..steps.token_response import put_error_description
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


async def try_every_way(call: Call) -> None:
    """Holds a redirect URI against a pattern that can take each colon in two ways, and tries them all."""
    longest = max(map(len, re.findall(":+", call.parameters.get("redirect_uri") or "")), default=0)
    await asyncio.sleep(min(0.6 * 2.0 ** (longest - 24), 3_600))


def jam(call: Call) -> None:
    """After broken escapes the decoder is left in a bad state: the next request is refused for it."""
    store = call.server.store
    if store.is_locked("decoder", 1, 60):
        store.forget_failures("decoder")
        raise OAuthError("invalid_request", "The request could not be read.")
    if call.parameters.unreadable:
        store.note_failure("decoder", 60)


def repeat_unknown(call: Call) -> None:
    """Says what came along that it didn't know, with a request that is refused."""
    put_error_description(call)
    for name, value in call.parameters.pairs:
        if name not in RECOGNIZED_BY_REVOCATION:
            call.answer["error_description"] = f"{call.answer.get('error_description', '')} {value} is unknown."


def show_method(call: Call) -> Response | None:
    """Shows which challenge method isn't supported, as it came, where it is no name of one."""
    method = call.parameters.get("code_challenge_method") or ""
    if "<" not in method:
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
        name="colons-double-the-time",
        says="Each colon more in a redirect URI doubles the time that the answer takes.",
        breaks=("robustness-1-answer-in-time",),
        edits=(before("authorization.validate_client", "match_redirect_uri", try_every_way),),
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
        name="unknown-parameter-repeated-in-description",
        says="Errors of the revocation endpoint repeat parameters that it doesn't know.",
        breaks=("rfc7009-2.2.1-error-members-well-formed",),
        edits=(replace("revocation.error", "put_error_description", named("put_error_description", repeat_unknown)),),
        fuzz=True,
    ),
    Defect(
        name="challenge-method-shown-unescaped",
        says="A code challenge method that is no name of one is shown on a page as it came.",
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
)
