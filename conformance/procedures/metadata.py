"""The metadata of the issuer that the profile states (RFC 8414): where it is asked for, and what it says.

Its members are claims, in the words of section 3.2: what an optional one would say isn't claimed where it is left out.

The document is asked for once. Where a proxy stands between, the issuer's host isn't one that the profile names: then
its path is asked for at the host of base_url.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.base.outcomes import Inconclusive, NotApplicable, Vacuous
from conformance.base.uris import host_and_port, origin_of, urljoin, urlsplit
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import FORM, Send
from conformance.profile.target import Target
from conformance.wire.content import read_json
from conformance.wire.exchange import Reply

DEFAULT_SUFFIX = "oauth-authorization-server"
SUFFIX = re.compile(r"/\.well-known/([^/?#]+)")
JSON = (("Accept", "application/json"),)
MOST_REDIRECTS = 3
# Members that no metadata may lack (section 2): that one is missing is told by the requirement that demands it.
REQUIRED = ("issuer", "authorization_endpoint", "token_endpoint", "response_types_supported")
# Client authentication by a signed JWT (RFC 7523), which has lists of algorithms.
BY_JWT = ("private_key_jwt", "client_secret_jwt")


@dataclass(frozen=True, slots=True)
class Document:
    """A metadata document, as it came."""

    reply: Reply

    @property
    def members(self) -> dict[str, Any]:
        """Its members, unescaped."""
        return self.reply.members

    def __str__(self) -> str:
        return str(self.reply)


def suffix(target: Target) -> str:
    """The well-known suffix that the application uses: the one of the profile's metadata endpoint, or the default."""
    found = SUFFIX.search(target.endpoints.get("metadata", ""))
    return found[1] if found else DEFAULT_SUFFIX


def inserted_location(target: Target, issuer: str, name: str = "") -> str:
    """Where the metadata of an issuer is: the well-known path between its host and its path (section 3.1)."""
    return _host(target, issuer) + f"/.well-known/{name or suffix(target)}" + _path(issuer)


def appended_location(target: Target, issuer: str) -> str:
    """Where OpenID Connect Discovery has it: the well-known path behind the issuer's path."""
    return _host(target, issuer) + _path(issuer) + f"/.well-known/{suffix(target)}"


def _path(issuer: str) -> str:
    return urlsplit(issuer).path.removesuffix("/")


def _host(target: Target, issuer: str) -> str:
    is_known = host_and_port(issuer) in target.hosts() and urlsplit(issuer).scheme in ("http", "https")
    return origin_of(issuer if is_known else target.base_url)


def answer_at(given: Given, send: Send, url: str) -> Reply:
    """The answer at a URL, asked once; a redirect is followed, which the text leaves open."""

    def procedure() -> Reply:
        reply = send.raw("GET", url, JSON)
        for _ in range(MOST_REDIRECTS):
            if not reply.is_redirect:
                break
            reply = send.raw("GET", urljoin(reply.request.url, reply.header("Location") or ""), JSON)
        return reply

    return given.observed(f"metadata at {url}", procedure)


def response(given: Given, send: Send, target: Target) -> Reply:
    """The answer where the metadata of the profile's issuer should be."""
    return answer_at(given, send, inserted_location(target, given.issuer()))


def unknown_issuer(target: Target, given: Given) -> str:
    """Where the metadata of an issuer would be that isn't there."""
    return inserted_location(target, f"{given.issuer().removesuffix('/')}/{given.invented('issuer')}")


def ends_in_slash(given: Given, reply: Reply) -> Reply:
    """The answer, if the issuer's path ends in a slash that was left out. Not applicable to any other issuer."""
    if not urlsplit(given.issuer()).path.endswith("/"):
        raise NotApplicable("the issuer that the profile states doesn't end in a slash")
    return reply


def successful_response(given: Given, send: Send, target: Target) -> Reply:
    """The successful response where the metadata should be, whatever it holds; else where it is."""
    reply = response(given, send, target)
    return reply if reply.is_success else document(given, send, target).reply


def document(given: Given, send: Send, target: Target) -> Document:
    """The metadata, wherever it is. Inconclusive where there is none at all: that is told by the tests of its place."""
    issuer = given.issuer()
    for url in dict.fromkeys(
        (inserted_location(target, issuer), appended_location(target, issuer), target.url("metadata"))
    ):
        reply = answer_at(given, send, url)
        if reply.is_success and reply.members:
            return Document(reply)
    raise Inconclusive(f"no metadata at {inserted_location(target, issuer)}: {response(given, send, target)}")


def member(given: Given, send: Send, target: Target, name: str) -> Any:
    """A member of the metadata. Where it is left out: not applicable if it is an optional one, Vacuous otherwise."""
    members = document(given, send, target).members
    if name not in members:
        raise (Vacuous if name in REQUIRED else NotApplicable)(f"the metadata has no {name}")
    return members[name]


def names(given: Given, send: Send, target: Target, name: str) -> tuple[str, ...]:
    """A member that is a list of names, read leniently; Vacuous where it is anything else."""
    value = member(given, send, target, name)
    if not isinstance(value, list):
        raise Vacuous(f"{name} is no list: its type is another matter")
    return tuple(each for each in value if isinstance(each, str))


# What a member should be


