"""Breaches that show in the tokens of one grant after another step, or in those of two grants beside each other."""

import time

from ..defect import Defect
from ..pipeline import Call, after, replace
from ..steps import grant_authorization_code, grant_refresh_token
from ..steps.token_response import make_access_token


def _change(call: Call, statement: str, *values: object) -> None:
    call.server.store.connection.execute(statement, values)


def _found(call: Call, statement: str, *values: object) -> list[str]:
    return [str(row[0]) for row in call.server.store.connection.execute(statement, values)]


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


def tell_scope_of_grant(call: Call) -> None:
    """Tells the scope of the grant, once it has been refreshed."""
    assert call.token is not None
    scope = call.token.grant.scope if _refreshes(call, call.token.grant.id) else call.token.scope
    call.answer["scope"] = " ".join(scope)


def take_widest_scope(call: Call) -> None:
    """Looks for what the person has ever granted to the client."""
    statement = "SELECT scope FROM grants WHERE client_id = ? AND username = ?"
    granted = " ".join(_found(call, statement, call.grant.client_id, call.grant.username)).split()
    call.scope = tuple(dict.fromkeys((*call.grant.scope, *granted)))


def take_latest_scope(call: Call) -> None:
    """Looks for what the person has granted to the client last."""
    statement = "SELECT scope FROM grants WHERE client_id = ? AND username = ? ORDER BY rowid DESC LIMIT 1"
    latest = _found(call, statement, call.grant.client_id, call.grant.username)
    call.scope = tuple(" ".join(latest).split()) or call.grant.scope


def revive_other_grants(call: Call) -> None:
    """Takes a refresh for a sign that the person has come back."""
    statement = "UPDATE grants SET revoked_at = NULL WHERE client_id = ? AND username = ?"
    _change(call, statement, call.grant.client_id, call.grant.username)


def make_dead_token_after_revocation(call: Call) -> None:
    """Has the new access token share the end of the old one."""
    make_access_token(call)
    ended = "SELECT 1 FROM tokens WHERE grant_id = ? AND kind = 'access_token' AND revoked_at IS NOT NULL"
    if _found(call, ended, call.grant.id):
        live = "UPDATE tokens SET revoked_at = ? WHERE grant_id = ? AND kind = 'access_token' AND revoked_at IS NULL"
        _change(call, live, time.time(), call.grant.id)


def make_dead_token_beside_ended_grant(call: Call) -> None:
    """Has the new access token share the end of a newer grant by the same person."""
    make_access_token(call)
    newer = (
        "SELECT 1 FROM grants AS other JOIN grants AS own ON other.rowid > own.rowid AND"
        " other.client_id = own.client_id AND other.username = own.username"
        " WHERE own.id = ? AND other.revoked_at IS NOT NULL"
    )
    if _found(call, newer, call.grant.id):
        ended = "UPDATE tokens SET revoked_at = ? WHERE grant_id = ? AND kind = 'access_token'"
        _change(call, ended, time.time(), call.grant.id)


def forget_third_generation(call: Call) -> None:
    """Gives out a third refresh token that isn't stored."""
    used = "SELECT 1 FROM tokens WHERE grant_id = ? AND kind = 'refresh_token' AND rotated_at IS NOT NULL"
    if call.refresh_token is not None and len(_found(call, used, call.grant.id)) > 1:
        call.refresh_token += "x"


DEFECTS = (
    Defect(
        name="refresh-brings-scope-of-other-grants",
        says="A refresh brings every scope that the person ever granted to the client, in grants that ended too.",
        breaks=("rfc6749-6-scope-never-widened",),
        edits=(after("grant.refresh_token", "narrow_scope", take_widest_scope),),
    ),
    Defect(
        name="refresh-brings-scope-of-latest-grant",
        says="A refresh brings the scope of the grant that the resource owner gave to the client last.",
        breaks=("rfc6749-6-scope-never-widened",),
        edits=(replace("grant.refresh_token", "take_granted_scope", take_latest_scope),),
    ),
    Defect(
        name="refresh-revives-other-grants",
        says="A refresh makes other grants of the same person to the client good again that were ended.",
        breaks=("rfc7009-2.1-revoked-token-stays-unusable",),
        edits=(after("grant.refresh_token", "rotate", revive_other_grants),),
    ),
    Defect(
        name="refresh-after-revocation-brings-dead-token",
        says="Once its access token has been revoked, what a refresh brings is over from the start.",
        breaks=("rfc6749-6-refresh-issues-access-token",),
        edits=(replace("issue", "make_access_token", make_dead_token_after_revocation),),
    ),
    Defect(
        name="refresh-beside-ended-grant-brings-dead-token",
        says="Once a newer grant has ended, what a refresh of an older one brings is over from the start.",
        breaks=("rfc6749-6-refresh-issues-access-token",),
        edits=(replace("issue", "make_access_token", make_dead_token_beside_ended_grant),),
    ),
    Defect(
        name="third-refresh-token-void",
        says="The third refresh token of a grant is good for nothing.",
        breaks=("rfc6749-6-new-refresh-token-redeemable",),
        edits=(after("issue", "make_refresh_token", forget_third_generation),),
    ),
    Defect(
        name="refresh-revives-revoked-access-token",
        says="A refresh makes access tokens good again that the client has revoked.",
        breaks=("rfc7009-2.1-revoked-token-stays-unusable",),
        edits=(after("grant.refresh_token", "rotate", revive_revoked),),
    ),
    Defect(
        name="second-narrowing-sticks",
        says="After two refreshes with less scope the full grant doesn't come back.",
        breaks=("rfc6749-6-omitted-scope-is-full-grant",),
        edits=(after("grant.refresh_token", "take_granted_scope", keep_second_narrowing),),
    ),
    Defect(
        name="second-narrowing-ends-grant",
        says="After two refreshes with less scope the refresh token is refused.",
        breaks=("rfc6749-6-new-refresh-token-redeemable",),
        edits=(after("grant.refresh_token", "check_refresh_active", refuse_after_second_narrowing),),
    ),
    Defect(
        name="third-refresh-widens-scope",
        says="From the third refresh on a grant has every scope that its client may have.",
        breaks=("rfc6749-6-scope-never-widened",),
        edits=(after("grant.refresh_token", "narrow_scope", widen_after_third_refresh),),
    ),
    Defect(
        name="third-refresh-token-unbound",
        says="From the third refresh token of a grant on any client can use it.",
        breaks=("rfc6749-6-refresh-token-bound-to-client",),
        edits=(replace("grant.refresh_token", "check_refresh_client", check_client_of_young_grant),),
    ),
    Defect(
        name="refreshed-token-told-with-full-scope",
        says="Introspection tells the scope of the whole grant of a token that a refresh has narrowed.",
        breaks=("rfc7662-2.2-scope-within-token",),
        edits=(replace("introspection.response", "put_scope", tell_scope_of_grant),),
    ),
)
