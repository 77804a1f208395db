"""Breaches that show when codes wait beside each other: the newest one changes what the others stand for."""

from collections.abc import Callable

from ..defect import Defect
from ..pipeline import Call, Edit, after, named

WAITING = "SELECT grant_id FROM codes WHERE used_at IS NULL"


def rewriting(statement: str, value: Callable[[Call], str | None]) -> Edit:
    """All codes of the client that wait get what the newest request brought."""

    def rewrite(call: Call) -> None:
        """Keeps one row for each client."""
        call.server.store.connection.execute(statement, (value(call), call.client.client_id))

    return after("authorization.code_response", "make_code", named("rewrite_waiting_codes", rewrite))


def of_grants(column: str) -> str:
    """A statement that changes what was granted."""
    return f"UPDATE grants SET {column} = ? WHERE client_id = ? AND id IN ({WAITING})"


DEFECTS = (
    Defect(
        name="waiting-codes-get-newest-redirect-uri",
        says="A new code changes the redirection URI of the client's other codes.",
        breaks=("rfc6749-4.1.2-code-bound-to-redirect-uri",),
        edits=(
            rewriting(
                "UPDATE codes SET redirect_uri = ? WHERE used_at IS NULL "
                "AND grant_id IN (SELECT id FROM grants WHERE client_id = ?)",
                lambda call: call.parameters.get("redirect_uri"),
            ),
        ),
    ),
    Defect(
        name="waiting-codes-get-newest-person",
        says="A new code makes the client's other codes those of whoever has just signed in.",
        breaks=("rfc6749-3.1-resource-owner-signs-in-first",),
        edits=(rewriting(of_grants("username"), lambda call: call.user.username if call.user else None),),
    ),
)
