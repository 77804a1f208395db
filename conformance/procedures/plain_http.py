"""Requests over plain HTTP beside their twins over TLS, and TLS handshakes: by endpoint, each observed once.

What is sent in the clear is real on loopback only; anywhere else clients, accounts, codes and tokens are invented, and
the server gives itself away by judging them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from conformance.base.outcomes import Inconclusive, Untested
from conformance.browser.forms import Form
from conformance.browser.pages import read_page
from conformance.profile.target import Client
from conformance.wire.exchange import Reply, Request
from conformance.wire.tls import VERSIONS, Handshake

if TYPE_CHECKING:
    from conformance.browser.user_agent import Answer
    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import Send

# Members that say more than "not over plain HTTP": what was granted, or what introspection knows.
TELLING_MEMBERS = ("access_token", "refresh_token", "id_token", "code", "active")


@dataclass(frozen=True, slots=True)
class InTheClear:
    """What a request got over plain HTTP (None: nothing answers there) and what its twin got over TLS."""

    reply: Reply | None
    secure: Reply

    @property
    def was_processed(self) -> bool:
        """Whether the request was taken as it is over TLS: the same judgment, or anything that tells more."""
        if self.reply is None or self.reply.is_redirect:
            return False
        return _judgment(self.reply) == _judgment(self.secure) or any(
            name in self.reply.members for name in TELLING_MEMBERS
        )

    def __str__(self) -> str:
        return "no answer" if self.reply is None else str(self.reply)


@dataclass(frozen=True, slots=True)
class AuthorizationInTheClear:
    """How an authorization request that started over plain HTTP went on (None: nothing answers there).

    `secure` is where the same request ends over TLS for somebody who doesn't sign in.
    """

    answer: Answer | None
    secure: Answer

    @property
    def pages(self) -> tuple[Reply, ...]:
        """The pages that came over plain HTTP and ask something, or are the very page that TLS brings."""
        pages = [page for page in (self.answer.pages if self.answer else ()) if _in_clear(page)]
        return tuple(page for page in pages if any(map(_asks, read_page(page).forms)) or self._is_secure_one(page))

    @property
    def password_pages(self) -> tuple[Reply, ...]:
        """Those of them that ask for a password."""
        return tuple(page for page in self.pages if any(form.password for form in read_page(page).forms))

    @property
    def reached_client(self) -> bool:
        """Whether an answer over plain HTTP sent the user agent to the client, with whatever news."""
        answer = self.answer
        if answer is None or answer.destination is None or not _in_clear(answer.reply):
            return False
        return answer.destination.startswith(answer.request.get("redirect_uri") or "")

    @property
    def was_processed(self) -> bool:
        """Whether the endpoint is served over plain HTTP."""
        return bool(self.pages) or self.reached_client

    def brought(self, parameter: str) -> bool:
        """Whether an answer over plain HTTP carried a response parameter."""
        return self.answer is not None and _in_clear(self.answer.reply) and self.answer.get(parameter) is not None

    def _is_secure_one(self, page: Reply) -> bool:
        return page.is_success and bool(page.body) and page.body == self.secure.reply.body

    def __str__(self) -> str:
        if self.reached_client:
            return "the user agent sent to the client over plain HTTP"
        if self.pages:
            return f"the endpoint's page over plain HTTP (status {self.pages[0].status})"
        return "no answer" if self.answer is None else str(self.answer.reply)


def expect_unserved(expect: Expect, probe: InTheClear | AuthorizationInTheClear, what: str) -> None:
    """A Violation if the request was processed over plain HTTP; `what` names it (`a token request`)."""
    expect.that(
        not probe.was_processed, f"{what} over plain HTTP not to be served", probe, breach="act", about="plain HTTP"
    )


# Requests


def token_request_in_the_clear(given: Given, send: Send, client: Client | None = None) -> InTheClear:
    """A good token request by the cheapest grant, and by the main client of that grant unless told."""
    grant = given.any_grant(client)
    client = client or given.client_for(grant)
    return given.observed(
        f"a token request of {client.name} over plain HTTP",
        lambda: _in_both_ways(given, send, partial(_token_request, given, send, grant, client)),
    )


def refresh_in_the_clear(given: Given, send: Send) -> InTheClear:
    """A good refresh request."""

    def request() -> Request:
        tokens = given.refreshable()
        refresh_token = tokens.refresh_token if _may_be_real(given) else given.invented("refresh_token")
        return _client_request(
            given, send, "token", _grant("refresh_token", refresh_token=refresh_token), tokens.client
        )

    return given.observed("a refresh request over plain HTTP", lambda: _in_both_ways(given, send, request))


def introspection_in_the_clear(given: Given, send: Send) -> InTheClear:
    """A good introspection request about an active token."""

    def request() -> Request:
        token = given.tokens().access_token if _may_be_real(given) else given.invented("token")
        return _client_request(given, send, "introspection", {"token": token}, given.introspecting_client())

    return given.observed("an introspection request over plain HTTP", lambda: _in_both_ways(given, send, request))


def revocation_request(given: Given, send: Send, token: str, client: Client, **more: str | None) -> Request:
    """A revocation request for sending it over plain HTTP; the token and its client have to be real."""
    return _client_request(given, send, "revocation", {"token": token, **more}, client)


def resource_request_in_the_clear(given: Given, send: Send, endpoint: str = "protected_resource") -> InTheClear:
    """A good protected resource request by bearer token."""

    def request() -> Request:
        grant = given.user_grant() if given.claims("password") or given.claims("authorization_code") else None
        token = given.tokens(grant).access_token if _may_be_real(given) else given.invented("access_token")
        headers = (("Authorization", f"Bearer {token}"),)
        return replace(send.form_request(endpoint, ()), method="GET", headers=headers, body=b"")

    return given.observed(f"a request to {endpoint} over plain HTTP", lambda: _in_both_ways(given, send, request))


def authorization_request_in_the_clear(
    given: Given, send: Send, response_type: str = "code"
) -> AuthorizationInTheClear:
    """A good authorization request, on loopback with a resource owner who signs in and approves."""

    def procedure() -> AuthorizationInTheClear:
        given.came_back(given.approval(None, response_type), "the same request over TLS")
        with given.arranging():
            secure = send.authorize(None, response_type, user_agent=given.nobodys_user_agent())
        agent = given.user_agent(fresh=True) if _may_be_real(given) else given.nobodys_user_agent()
        request = send.authorization_request(None, response_type)
        return AuthorizationInTheClear(send.authorization_in_the_clear(request, agent), secure)

    return given.observed(f"an authorization request for a {response_type} over plain HTTP", procedure)


def _in_both_ways(given: Given, send: Send, make: Callable[[], Request]) -> InTheClear:
    with given.arranging():
        secure = _sent(send, make())
    if _may_be_real(given):
        given.accepted(secure, "the same request over TLS")
    elif not (secure.members.get("error") or secure.header("WWW-Authenticate")):
        raise Inconclusive(f"positive control: invented credentials should be judged over TLS, but got {secure}")
    return InTheClear(send.plainly(make()), secure)


def _sent(send: Send, request: Request) -> Reply:
    return send.raw(request.method, request.url, request.headers, request.body)


def _may_be_real(given: Given) -> bool:
    somebody = Client("somebody", "somebody")
    return given.plain_client(somebody) == somebody


def _grant(grant_type: str, **parameters: str | None) -> dict[str, str | None]:
    return {"grant_type": grant_type, **parameters}


def _token_request(given: Given, send: Send, grant: str, client: Client) -> Request:
    if grant == "authorization_code":
        if _may_be_real(given):
            return send.code_exchange_request(given.authorization_code(client))
        own = _grant(grant, code=given.invented("code"), redirect_uri=next(iter(client.redirect_uris), None))
    else:
        own = _grant(grant, scope=" ".join(client.scopes_for(grant)) or None)
    if grant == "password":
        owner = given.owner()
        real = _may_be_real(given)
        own["username"] = owner.username if real else given.invented("username")
        own["password"] = owner.password if real else given.invented("password")
    return _client_request(given, send, "token", own, client)


def _client_request(
    given: Given, send: Send, endpoint: str, parameters: dict[str, str | None], client: Client
) -> Request:
    own = {**parameters, **(client.token_parameters if endpoint == "token" else {})}
    pairs, headers = send.authenticated(own, given.plain_client(client), None, {})
    return send.form_request(endpoint, pairs, headers)


def _judgment(reply: Reply) -> tuple[object, ...]:
    return (reply.status, reply.media_type, reply.members.get("error"), reply.header("WWW-Authenticate"))


def _asks(form: Form) -> bool:
    """A form of the protocol, not the search box of an error page."""
    return form.password is not None or form.method == "POST"


def _in_clear(reply: Reply) -> bool:
    return reply.request.url.startswith("http:")


# Handshakes


def handshake(given: Given, send: Send, endpoint: str, only: str | None = None) -> Handshake:
    """A handshake with an endpoint's host in the current versions, or in one version; Inconclusive without a
    connection."""
    return given.observed(
        f"TLS with {_origin(send, endpoint)} in {only or 'current versions'}",
        lambda: _connected(send.handshake(endpoint, only)),
    )


def certificate_checked(given: Given, send: Send, endpoint: str) -> Handshake:
    """A handshake that checks the certificate for the endpoint's host name; one that fails for another reason decides
    nothing."""

    def procedure() -> Handshake:
        found = _connected(send.handshake(endpoint, verify=True))
        if found.cause == "protocol":
            raise Inconclusive(f"the certificate was not reached: {found.failure}")
        return found

    return given.observed(f"the certificate of {_origin(send, endpoint)}", procedure)


def versions(given: Given, send: Send, endpoint: str) -> str:
    """For a note: each TLS version, and whether a handshake in it succeeds."""
    handshake(given, send, endpoint)
    return ", ".join(f"{only}: {_in_words(given, send, endpoint, only)}" for only in VERSIONS)


def _in_words(given: Given, send: Send, endpoint: str, only: str) -> str:
    try:
        return "spoken" if handshake(given, send, endpoint, only).succeeded else "refused"
    except Untested:
        return "this machine can't try it"


def _connected(found: Handshake) -> Handshake:
    if found.cause == "connection":
        raise Inconclusive(found.failure)
    return found


def _origin(send: Send, endpoint: str) -> str:
    return "/".join(send.form_request(endpoint, ()).url.split("/")[:3])
