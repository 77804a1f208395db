"""Breaches that show after several steps in order only: each of them alone is harmless."""

import time

from ..defect import Defect
from ..pipeline import Call, after, before, replace
from ..steps import grant_authorization_code, grant_refresh_token, revocation


def _change(call: Call, statement: str, *values: object) -> None:
    call.server.store.connection.execute(statement, values)


def _count(call: Call, statement: str, *values: object) -> int:
    return int(call.server.store.connection.execute(statement, values).fetchone()[0])


def _refreshes(call: Call, grant: str) -> int:
    """How often a grant was refreshed."""
    return _count(call, "SELECT COUNT(*) FROM tokens WHERE grant_id = ? AND rotated_at IS NOT NULL", grant)


def _narrowed(call: Call) -> int:
    """How many access tokens of the grant have less than all of its scope."""
    statement = "SELECT COUNT(*) FROM tokens WHERE grant_id = ? AND kind = 'access_token' AND scope != ?"
    return _count(call, statement, call.grant.id, " ".join(call.grant.scope))


def revive_revoked(call: Call) -> None:
    """Takes the whole grant for good again."""
    _change(call, "UPDATE tokens SET revoked_at = NULL WHERE grant_id = ? AND kind = 'access_token'", call.grant.id)


def revive_expired(call: Call) -> None:
    """Moves the end of all access tokens of the grant."""
    statement = "UPDATE tokens SET expires_at = ? WHERE grant_id = ? AND kind = 'access_token'"
    _change(call, statement, time.time() + 3600, call.grant.id)


def keep_second_narrowing(call: Call) -> None:
    """Takes a second narrowing for the resource owner's will."""
    if _narrowed(call) >= 2:
        call.scope = call.scope[:1]


def refuse_after_second_narrowing(call: Call) -> None:
    """Takes a second narrowing for the end of the grant."""
    if _narrowed(call) >= 2:
        raise grant_authorization_code.invalid_grant("The refresh token is invalid.")


def widen_after_third_refresh(call: Call) -> None:
    """Has forgotten by then what was granted, and looks at what the client may have."""
    if _refreshes(call, call.grant.id) >= 2 and call.grant.username is not None:
        call.scope = call.client.scopes


def check_client_of_young_grant(call: Call) -> None:
    """Looks at the client until the second refresh."""
    if _refreshes(call, call.grant.id) < 2:
        grant_refresh_token.check_refresh_client(call)


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


def tell_scope_of_grant(call: Call) -> None:
    """Tells the scope of the grant, once it has been refreshed."""
    assert call.token is not None
    scope = call.token.grant.scope if _refreshes(call, call.token.grant.id) else call.token.scope
    call.answer["scope"] = " ".join(scope)


def believe_hint_about_refreshed(call: Call) -> None:
    """Looks for a token of a refreshed grant among those of the hinted kind alone."""
    revocation.find_token(call)
    hint = call.parameters.get("token_type_hint")
    if call.token is not None and hint not in (None, call.token.kind) and _refreshes(call, call.token.grant.id):
        call.token = None


DEFECTS = (
    Defect(
        name="refresh-revives-revoked-access-token",
        says="A refresh makes access tokens good again that the client has revoked.",
        breaks=("rfc7009-2.1-revoked-token-stays-unusable",),
        edits=(after("grant.refresh_token", "rotate", revive_revoked),),
        fuzz=True,
    ),
    Defect(
        name="refresh-revives-expired-access-token",
        says="A refresh makes expired access tokens of its grant good again.",
        breaks=("rfc7662-2.2-expired-token-inactive",),
        edits=(after("grant.refresh_token", "rotate", revive_expired),),
        fuzz=True,
    ),
    Defect(
        name="second-narrowing-sticks",
        says="After two refreshes with less scope the full grant doesn't come back.",
        breaks=("rfc6749-6-new-refresh-token-same-scope",),
        edits=(after("grant.refresh_token", "take_granted_scope", keep_second_narrowing),),
        fuzz=True,
    ),
    Defect(
        name="second-narrowing-ends-grant",
        says="After two refreshes with less scope the refresh token is refused.",
        breaks=("rfc6749-6-new-refresh-token-redeemable",),
        edits=(after("grant.refresh_token", "check_refresh_active", refuse_after_second_narrowing),),
        fuzz=True,
    ),
    Defect(
        name="third-refresh-widens-scope",
        says="From the third refresh on a grant has every scope that its client may have.",
        breaks=("rfc6749-6-scope-never-widened",),
        edits=(after("grant.refresh_token", "narrow_scope", widen_after_third_refresh),),
        fuzz=True,
    ),
    Defect(
        name="third-refresh-token-unbound",
        says="From the third refresh token of a grant on any client can use it.",
        breaks=("rfc6749-6-refresh-token-bound-to-client",),
        edits=(replace("grant.refresh_token", "check_refresh_client", check_client_of_young_grant),),
        fuzz=True,
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
        name="refreshed-token-told-with-full-scope",
        says="Introspection tells the scope of the whole grant of a token that a refresh has narrowed.",
        breaks=("rfc7662-2.2-scope-within-token",),
        edits=(replace("introspection.response", "put_scope", tell_scope_of_grant),),
        fuzz=True,
    ),
    Defect(
        name="wrong-hint-hides-refreshed-token",
        says="A token of a refreshed grant is not revoked when the hint names the other kind.",
        breaks=("rfc7009-2.1-wrong-hint-access-token-revoked", "rfc7009-2.1-wrong-hint-refresh-token-revoked"),
        edits=(replace("revocation", "find_token", believe_hint_about_refreshed),),
        fuzz=True,
    ),
)
