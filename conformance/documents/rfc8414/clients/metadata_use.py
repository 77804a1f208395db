"""What shows whether a client uses metadata: a mark in them, of which its configuration knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from conformance.base.outcomes import Vacuous
from conformance.clients.played import Played, Sent
from conformance.clients.serve import Serve

MARK = "from=metadata"
INSERTED = "/.well-known/oauth-authorization-server"
WELL_KNOWN = (INSERTED, "/.well-known/openid-configuration")


def is_marked(sent: Sent) -> bool:
    """Whether the mark stands in the query, whatever a client that adds to it makes of what comes behind."""
    return MARK in urlsplit(sent.request.url).query


def uses_metadata(sent: Sent) -> str:
    """A request that goes where only the metadata say."""
    return "an endpoint of the metadata" if is_marked(sent) else ""


def uses_none(login: Played) -> str:
    """A login that goes nowhere where only the metadata say."""
    return "" if any(map(is_marked, login.sent)) else "endpoints that the metadata don't name"


def meant_for_second(login: Played) -> Callable[[Sent], str]:
    """A request to the first of two servers by which the client is known at the second; vacuous without any such."""
    if login.second is None or login.second.credentials.client_id == login.stage.credentials.client_id:
        raise Vacuous("the client has the same identifier at both servers")
    elsewhere = login.second.credentials.client_id
    return lambda sent: "a request of a login at another server" if sent.first("client_id") == elsewhere else ""


def login_by_metadata(serve: Serve, misbehavior: str) -> Played:
    """A login at a server with such metadata; vacuous for a client that uses not even right ones."""
    serve.informed()
    login = serve.login(misbehavior, until="metadata")
    twin = login.twin
    if twin is None or not any(map(is_marked, twin.sent)):
        raise Vacuous("the client takes no endpoint from metadata")
    return login


def path_of(sent: Sent) -> str:
    """The path that was asked."""
    return urlsplit(sent.request.url).path


def is_inserted(sent: Sent) -> bool:
    """Whether the well-known path stands in front of the issuer's."""
    return path_of(sent).startswith(WELL_KNOWN)


def asks_otherwise(sent: Sent) -> str:
    """Another method than GET."""
    return "" if sent.request.method == "GET" else f"a {sent.request.method} request"


def keeps_slash(sent: Sent) -> str:
    """RFC 8414 section 3.1: the last slash of the issuer's path is left out. What OpenID Connect appends is its own."""
    return f"the path {path_of(sent)}" if is_inserted(sent) and path_of(sent).endswith("/") else ""


def appended_first(login: Played) -> str:
    """RFC 8414 section 5: the well-known path behind the issuer's, before the other place was tried."""
    first = next(iter(login.all("metadata")), None)
    return "" if first is None or is_inserted(first) else f"the path {path_of(first)}"
