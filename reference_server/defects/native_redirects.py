"""Breaches of RFC 8252 sections 6 and 7: which redirect URIs of native apps are served, and where the answer goes."""

from collections.abc import Callable
from urllib.parse import urlsplit

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, after, before, named, replace
from ..steps.authorization_request import choose_redirect_uri, match_redirect_uri
from ..steps.authorization_response import put_state, redirect_error, redirect_with_query, tell_client
from ..steps.client_authentication import failed
from ..steps.grant_authorization_code import check_redirect_uri, invalid_grant
from ..steps.native_apps import match_native_redirect_uri, without_port
from .conditions import only, when

ON = "native-apps"
VALIDATE = "authorization.validate_client"
GRANT = "grant.authorization_code"
CODE = "authorization.code_response"
HIGHEST_FIXED = 49151


def uri_of(call: Call) -> str:
    """The redirect URI that a request names."""
    return call.parameters.get("redirect_uri") or ""


def of_native(call: Call) -> bool:
    """A native client asks."""
    return call.client.type == "native"


def is_private(uri: str) -> bool:
    """No web address."""
    return urlsplit(uri).scheme not in ("http", "https")


def to_private(call: Call) -> bool:
    """The answer goes to a private-use scheme."""
    return is_private(call.redirect_uri or "")


def refusing(name: str, condition: Callable[[str], bool]) -> Edit:
    """Redirect URIs of native clients that are refused, though they are registered."""

    def refuse(call: Call) -> None:
        if of_native(call) and condition(uri_of(call)):
            raise OAuthError("invalid_request", "The redirect_uri parameter is not supported.")

    return before(VALIDATE, "match_native_redirect_uri", named(name, refuse))


def comparing_ports(condition: Callable[[str], bool]) -> Edit:
    """Ports that are compared after all."""

    def match_with_port(call: Call) -> None:
        step = match_redirect_uri if condition(uri_of(call)) else match_native_redirect_uri
        step(call)

    return replace(VALIDATE, "match_native_redirect_uri", named("match_native_redirect_uri", match_with_port))


def port_of(uri: str) -> int:
    """The port of a URI; 0 where it has none."""
    try:
        return urlsplit(uri).port or 0
    except ValueError:
        return 0


def compare_registered_port(call: Call) -> None:
    """What was registered counts, a port as well."""
    registered = [uri for uri in call.client.redirect_uris if without_port(uri) == without_port(uri_of(call))]
    step = match_redirect_uri if any(map(port_of, registered)) else match_native_redirect_uri
    step(call)


def choose_registered_port(call: Call) -> None:
    """Sends the answer to the URI as it is registered."""
    registered = {without_port(uri): uri for uri in call.client.redirect_uris}
    call.redirect_uri = registered.get(without_port(uri_of(call)), uri_of(call))


def compare_without_port(call: Call) -> None:
    """The port is free here as well."""
    if without_port(uri_of(call)) != without_port(call.code.redirect_uri or ""):
        raise invalid_grant("The redirect_uri parameter differs from the authorization request.")


def compare_with_registered(call: Call) -> None:
    """What is registered is right, wherever the code went."""
    if uri_of(call) not in call.client.redirect_uris:
        check_redirect_uri(call)


def with_authority(call: Call) -> Response:
    """Builds the address by a library that knows web addresses only."""
    scheme, _, rest = (call.redirect_uri or "").partition(":")
    call.redirect_uri = f"{scheme}://{rest.lstrip('/')}"
    return redirect_with_query(call)


def error_with_authority(call: Call) -> Response:
    """The same for errors."""
    scheme, _, rest = (call.redirect_uri or "").partition(":")
    call.redirect_uri = f"{scheme}://{rest.lstrip('/')}"
    return redirect_error(call)


async def tell_web_clients(call: Call) -> Response | None:
    """An error has no way to an app."""
    return None if to_private(call) else await tell_client(call)


def demand_secret_for_https(call: Call) -> None:
    """An https URI is that of a web client, which authenticates."""
    if of_native(call) and not call.authenticated and uri_of(call).startswith("https:"):
        raise failed()


def refuse_verifier_of_apps(call: Call) -> None:
    """Challenges are for the apps of a store, which come by https."""
    if of_native(call) and is_private(call.code.redirect_uri or ""):
        raise invalid_grant("The code verifier does not match.")


