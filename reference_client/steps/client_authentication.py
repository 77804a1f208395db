"""RFC 6749 sections 2.3 and 3.2.1: who the client is, said in one way."""

import base64
from urllib.parse import quote_plus

from ..pipeline import Login


def authenticate_by_basic(login: Login) -> None:
    """Section 2.3.1: identifier and secret are form-encoded before they become user name and password."""
    if login.authentication == "client_secret_basic":
        pair = f"{quote_plus(login.context.client_id)}:{quote_plus(login.context.client_secret or '')}"
        put_basic(login, pair)


def authenticate_in_body(login: Login) -> None:
    """Section 2.3.1: where the server takes nothing else."""
    if login.authentication == "client_secret_post":
        login.draft.form.append(("client_id", login.context.client_id))
        login.draft.form.append(("client_secret", login.context.client_secret or ""))


def name_public_client(login: Login) -> None:
    """Section 3.2.1: who has no secret says who it is."""
    if login.authentication == "none":
        login.draft.form.append(("client_id", login.context.client_id))


def put_basic(login: Login, pair: str) -> None:
    """RFC 7617 section 2."""
    login.draft.headers.append(("Authorization", "Basic " + base64.b64encode(pair.encode()).decode("ascii")))