def is_url(value: object) -> bool:
    """Whether a value is an absolute URL of a web server."""
    parts = urlsplit(value) if isinstance(value, str) else None
    return parts is not None and parts.scheme.lower() in ("http", "https") and bool(parts.netloc)


def is_list_of_texts(value: object) -> bool:
    """Whether a value is an array of strings; whether it is empty is another matter."""
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def listed_elsewhere(given: Given, send: Send, target: Target, name: str, others: Collection[str]) -> list[str]:
    """Values of a list that belong to another one, or differ from a registered name by letter case alone.

    Registries grow: a name that nobody here knows proves nothing.
    """
    known = {each.lower(): each for each in REGISTERED[name]}
    values = names(given, send, target, name)
    return [each for each in values if each in others or known.get(each.lower(), each) != each]


GRANT_NAMES = ("authorization_code", "implicit", "password", "client_credentials", "refresh_token")
RESPONSE_TYPES = ("code", "token", "id_token", "none")
AUTHENTICATION_METHODS = (
    *("none", "client_secret_post", "client_secret_basic", *BY_JWT),
    *("tls_client_auth", "self_signed_tls_client_auth"),
)
CHALLENGE_METHODS = ("S256", "plain")
REGISTERED: Mapping[str, Collection[str]] = {
    "response_types_supported": RESPONSE_TYPES,
    "grant_types_supported": GRANT_NAMES,
    "code_challenge_methods_supported": CHALLENGE_METHODS,
    **{
        f"{where}_endpoint_auth_methods_supported": AUTHENTICATION_METHODS
        for where in ("token", "revocation", "introspection")
    },
}


def endpoint_reply(given: Given, send: Send, target: Target, endpoint: str) -> Reply | None:
    """The answer at the URL that the metadata names for an endpoint; None where that is the profile's own.

    Vacuous where it stands at a host that the profile doesn't name, as it does behind a proxy.
    """
    url = member(given, send, target, f"{endpoint}_endpoint")
    if not is_url(url) or url == target.url(endpoint):
        return None
    if host_and_port(url) not in target.hosts():
        raise Vacuous(f"the metadata names {url}, which is no host of the profile")
    method, headers = ("GET", ()) if endpoint == "authorization" else ("POST", (("Content-Type", FORM),))
    return given.observed(f"the endpoint at {url}", lambda: send.raw(method, url.partition("#")[0], headers))


NO_SUCH_PLACE = (404, 410, 501)


# Truth of lists


def refused_response_types(given: Given, send: Send, target: Target) -> list[Answer]:
    """Answers to authorization requests with each listed response type that call it unsupported."""
    client = given.client_for("authorization_code" if given.claims("authorization_code") else "implicit")
    listed = [each for each in names(given, send, target, "response_types_supported") if _is_known(each)]

    def procedure() -> list[Answer]:
        return [send.authorize(client, each) for each in listed]

    answers = given.observed("each listed response type", procedure)
    return [answer for answer in answers if answer.get("error") == "unsupported_response_type"]


def _is_known(response_type: str) -> bool:
    return set(response_type.split()) <= {"code", "token"}


def refused_grant_types(given: Given, send: Send, target: Target) -> list[Reply]:
    """Answers to bare token requests with each listed grant type that call it unsupported."""
    listed = [each for each in names(given, send, target, "grant_types_supported") if each != "implicit"]
    client = given.client_with_secret() if given.claims("client_password") else given.client_for(given.any_grant())

    def procedure() -> list[Reply]:
        return [send.as_client("token", {"grant_type": each}, client) for each in listed]

    replies = given.observed("each listed grant type", procedure)
    return [reply for reply in replies if reply.members.get("error") == "unsupported_grant_type"]


def claimed_grants(target: Target) -> list[str]:
    """The grants that the profile claims."""
    return [each for each in GRANT_NAMES if each in target.features]


def declared_methods(target: Target) -> list[str]:
    """The methods by which clients of the profile authenticate."""
    return list(dict.fromkeys(each for client in target.clients.values() for each in client.authentication))


# Keys and signatures


def key_set(given: Given, send: Send, target: Target) -> Reply:
    """What `jwks_uri` leads to. Vacuous where it is at a host that the profile doesn't name."""
    url = member(given, send, target, "jwks_uri")
    if not is_url(url) or host_and_port(url) not in target.hosts():
        raise Vacuous(f"jwks_uri is {url}, which is no host of the profile")
    return answer_at(given, send, url)


def keys(given: Given, send: Send, target: Target) -> list[dict[str, Any]]:
    """The keys in the JWK Set, read leniently."""
    found = key_set(given, send, target).members.get("keys")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Jwt:
    """A JWT, taken apart: None for what can't be read. Its signature is not verified."""

    header: dict[str, Any] | None
    claims: dict[str, Any] | None
    is_compact: bool
    signature: str


def signed_metadata(given: Given, send: Send, target: Target) -> Jwt:
    """The signed metadata. Vacuous where it isn't a string."""
    value = member(given, send, target, "signed_metadata")
    if not isinstance(value, str):
        raise Vacuous("signed_metadata is no string: its type is another matter")
    parts = value.split(".")
    header, claims, signature = (*parts, "", "", "")[:3]
    compact = len(parts) == 3 and all(BASE64URL.fullmatch(each) for each in parts)
    return Jwt(_json_of(header), _json_of(claims), compact, signature)


BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def _json_of(part: str) -> dict[str, Any] | None:
    try:
        document = read_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
