"""Breaches of revocation that show with the tokens of some clients and people only."""

from dataclasses import dataclass

from ..defect import Defect
from ..pipeline import Call, named, replace
from ..steps.revocation import revoke_grant_of_refresh_token, revoke_token
from .conditions import Condition, only

LAST = "the last token that was revoked"


@dataclass(frozen=True, slots=True)
class Whose:
    """Tokens that are left alone, though their revocation is confirmed."""

    name: str
    says: str
    revoked: Condition  # those that are not left alone


def _row(call: Call, what: str) -> object:
    assert call.token is not None
    query = f"SELECT 1 FROM tokens WHERE grant_id = ? AND {what}"
    return call.server.store.connection.execute(query, (call.token.grant.id,)).fetchone()


WHOSE = (
    Whose("second-client", "a second client", lambda call: call.client.client_id != "client-b"),
    Whose("public-client", "a public client", lambda call: call.client.confidential),
    Whose("second-account", "a second person", lambda call: call.token is None or call.token.grant.username != "bob"),
    Whose("refresh", "a grant that was refreshed", lambda call: call.token is None or not _row(call, "rotated_at > 0")),
)
IMPLICIT = Whose(
    "implicit-grant",
    "the implicit grant",
    lambda call: call.token is None or not call.token.grant.username or bool(_row(call, "kind = 'refresh_token'")),
)
NARROWER = Whose(
    "narrower-refresh",
    "a refresh for less than was granted",
    lambda call: call.token is None or call.token.scope == call.token.grant.scope,
)
# No refresh token comes of the one, and none with less scope of the other.
OF_ACCESS_TOKENS = (IMPLICIT, NARROWER)
KINDS = ("access_token", "refresh_token")


def of_kind(kind: str, revoked: Condition) -> Condition:
    """Whether a token is revoked: it is of the other kind, or not one of those that are left alone."""
    return lambda call: call.token is None or call.token.kind != kind or revoked(call)


def revive_last(call: Call) -> None:
    """Has room for one token of each client in its list."""
    revoke_token(call)
    if call.token is None:
        return
    place = f"{LAST} of {call.client.client_id}"
    last = call.server.kept.get(place)
    if last is not None and last != call.token.hash.hex():
        connection = call.server.store.connection
        connection.execute("UPDATE tokens SET revoked_at = NULL WHERE hash = ?", (bytes.fromhex(last),))
    call.server.kept[place] = call.token.hash.hex()


DEFECTS = (
    *(
        Defect(
            name=f"revocation-void-for-{kind.replace('_', '-')}-of-{whose.name}",
            says=f"The revocation of an {kind.replace('_', ' ')} of {whose.says} is confirmed and does nothing.",
            breaks=(f"rfc7009-2.1-revoked-{kind.replace('_', '-')}-invalid",),
            edits=(
                replace("revocation", "revoke_token", only(of_kind(kind, whose.revoked), revoke_token)),
                replace(
                    "revocation",
                    "revoke_grant_of_refresh_token",
                    only(of_kind(kind, whose.revoked), revoke_grant_of_refresh_token),
                ),
            ),
        )
        for kind, whose in ((kind, whose) for kind in KINDS for whose in (*WHOSE, *OF_ACCESS_TOKENS))
        if kind == "access_token" or whose not in OF_ACCESS_TOKENS
    ),
    Defect(
        name="revocation-revives-the-last-token",
        says="Of the tokens that a client has revoked, the last one alone is over.",
        breaks=("rfc7009-2.1-revoked-token-stays-unusable",),
        edits=(
            replace("revocation", "revoke_token", named("revoke_token", revive_last)),
            replace(
                "revocation",
                "revoke_grant_of_refresh_token",
                only(lambda call: False, revoke_grant_of_refresh_token),
            ),
        ),
    ),
)
