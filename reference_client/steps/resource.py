"""RFC 6750: how a request carries an access token, and what an answer says about it."""

from ..pipeline import Login


def put_token_in_header(login: Login) -> None:
    """Section 2.1: in the Authorization header, and nowhere else."""
    login.draft.headers.append(("Authorization", f"Bearer {login.tokens.access_token}"))


def note_refused_token(login: Login) -> None:
    """Section 3.1: whatever the answer calls it, the token is no longer good for anything."""
    if login.reply.status == 401:
        login.tokens.access_token = ""
