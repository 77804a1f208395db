"""Breaches of RFC 6749 sections 10.5 and 10.6: authorization codes in the wrong hands."""

import time

from ..defect import Defect
from ..pipeline import Call, remove, replace


def revoke_first_token_of_replayed_code(call: Call) -> None:
    """Ends the token that was issued for the code, and forgets those that came of it since."""
    if call.code.used_at is not None:
        call.server.store.connection.execute(
            "UPDATE tokens SET revoked_at = ? WHERE hash = (SELECT hash FROM tokens"
            " WHERE grant_id = ? AND kind = 'access_token' ORDER BY issued_at LIMIT 1)",
            (time.time(), call.code.grant.id),
        )


DEFECTS = (
    Defect(
        name="redirect-uri-not-compared-at-exchange",
        says="A code is exchanged with any redirection URI, wherever it was sent.",
        breaks=("rfc6749-10.6-different-redirect-uri-refused",),
        edits=(remove("grant.authorization_code", "check_redirect_uri"),),
    ),
    Defect(
        name="refreshed-tokens-outlive-code-replay",
        says="A code that is presented twice ends the access token issued for it, but none obtained by refreshing.",
        breaks=("rfc6749-10.5-replay-revokes-refreshed-token",),
        edits=(
            replace(
                "grant.authorization_code",
                "revoke_tokens_of_replayed_code",
                revoke_first_token_of_replayed_code,
            ),
        ),
    ),
)
