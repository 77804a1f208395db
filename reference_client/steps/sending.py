"""How requests with credentials leave the client."""

from ..pipeline import Login, Refused
from .metadata import is_https


def require_https(login: Login) -> None:
    """RFC 6749 sections 10.3, 10.4 and 10.8, RFC 6750 section 5.3, RFC 7009 section 2: never in the clear."""
    if not is_https(login.draft.url):
        raise Refused("credentials are sent to https URLs only")


def send(login: Login) -> None:
    """Section 3.2, RFC 7009 section 2: once, and nowhere else."""
    login.reply = login.wire.send(login.draft)
