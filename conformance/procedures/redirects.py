"""Redirection URIs that resemble a registered one without being it, and where the user agent went with each.

The catalogue is grouped by what RFC 3986 says of the difference: a part of the URI is another one, or the two are
equivalent after normalization and differ as strings only. Ports are varied on hosts that aren't loopback (RFC 8252
section 7.3 lets them vary there).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import SplitResult, parse_qsl

import pytest

from conformance.base.outcomes import NotApplicable, Untested, Vacuous
from conformance.base.uris import is_loopback, urljoin, urlsplit
from conformance.browser.user_agent import CLICKED
from conformance.harness import needs
from conformance.procedures.replaced_characters import REPLACEMENTS
from conformance.procedures.spelled_uris import RARE_SPELLINGS, SPELLINGS

if TYPE_CHECKING:
    from conformance.browser.user_agent import Answer
    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import Send
    from conformance.profile.target import Client, Target

Kind = Literal["foreign", "scheme", "authority", "path", "query", "fragment", "relative", "equivalent", "replaced"]
ResponseType = Literal["code", "token"]
# Nobody's host: the top-level domain is reserved.
ATTACKER = "attacker.example"
IN_FULL_ONLY: tuple[Kind, ...] = ("query", "equivalent", "replaced")
UriTest = Callable[[str], bool]
ERROR = re.compile(r"[?&#]error=")
GRANT_OF: dict[str, str] = {"code": "authorization_code", "token": "implicit"}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One way to miss a registered URI; `make` returns None for URIs that it doesn't fit."""

    kind: Kind
    make: Callable[[SplitResult], str | None]


def _with(**parts: str) -> Callable[[SplitResult], str | None]:
    return lambda uri: uri._replace(**parts).geturl()


def _path(change: Callable[[str], str]) -> Callable[[SplitResult], str | None]:
    return lambda uri: uri._replace(path=change(uri.path or "/")).geturl()


def _authority(change: Callable[[str], str]) -> Callable[[SplitResult], str | None]:
    return lambda uri: uri._replace(netloc=change(uri.netloc)).geturl() if uri.netloc else None


def _other_port(uri: SplitResult) -> str | None:
    if not uri.hostname or is_loopback(uri.geturl()):
        return None
    return uri._replace(netloc=f"{_host(uri.netloc)}:{(uri.port or 8442) + 1}").geturl()


def _default_port(uri: SplitResult) -> str | None:
    ports = {"https": 443, "http": 80}
    if uri.port is not None or uri.scheme not in ports or is_loopback(uri.geturl()):
        return None
    return uri._replace(netloc=f"{uri.netloc}:{ports[uri.scheme]}").geturl()


def _other_web_scheme(uri: SplitResult) -> str | None:
    other = {"https": "http", "http": "https"}.get(uri.scheme)
    return uri._replace(scheme=other).geturl() if other else None


def _encoded_letter(uri: SplitResult) -> str | None:
    at = next((at for at in reversed(range(len(uri.path))) if uri.path[at].isalpha()), None)
    if at is None or "%" in uri.path:
        return None
    return uri._replace(path=f"{uri.path[:at]}%{ord(uri.path[at]):02X}{uri.path[at + 1 :]}").geturl()


def _other_case_of_path(uri: SplitResult) -> str | None:
    return uri._replace(path=uri.path.swapcase()).geturl() if "%" not in uri.path else None


def _capitals(uri: SplitResult) -> str | None:
    whole = uri.geturl()
    return whole.replace(uri.netloc, uri.netloc.upper(), 1) if uri.netloc else None


def _capital_scheme(uri: SplitResult) -> str | None:
    # By hand: urllib writes schemes in lower case.
    return uri.scheme.upper() + uri.geturl()[len(uri.scheme) :]


def _trailing_slash(uri: SplitResult) -> str | None:
    if uri.path in ("", "/"):
        return None  # These two are one after normalization.
    return uri._replace(path=uri.path.rstrip("/") if uri.path.endswith("/") else f"{uri.path}/").geturl()


def _more_query(uri: SplitResult) -> str | None:
    return uri._replace(query="&".join(filter(None, (uri.query, "more=1")))).geturl()


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2].partition(":")[0]


