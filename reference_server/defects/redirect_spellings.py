"""Breaches of RFC 6749 sections 3.1.2.2 and 3.1.2.3: redirect URIs that a borrowed reader takes for registered ones,
and those that are let in for somebody's convenience."""

import re
import unicodedata
from collections.abc import Callable

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, named, replace
from .redirection import matching

Reading = Callable[[str], str]
AS_STRING = "rfc6749-3.1.2.3-full-uri-compared-as-string"
UNMATCHED = "rfc6749-3.1.2.3-unmatched-uri-refused"
OF_PUBLIC, OF_IMPLICIT = "rfc6749-3.1.2.2-public-client-registers-uri", "rfc6749-3.1.2.2-implicit-client-registers-uri"
OF_EVERY = "rfc6749-3.1.2.2-every-client-registers-uri"
PRIVATE = re.compile(r"(?!https?:)([a-z][a-z0-9+.-]*):")


def reading(read: Reading) -> Edit:
    """Redirect URIs are what a reader makes of them, and that is where the answer goes."""

    def match_what_is_read(call: Call) -> None:
        """Looks the URI up as read."""
        sent = call.parameters.get("redirect_uri")
        if sent is not None and sent not in call.client.redirect_uris and read(sent) not in call.client.redirect_uris:
            raise OAuthError("invalid_request", "The redirect_uri parameter is not one of the client's.")

    return replace(
        "authorization.validate_client", "match_redirect_uri", named("match_redirect_uri", match_what_is_read)
    )


def answering_what_is_read(read: Reading) -> tuple[Edit, ...]:
    """The same of a server that forgets how the URI was written."""

    def choose_what_is_read(call: Call) -> None:
        """Goes on with the URI as read."""
        sent = call.parameters.get("redirect_uri")
        call.redirect_uri = call.client.redirect_uris[0] if sent is None else read(sent)

    chosen = named("choose_redirect_uri", choose_what_is_read)
    return reading(read), replace("authorization.validate_client", "choose_redirect_uri", chosen)


def without_dot(uri: str) -> str:
    """Takes the root of the domain name system for granted."""
    return re.sub(r"\.(?=/|:\d|$)", "", uri, count=1)


def is_of_private_scheme(sent: str, registered: str) -> bool:
    """Whether a URI has the scheme of a registered one, which leads to the same application."""
    scheme = PRIVATE.match(registered)
    return sent == registered or (scheme is not None and sent.lower().startswith(scheme[0]))


def beginning(*beginnings: str) -> Callable[[str, str], bool]:
    """URIs that begin so are good for every client."""
    return lambda sent, registered: sent == registered or sent.startswith(beginnings)


def differs_in_query_behind_query(sent: str, registered: str) -> bool:
    """Whether a URI goes on behind a registered query."""
    return sent == registered or ("?" in registered and sent.startswith(f"{registered}&"))


DEFECTS = (
    *(
        Defect(
            name=f"redirect-uri-{name}",
            says=f"Before a redirect URI is compared, {says}.",
            breaks=(AS_STRING,),
            edits=(reading(read),),
        )
        for name, says, read in (
            ("dot-behind-host-dropped", "the dot of a full domain name is dropped", without_dot),
            ("slashes-merged", "doubled slashes become one", lambda uri: re.sub(r"(?<!:)//+", "/", uri)),
            ("path-parameters-dropped", "path parameters are dropped", lambda uri: re.sub(r";[^?/]*", "", uri)),
            ("empty-query-dropped", "an empty query is dropped", lambda uri: uri.removesuffix("?")),
            ("empty-fragment-dropped", "an empty fragment is dropped", lambda uri: uri.removesuffix("#")),
            ("plus-escaped", "plus signs become escaped spaces", lambda uri: uri.replace("+", "%20")),
            (
                "escapes-in-capitals",
                "its escapes are written in capitals",
                lambda uri: re.sub(r"%[0-9A-Fa-f]{2}", lambda escape: escape[0].upper(), uri),
            ),
        )
    ),
    Defect(
        name="redirect-uri-backslashes-turned",
        says="Backslashes of a redirect URI are slashes, as in browsers.",
        breaks=(AS_STRING,),
        edits=answering_what_is_read(lambda uri: uri.replace("\\", "/")),
    ),
    Defect(
        name="redirect-uri-folded",
        says="Signs of a redirect URI that only look different are folded into one.",
        breaks=(AS_STRING,),
        edits=answering_what_is_read(lambda uri: unicodedata.normalize("NFKC", uri)),
    ),
    Defect(
        name="redirect-uri-of-private-scheme-free",
        says="Of a redirect URI with a private scheme, the scheme alone is compared, whatever its case.",
        breaks=(AS_STRING,),
        edits=(matching("match_redirect_uri", is_of_private_scheme),),
    ),
    Defect(
        name="redirect-uri-query-goes-on",
        says="A registered redirect URI with a query may have more parameters behind it.",
        breaks=("rfc6749-3.1.2.2-complete-uri-registered",),
        edits=(matching("match_redirect_uri", differs_in_query_behind_query),),
    ),
    *(
        Defect(
            name=f"redirect-uri-{name}-free",
            says=f"{says} are good for every client, registered or not.",
            breaks=(UNMATCHED, OF_PUBLIC, OF_IMPLICIT, OF_EVERY),
            edits=(matching("match_redirect_uri", beginning(start)),),
        )
        for name, says, start in (
            ("loopback", "Redirect URIs on the loopback address", "http://127.0.0.1:"),
            ("localhost", "Redirect URIs at localhost, where developers are,", "http://localhost:"),
            ("out-of-band", "Redirect URIs for copying a code by hand", "urn:ietf:wg:oauth:2.0:oob"),
        )
    ),
)
