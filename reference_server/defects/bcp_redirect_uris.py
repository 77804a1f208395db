"""Breaches of RFC 9700 sections 2.1, 2.6 and 4.1: redirection URIs that aren't compared exactly, or go in the clear."""

import posixpath
import re
from collections.abc import Callable
from unicodedata import normalize
from urllib.parse import unquote, urljoin, urlsplit

from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, named, remove, replace
from ..steps.authorization_request import match_redirect_uri as match_exactly
from ..steps.grant_authorization_code import invalid_grant
from ..steps.native_apps import match_native_redirect_uri, without_port
from ..variants.security_bcp import (
    CLIENT,
    LOOPBACK,
    origin_of,
    post_message,
    refuse_insecure_redirect_uri,
    respond,
)
from .bcp import bcp
from .redirect_spellings import answering_what_is_read, beginning

EXACT = ("2.1-redirect-uri-exact",)
PORTS = {"https": 443, "http": 80}
Match = Callable[[str, str], bool]


def matching(matches: Match) -> Edit:
    """Another way to compare the URI that came with a registered one, besides the right way."""

    def match_otherwise(call: Call) -> None:
        """Not only equal ones."""
        sent = call.parameters.get("redirect_uri")
        if sent is None or not any(matches(sent, uri) for uri in call.client.redirect_uris):
            match_native_redirect_uri(call)

    return replace(CLIENT, "match_redirect_uri", named("match_redirect_uri", match_otherwise))


def parts_alike(*names: str) -> Match:
    """Some parts are compared, the others are free."""

    def are_alike(sent: str, registered: str) -> bool:
        one, other = urlsplit(sent), urlsplit(registered)
        return all(getattr(one, name) == getattr(other, name) for name in names)

    return are_alike


def normalized(uri: str) -> str:
    """RFC 3986 section 6.2.2 and 6.2.3: case, escapes, dot segments and default ports make no difference."""
    parts = urlsplit(uri)
    port = "" if parts.port in (None, PORTS.get(parts.scheme)) else f":{parts.port}"
    path = posixpath.normpath(unquote(parts.path)) if parts.path else ""
    return parts._replace(netloc=f"{parts.hostname or ''}{port}", path=path).geturl()


def is_below(sent: str, registered: str) -> bool:
    """Whether a host is the registered one, or one below it."""
    one, other = urlsplit(sent), urlsplit(registered)
    return (one.hostname or "").endswith(f".{other.hostname}") and one.path == other.path


def resolves(sent: str, registered: str) -> bool:
    """Whether a relative URI leads from the registered one to itself."""
    return not urlsplit(sent).scheme and urljoin(registered, sent) == registered


def completes(sent: str, registered: str) -> bool:
    """Whether a URI is the registered one but for its scheme."""
    return registered.partition("://")[2] == sent


def reading(read: Callable[[str], str]) -> tuple[Edit, Edit]:
    """A URI is what a reader makes of it, and that is where the answer goes."""
    return matching(lambda sent, registered: read(sent) == registered), answering_what_is_read(read)[1]


def choose_resolved(call: Call) -> None:
    """A relative redirect URI is meant at the registered one, and a host goes by https."""
    sent, registered = call.parameters.get("redirect_uri") or "", call.client.redirect_uris[0]
    named_host = sent.startswith(urlsplit(registered).netloc)
    call.redirect_uri = f"https://{sent}" if named_host else urljoin(registered, sent)


def fits_pattern(sent: str, registered: str) -> bool:
    """Whether a URI fits a registered one as a regular expression."""
    return re.match(registered.replace("?", r"\?"), sent) is not None


def differs_by_scheme(sent: str, registered: str) -> bool:
    """Whether http stands for https."""
    return sent.replace("http://", "https://", 1) == registered


def is_loopback_alike(*names: str) -> Match:
    """Loopback URIs need no more than some parts in common."""

    def are_alike(sent: str, registered: str) -> bool:
        both = [urlsplit(uri) for uri in (sent, registered)]
        return both[1].hostname in LOOPBACK and all(getattr(both[0], name) == getattr(both[1], name) for name in names)

    return are_alike


def begins_like_loopback(sent: str, registered: str) -> bool:
    """Takes what begins like a loopback URI for one."""
    return urlsplit(registered).hostname in LOOPBACK and sent.startswith(registered.rpartition("/")[0])


def is_at_localhost(sent: str, registered: str) -> bool:
    """Takes where developers are for granted, in the clear as well."""
    return urlsplit(sent).hostname == "localhost"


def refuse_insecure_elsewhere(call: Call) -> None:
    """Knows localhost for a loopback address."""
    if urlsplit(call.parameters.get("redirect_uri") or "").hostname != "localhost":
        refuse_insecure_redirect_uri(call)