NEAR_MISSES: dict[str, NearMiss] = {
    "foreign-host": NearMiss("foreign", _authority(lambda host: ATTACKER)),
    "foreign-uri": NearMiss("foreign", lambda uri: f"https://{ATTACKER}/"),
    # What some servers take for developers and for programs without a browser, whoever asks.
    "loopback": NearMiss("foreign", lambda uri: "http://127.0.0.1:8442/attacker"),
    "localhost": NearMiss("foreign", lambda uri: "http://localhost:8442/attacker"),
    "out-of-band": NearMiss("foreign", lambda uri: "urn:ietf:wg:oauth:2.0:oob"),
    "other-web-scheme": NearMiss("scheme", _other_web_scheme),
    "invented-scheme": NearMiss("scheme", _with(scheme="attacker-app")),
    "other-port": NearMiss("authority", _other_port),
    "subdomain": NearMiss("authority", _authority(lambda host: f"attacker.{host}")),
    "longer-host-name": NearMiss("authority", _authority(lambda host: f"attacker{host}")),
    "host-as-subdomain": NearMiss("authority", _authority(lambda host: f"{_host(host)}.{ATTACKER}")),
    "user-information": NearMiss("authority", _authority(lambda host: f"attacker@{host}")),
    "host-as-user-information": NearMiss("authority", _authority(lambda host: f"{_host(host)}@{ATTACKER}")),
    "backslash": NearMiss("authority", _authority(lambda host: f"{ATTACKER}\\@{host}")),
    "trailing-slash": NearMiss("path", _trailing_slash),
    "extra-path": NearMiss("path", _path(lambda path: f"{path.rstrip('/')}/attacker")),
    "longer-path": NearMiss("path", _path(lambda path: f"{path}attacker")),
    "shorter-path": NearMiss("path", lambda uri: _with(path="/")(uri) if uri.path not in ("", "/") else None),
    "dot-segments-out": NearMiss("path", _path(lambda path: f"{path.rstrip('/')}/../attacker")),
    "encoded-dot-segments-out": NearMiss("path", _path(lambda path: f"{path.rstrip('/')}/%2e%2e/attacker")),
    "other-case-of-path": NearMiss("path", _other_case_of_path),
    "more-query": NearMiss("query", _more_query),
    "more-behind-query": NearMiss("query", lambda uri: _more_query(uri) if uri.query else None),
    "fragment": NearMiss("fragment", _with(fragment="attacker")),
    "path-alone": NearMiss("relative", lambda uri: uri.path if uri.path not in ("", "/") else None),
    "without-scheme": NearMiss("relative", lambda uri: f"//{uri.netloc}{uri.path}" if uri.netloc else None),
    "host-and-path": NearMiss("relative", lambda uri: f"{uri.netloc}{uri.path}" if uri.netloc else None),
    "scheme-in-capitals": NearMiss("equivalent", _capital_scheme),
    "host-in-capitals": NearMiss("equivalent", _capitals),
    "default-port": NearMiss("equivalent", _default_port),
    "encoded-letter": NearMiss("equivalent", _encoded_letter),
    "dot-segment": NearMiss("equivalent", _path(lambda path: f"/.{path}")),
    "dot-segments-back": NearMiss("equivalent", _path(lambda path: f"/attacker/..{path}")),
    "space-before": NearMiss("equivalent", lambda uri: f" {uri.geturl()}"),
    "space-behind": NearMiss("equivalent", lambda uri: f"{uri.geturl()} "),
    **{name: NearMiss("equivalent", make) for name, make in SPELLINGS.items()},
    **{name: NearMiss("replaced", make) for name, make in {**REPLACEMENTS, **RARE_SPELLINGS}.items()},
}


def near_misses(*kinds: Kind) -> list[Any]:
    """Near misses of some kinds, by name, as parameters of tests; all of them without any.

    Where only a part of the URI is registered, other queries and equivalent URIs are no misses (section 3.1.2.2).
    """
    return [
        pytest.param(name, marks=needs("full_redirect_uris") if miss.kind in IN_FULL_ONLY else ())
        for name, miss in NEAR_MISSES.items()
        if not kinds or miss.kind in kinds
    ]


def near_miss(name: str, registered: Sequence[str]) -> str:
    """A redirection URI that none of the registered ones is; NotApplicable where none of them has a miss like this."""
    for uri in registered:
        missed = NEAR_MISSES[name].make(urlsplit(uri))
        if missed is not None and missed not in registered:
            return missed
    raise NotApplicable(f"none of the client's redirection URIs can be missed by {name.replace('-', ' ')}")


