"""Conformant servers at which one request ends what others have brought: tokens, codes and sessions."""

import time

from ..pipeline import Call, after, before, replace, setting
from ..secrets import keyed_hash
from ..steps.grant_authorization_code import invalid_grant
from ..steps.token_response import access_token_lifetime, make_access_token
from ..variant import Variant

# Where a grant is opened, and where access tokens are made.
GRANT_OPENERS = (
    "grant.password",
    "grant.client_credentials",
    "grant.extension",
    "authorization.code_response",
    "authorization.implicit_response",
)
TOKEN_MAKERS = ("issue", "authorization.implicit_response")
TOKEN_ANSWERS = ("token.response", "authorization.implicit_response")


# A replay ends everything


def end_all_for_replayed_code(call: Call) -> None:
    """RFC 6749 section 4.1.2: what a stolen code has bought can't be told apart, so the client loses it all."""
    if call.code.used_at is not None:
        call.server.store.revoke_all_grants(call.code.grant)


def consume_code_or_end_all(call: Call) -> None:
    """RFC 6749 section 4.1.2: of two requests at the same moment, one wins; the other is a replay."""
    if not call.server.store.use_code(call.code):
        call.server.store.revoke_all_grants(call.code.grant)
        raise invalid_grant("The authorization code is invalid.")


def end_all_for_replayed_token(call: Call) -> None:
    """RFC 6749 section 10.4: the same for a refresh token that was replaced and comes again."""
    if call.token is not None and call.token.rotated_at is not None:
        call.server.store.revoke_all_grants(call.grant)


# A new grant ends the older tokens


def end_older_tokens(call: Call) -> None:
    """RFC 6749 section 1.5 leaves to the server how long tokens live: here until the next ones."""
    call.server.store.revoke_older_tokens(call.grant)


# A use ends the token


def end_used_token(call: Call) -> None:
    """RFC 6819 section 5.1.5.4: a token may be good for one request; whatever comes of it, it is over."""
    call.server.store.revoke_token(call.bearer)


# One token for all


def share_grant(call: Call) -> None:
    """RFC 6749 section 1.4: a token stands for an authorization; the same authorization is the same grant."""
    username = None if call.user is None else call.user.username
    store = call.server.store
    known = store.find_grant(call.client.client_id, username, call.scope)
    call.grant = known or store.open_grant(call.client.client_id, username, call.scope)


def reuse_access_token(call: Call) -> None:
    """RFC 6749 section 5.1 orders no new token: one that is good is handed out again until it ends.

    Section 6: a refresh asks for another one.
    """
    if call.grant_type == "refresh_token":
        make_access_token(call)
        return
    store, lifetime = call.server.store, access_token_lifetime(call)
    number, token = 0, None
    while token is None or not token.active:
        number += 1
        what = f"{call.grant.id} {' '.join(call.scope)} {lifetime} {number}"
        call.access_token = keyed_hash(call.server.key, what).hex()
        known = store.find_token(call.access_token)
        token = known or store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)


def put_seconds_left(call: Call) -> None:
    """RFC 6749 section 5.1: the lifetime counts from the answer, so of an older token less is left."""
    token = call.server.store.find_token(call.access_token)
    call.answer["expires_in"] = round(token.expires_at - time.time()) if token else 0


def put_first_issue(call: Call) -> None:
    """The documented API: the time at which this very token was made."""
    token = call.server.store.find_token(call.access_token)
    call.answer["created_at"] = int(token.issued_at) if token else 0


# Sessions


def end_session_after_redirect(call: Call) -> None:
    """RFC 6749 section 3.1 leaves open how owners are authenticated: here anew for each request."""
    if call.session_id is not None and 300 <= call.response.status < 400:
        call.server.store.end_session(call.session_id)


VARIANTS = (
    Variant(
        name="replay-ends-everything",
        says="A replayed code or refresh token ends all that the client has been granted by the same owner.",
        edits=(
            replace("grant.authorization_code", "revoke_tokens_of_replayed_code", end_all_for_replayed_code),
            replace("grant.authorization_code", "consume_code", consume_code_or_end_all),
            replace("grant.refresh_token", "detect_reuse", end_all_for_replayed_token),
        ),
    ),
    Variant(
        name="new-grant-ends-older-tokens",
        says="A client has the tokens of one grant for each owner: those of a new grant end the older ones.",
        edits=(
            after("issue", "make_refresh_token", end_older_tokens),
            after("authorization.implicit_response", "make_access_token", end_older_tokens),
        ),
    ),
    Variant(
        name="access-tokens-for-one-use",
        says="An access token is good for one request to a resource, or to token info.",
        edits=(after("bearer", "check_token_active", end_used_token),),
    ),
    Variant(
        name="one-token-until-it-expires",
        says="Client, owner and scope have one access token, which is handed out again until it ends.",
        edits=(
            *(replace(name, "open_grant", share_grant) for name in GRANT_OPENERS),
            *(replace(name, "make_access_token", reuse_access_token) for name in TOKEN_MAKERS),
            *(replace(name, "put_expires_in", put_seconds_left) for name in TOKEN_ANSWERS),
            replace("token.response", "put_created_at", put_first_issue),
        ),
    ),
    Variant(
        name="codes-live-30-seconds",
        says="An authorization code lives half a minute.",
        edits=(setting(code_lifetime=30),),
    ),
    Variant(
        name="session-ends-after-redirect",
        says="A session at the server ends with the redirect to the client: each request asks for sign-in.",
        edits=(before("authorization.finish", "forbid_caching", end_session_after_redirect),),
    ),
)
