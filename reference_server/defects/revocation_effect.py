"""Breaches of RFC 7009 in what a revocation does, whatever is answered (sections 2 and 2.1)."""

from dataclasses import replace as changed

from ..defect import Defect
from ..pipeline import Call, Step, after, named, remove, replace
from ..steps.bearer import check_token_active

# The look at a revoked token that reaches the server that lags behind.
LAGGING_LOOK = 5


def revoke_kind(kind: str) -> Step:
    """Ends tokens of one kind only."""

    def revoke_token_of_kind(call: Call) -> None:
        """Section 2.1 has it for the token that was sent."""
        if call.token is not None and call.token.kind == kind:
            call.server.store.revoke_token(call.token)

    return named("revoke_token", revoke_token_of_kind)


def revoke_other_tokens(call: Call) -> None:
    """Ends the access tokens of a refresh token's grant, and leaves the grant and its refresh tokens."""
    if call.token is not None and call.token.kind == "refresh_token":
        call.server.store.connection.execute(
            "UPDATE tokens SET revoked_at = issued_at WHERE grant_id = ? AND kind = 'access_token'",
            (call.token.grant.id,),
        )


def toggle_token(call: Call) -> None:
    """Turns a flag over where it should set it."""
    if call.token is None:
        return
    if call.token.revoked_at is None:
        call.server.store.revoke_token(call.token)
    else:
        call.server.store.connection.execute("UPDATE tokens SET revoked_at = NULL WHERE hash = ?", (call.token.hash,))


def remember_token(call: Call) -> None:
    """Keeps a cache of the tokens that a resource has seen, and looks at nothing but their lifetime again."""
    times = count(call, "seen by a resource", call.bearer.hash) if call.endpoint.startswith("resource.") else 0
    if times <= 1 or not call.bearer.fresh:
        check_token_active(call)


def lag_behind(call: Call) -> None:
    """One of several servers has not heard of the revocation yet."""
    token = call.token
    if token is None or token.active or token.revoked_at is None:
        return
    if count(call, "looked at", token.hash) == LAGGING_LOOK:
        call.token = changed(token, revoked_at=None, grant=changed(token.grant, revoked_at=None))


def count(call: Call, what: str, token: bytes) -> int:
    """How often something has happened to a token, this time included."""
    connection, row = call.server.store.connection, (what, token)
    connection.execute("CREATE TABLE IF NOT EXISTS events (what TEXT, token BLOB)")
    connection.execute("INSERT INTO events VALUES (?, ?)", row)
    return int(connection.execute("SELECT count(*) FROM events WHERE what = ? AND token = ?", row).fetchone()[0])


