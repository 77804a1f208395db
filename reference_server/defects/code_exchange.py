"""Breaches of RFC 6749 sections 4.1.2 to 4.1.4: what a code is good for, for whom, how often and how long."""

import asyncio
import time
from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, Step, before, named, remove, replace
from ..secrets import keyed_hash
from ..steps.authorization_response import make_code
from ..steps.grant_authorization_code import check_code_client, find_code, invalid_grant, require_redirect_uri
from ..steps.token_response import put_error, render_json
from ..store import Grant
from .conditions import by_grant, only, when

BY_CODE = by_grant("authorization_code")
BEGINNING = 16
AN_HOUR = 3600


def bought_by(call: Call, kind: str) -> None:
    """Revokes tokens of one kind that were bought by a code."""
    call.server.store.connection.execute(
        "UPDATE tokens SET revoked_at = ? WHERE grant_id = ? AND kind = ?", (time.time(), call.code.grant.id, kind)
    )


# How long and how often


def check_code_lives_an_hour(call: Call) -> None:
    """Gives a slow client time."""
    lifetime = call.server.settings.code_lifetime
    if time.time() > call.code.expires_at - lifetime + AN_HOUR:
        raise invalid_grant("The authorization code has expired.")


def require_redirect_uri_of_several(call: Call) -> None:
    """Knows which one is meant where there is one, and forgets that the authorization request had it."""
    if len(call.client.redirect_uris) > 1:
        require_redirect_uri(call)


def use_code_again(call: Call) -> None:
    """Marks the code, and doesn't look whether it was marked before."""
    call.server.store.use_code(call.code)


async def use_code_later(call: Call) -> None:
    """Marks the code some time after it was looked at."""
    await asyncio.sleep(0.02)
    call.server.store.use_code(call.code)


def revoke_only(kind: str) -> Step:
    """Revokes one kind of token when a code comes twice."""

    def revoke_some_tokens(call: Call) -> None:
        if call.code.used_at is not None:
            bought_by(call, kind)

    return named("revoke_tokens_of_replayed_code", revoke_some_tokens)


# Which code


async def issue_without_code(call: Call) -> Response | None:
    """Has no branch for a code that isn't there."""
    return None if call.parameters.get("code") else await issue(call)


async def issue_for_unknown_code(call: Call) -> Response | None:
    """Takes a code that isn't found for one that was cleaned away."""
    code = call.parameters.get("code")
    return await issue(call) if code and call.server.store.find_code(code) is None else None


async def issue_for_token(call: Call) -> Response | None:
    """Keeps codes and tokens together, and doesn't look which of them comes."""
    token = call.server.store.find_token(call.parameters.get("code") or "")
    return await issue_for_grant(call, token.grant) if token is not None and token.active else None


async def issue_for_grant(call: Call, grant: Grant) -> Response | None:
    """Tokens for a grant, if it is one of the client that asks."""
    if grant.client_id != call.client.client_id:
        return None
    call.grant, call.scope = grant, grant.scope
    return await call.run("issue") or await call.run("token.response")


async def issue(call: Call) -> Response | None:
    """Tokens for the first account."""
    user = next(iter(call.server.accounts.users.values()))
    scope = (call.server.settings.default_user_scope,)
    return await issue_for_grant(call, call.server.store.open_grant(call.client.client_id, user.username, scope))


def make_code_with_index(call: Call) -> None:
    """Stores the beginning of the code as well, to find it faster."""
    make_code(call)
    store, code = call.server.store, call.answer["code"]
    store.connection.execute(
        "INSERT INTO codes SELECT ?, grant_id, redirect_uri, challenge, challenge_method, issued_at, expires_at,"
        " used_at FROM codes WHERE hash = ?",
        (keyed_hash(store.key, code[:BEGINNING]), keyed_hash(store.key, code)),
    )


def find_code_by_index(call: Call) -> None:
    """Looks no further than the beginning of a code that isn't found at once."""
    code = call.parameters.get("code") or ""
    if call.server.store.find_code(code) is None:
        pairs = tuple((name, value[:BEGINNING] if name == "code" else value) for name, value in call.parameters.pairs)
        call.parameters = changed(call.parameters, pairs=pairs)
    find_code(call)


# Whose code, and where it was sent


def is_public(call: Call) -> bool:
    """A client without a secret asks."""
    return not call.client.confidential