@dataclass(frozen=True, slots=True)
class Missed:
    """What an authorization request with an unregistered redirection URI came to."""

    redirect_uri: str
    registered: tuple[str, ...]
    answer: Answer

    @property
    def moved_there(self) -> bool:
        """Whether the user agent was moved on its own to the unregistered URI, as servers or as browsers read it."""
        return moved_to(self.answer, self.redirect_uri, self.registered)


def missed_request(
    given: Given, send: Send, name: str, client: Client | None = None, response_type: ResponseType | None = None
) -> Missed:
    """A good authorization request but for its redirection URI; the control is the same with a registered one."""
    response_type = response_type or any_response_type(given)
    client = client or given.client_for(GRANT_OF[response_type])
    redirect_uri = near_miss(name, client.redirect_uris)
    first_uri_served(given, client, response_type)
    return given.observed(
        f"redirection URI {name} of {client.name} for a {response_type}",
        lambda: Missed(
            redirect_uri,
            client.redirect_uris,
            send.authorize(client, response_type, redirect_uri=redirect_uri),
        ),
    )


def first_uri_served(given: Given, client: Client, response_type: ResponseType) -> Answer:
    """The positive control: the client's first registered redirection URI is served."""
    if not client.redirect_uris:
        raise Untested(f"the registered redirection URIs aren't known: add `redirect_uris` to [clients.{client.name}]")
    return given.observed(
        f"the registered redirection URI of {client.name} for a {response_type}",
        lambda: given.came_back(given.approval(client, response_type)),
    )


def brings_grant(answer: Answer) -> bool:
    """Whether a code or a token went out, wherever it stands in the destination: behind a fragment as well."""
    return any(f"{name}=" in (answer.destination or "") for name in ("code", "access_token"))


def brings_error(answer: Answer) -> bool:
    """Whether an error was sent to the client, be it in a query that can be read or behind a second question mark."""
    granted_one = answer.get("code") or answer.get("access_token")
    return bool(answer.get("error")) or bool(not granted_one and ERROR.search(answer.destination or ""))


def has_error_in_query_alone(answer: Answer) -> bool:
    """Whether the error stands before the fragment, be it behind a second question mark, and not in it."""
    before, hash_sign, fragment = (answer.destination or "").partition("#")
    return ERROR.search(before) is not None and not ERROR.search(hash_sign + fragment)


def expect_not_accepted(expect: Expect, found: Missed) -> None:
    """A Violation if the unregistered redirection URI brought a code or a token.

    A server that breaks down over it accepted nothing: that it did is judged by the sentence about server errors.
    """
    expect(found.answer).issues_nothing()
    expect.that(
        not brings_grant(found.answer),
        f"a request for the unregistered {found.redirect_uri} refused",
        found.answer,
        breach="act",
        about="refusal",
    )


def expect_not_moved(expect: Expect, found: Missed) -> None:
    """A Violation if the user agent was moved on its own to the unregistered redirection URI."""
    expect.that(
        not found.moved_there,
        f"the user agent not to be moved to the unregistered {found.redirect_uri}",
        found.answer,
        breach="act",
        about="place",
    )


def any_response_type(given: Given, client: Client | None = None) -> ResponseType:
    """`code` where the profile claims it (and the client may use it), else `token`."""
    usable = client is None or client.may_use("authorization_code")
    return "code" if given.claims("authorization_code") and usable else "token"


def error_response(given: Given, send: Send, client: Client, response_type: ResponseType, redirect_uri: str) -> Answer:
    """An error that came back to the client, at one of its redirection URIs: by whatever fault the server tells of.

    Vacuous when it tells of none, which is a finding of its own.
    """
    own: dict[str, Any] = {"response_type": response_type, "redirect_uri": redirect_uri}
    faults: list[dict[str, Any]] = [
        {"scope": given.invented("scope")},
        {"decision": "decline"},
        *([{"response_type": "other"}] if response_type == "code" else []),
    ]

    def procedure() -> Answer | None:
        first_uri_served(given, client, response_type)
        answers = (send.authorize(client, **{**own, **fault}) for fault in faults)
        return next((answer for answer in answers if brings_error(answer)), None)

    answer = given.observed(f"an error at {redirect_uri} for a {response_type}", procedure)
    if answer is None:
        raise Vacuous("no faulty or declined authorization request came back to the client as an error")
    return answer


# Where an answer went


