"""Codes and tokens that the server under test issues, and browsers that get them; all of it read leniently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.browser.answer import Answer
from conformance.browser.drivers import driver_of
from conformance.browser.user_agent import UserAgent
from conformance.harness import forgetting
from conformance.harness.provided import Provided
from conformance.harness.tokens import Code, Tokens
from conformance.profile.target import Client
from conformance.wire.exchange import Reply


class Issuing(Provided):
    """What the server issues for what the profile provides."""

    @contextmanager
    def arranging(self) -> Iterator[None]:
        """What is sent inside is a precondition, and recorded as one."""
        before, self._recorder.phase = self._recorder.phase, "given"
        try:
            yield
        finally:
            self._recorder.phase = before

    @contextmanager
    def else_vacuous(self, why: str) -> Iterator[None]:
        """Arrange inside what the sentence needs and the target need not have: where it hasn't, the test is Vacuous.

        Inconclusive all the same where the target broke down meanwhile, or where what was seen of the profile before
        explains it: that says nothing of what there is.
        """
        sent = len(self._recorder.exchanges)
        try:
            yield
        except Inconclusive as problem:
            if problem.by_breakdown or problem.code or self._recorder.broke_down(sent):
                raise
            raise Vacuous(f"{why}: {problem}") from problem

    def forget(self, owner: str, client: Client) -> None:
        """Have the target forget what an account has approved to a client, as the profile says."""
        with self.arranging():
            forgetting.forget(self._recorder, self.owner(owner), client)

    def user_agent(self, owner: str = "resource_owner", *, fresh: bool = False) -> UserAgent:
        """A browser for an account; the same one each time (it stays signed in) unless a fresh one is asked for."""
        return UserAgent(self.owner(owner)) if fresh else self._recorder.user_agent(owner)

    def nobodys_user_agent(self) -> UserAgent:
        """A browser in which nobody signs in."""
        return UserAgent(None)

    def shows_in_frame(self, page: Reply, load: Callable[[str], Reply]) -> bool:
        """Whether what a page asks for shows in a frame of another site. `load` brings files that belong to the page.

        Untested where no browser drives the sign-in: only its scripts can tell.
        """
        if self.sign_in().driver != "browser":
            raise Untested(
                'scripts may keep the page out of frames; only a browser can tell: driver = "browser" under [sign_in]'
            )
        from conformance.browser.drivers.browser import BrowserDriver

        driver = driver_of(self._recorder.session)
        assert isinstance(driver, BrowserDriver)
        return driver.shows_in_frame(page, load)

    def approval(self, client: Client | None = None, response_type: str = "code", **changes: Any) -> Answer:
        """An authorization request that the resource owner approved and that came back to the client."""
        with self.arranging():
            answer = self._send.authorize(client, response_type, **changes)
        if answer.destination is None:
            raise Inconclusive(f"sign-in and consent did not lead back to the client: {answer}")
        return answer

    def authorization_code(self, client: Client | None = None, **changes: Any) -> Code:
        """A fresh authorization code; `changes` are changes of the authorization request's parameters."""
        return self.code_in(self.approval(client, "code", **changes))

    def code_in(self, answer: Answer) -> Code:
        """The authorization code that an answer carries, read leniently."""
        value = answer.get("code")
        if not value:
            raise Inconclusive(f"no authorization code came back: {answer}")
        self._recorder.session.vault.add(value, "code")
        request = answer.request
        redirect_uri, scope = request.get("redirect_uri"), request.get("scope")
        return Code(value, request.client, redirect_uri, request.verifier, scope, request.get("state"))

    def tokens_for(self, code: Code, /, **changes: Any) -> Tokens:
        """The tokens that a code is worth."""
        with self.arranging():
            reply = self._send.code_exchange(code, **changes)
        return self.tokens_in(reply, code.client, "authorization_code", code.scope)

    def tokens(self, grant: str | None = None, client: Client | None = None, **changes: Any) -> Tokens:
        """Fresh tokens by a grant; by the cheapest one that the profile claims, unless told."""
        grant = grant or self.any_grant(client)
        self.feature(grant)
        if grant == "authorization_code":
            return self.tokens_for(self.authorization_code(client, **changes))
        if grant == "implicit":
            answer = self.approval(client, "token", **changes)
            return self._tokens_in_fragment(answer)
        client = client or self.client_for(grant)
        with self.arranging():
            reply = self._send.grant(grant, client, **changes)
        asked = changes.get("scope", " ".join(client.scopes_for(grant)))
        return self.tokens_in(reply, client, grant, asked if isinstance(asked, str) else None)

    def refreshed(self, tokens: Tokens, **changes: Any) -> Tokens:
        """The tokens that a refresh gives; the refresh token is the old one where no new one came."""
        with self.arranging():
            reply = self._send.refresh(tokens, **changes)
        asked = changes.get("scope", tokens.asked_scope)
        fresh = self.tokens_in(reply, tokens.client, tokens.grant, asked if isinstance(asked, str) else None)
        return fresh if fresh.refresh_token else replace(fresh, refresh_token=tokens.refresh_token)

    def tokens_in(self, reply: Reply, client: Client, grant: str, asked: str | None) -> Tokens:
        """Tokens read leniently from a reply: an access token in any 2xx JSON."""
        members = reply.members
        access = members.get("access_token")
        if not reply.is_success or not isinstance(access, str) or not access:
            raise Inconclusive(f"no access token by the grant {grant}: {reply}{description_of(reply)}")
        refresh = members.get("refresh_token")
        scope = members.get("scope")
        return Tokens(
            access_token=access,
            refresh_token=refresh if isinstance(refresh, str) and refresh else None,
            client=client,
            grant=grant,
            asked_scope=asked,
            scope=scope if isinstance(scope, str) else None,
            members=members,
            reply=reply,
        )

    def _tokens_in_fragment(self, answer: Answer) -> Tokens:
        access = answer.get("access_token")
        if not access:
            raise Inconclusive(f"no access token came back by the implicit grant: {answer}")
        self._recorder.session.vault.add(access, "access_token")
        scope, asked = answer.get("scope"), answer.request.get("scope")
        members = dict(answer.fragment)
        return Tokens(access, None, answer.request.client, "implicit", asked, scope, members, answer.reply)


def description_of(reply: Reply) -> str:
    """The error_description of a reply, in parentheses; empty without one."""
    text = reply.members.get("error_description")
    return f" ({text})" if isinstance(text, str) else ""