def is_confidential(call: Call) -> bool:
    """A client with a secret asks."""
    return call.client.confidential


def check_redirect_uri_is_registered(call: Call) -> None:
    """Compares with the registration, not with the request."""
    sent = call.parameters.get("redirect_uri")
    if sent is not None and sent not in call.client.redirect_uris:
        raise invalid_grant("The redirect_uri parameter is not one of the client's.")


def check_beginning_of_redirect_uri(call: Call) -> None:
    """Compares as far as the shorter one goes."""
    sent, expected = call.parameters.get("redirect_uri") or "", call.code.redirect_uri or ""
    if not (sent.startswith(expected) or expected.startswith(sent)):
        raise invalid_grant("The redirect_uri parameter differs from the authorization request.")


def check_redirect_uri_in_any_case(call: Call) -> None:
    """Compares without regard to letter case."""
    sent, expected = call.parameters.get("redirect_uri"), call.code.redirect_uri
    if sent is not None and expected is not None and sent.lower() != expected.lower():
        raise invalid_grant("The redirect_uri parameter differs from the authorization request.")


def demand_redirect_uri(call: Call) -> None:
    """Wants a redirect_uri in every exchange."""
    if call.parameters.get("redirect_uri") is None:
        raise OAuthError("invalid_request", "The redirect_uri parameter is missing.")


# Answers


def render_created(call: Call) -> Response:
    """Says that a token was created."""
    response = render_json(call)
    response.status = 201
    return response


def put_invalid_grant(call: Call) -> None:
    """Calls whatever goes wrong with a code a bad grant."""
    put_error(call)
    if call.error.error == "invalid_client":
        call.answer["error"] = "invalid_grant"


