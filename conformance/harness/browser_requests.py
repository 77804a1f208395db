"""Authorization requests, and what a browser does beside: opening, submitting, deciding."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from conformance.base.outcomes import Undeclinable
from conformance.browser import driving
from conformance.browser.answer import Answer
from conformance.browser.authorization_request import AuthorizationRequest, challenge
from conformance.browser.forms import Form
from conformance.browser.pages import read_page
from conformance.browser.user_agent import UserAgent
from conformance.harness.parameters import Change, changed, joined_scopes
from conformance.harness.raw_requests import RawRequests
from conformance.profile.target import Client, fault_of_grant, fault_of_redirect_uri
from conformance.wire.exchange import Pairs, Reply


class BrowserRequests(RawRequests):
    """What is sent through a user agent: with its cookies, and by whoever sits at it."""

    def authorization_request(
        self, client: Client | None = None, response_type: Change = "code", **changes: Any
    ) -> AuthorizationRequest:
        """An authorization request: first redirect URI, all scopes, a fresh state, PKCE as the profile says."""
        grant = "implicit" if response_type == "token" else "authorization_code"
        client = client or self.recorder.target.client_for(grant)
        verifier = secrets.token_urlsafe(32) if client.pkce != "off" and grant == "authorization_code" else None
        own: dict[str, Change] = {
            "response_type": response_type,
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uris[0] if client.redirect_uris else None,
            "scope": joined_scopes(client.scopes_for(grant)),
            "state": secrets.token_urlsafe(12),
            **client.authorization_parameters,
            **challenge(verifier, client.pkce),
        }
        pairs = changed(own, changes)
        uris = [fault_of_redirect_uri(client.name, value) for name, value in pairs if name == "redirect_uri"]
        self.recorder.target.check(fault_of_grant(client.name, grant), *uris)
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
        target = self.recorder.target
        if decision != "wait":
            target.check(f"sign_in.{decision}")
        if decision == "decline" and not target.sign_in.can_decline:
            raise Undeclinable("the pages have no way to decline, as [sign_in] says: there is no refusal to judge")
        agent = user_agent or self.recorder.user_agent()
        return driving.authorize(agent, self.recorder, request, method, decision, encoded=encoded, headers=headers)

    def opened(self, url: str, user_agent: UserAgent) -> Reply:
        """A URL as a browser opens it, with its cookies; nothing is followed."""
        return user_agent.open(self.recorder, url)

    def pressed(self, form: Form, fields: Pairs, user_agent: UserAgent) -> Reply:
        """A form as a browser submits it, with exactly these fields; nothing is followed."""
        return user_agent.submit(self.recorder, form, fields)

    def carried_on(
        self, reply: Reply, request: AuthorizationRequest, user_agent: UserAgent, decision: str = "wait"
    ) -> Answer:
        """From a reply on: redirects are followed, whoever the user agent has signs in, the decision is taken."""
        return driving.drive(user_agent, self.recorder, request, reply, decision)

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
        """What comes of a form with exactly these fields that a page of another site makes the browser submit."""
        reply = user_agent.submit_across_sites(self.recorder, form, fields, knows_same_site=knows_same_site)
        return self.carried_on(reply, request, user_agent)

    def decision_form(self, page: Reply, user_agent: UserAgent, decision: str = "approve") -> tuple[Form, Pairs] | None:
        """The form of a page that approves (or declines) an authorization request, filled in; None where none does."""
        return driving.decision_form(self.recorder, read_page(page), decision)

    def authorization_once(
        self, client: Client | None = None, response_type: Change = "code", method: str = "GET", **changes: Any
    ) -> Reply:
        """One raw authorization request from a browser that nobody signed in with; just the first answer."""
        request = self.authorization_request(client, response_type, **changes)
        return self.form("authorization", request.pairs, method=method)
