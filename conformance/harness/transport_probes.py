"""Requests over plain HTTP, and TLS handshakes: what shows how endpoints are protected on the way."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from conformance.base.outcomes import Inconclusive, NeedsSockets, Unanswered, Untested
from conformance.browser.answer import Answer
from conformance.browser.authorization_request import AuthorizationRequest
from conformance.browser.driving import drive
from conformance.browser.user_agent import UserAgent
from conformance.harness.raw_requests import RawRequests
from conformance.wire.exchange import Reply, Request
from conformance.wire.tls import Handshake, LocallyUnavailable


class TransportProbes(RawRequests):
    """What is sent to see whether an endpoint is there without TLS, and with which TLS."""

    def plainly(self, request: Request) -> Reply | None:
        """The same request over plain HTTP, where the profile says that it would be heard; None when nothing answers.

        Untested, with the line to add, without `plain_http`. Take care what it carries: invented credentials only,
        unless the target is on loopback (`given.plain_client`).
        """
        try:
            return self.recorder.exchange(replace(request, url=self._plain_url(request.url)))
        except (Inconclusive, Unanswered):
            return None

    def authorization_in_the_clear(self, request: AuthorizationRequest, user_agent: UserAgent) -> Answer | None:
        """An authorization request that starts over plain HTTP, and how it goes on; None when nothing answers there.

        Signs in where it is asked to: take a user agent with an account for targets on loopback only.
        """
        url = self._plain_url(self.form_request("authorization", request.pairs, method="GET").url)
        try:
            reply = user_agent.open(self.recorder, url)
        except (Inconclusive, Unanswered):
            return None
        return drive(user_agent, self.recorder, request, reply, "approve")

    def _plain_url(self, url: str) -> str:
        """Where the profile says that a URL's endpoint would be heard over plain HTTP."""
        target = self.recorder.target
        if target.plain_http is None:
            raise Untested("where plain HTTP would be heard isn't known: add `plain_http = ...` under [target]")
        base, plain, parts = urlsplit(target.base_url), urlsplit(target.plain_http), urlsplit(url)
        if parts.netloc != base.netloc:
            raise Untested(f"the endpoint {url.partition('?')[0]} isn't on the host of base_url")
        return parts._replace(scheme="http", netloc=plain.netloc).geturl()

    def handshake(self, endpoint: str, only: str | None = None, *, verify: bool = False) -> Handshake:
        """A TLS handshake with an endpoint's host: one version `only` (`TLSv1.2`, ...), or the certificate checked."""
        recorder = self.recorder
        if not recorder.session.transport.has_sockets:
            raise NeedsSockets("TLS shows over sockets only")
        url = recorder.target.url(endpoint)
        if not url.startswith("https:"):
            raise Untested(f"the {endpoint} endpoint isn't an https URL")
        if verify and recorder.target.insecure:
            raise Untested("the certificate was not looked at: leave out `--insecure`")
        try:
            return recorder.session.transport.handshake(url, recorder.target.reach, only=only, verify=verify)
        except LocallyUnavailable as error:
            raise Untested(str(error)) from error