DEFECTS = (
    Defect(
        name="codes-never-expire",
        says="A code is good for ever.",
        breaks=(
            "rfc6749-4.1.2-code-expires",
            "rfc6749-4.1.2-code-lifetime-ten-minutes",
        ),
        edits=(remove("grant.authorization_code", "check_code_fresh"),),
    ),
    Defect(
        name="codes-live-for-an-hour",
        says="A code is good for an hour.",
        breaks=("rfc6749-4.1.2-code-lifetime-ten-minutes",),
        edits=(replace("grant.authorization_code", "check_code_fresh", check_code_lives_an_hour),),
    ),
    Defect(
        name="code-works-twice",
        says="A code can be exchanged more than once.",
        breaks=(
            "rfc6749-4.1.2-parallel-code-exchanges-one-succeeds",
            "rfc6749-4.1.2-reused-code-denied",
        ),
        edits=(
            remove("grant.authorization_code", "check_code_unused"),
            replace("grant.authorization_code", "consume_code", use_code_again),
        ),
    ),
    Defect(
        name="code-marked-too-late",
        says="Between looking whether a code was used and marking it as used there is time for another request.",
        breaks=("rfc6749-4.1.2-parallel-code-exchanges-one-succeeds",),
        edits=(replace("grant.authorization_code", "consume_code", use_code_later),),
    ),
    Defect(
        name="tokens-outlive-code-replay",
        says="A code that is presented twice is denied, but its tokens stay good.",
        breaks=(
            "rfc6749-4.1.2-reused-code-revokes-access-token",
            "rfc6749-4.1.2-reused-code-revokes-refresh-token",
        ),
        edits=(remove("grant.authorization_code", "revoke_tokens_of_replayed_code"),),
    ),
    Defect(
        name="access-token-outlives-code-replay",
        says="A code that comes again is denied, and its access token stays good.",
        breaks=("rfc6749-4.1.2-reused-code-revokes-access-token",),
        edits=(replace("grant.authorization_code", "revoke_tokens_of_replayed_code", revoke_only("refresh_token")),),
    ),
    Defect(
        name="refresh-token-outlives-code-replay",
        says="A code that comes again is denied, and its refresh token stays good.",
        breaks=("rfc6749-4.1.2-reused-code-revokes-refresh-token",),
        edits=(replace("grant.authorization_code", "revoke_tokens_of_replayed_code", revoke_only("access_token")),),
    ),
    Defect(
        name="missing-code-accepted",
        says="A code exchange without a code obtains a token.",
        breaks=("rfc6749-4.1.3-code-required",),
        edits=(before("grant.authorization_code", "require_code", issue_without_code),),
    ),
    Defect(
        name="unknown-code-accepted",
        says="A code exchange with an invented code obtains a token.",
        breaks=("rfc6749-4.1.3-invalid-code-refused",),
        edits=(before("grant.authorization_code", "find_code", issue_for_unknown_code),),
    ),
    Defect(
        name="access-token-works-as-code",
        says="A code exchange with an access token of the client obtains another one.",
        breaks=("rfc6749-4.1.3-invalid-code-refused",),
        edits=(before("grant.authorization_code", "find_code", issue_for_token),),
    ),
    Defect(
        name="code-compared-by-its-beginning",
        says="Only the beginning of a code is compared.",
        breaks=("rfc6749-4.1.3-invalid-code-refused",),
        edits=(
            replace("authorization.code_response", "make_code", make_code_with_index),
            replace("grant.authorization_code", "find_code", find_code_by_index),
        ),
    ),
    Defect(
        name="code-good-for-any-confidential-client",
        says="A client with a secret can exchange any client's code.",
        breaks=(
            "rfc6749-4.1.2-code-bound-to-client",
            "rfc6749-4.1.3-other-confidential-client-refused",
            "rfc6749-4.1.3-public-client-id-matches",
        ),
        edits=(replace("grant.authorization_code", "check_code_client", only(is_public, check_code_client)),),
    ),
    Defect(
        name="code-good-for-any-public-client",
        says="A client without a secret can exchange any client's code.",
        breaks=("rfc6749-4.1.3-public-client-id-matches",),
        edits=(replace("grant.authorization_code", "check_code_client", only(is_confidential, check_code_client)),),
    ),
    Defect(
        name="code-good-with-any-registered-redirect-uri",
        says="A code can be exchanged with another redirection URI of the client.",
        breaks=("rfc6749-4.1.2-code-bound-to-redirect-uri",),
        edits=(replace("grant.authorization_code", "check_redirect_uri", check_redirect_uri_is_registered),),
    ),
    Defect(
        name="exchange-compares-beginning-of-redirect-uri",
        says="Only the beginning of the redirection URI is compared when a code is exchanged.",
        breaks=(
            "rfc6749-4.1.2-code-bound-to-redirect-uri",
            "rfc6749-4.1.3-redirect-uri-identical",
        ),
        edits=(replace("grant.authorization_code", "check_redirect_uri", check_beginning_of_redirect_uri),),
    ),
    Defect(
        name="exchange-compares-redirect-uri-in-any-case",
        says="Letter case of the redirection URI doesn't matter when a code is exchanged.",
        breaks=("rfc6749-4.1.3-redirect-uri-identical",),
        edits=(replace("grant.authorization_code", "check_redirect_uri", check_redirect_uri_in_any_case),),
    ),
    Defect(
        name="exchange-without-redirect-uri",
        says="The redirection URI is compared only if it is sent when a code is exchanged.",
        breaks=("rfc6749-4.1.3-redirect-uri-required",),
        edits=(remove("grant.authorization_code", "require_redirect_uri"),),
    ),
    Defect(
        name="exchange-with-the-only-redirect-uri",
        says="Where a client has one redirection URI, that is put in for the one that a code exchange lacks.",
        breaks=("rfc6749-4.1.3-redirect-uri-required",),
        edits=(replace("grant.authorization_code", "require_redirect_uri", require_redirect_uri_of_several),),
    ),
    Defect(
        name="exchange-always-with-redirect-uri",
        says="A code exchange without redirect_uri is refused, though the authorization request had none.",
        breaks=("rfc6749-4.1.3-redirect-uri-not-owed",),
        edits=(replace("grant.authorization_code", "require_redirect_uri", demand_redirect_uri),),
    ),
    Defect(
        name="code-exchange-answers-created",
        says="A code exchange is answered by status 201.",
        breaks=("rfc6749-4.1.4-valid-exchange-issues-token",),
        edits=(replace("token.response", "render_json", when(BY_CODE, render_created, render_json)),),
    ),
    Defect(
        name="failed-authentication-of-exchange-is-invalid-grant",
        says="A code exchange with a wrong client secret has the error invalid_grant.",
        breaks=("rfc6749-4.1.4-failed-authentication-error",),
        edits=(replace("token.error", "put_error", when(BY_CODE, put_invalid_grant, put_error)),),
    ),
)
