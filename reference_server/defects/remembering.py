"""Somewhere to keep what a defect remembers from one request to the next: the table of consents, which has room."""

from ..pipeline import Call


def keep(call: Call, key: str, value: str) -> None:
    """Remembers a text in place of an older one."""
    forget(call, key)
    call.server.store.connection.execute("INSERT INTO consents VALUES (?, ?, '')", (key, value))


def kept(call: Call, key: str) -> str | None:
    """What is remembered, if anything is."""
    query = "SELECT client_id FROM consents WHERE who = ?"
    row = call.server.store.connection.execute(query, (key,)).fetchone()
    return None if row is None else str(row[0])


def forget(call: Call, key: str) -> None:
    """Remembers nothing any more."""
    call.server.store.connection.execute("DELETE FROM consents WHERE who = ?", (key,))