def is_userinfo_of_loopback(sent: str, registered: str) -> bool:
    """Cuts the port off at the first colon, and never looks behind an at sign."""
    return sent.startswith("http://127.0.0.1:") and registered.startswith("http://127.0.0.1/")


def check_registered_redirect_uri(call: Call) -> None:
    """Holds the URI of the exchange against the registration, not against the request."""
    if call.parameters.get("redirect_uri") not in call.client.redirect_uris:
        raise invalid_grant("The redirect_uri parameter differs from the registered ones.")


def match_unless_message(call: Call) -> None:
    """A message goes through no redirect, so no redirect URI is looked at."""
    if call.parameters.get("response_mode") != "web_message":
        match_native_redirect_uri(call)


def respond_to(origin: Callable[[Call], str]) -> Edit:
    """Messages go to another receiver."""

    def respond_otherwise(call: Call) -> Response:
        if call.parameters.get("response_mode") == "web_message":
            return post_message(call, origin(call))
        return respond(call)

    return replace(
        "authorization.code_response", "redirect_with_query", named("redirect_with_query", respond_otherwise)
    )


def match_anybodys(call: Call) -> None:
    """Looks a URI up among those of all clients."""
    sent = call.parameters.get("redirect_uri")
    known = {uri for client in call.server.settings.clients for uri in client.redirect_uris}
    if sent is not None and sent not in known and without_port(sent) not in map(without_port, known):
        raise OAuthError("invalid_request", "The redirect_uri parameter is nobody's.")


IN_THE_CLEAR = remove(CLIENT, "refuse_insecure_redirect_uri")
WITH_HTTP = "bcp-http-uri-registered"

