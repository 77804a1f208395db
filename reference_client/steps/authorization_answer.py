"""RFC 6749 section 4.1.2, RFC 9207: what came back with the user agent, and whether it is an answer to this login."""

import secrets
from urllib.parse import parse_qsl, urlsplit

from ..pipeline import Login, Refused
from .authorization import redirect_uri

KNOWN = ("code", "state", "iss", "error", "error_description", "error_uri")


def read_answer(login: Login) -> None:
    """Section 4.1.2: form-encoded in the query, decoded once. What a fragment brings is another grant's."""
    query = urlsplit(login.answer_url).query
    login.answer = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=1000)


def refuse_repeated_parameters(login: Login) -> None:
    """Section 3.1: none occurs twice; of those that the client doesn't know it takes no notice."""
    names = [name for name, _ in login.answer]
    if any(names.count(name) > 1 for name in KNOWN):
        raise Refused("the answer has a parameter twice")


def check_place(login: Login) -> None:
    """RFC 8252 section 8.10, RFC 9700 section 4.4.2.2: the answer comes where this login waits for it."""
    if login.answer_url.partition("#")[0].partition("?")[0] != redirect_uri(login).partition("?")[0]:
        raise Refused("the answer came to another redirection URI")


def check_state(login: Login) -> None:
    """Section 10.12: an answer with another state, or none, answers no request of this login."""
    if not login.state or not secrets.compare_digest((login.parameter("state") or "").encode(), login.state.encode()):
        raise Refused("the answer doesn't belong to this login")


def forget_state(login: Login) -> None:
    """Section 10.12: one answer for each request."""
    login.state = ""


def check_issuer(login: Login) -> None:
    """RFC 9207 section 2.4: the issuer that was asked, as a plain text, and nothing else of the answer before that."""
    issuer = login.parameter("iss")
    if issuer is None and login.names_issuer:
        raise Refused("the answer doesn't name its issuer, as the server said it would")
    if issuer is not None and not login.names_issuer:
        raise Refused("the answer names an issuer, of which the server said nothing")
    if issuer is not None and issuer != login.context.issuer:
        raise Refused("the answer is another issuer's")


def refuse_error(login: Login) -> None:
    """Section 4.1.2.1: whatever the error is called, there is no code."""
    error = login.parameter("error")
    if error is not None:
        raise Refused(f"the server answered {error}: {login.parameter('error_description') or ''}", error)


def take_code(login: Login) -> None:
    """Section 4.1.2: of any length; what else there is is ignored."""
    login.code = login.parameter("code") or ""
    if not login.code:
        raise Refused("the answer brings no code")
