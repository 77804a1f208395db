"""How requests of a client carry access tokens: each function returns what is wrong, or nothing."""

from __future__ import annotations

from collections.abc import Callable

from conformance.base.outcomes import Vacuous
from conformance.browser.returns import is_form
from conformance.clients.played import Played, Sent
from conformance.clients.rules import issued_values, without
from conformance.clients.serve import Serve
from conformance.wire.exchange import Pairs

TOKEN = "access_token"
# Methods whose bodies mean something: RFC 9110 gives none to those of GET, HEAD, DELETE and TRACE.
WITH_BODY = ("POST", "PUT", "PATCH")


def login_with_token_use(serve: Serve, occasion: str) -> Played:
    """A login in which the client uses its token: at once, on another occasion, or where the resource refuses it."""
    if occasion == "second_issuer":
        return serve.two_servers().at_second
    if occasion == "refused":
        return serve.login("resource-refuses-tokens", until="resource")
    return serve.honest(*([occasion] if occasion != "login" else []), until="resource")


def in_header(sent: Sent) -> bool:
    """A token in the Authorization header."""
    return sent.bearer is not None


def in_form(sent: Sent) -> bool:
    """A token in the body."""
    return any(name == TOKEN for name, _ in sent.form) or b"access_token=" in sent.request.body


def in_query(sent: Sent) -> bool:
    """A token in the URL."""
    return any(name == TOKEN for name, _ in sent.query)


def by_several_methods(sent: Sent) -> str:
    """More than one way in one request."""
    ways = [way for way in (in_header, in_form, in_query) if way(sent)]
    return "" if len(ways) < 2 else " and ".join(way.__name__.replace("_", " the ", 1) for way in ways)


def not_in_header(login: Played) -> Callable[[Sent], str]:
    """Says so of a token that came in another way than the header; a request without a token needs none there."""
    tokens = [*issued_values(login, TOKEN), *issued_values(login, "refresh_token")]
    holds_token = without(tokens, "a token")

    def fault(sent: Sent) -> str:
        return "no token by Bearer in the Authorization header" if holds_token(sent) and not in_header(sent) else ""

    return fault


def login_with_tokens_carried(serve: Serve, way: Callable[[Sent], bool], words: str) -> Played:
    """An honest login whose requests to the resource carry tokens in one way; vacuous where none does."""
    login = serve.honest(until="resource")
    if not any(way(sent) for sent in login.all("resource")):
        raise Vacuous(f"the client sends no token in the {words}")
    return login


def wrongly_in_form(sent: Sent) -> str:
    """RFC 6750 section 2.2: when a body may carry a token."""
    if not in_form(sent):
        return ""
    if sent.request.method not in WITH_BODY:
        return f"a token in the body of a {sent.request.method} request"
    if not is_form(sent.request):
        return f"a token in a body of the type {sent.request.header('Content-Type') or 'that nobody names'}"
    return "" if sent.request.body.isascii() else "a body with other characters than those of ASCII"


def unseparated_parameters(login: Played, pairs: Callable[[Sent], Pairs]) -> Callable[[Sent], str]:
    """A parameter that isn't just a token that was issued."""
    tokens = issued_values(login, TOKEN)

    def fault(sent: Sent) -> str:
        values = [value for name, value in pairs(sent) if name == TOKEN]
        return "" if set(values) <= set(tokens) else "a value that is more than the token, or less"

    return fault


def avoidable_form(sent: Sent) -> str:
    """A client that can send requests of its own can set their headers."""
    return "a token in a form" if in_form(sent) else ""


def avoidable_query(sent: Sent) -> str:
    """Likewise."""
    return "a token in the URL" if in_query(sent) else ""


def without_no_store(sent: Sent) -> str:
    """RFC 6750 section 2.3: a token in the URL, and nothing that keeps caches from storing it."""
    directives = (sent.request.header("Cache-Control") or "").lower()
    return "no Cache-Control: no-store" if in_query(sent) and "no-store" not in directives else ""


def token_in_url(login: Played) -> Callable[[Sent], str]:
    """An issued token anywhere in a URL."""
    tokens = issued_values(login, TOKEN)
    return lambda sent: "an access token in the URL" if any(token in sent.request.url for token in tokens) else ""