DEFECTS = (
    bcp(
        "redirect-uri-at-localhost",
        "Redirect URIs at localhost are good for every client.",
        EXACT,
        matching(is_at_localhost),
        replace(
            CLIENT, "refuse_insecure_redirect_uri", named("refuse_insecure_redirect_uri", refuse_insecure_elsewhere)
        ),
    ),
    *(
        bcp(
            f"redirect-uri-{name}-free",
            f"{says} are good for every client.",
            EXACT,
            matching(beginning(start)),
            IN_THE_CLEAR,
        )
        for name, says, start in (
            ("loopback", "Redirect URIs on the loopback address", "http://127.0.0.1:8"),
            ("out-of-band", "Redirect URIs for copying a code by hand", "urn:ietf:wg:oauth:2.0:oob"),
        )
    ),
    *(
        bcp(f"redirect-uri-{name}", says, EXACT, *reading(read))
        for name, says, read in (
            ("backslashes-turned", "Backslashes of a redirect URI are slashes.", lambda uri: uri.replace("\\", "/")),
            ("folded", "A redirect URI is folded before it is compared.", lambda uri: normalize("NFKC", uri)),
        )
    ),
    bcp(
        "redirect-uri-by-prefix",
        "A redirect URI that begins as a registered one is taken.",
        EXACT,
        matching(lambda sent, registered: sent.startswith(registered)),
    ),
    bcp(
        "redirect-uri-with-any-query",
        "The query of a redirect URI is free.",
        EXACT,
        matching(parts_alike("scheme", "netloc", "path", "fragment")),
    ),
    bcp(
        "redirect-uri-with-any-path",
        "Of a redirect URI the host is compared.",
        EXACT,
        matching(parts_alike("scheme", "netloc")),
    ),
    bcp(
        "redirect-uri-with-any-fragment",
        "The fragment of a redirect URI is free.",
        EXACT,
        matching(parts_alike("scheme", "netloc", "path", "query")),
    ),
    bcp(
        "redirect-uri-with-any-host",
        "Of a redirect URI everything but the host is compared.",
        (*EXACT, "2.6-messages-verified", "4.11.2-no-redirect-to-invalid-combination"),
        matching(parts_alike("scheme", "path", "query", "fragment")),
    ),
    bcp(
        "redirect-uri-with-any-port",
        "The port of every redirect URI is free.",
        EXACT,
        matching(parts_alike("scheme", "hostname", "path", "query", "fragment")),
    ),
    bcp(
        "redirect-uri-with-any-scheme",
        "The scheme of a redirect URI is free, but for http.",
        EXACT,
        matching(parts_alike("netloc", "path", "query", "fragment")),
    ),
    bcp("redirect-uri-of-subdomain", "A host below a registered one is taken for it.", EXACT, matching(is_below)),
    bcp(
        "redirect-uri-normalized",
        "Redirect URIs are normalized before they are compared.",
        EXACT,
        matching(lambda sent, registered: normalized(sent) == normalized(registered)),
    ),
    bcp(
        "redirect-uri-in-any-case",
        "Redirect URIs are compared without regard to letter case.",
        EXACT,
        matching(lambda sent, registered: sent.lower() == registered.lower()),
    ),
    bcp(
        "redirect-uri-as-pattern",
        "A registered redirect URI is a pattern that the beginning has to fit.",
        EXACT,
        matching(fits_pattern),
    ),
    bcp(
        "redirect-uri-relative",
        "A relative redirect URI is resolved by the registered one.",
        EXACT,
        matching(resolves),
        replace(CLIENT, "choose_redirect_uri", named("choose_redirect_uri", choose_resolved)),
    ),
    bcp(
        "redirect-uri-completed",
        "A redirect URI without its scheme is taken, and completed.",
        EXACT,
        matching(completes),
        replace(CLIENT, "choose_redirect_uri", named("choose_redirect_uri", choose_resolved)),
    ),
    bcp(
        "redirect-uri-unchecked",
        "Every https redirect URI is taken.",
        (*EXACT, "2.6-messages-verified", "4.11.2-no-redirect-to-invalid-combination"),
        matching(lambda sent, registered: sent.startswith("https://")),
    ),
    bcp(
        "redirect-uri-contained",
        "A redirect URI that holds a registered one somewhere is taken.",
        EXACT,
        matching(lambda sent, registered: registered in sent or sent in registered),
    ),
    bcp(
        "redirect-uri-with-a-misprint",
        "A redirect URI may differ in one character.",
        EXACT,
        matching(
            lambda sent, registered: (
                len(sent) == len(registered) and sum(a != b for a, b in zip(sent, registered, strict=True)) == 1
            )
        ),
    ),
    bcp(
        "loopback-uri-with-any-path",
        "Path and query of loopback URIs are free as well as the port.",
        EXACT,
        matching(is_loopback_alike("scheme", "hostname")),
    ),
    bcp(
        "loopback-uri-with-any-scheme",
        "The scheme of loopback URIs is free as well as the port.",
        EXACT,
        matching(is_loopback_alike("hostname", "path", "query")),
    ),
    bcp(
        "loopback-uri-with-any-host",
        "Of loopback URIs scheme and path are compared.",
        EXACT,
        matching(is_loopback_alike("scheme", "path", "query")),
        IN_THE_CLEAR,
    ),
    bcp(
        "loopback-uri-cut-at-colon",
        "What stands behind the host of a loopback URI is taken for its port.",
        EXACT,
        matching(is_userinfo_of_loopback),
        IN_THE_CLEAR,
    ),
    bcp(
        "loopback-port-fixed",
        "The port of loopback URIs is compared as the rest.",
        ("4.1.3-loopback-port-free",),
        replace(CLIENT, "match_redirect_uri", match_exactly),
    ),
    bcp(
        "loopback-port-fixed-at-exchange",
        "A code exchange needs a redirect URI as it is registered, port included.",
        ("4.1.3-loopback-port-free", "4.5.2-redirect-uri-compared-at-exchange"),
        replace(
            "grant.authorization_code", "check_redirect_uri", named("check_redirect_uri", check_registered_redirect_uri)
        ),
    ),
    bcp(
        "http-for-https",
        "Where https is registered, http is taken as well.",
        (*EXACT, "2.6-http-redirect-uri-refused"),
        matching(differs_by_scheme),
        IN_THE_CLEAR,
    ),
    bcp(
        "registered-http-uri-served",
        "An http redirect URI is served, since it is registered.",
        ("2.6-http-redirect-uri-refused", "2.6-responses-over-tls"),
        IN_THE_CLEAR,
        on=WITH_HTTP,
    ),
    bcp(
        "redirect-uri-of-any-client",
        "A redirect URI of another client is taken.",
        ("4.11.2-no-redirect-to-invalid-combination",),
        replace(CLIENT, "match_redirect_uri", named("match_redirect_uri", match_anybodys)),
    ),
    bcp(
        "message-to-anybody",
        "A message goes to whichever site has opened the window.",
        ("2.6-messages-verified",),
        respond_to(lambda call: "*"),
    ),
    bcp(
        "message-to-longer-origin",
        "A message goes to an origin that begins as the client's.",
        ("2.6-messages-verified",),
        respond_to(lambda call: origin_of(call.redirect_uri or "") + ".attacker.example"),
    ),
    bcp(
        "message-for-any-redirect-uri",
        "A message goes to the origin of a redirect URI that nobody registered.",
        ("2.6-messages-verified",),
        replace(CLIENT, "match_redirect_uri", named("match_redirect_uri", match_unless_message)),
    ),
)
