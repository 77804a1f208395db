"""RFC 6749 section 4.1.1, RFC 7636 section 4: the authorization request, and the resource owner's way there."""

import base64
import hashlib
import secrets

from ..pipeline import Login
from ..wire import with_query

OCTETS = 32


def put_response_type(login: Login) -> None:
    """Section 4.1.1: `response_type` is `code`."""
    login.draft.query.append(("response_type", "code"))


def put_client_id(login: Login) -> None:
    """Section 4.1.1: the client names itself."""
    login.draft.query.append(("client_id", login.context.client_id))


def put_redirect_uri(login: Login) -> None:
    """Section 3.1.2.3: where the answer goes; always named, so that the exchange can name it too."""
    login.draft.query.append(("redirect_uri", redirect_uri(login)))


def put_scope(login: Login) -> None:
    """Section 3.3: what is asked for, no more."""
    if scope(login):
        login.draft.query.append(("scope", scope(login)))


def make_state(login: Login) -> None:
    """Section 10.12: a value for this login alone that nobody can guess, and that says nothing."""
    login.state = secrets.token_urlsafe(OCTETS)


def put_state(login: Login) -> None:
    """Section 4.1.1: it comes back with the answer."""
    login.draft.query.append(("state", login.state))


def make_verifier(login: Login) -> None:
    """RFC 7636 section 4.1: 32 random octets in base64url, which makes 43 characters; new for each login."""
    login.verifier = secrets.token_urlsafe(OCTETS)


def put_code_challenge(login: Login) -> None:
    """RFC 7636 sections 4.2 and 5: sent to every server, whether it says that it knows PKCE or not."""
    login.draft.query.append(("code_challenge", s256(login.verifier)))


def put_code_challenge_method(login: Login) -> None:
    """RFC 7636 section 4.3: left out would mean plain."""
    login.draft.query.append(("code_challenge_method", "S256"))


def browse(login: Login) -> None:
    """Section 4.1.1: the user agent is sent to the request URI, and comes back with the answer."""
    login.answer_url = login.context.browse(with_query(login.draft.url, login.draft.query))


def s256(verifier: str) -> str:
    """RFC 7636 section 4.2."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def redirect_uri(login: Login) -> str:
    """Section 3.1.2: the client's own, or the one that it is told."""
    return login.client.settings.redirect_uri or login.context.redirect_uri


def scope(login: Login) -> str:
    """Section 3.3: the client's own, or the one that it is told."""
    own = login.client.settings.scope
    return (login.context.scope or "") if own is None else own
