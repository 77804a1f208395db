"""Parameters of a request and how a test changes them, and the headers that bring credentials.

A string replaces or adds, a list sends the parameter several times, OMIT leaves it out, an empty string sends it
without a value.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from urllib.parse import quote_plus

FORM = "application/x-www-form-urlencoded"


class _Omit:
    def __repr__(self) -> str:
        return "OMIT"


OMIT = _Omit()
Change = str | list[str] | _Omit | None


def changed(parameters: Mapping[str, Change], changes: Mapping[str, Change]) -> list[tuple[str, str]]:
    """Parameters with changes applied, in order; None and OMIT leave out, a list repeats."""
    pairs: list[tuple[str, str]] = []
    for name, value in {**parameters, **changes}.items():
        if isinstance(value, str):
            pairs.append((name, value))
        elif isinstance(value, list):
            pairs += [(name, each) for each in value]
    return pairs


def basic(client_id: str, secret: str) -> tuple[str, str]:
    """An HTTP Basic header with form-encoded id and secret (RFC 6749 section 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return ("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())


def bearer(token: str) -> tuple[str, str]:
    """A bearer Authorization header (RFC 6750 section 2.1)."""
    return ("Authorization", f"Bearer {token}")


def joined_scopes(scopes: Sequence[str]) -> str | None:
    """Scopes as a request names them; None for none."""
    return " ".join(scopes) if scopes else None
