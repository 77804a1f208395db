"""Breaches that show after several steps in order only: each of them alone is harmless."""

import time

from ..defect import Defect
from ..pipeline import Call, after, before, replace
from ..steps import grant_authorization_code, revocation


def _change(call: Call, statement: str, *values: object) -> None:
    call.server.store.connection.execute(statement, values)


def _count(call: Call, statement: str, *values: object) -> int:
    return int(call.server.store.connection.execute(statement, values).fetchone()[0])


def _refreshes(call: Call, grant: str) -> int:
    """How often a grant was refreshed."""
    return _count(call, "SELECT COUNT(*) FROM tokens WHERE grant_id = ? AND rotated_at IS NOT NULL", grant)


def revive_expired(call: Call) -> None:
    """Moves the end of all access tokens of the grant."""
    statement = "UPDATE tokens SET expires_at = ? WHERE grant_id = ? AND kind = 'access_token'"
    _change(call, statement, time.time() + 3600, call.grant.id)


def forget_code_of_revoked_token(call: Call) -> None:
    """Takes a code for unused whose access token has been given back."""
    assert call.code is not None
    statement = "SELECT COUNT(*) FROM tokens WHERE grant_id = ? AND revoked_at IS NOT NULL"
    if _count(call, statement, call.code.grant.id):
        _change(call, "UPDATE codes SET used_at = NULL WHERE hash = ?", call.code.hash)
        grant_authorization_code.find_code(call)


def check_client_of_first_tokens(call: Call) -> None:
    """Knows the client of those tokens only that came with the grant."""
    if call.token is not None and call.token.kind == "access_token" and _refreshes(call, call.token.grant.id):
        return
    revocation.check_token_client(call)


def end_others_too(call: Call) -> None:
    """Ends the newest token of all, once a refreshed grant gives one back."""
    if call.token is None or not _refreshes(call, call.token.grant.id):
        return
    statement = "SELECT hash FROM tokens JOIN grants ON id = grant_id WHERE client_id != ? AND kind = 'access_token' "
    row = call.server.store.connection.execute(
        statement + "ORDER BY issued_at DESC LIMIT 1", (call.token.grant.client_id,)
    ).fetchone()
    if row is not None:
        _change(call, "UPDATE tokens SET revoked_at = ? WHERE hash = ?", time.time(), row[0])


def step_back(call: Call) -> None:
    """Takes the revocation of a refresh token for the wish to have the one before it back."""
    if call.token is None or not _refreshes(call, call.token.grant.id):
        revocation.revoke_grant_of_refresh_token(call)
    elif call.token.kind == "refresh_token":
        call.server.store.revoke_token(call.token)
        ended = "UPDATE tokens SET revoked_at = 1 WHERE grant_id = ? AND kind = 'access_token'"
        _change(call, ended, call.token.grant.id)
        _change(call, "UPDATE tokens SET rotated_at = NULL WHERE grant_id = ?", call.token.grant.id)


def believe_hint_about_refreshed(call: Call) -> None:
    """Looks for a token of a refreshed grant among those of the hinted kind alone."""
    revocation.find_token(call)
    hint = call.parameters.get("token_type_hint")
    if call.token is not None and hint not in (None, call.token.kind) and _refreshes(call, call.token.grant.id):
        call.token = None


DEFECTS = (
    Defect(
        name="refresh-revives-expired-access-token",
        says="A refresh makes expired access tokens of its grant good again.",
        breaks=("rfc7662-2.2-exp-agrees-with-lifetime",),
        edits=(after("grant.refresh_token", "rotate", revive_expired),),
    ),
    Defect(
        name="code-good-again-after-revocation",
        says="A used code can be redeemed again once its access token has been revoked.",
        breaks=("rfc6749-4.1.2-reused-code-denied",),
        edits=(before("grant.authorization_code", "revoke_tokens_of_replayed_code", forget_code_of_revoked_token),),
        fuzz=True,
    ),
    Defect(
        name="refreshed-access-token-revoked-by-anybody",
        says="An access token that came of a refresh can be revoked by any client.",
        breaks=("rfc7009-2.1-foreign-access-token-survives",),
        edits=(replace("revocation", "check_token_client", check_client_of_first_tokens),),
        fuzz=True,
    ),
    Defect(
        name="revocation-after-refresh-ends-others-token",
        says="Revoking a token of a refreshed grant ends the newest access token of another client as well.",
        breaks=("robustness-2-others-unharmed",),
        edits=(after("revocation", "revoke_token", end_others_too),),
        fuzz=True,
    ),
    Defect(
        name="revocation-brings-replaced-refresh-token-back",
        says="Revoking a refresh token makes the one good again that it has replaced.",
        breaks=("robustness-2-ended-stays-ended",),
        edits=(replace("revocation", "revoke_grant_of_refresh_token", step_back),),
        fuzz=True,
    ),
    Defect(
        name="wrong-hint-hides-refreshed-token",
        says="A token of a refreshed grant is not revoked when the hint names the other kind.",
        breaks=("rfc7009-2.1-refresh-revocation-ends-access-tokens",),
        edits=(replace("revocation", "find_token", believe_hint_about_refreshed),),
    ),
)