def landed_at(answer: Answer, uris: Sequence[str]) -> str | None:
    """The one of some redirection URIs that the user agent was sent to, its own query included; None for none."""
    destination = urlsplit(answer.destination or "")
    fitting = [uri for uri in uris if _holds(destination, urlsplit(uri))]
    return max(fitting, key=len, default=None)


def _holds(destination: SplitResult, uri: SplitResult) -> bool:
    left = parse_qsl(destination.query, keep_blank_values=True)
    return (
        (destination.scheme, destination.netloc, destination.path) == (uri.scheme, uri.netloc, uri.path)
        and all(pair in left for pair in parse_qsl(uri.query, keep_blank_values=True))
        and destination.fragment.startswith(uri.fragment)
    )


def moved_to(answer: Answer, uri: str, registered: Sequence[str] = ()) -> bool:
    """Whether the user agent was moved on its own to a URI that isn't one of the registered ones."""
    resolved = urljoin(_first_url(answer), uri)
    if answer.destination is None:
        # A relative URI leads to a place on the server itself, which the user agent then opened.
        at, began = (url.partition("?")[0] for url in (answer.reply.request.url, _first_url(answer)))
        return resolved != uri and began != at == resolved.partition("?")[0]
    if answer.mechanism in CLICKED:
        return False
    if landed_at(answer, [*registered, uri, resolved]) in {uri, resolved}.difference(registered):
        return True
    host = _browser_host(answer.destination)
    return host == _browser_host(resolved) and host not in map(_browser_host, registered)


def _first_url(answer: Answer) -> str:
    return (answer.pages[0] if answer.pages else answer.reply).request.url


def _browser_host(url: str) -> str:
    """The host that a browser would go to: it takes a backslash for a slash (WHATWG URL)."""
    return urlsplit(url.replace("\\", "/")).hostname or ""


# What a profile offers


def missable_client(given: Given, target: Target, name: str) -> Client:
    """The first client with a redirection URI that can be missed like this; NotApplicable where no URI can."""
    grant = GRANT_OF[any_response_type(given)]
    usual = given.client_for(grant)
    for client in (usual, *target.clients.values()):
        if client.may_use(grant) and not client.is_guessed_at:
            with suppress(NotApplicable):
                near_miss(name, client.redirect_uris)
                return client
    raise NotApplicable(f"no redirection URI of the profile can be missed by {name.replace('-', ' ')}")


def second_uri(client: Client) -> str:
    """A redirection URI beside the first; Untested, with the line to add, where there is just one."""
    if len(client.redirect_uris) < 2:
        raise Untested(f"this probe needs two redirection URIs: name a second one in [clients.{client.name}]")
    return client.redirect_uris[1]


def registered_where(
    target: Target, fits: UriTest, what: str, response_type: ResponseType | None = None
) -> tuple[Client, str]:
    """A client that may use the authorization endpoint (for a response type) and has a redirection URI that fits.

    Untested, with the line to add, where there is none.
    """
    grants = {GRANT_OF[response_type]} if response_type else set(GRANT_OF.values())
    for client in target.clients.values():
        usable = any(client.may_use(grant) for grant in grants & target.features)
        uri = next(filter(fits, client.redirect_uris), None)
        if usable and uri is not None and not client.is_guessed_at:
            return client, uri
    raise Untested(f"no client of the profile has {what}: register one and add it to a client's `redirect_uris`")


def with_query(uri: str) -> bool:
    """Whether a URI has a query component."""
    return bool(urlsplit(uri).query)


def with_escapes_in_query(uri: str) -> bool:
    """Whether a URI's query holds characters that had to be escaped."""
    return "%" in urlsplit(uri).query


def with_private_scheme(uri: str) -> bool:
    """Whether a URI has a scheme of its own, as native applications register (RFC 8252 section 7.1)."""
    return urlsplit(uri).scheme not in ("http", "https")


def insecure_and_secure(target: Target) -> tuple[Client, str, str]:
    """A client with a redirection URI that leads over an open network without TLS, and one with TLS beside it."""
    for client in target.clients.values():
        insecure = next((uri for uri in client.redirect_uris if _is_insecure(uri)), None)
        secure = next((uri for uri in client.redirect_uris if uri.startswith("https:")), None)
        if insecure and secure:
            return client, insecure, secure
    raise NotApplicable("no client of the profile registered a redirection URI without TLS beside one with TLS")


def _is_insecure(uri: str) -> bool:
    return urlsplit(uri).scheme == "http" and not is_loopback(uri)
