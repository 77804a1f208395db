"""Breaches of RFC 8252 section 8.4: redirect URIs of native apps that differ from the registered ones in too much."""

from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, named, replace
from ..steps.native_apps import match_native_redirect_uri, without_port
from .native_redirects import ON, VALIDATE, is_private, of_native, uri_of

Match = Callable[[str, str], bool]
EXACT = "rfc8252-8.4-other-uris-rejected"
COMPLETE = "rfc8252-8.4-complete-uri-compared"
BUT_FOR_PORT = "rfc8252-8.4-loopback-differs-in-port-only"
HERE = ("127.0.0.1", "127.0.0.2", "::1", "localhost", "0.0.0.0")


def also_matching(matches: Match) -> Edit:
    """More URIs of native clients that are taken: those that match the registered one (second) in another way."""

    def match_more(call: Call) -> None:
        more = of_native(call) and any(matches(uri_of(call), uri) for uri in call.client.redirect_uris)
        if not more:
            match_native_redirect_uri(call)

    return replace(VALIDATE, "match_native_redirect_uri", named("match_native_redirect_uri", match_more))


def also_taking(uris: Callable[[Call], tuple[str, ...]]) -> Edit:
    """More URIs that native clients may name."""

    def match_others(call: Call) -> None:
        try:
            match_native_redirect_uri(call)
        except OAuthError:
            if not of_native(call) or uri_of(call) not in uris(call):
                raise

    return replace(VALIDATE, "match_native_redirect_uri", named("match_native_redirect_uri", match_others))


def parts_of(uri: str) -> SplitResult:
    """A URI taken apart, whatever it is."""
    try:
        return urlsplit(uri)
    except ValueError:
        return urlsplit("")


def on_loopback(uri: str) -> bool:
    """A registered URI on a loopback address."""
    return uri.startswith(("http://127.0.0.1", "http://[::1]"))


def of_web(uri: str) -> bool:
    """A claimed https URI."""
    return uri.startswith("https:")


def equal_but_for(*names: str, on: Callable[[str], bool]) -> Match:
    """URIs that are alike but for some components, `netloc` among them; on certain registered URIs only."""
    blank = dict.fromkeys(names, "")

    def are_alike(sent: str, registered: str) -> bool:
        one, other = parts_of(sent), parts_of(registered)
        return on(registered) and one._replace(**blank) == other._replace(**blank) and bool(one.scheme)

    return are_alike


def another_query(on: Callable[[str], bool]) -> Match:
    """What stands behind the question mark is left out."""
    return lambda sent, registered: on(registered) and sent.partition("?")[0] == registered.partition("?")[0]


def on_this_machine(match: Match) -> Match:
    """The same for whatever host stands for this machine."""
    return lambda sent, registered: parts_of(sent).hostname in HERE and match(sent, registered)


def at_either_address(match: Match) -> Match:
    """The same for the two loopback addresses."""
    return lambda sent, registered: parts_of(sent).hostname in ("127.0.0.1", "::1") and match(sent, registered)


def on_same_host(match: Match) -> Match:
    """The same where the hosts agree."""
    return lambda sent, registered: parts_of(sent).hostname == parts_of(registered).hostname and match(sent, registered)


def longer_path(on: Callable[[str], bool]) -> Match:
    """Whatever begins with the registered URI, port aside, and goes on with a slash."""
    return lambda sent, registered: on(registered) and without_port(sent).startswith(f"{without_port(registered)}/")


def shorter_path(on: Callable[[str], bool]) -> Match:
    """Whatever the registered URI begins with, port aside; scheme and host at the least."""

    def is_beginning(sent: str, registered: str) -> bool:
        same = parts_of(sent).scheme == parts_of(registered).scheme
        whole, place = without_port(registered), without_port(sent)
        host = parts_of(registered).netloc
        return on(registered) and same and len(place) > len(host) + 8 and whole.startswith(place)

    return is_beginning


def in_any_case(on: Callable[[str], bool]) -> Match:
    """Letter case is left out."""
    return lambda sent, registered: (
        on(registered) and without_port(sent).lower() == without_port(registered).lower() and not sent[0].isupper()
    )


def scheme_in_any_case(sent: str, registered: str) -> bool:
    """Schemes are compared as RFC 3986 has it."""
    one, other = sent.partition(":"), registered.partition(":")
    return is_private(registered) and one[0].lower() == other[0] and one[2] == other[2]


def slashes_collapsed(count: int) -> Match:
    """So many slashes behind the scheme are as good as one."""

    def are_alike(sent: str, registered: str) -> bool:
        scheme, _, rest = sent.partition(":")
        path = rest.lstrip("/")
        return is_private(registered) and len(rest) - len(path) == count and f"{scheme}:/{path}" == registered

    return are_alike


def longer_scheme(sent: str, registered: str) -> bool:
    """A scheme that begins with the registered one is one of the publisher's."""
    one, other = sent.partition(":"), registered.partition(":")
    return is_private(registered) and one[0].startswith(f"{other[0]}.") and one[2] == other[2]


def cut_at_port(sent: str, registered: str) -> bool:
    """The host is all that stands before the second colon, the path what stands behind the next slash."""
    host = without_port(registered).split("/")[2] if on_loopback(registered) else None
    authority = sent.partition("//")[2].partition("/")[0]
    same_path = parts_of(sent).path == parts_of(registered).path
    return host is not None and same_path and authority.startswith(f"{host}:") and sent.startswith("http:")


def where_it_says(match: Match, text: str) -> Match:
    """The same for URIs with a text in them."""
    return lambda sent, registered: text in sent and match(sent, registered)


def rejected(call: Call) -> tuple[str, ...]:
    """What registration should have rejected."""
    return call.client.rejected_redirect_uris