DEFECTS = (
    Defect(
        name="revocation-does-nothing",
        says="A revocation is answered with success, and nothing is revoked.",
        breaks=(
            "rfc7009-2-access-token-revocation-supported",
            "rfc7009-2-post-accepted",
            "rfc7009-2-refresh-token-revocation-supported",
            "rfc7009-2.1-form-encoded-body-accepted",
            "rfc7009-2.1-revocation-takes-effect-immediately",
            "rfc7009-2.1-revoked-access-token-invalid",
            "rfc7009-2.1-revoked-refresh-token-invalid",
            "rfc7009-2.2.1-unsupported-token-type-error",
        ),
        blocks=(
            "rfc7009-2-plain-http-revokes-too",
            "rfc7009-2.1-basic-credentials-form-decoded",
            "rfc7009-2.1-client-authentication-accepted",
            "rfc7009-2.1-foreign-access-token-survives",
            "rfc7009-2.1-foreign-refresh-token-survives",
            "rfc7009-2.1-matching-hint-accepted",
            "rfc7009-2.1-missing-secret-revokes-nothing",
            "rfc7009-2.1-percent-encoded-token-decoded",
            "rfc7009-2.1-propagation-window-small",
            "rfc7009-2.1-refresh-revocation-ends-access-tokens",
            "rfc7009-2.1-revoked-token-stays-unusable",
            "rfc7009-2.1-wrong-hint-access-token-revoked",
            "rfc7009-2.1-wrong-hint-refresh-token-revoked",
            "rfc7009-2.1-wrong-secret-revokes-nothing",
            "rfc7009-2.2-invalid-hint-ignored",
            "rfc7009-2.2-success-answered-with-200",
            "rfc7009-5-client-must-be-identified",
            "rfc7009-5-hint-flood-survived",
            "rfc7009-5-oversized-request-survived",
            "rfc7009-5-public-client-id-suffices",
            "rfc7009-5-token-must-belong-to-client",
            "rfc7009-5-unknown-client-refused",
        ),
        edits=(
            remove("revocation", "revoke_token"),
            remove("revocation", "revoke_grant_of_refresh_token"),
        ),
    ),
    Defect(
        name="access-tokens-survive-revocation",
        says="The revocation of an access token is answered with success, and the token lives on.",
        breaks=(
            "rfc7009-2-access-token-revocation-supported",
            "rfc7009-2.1-revocation-takes-effect-immediately",
            "rfc7009-2.1-revoked-access-token-invalid",
            "rfc7009-2.2.1-unsupported-token-type-error",
        ),
        blocks=(
            "rfc7009-2.1-foreign-access-token-survives",
            "rfc7009-2.1-matching-hint-accepted",
            "rfc7009-2.1-refresh-revocation-ends-access-tokens",
            "rfc7009-2.1-wrong-hint-access-token-revoked",
            "rfc7009-2.2-invalid-hint-ignored",
            "rfc7009-2.2-success-answered-with-200",
        ),
        edits=(replace("revocation", "revoke_token", revoke_kind("refresh_token")),),
    ),
    Defect(
        name="refresh-tokens-survive-revocation",
        says="The revocation of a refresh token ends its access tokens, but not the token itself.",
        breaks=(
            "rfc7009-2-refresh-token-revocation-supported",
            "rfc7009-2.1-revocation-takes-effect-immediately",
            "rfc7009-2.1-revoked-refresh-token-invalid",
        ),
        blocks=(
            "rfc7009-2.1-foreign-refresh-token-survives",
            "rfc7009-2.1-matching-hint-accepted",
            "rfc7009-2.1-refresh-revocation-ends-access-tokens",
            "rfc7009-2.1-wrong-hint-refresh-token-revoked",
            "rfc7009-2.2-invalid-hint-ignored",
            "rfc7009-2.2-success-answered-with-200",
        ),
        edits=(
            replace("revocation", "revoke_token", revoke_kind("access_token")),
            replace("revocation", "revoke_grant_of_refresh_token", revoke_other_tokens),
        ),
    ),
    Defect(
        name="access-tokens-outlive-refresh-token",
        says="The access tokens of a grant live on when its refresh token is revoked.",
        breaks=("rfc7009-2.1-refresh-revocation-ends-access-tokens",),
        edits=(remove("revocation", "revoke_grant_of_refresh_token"),),
    ),
    Defect(
        name="second-revocation-revives-token",
        says="A second revocation undoes the first.",
        breaks=("rfc7009-2.1-revoked-token-stays-unusable",),
        edits=(replace("revocation", "revoke_token", toggle_token),),
    ),
    Defect(
        name="resources-remember-tokens",
        says="A protected resource goes on taking a revoked token that it has seen before.",
        breaks=(
            "rfc7009-2.1-refresh-revocation-ends-access-tokens",
            "rfc7009-2.1-revocation-takes-effect-immediately",
            "rfc7009-5-public-client-id-suffices",
        ),
        edits=(replace("bearer", "check_token_active", remember_token),),
    ),
    Defect(
        name="one-server-knows-no-revocations",
        says="One of several servers that answer introspection knows nothing of a revocation.",
        breaks=("rfc7009-2.1-propagation-window-small",),
        edits=(after("introspection", "find_token", lag_behind),),
    ),
)