DEFECTS = (
    Defect(
        name="native-private-scheme-refused",
        says="Redirect URIs have to be web addresses: private-use schemes are refused.",
        breaks=("rfc8252-7.1-private-scheme-served", "rfc8252-7-three-kinds-offered"),
        edits=(refusing("refuse_private_scheme", is_private),),
        on=ON,
    ),
    Defect(
        name="native-claimed-https-refused",
        says="Native apps are served at private-use schemes and loopback addresses alone.",
        breaks=("rfc8252-A-claimed-https-served", "rfc8252-7-three-kinds-offered"),
        edits=(refusing("refuse_https", lambda uri: uri.startswith("https:")),),
        on=ON,
    ),
    Defect(
        name="native-loopback-over-http-refused",
        says="Plain http is refused everywhere, on loopback addresses too.",
        breaks=("rfc8252-7.3-loopback-over-http-served", "rfc8252-7-three-kinds-offered"),
        edits=(refusing("refuse_http", lambda uri: uri.startswith("http:")),),
        on=ON,
    ),
    Defect(
        name="native-ipv4-refused",
        says="Of the loopback addresses that of IPv4 is refused, as a literal address.",
        breaks=("rfc8252-7.3-ipv4-loopback-served",),
        edits=(refusing("refuse_ipv4", lambda uri: uri.startswith("http://127.")),),
        on=ON,
    ),
    Defect(
        name="native-ipv6-refused",
        says="Of the loopback addresses that of IPv6 is refused.",
        breaks=("rfc8252-7.3-ipv6-loopback-served",),
        edits=(refusing("refuse_ipv6", lambda uri: uri.startswith("http://[")),),
        on=ON,
    ),
    Defect(
        name="native-port-compared",
        says="The port of a loopback redirect URI is compared like all the rest.",
        breaks=("rfc8252-7.3-any-port-served",),
        edits=(comparing_ports(lambda uri: True),),
        on=ON,
    ),
    Defect(
        name="native-port-compared-on-ipv6",
        says="The port is free for IPv4 alone.",
        breaks=("rfc8252-7.3-any-port-served",),
        edits=(comparing_ports(lambda uri: uri.startswith("http://[")),),
        on=ON,
    ),
    Defect(
        name="native-port-compared-on-ipv4",
        says="The port is free for IPv6 alone.",
        breaks=("rfc8252-7.3-any-port-served",),
        edits=(comparing_ports(lambda uri: uri.startswith("http://127.")),),
        on=ON,
    ),
    Defect(
        name="native-port-free-in-ephemeral-range-only",
        says="A port that nobody registered is taken from 49152 on.",
        breaks=("rfc8252-7.3-any-port-served",),
        edits=(comparing_ports(lambda uri: 0 < port_of(uri) <= HIGHEST_FIXED),),
        on=ON,
    ),
    Defect(
        name="native-port-free-below-ephemeral-range-only",
        says="A port that nobody registered is taken up to 49151.",
        breaks=("rfc8252-7.3-any-port-served",),
        edits=(comparing_ports(lambda uri: port_of(uri) > HIGHEST_FIXED),),
        on=ON,
    ),
    Defect(
        name="native-port-free-where-none-registered",
        says="The port is free where the registered URI has none, and compared where it has one.",
        breaks=("rfc8252-7.3-any-port-served",),
        edits=(replace(VALIDATE, "match_native_redirect_uri", compare_registered_port),),
        on=ON,
    ),
    Defect(
        name="native-answer-to-registered-port",
        says="Any port may be asked for, and the answer goes to the registered one.",
        breaks=("rfc8252-7.3-any-port-served",),
        edits=(replace(VALIDATE, "choose_redirect_uri", when(of_native, choose_registered_port, choose_redirect_uri)),),
        on=ON,
    ),
    Defect(
        name="native-port-free-at-exchange",
        says="The token endpoint leaves the port out of its comparison too.",
        breaks=("rfc8252-7.3-port-of-request-kept",),
        edits=(replace(GRANT, "check_redirect_uri", when(of_native, compare_without_port, check_redirect_uri)),),
        on=ON,
    ),
    Defect(
        name="native-exchange-takes-registered-uri",
        says="The token endpoint takes any registered redirect URI of a native client.",
        breaks=("rfc8252-7.3-port-of-request-kept",),
        edits=(replace(GRANT, "check_redirect_uri", when(of_native, compare_with_registered, check_redirect_uri)),),
        on=ON,
    ),
    Defect(
        name="native-authority-in-private-uri",
        says="A private-use scheme gets two slashes on the way back.",
        breaks=("rfc8252-7.1-single-slash-kept",),
        edits=(replace(CODE, "redirect_with_query", when(to_private, with_authority, redirect_with_query)),),
        on=ON,
    ),
    Defect(
        name="native-authority-in-private-uri-of-errors",
        says="Errors go to a private-use scheme with two slashes.",
        breaks=("rfc8252-7.1-redirected-as-usual",),
        edits=(
            replace(
                "authorization.redirect_error", "redirect_error", when(to_private, error_with_authority, redirect_error)
            ),
        ),
        on=ON,
    ),
    Defect(
        name="native-errors-stay-on-page",
        says="Errors reach web addresses alone.",
        breaks=("rfc8252-7.1-redirected-as-usual",),
        edits=(replace("authorization.error", "tell_client", named("tell_client", tell_web_clients)),),
        on=ON,
    ),
    Defect(
        name="native-state-lost",
        says="An app that is launched gets no state.",
        breaks=("rfc8252-7.1-redirected-as-usual",),
        edits=(replace(CODE, "put_state", only(lambda call: not to_private(call), put_state)),),
        on=ON,
    ),
    Defect(
        name="native-https-taken-for-web-client",
        says="Whoever is redirected to an https URI has to authenticate.",
        breaks=("rfc8252-8.4-client-type-recorded", "rfc8252-8.4-native-clients-are-public"),
        edits=(after("client_authentication", "distrust_shared_secret", demand_secret_for_https),),
        on=ON,
    ),
    Defect(
        name="native-challenges-not-served",
        says="A challenge is stored, and no verifier redeems the code of a private-use scheme.",
        breaks=("rfc8252-6-pkce-served",),
        edits=(before(GRANT, "check_code_verifier", refuse_verifier_of_apps),),
        on=ON,
    ),
)