def of_everybody(call: Call) -> tuple[str, ...]:
    """What any client has registered."""
    return tuple(uri for client in call.server.settings.clients for uri in client.redirect_uris)


def compared(name: str, says: str, requirement: str, matches: Match) -> Defect:
    """A comparison that forgives something."""
    return Defect(name=name, says=says, breaks=(requirement,), edits=(also_matching(matches),), on=ON)


DEFECTS = (
    compared(
        "native-no-slash-is-one",
        "A private-use scheme without a slash behind it is taken for one with a slash.",
        EXACT,
        slashes_collapsed(0),
    ),
    compared(
        "native-two-slashes-are-one",
        "Two slashes behind a private-use scheme are taken for one.",
        EXACT,
        slashes_collapsed(2),
    ),
    compared(
        "native-three-slashes-are-one",
        "Three slashes behind a private-use scheme are taken for one.",
        EXACT,
        slashes_collapsed(3),
    ),
    compared(
        "native-private-path-may-go-on",
        "Whatever begins with the registered URI of a private-use scheme is taken.",
        COMPLETE,
        longer_path(is_private),
    ),
    compared(
        "native-private-path-may-end",
        "A beginning of the registered URI of a private-use scheme is enough.",
        COMPLETE,
        shorter_path(is_private),
    ),
    compared(
        "native-https-path-may-go-on",
        "Whatever begins with a registered https URI is taken.",
        COMPLETE,
        longer_path(of_web),
    ),
    compared(
        "native-https-path-may-end",
        "A beginning of a registered https URI is enough.",
        COMPLETE,
        shorter_path(of_web),
    ),
    compared(
        "native-scheme-in-any-case",
        "Private-use schemes are compared without regard to letter case.",
        EXACT,
        scheme_in_any_case,
    ),
    compared(
        "native-longer-scheme-taken",
        "A scheme that begins with the registered one is taken for it.",
        EXACT,
        longer_scheme,
    ),
    compared(
        "native-private-path-in-any-case",
        "The paths of private-use schemes are compared without regard to letter case.",
        EXACT,
        in_any_case(is_private),
    ),
    compared(
        "native-private-query-free",
        "A private-use scheme may come with any query.",
        EXACT,
        another_query(is_private),
    ),
    compared(
        "native-https-port-free",
        "The port is free on every host, not on loopback addresses alone.",
        EXACT,
        on_same_host(equal_but_for("netloc", on=of_web)),
    ),
    compared(
        "native-https-over-http",
        "A registered https URI is served over plain http as well.",
        EXACT,
        equal_but_for("scheme", on=of_web),
    ),
    compared(
        "native-https-query-free",
        "A claimed https URI may come with any query.",
        EXACT,
        another_query(of_web),
    ),
    compared(
        "native-loopback-path-free",
        "On a loopback address the path is free as the port is.",
        BUT_FOR_PORT,
        on_same_host(equal_but_for("netloc", "path", on=on_loopback)),
    ),
    compared(
        "native-loopback-path-may-go-on",
        "On a loopback address whatever begins with the registered URI is taken.",
        BUT_FOR_PORT,
        longer_path(on_loopback),
    ),
    compared(
        "native-loopback-path-in-any-case",
        "On a loopback address paths are compared without regard to letter case.",
        BUT_FOR_PORT,
        in_any_case(on_loopback),
    ),
    compared(
        "native-loopback-query-free",
        "On a loopback address the query is free as the port is.",
        BUT_FOR_PORT,
        on_same_host(equal_but_for("netloc", "query", on=on_loopback)),
    ),
    compared(
        "native-loopback-scheme-free",
        "On a loopback address http and https are one.",
        BUT_FOR_PORT,
        on_same_host(equal_but_for("scheme", "netloc", on=on_loopback)),
    ),
    compared(
        "native-hosts-of-this-machine-alike",
        "All names and addresses of this machine are one.",
        BUT_FOR_PORT,
        on_this_machine(equal_but_for("netloc", on=on_loopback)),
    ),
    compared(
        "native-localhost-is-an-address",
        "A registered loopback address stands for localhost too.",
        BUT_FOR_PORT,
        where_it_says(equal_but_for("netloc", on=on_loopback), "//localhost"),
    ),
    compared(
        "native-addresses-of-both-versions-alike",
        "A registered loopback address of one IP version stands for that of the other.",
        BUT_FOR_PORT,
        lambda sent, registered: (
            parts_of(sent).hostname in ("127.0.0.1", "::1")
            and equal_but_for("netloc", on=on_loopback)(sent, registered)
        ),
    ),
    compared(
        "native-authority-free",
        "With a loopback address registered, all of the authority is left out of the comparison.",
        BUT_FOR_PORT,
        equal_but_for("netloc", on=on_loopback),
    ),
    compared(
        "native-port-ends-at-slash",
        "The port is whatever stands between colon and slash: a longer host name passes.",
        BUT_FOR_PORT,
        where_it_says(cut_at_port, ".attacker"),
    ),
    compared(
        "native-loopback-as-user",
        "The port is whatever stands between colon and slash: user information passes.",
        BUT_FOR_PORT,
        where_it_says(cut_at_port, "@attacker"),
    ),
    Defect(
        name="native-scheme-without-period-registered",
        says="A private-use scheme may be any word.",
        breaks=("rfc8252-8.4-scheme-without-period-rejected",),
        edits=(also_taking(rejected),),
        on=ON,
    ),
    Defect(
        name="native-uri-of-any-client",
        says="A redirect URI has to be registered, by whomever.",
        breaks=("rfc8252-8.10-uri-of-other-client-rejected",),
        edits=(also_taking(of_everybody),),
        on=ON,
    ),
)
