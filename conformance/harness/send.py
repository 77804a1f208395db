"""`send` speaks raw protocol: it can send anything, never judges, never follows a redirect.

Parameters are changed by keyword: a string replaces or adds, a list sends the parameter several times, OMIT leaves it
out, an empty string sends it without a value.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urlsplit

from conformance.base.outcomes import Inconclusive, Untested
from conformance.browser.authorization_request import AuthorizationRequest, challenge
from conformance.browser.forms import Form
from conformance.browser.pages import read_page
from conformance.profile.target import Client, fault_of_client, fault_of_grant, fault_of_redirect_uri
from conformance.wire.exchange import Pairs, Reply, Request
from conformance.wire.tls import Handshake, LocallyUnavailable

if TYPE_CHECKING:
    from conformance.browser.user_agent import Answer, UserAgent
    from conformance.harness.session import Trial
    from conformance.harness.tokens import Code, Tokens

FORM = "application/x-www-form-urlencoded"


class _Omit:
    def __repr__(self) -> str:
        return "OMIT"


OMIT = _Omit()
Change = str | list[str] | _Omit | None


def changed(parameters: Mapping[str, Change], changes: Mapping[str, Change]) -> list[tuple[str, str]]:
    """Parameters with changes applied, in order; None and OMIT leave out, a list repeats."""
    pairs: list[tuple[str, str]] = []
    for name, value in {**parameters, **changes}.items():
        if isinstance(value, str):
            pairs.append((name, value))
        elif isinstance(value, list):
            pairs += [(name, each) for each in value]
    return pairs


def basic(client_id: str, secret: str) -> tuple[str, str]:
    """An HTTP Basic header with form-encoded id and secret (RFC 6749 section 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return ("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())


def bearer(token: str) -> tuple[str, str]:
    """A bearer Authorization header (RFC 6750 section 2.1)."""
    return ("Authorization", f"Bearer {token}")


class Send:
    """The stimulus side of a test."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def raw(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | str = b"",
        phase: str | None = None,
    ) -> Reply:
        """Any request at all; a text body goes out as UTF-8."""
        content = body.encode() if isinstance(body, str) else body
        return self._trial.exchange(Request(method, url, tuple(headers), content), phase)

    def form(
        self,
        endpoint: str,
        pairs: Pairs,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        phase: str | None = None,
    ) -> Reply:
        """A form-encoded request to an endpoint that the profile names (`token`, `revocation`, ...)."""
        return self._trial.exchange(self.form_request(endpoint, pairs, headers, method), phase)

    def form_request(
        self, endpoint: str, pairs: Pairs, headers: Sequence[tuple[str, str]] = (), method: str = "POST"
    ) -> Request:
        """The request that `form` sends: a body for POST, a query for anything else."""
        url = self._trial.target.url(endpoint)
        encoded = urlencode(list(pairs))
        if method == "POST":
            return Request(method, url, (("Content-Type", FORM), *headers), encoded.encode())
        return Request(method, f"{url}{'&' if '?' in url else '?'}{encoded}", tuple(headers))

    def authenticated(
        self,
        parameters: Mapping[str, str | None],
        client: Client,
        authentication: str | None,
        changes: Mapping[str, Change],
    ) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Parameters and headers of a request by a client.

        `authentication` is `client_secret_basic`, `client_secret_post`, `none` (client_id alone), `both`, or `absent`
        (not even client_id); by default the client's own first method.
        """
        self._trial.target.check(fault_of_client(client.name))
        method = authentication or client.authentication[0]
        secret = client.client_secret or ""
        headers = [basic(client.client_id, secret)] if method in ("client_secret_basic", "both") else []
        own: dict[str, str | None] = dict(parameters)
        if method in ("client_secret_post", "none", "both"):
            own["client_id"] = client.client_id
        if method in ("client_secret_post", "both"):
            own["client_secret"] = secret
        return changed(own, changes), headers

    def as_client(
        self,
        endpoint: str,
        parameters: Mapping[str, str | None],
        client: Client,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        **changes: Any,
    ) -> Reply:
        """A request to any endpoint where clients authenticate."""
        pairs, own = self.authenticated(parameters, client, authentication, changes)
        return self.form(endpoint, pairs, [*own, *headers], method)

    def token(
        self,
        grant_type: str,
        /,
        client: Client,
        parameters: Mapping[str, str | None],
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """A token request (RFC 6749 section 3.2) with any parameters."""
        self._trial.target.check(fault_of_grant(client.name, grant_type))
        own: dict[str, str | None] = {"grant_type": grant_type, **client.token_parameters, **parameters}
        return self.as_client("token", own, client, authentication, headers, **changes)

    def code_exchange(
        self,
        code: Code,
        /,
        client: Client | None = None,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """An access token request with an authorization code (section 4.1.3), by its own client unless told."""
        own = {"code": code.value, "redirect_uri": code.redirect_uri, "code_verifier": code.verifier}
        return self.token("authorization_code", client or code.client, own, authentication, headers, **changes)

    def code_exchange_request(self, code: Code, /, **changes: Any) -> Request:
        """The request that `code_exchange` sends, for sending several together."""
        own: dict[str, str | None] = {"grant_type": "authorization_code", **code.client.token_parameters}
        own |= {"code": code.value, "redirect_uri": code.redirect_uri, "code_verifier": code.verifier}
        pairs, headers = self.authenticated(own, code.client, None, changes)
        return self.form_request("token", pairs, headers)

    def together(self, requests: Sequence[Request]) -> list[Reply]:
        """Requests released in the same instant, once every connection stands."""
        rehearsal = Request("GET", self._trial.target.url("token"))
        return self._trial.exchange_together(requests, rehearsal)

    def client_credentials(
        self,
        client: Client | None = None,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """A client credentials request (section 4.4.2); asks for every scope that the client may have there."""
        client = client or self._trial.target.client_for("client_credentials")
        own = {"scope": _joined(client.scopes_for("client_credentials"))}
        return self.token("client_credentials", client, own, authentication, headers, **changes)

    def password(
        self,
        client: Client | None = None,
        owner: str = "resource_owner",
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """A resource owner password credentials request (section 4.3.2)."""
        client = client or self._trial.target.client_for("password")
        account = self._trial.target.owner(owner)
        own = {
            "username": account.username,
            "password": account.password,
            "scope": _joined(client.scopes_for("password")),
        }
        return self.token("password", client, own, authentication, headers, **changes)

    def refresh(
        self,
        tokens: Tokens,
        /,
        client: Client | None = None,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        **changes: Any,
    ) -> Reply:
        """A refresh request (section 6) without a scope, by the tokens' own client unless told."""
        own = {"refresh_token": tokens.refresh_token}
        return self.token("refresh_token", client or tokens.client, own, authentication, headers, **changes)

    def grant(self, grant: str, client: Client | None = None, **changes: Any) -> Reply:
        """A token request by `client_credentials` or `password`: the grants that need nothing arranged beforehand."""
        return (self.password if grant == "password" else self.client_credentials)(client, **changes)

    def revocation(
        self,
        token: str,
        /,
        client: Client,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        **changes: Any,
    ) -> Reply:
        """A revocation request (RFC 7009 section 2.1)."""
        return self.as_client("revocation", {"token": token}, client, authentication, headers, method, **changes)

    def introspection(
        self,
        token: str,
        /,
        client: Client | None = None,
        authentication: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        **changes: Any,
    ) -> Reply:
        """An introspection request (RFC 7662 section 2.1), by the client that may ask about tokens unless told."""
        client = client or self._trial.target.introspecting_client()
        return self.as_client("introspection", {"token": token}, client, authentication, headers, method, **changes)

    def resource(
        self,
        token: str | None,
        endpoint: str = "protected_resource",
        headers: Sequence[tuple[str, str]] = (),
        method: str = "GET",
        phase: str | None = None,
    ) -> Reply:
        """A request to a protected resource with a bearer token in the header, or with none."""
        own = [bearer(token)] if token is not None else []
        return self.raw(method, self._trial.target.url(endpoint), [*own, *headers], phase=phase)

    def plainly(self, request: Request) -> Reply | None:
        """The same request over plain HTTP, where the profile says that it would be heard; None when nothing answers.

        Untested, with the line to add, without `plain_http`. Take care what it carries: invented credentials only,
        unless the target is on loopback (`given.plain_client`).
        """
        try:
            return self._trial.exchange(replace(request, url=self._plain_url(request.url)))
        except Inconclusive:
            return None

    def authorization_in_the_clear(self, request: AuthorizationRequest, user_agent: UserAgent) -> Answer | None:
        """An authorization request that starts over plain HTTP, and how it goes on; None when nothing answers there.

        Signs in where it is asked to: take a user agent with an account for targets on loopback only.
        """
        url = self._plain_url(self.form_request("authorization", request.pairs, method="GET").url)
        try:
            reply = user_agent.open(self._trial, url)
        except Inconclusive:
            return None
        return user_agent.drive(self._trial, request, reply, "approve")

    def _plain_url(self, url: str) -> str:
        """Where the profile says that a URL's endpoint would be heard over plain HTTP."""
        target = self._trial.target
        if target.plain_http is None:
            raise Untested("where plain HTTP would be heard isn't known: add `plain_http = ...` under [target]")
        base, plain, parts = urlsplit(target.base_url), urlsplit(target.plain_http), urlsplit(url)
        if parts.netloc != base.netloc:
            raise Untested(f"the endpoint {url.partition('?')[0]} isn't on the host of base_url")
        return parts._replace(scheme="http", netloc=plain.netloc).geturl()

    def handshake(self, endpoint: str, only: str | None = None, *, verify: bool = False) -> Handshake:
        """A TLS handshake with an endpoint's host: one version `only` (`TLSv1.2`, ...), or the certificate checked."""
        trial = self._trial
        if not trial.session.transport.has_sockets:
            raise Untested("TLS shows over sockets only")
        url = trial.target.url(endpoint)
        if not url.startswith("https:"):
            raise Untested(f"the {endpoint} endpoint isn't an https URL")
        if verify and trial.target.insecure:
            raise Untested("the certificate was not looked at: leave out `--insecure`")
        try:
            return trial.session.transport.handshake(url, trial.target.reach, only=only, verify=verify)
        except LocallyUnavailable as error:
            raise Untested(str(error)) from error

    def authorization_request(
        self, client: Client | None = None, response_type: Change = "code", **changes: Any
    ) -> AuthorizationRequest:
        """An authorization request: first redirect URI, all scopes, a fresh state, PKCE as the profile says."""
        grant = "implicit" if response_type == "token" else "authorization_code"
        client = client or self._trial.target.client_for(grant)
        verifier = secrets.token_urlsafe(32) if client.pkce != "off" and grant == "authorization_code" else None
        own: dict[str, Change] = {
            "response_type": response_type,
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uris[0] if client.redirect_uris else None,
            "scope": _joined(client.scopes_for(grant)),
            "state": secrets.token_urlsafe(12),
            **client.authorization_parameters,
            **challenge(verifier, client.pkce),
        }
        pairs = changed(own, changes)
        uris = [fault_of_redirect_uri(client.name, value) for name, value in pairs if name == "redirect_uri"]
        self._trial.target.check(fault_of_grant(client.name, grant), *uris)
        return AuthorizationRequest(client, tuple(pairs), verifier)

    def authorize(
        self,
        client: Client | None = None,
        response_type: Change = "code",
        *,
        user_agent: UserAgent | None = None,
        method: str = "GET",
        decision: str = "approve",
        **changes: Any,
    ) -> Answer:
        """An authorization request by a user agent that signs in and takes the decision (`approve`, `decline`).

        Returns where the user agent ended: at the client, or on a page. The decision `wait` takes none: it ends at the
        page that asks.
        """
        request = self.authorization_request(client, response_type, **changes)
        return self.authorization(request, user_agent=user_agent, method=method, decision=decision)

    def authorization(
        self,
        request: AuthorizationRequest,
        *,
        user_agent: UserAgent | None = None,
        method: str = "GET",
        decision: str = "approve",
        encoded: str | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """Like `authorize`, with a request made beforehand.

        `encoded` goes out in place of the request's own encoding, `headers` with the first request of the user agent.
        """
        if decision != "wait":
            self._trial.target.check(f"sign_in.{decision}")
        agent = user_agent or self._trial.given.user_agent()
        return agent.authorize(self._trial, request, method, decision, encoded=encoded, headers=headers)

    def opened(self, url: str, user_agent: UserAgent) -> Reply:
        """A URL as a browser opens it, with its cookies; nothing is followed."""
        return user_agent.open(self._trial, url)

    def pressed(self, form: Form, fields: Pairs, user_agent: UserAgent) -> Reply:
        """A form as a browser submits it, with exactly these fields; nothing is followed."""
        return user_agent.submit(self._trial, form, fields)

    def carried_on(
        self, reply: Reply, request: AuthorizationRequest, user_agent: UserAgent, decision: str = "wait"
    ) -> Answer:
        """From a reply on: redirects are followed, whoever the user agent has signs in, the decision is taken."""
        return user_agent.drive(self._trial, request, reply, decision)

    def followed(self, url: str, request: AuthorizationRequest, user_agent: UserAgent) -> Answer:
        """A link that a person follows, who signs in where it is asked for and takes no decision."""
        return self.carried_on(self.opened(url, user_agent), request, user_agent)

    def submitted(self, form: Form, fields: Pairs, request: AuthorizationRequest, user_agent: UserAgent) -> Answer:
        """A form submitted where it was shown, with exactly these fields; redirects are followed, no decision taken."""
        return self.carried_on(self.pressed(form, fields, user_agent), request, user_agent)

    def submitted_across_sites(
        self,
        form: Form,
        fields: Pairs,
        request: AuthorizationRequest,
        user_agent: UserAgent,
        *,
        knows_same_site: bool = True,
    ) -> Answer:
        """A form as another site's page makes a browser submit it, with exactly these fields."""
        return user_agent.submit_across_sites(self._trial, request, form, fields, knows_same_site=knows_same_site)

    def decision_form(self, page: Reply, user_agent: UserAgent, decision: str = "approve") -> tuple[Form, Pairs] | None:
        """The form of a page that approves (or declines) an authorization request, filled in; None where none does."""
        return user_agent.decision_form(self._trial, read_page(page), decision)

    def authorization_once(
        self, client: Client | None = None, response_type: Change = "code", method: str = "GET", **changes: Any
    ) -> Reply:
        """One raw authorization request from a browser that nobody signed in with; just the first answer."""
        request = self.authorization_request(client, response_type, **changes)
        return self.form("authorization", request.pairs, method=method)


def _joined(scopes: Sequence[str]) -> str | None:
    return " ".join(scopes) if scopes else None
