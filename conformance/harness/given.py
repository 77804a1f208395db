"""`given` arranges preconditions and reads leniently: a token in any 2xx JSON will do.

What can't be arranged makes the requirement inconclusive, with the exchange that failed; what the profile doesn't
provide makes it untested, with the line to add. It never finds a breach.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested, Vacuous
from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness import controls, effects, forgetting
from conformance.harness.send import FORM
from conformance.harness.tokens import Code, Live, TokenKind, Tokens
from conformance.profile.target import Client, ResourceOwner, SignIn
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from conformance.harness.session import Trial

T = TypeVar("T")
# Seconds that a test may wait for something to expire, where waiting is allowed.
LONGEST_WAIT = 900.0
# Grants from the cheapest to arrange to the dearest.
CHEAPEST_FIRST = ("client_credentials", "password", "authorization_code")


class Given:
    """The preconditions of a test."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    # What the profile provides

    def client(self, name: str = "confidential") -> Client:
        """A client by its name in the profile; Untested when the profile lacks it."""
        return self._trial.target.client(name)

    def client_for(self, grant: str) -> Client:
        """The main client that may use a grant."""
        return self._trial.target.client_for(grant)

    def client_authenticating_by(self, method: str, grant: str | None = None) -> Client:
        """A client that claims an authentication method, with that method as its default."""
        for client in self._trial.target.clients.values():
            if (
                method in client.authentication
                and (grant is None or client.may_use(grant))
                and not client.is_guessed_at
            ):
                return replace(client, authentication=(method,))
        raise Untested(f"no client of the profile authenticates by {method}: add it to a client's `authentication`")

    def client_with_secret(self, grant: str | None = None) -> Client:
        """The main client that has a secret and may use a grant; the cheapest grant that such a client has, unless
        told."""
        for each in [grant] if grant else [name for name in CHEAPEST_FIRST if self.claims(name)]:
            for client in self._trial.target.clients.values():
                special = client.is_guessed_at or client.name in ("restricted", "introspecting")
                if client.client_secret and client.may_use(each) and not special:
                    return client
        raise Untested("the profile has no client with a secret that may use this grant: add [clients.confidential]")

    def barred_client(self, grant: str) -> Client:
        """A client to which the server refuses a grant, whatever its name; Untested where the profile declares none."""
        by_browser = grant in ("authorization_code", "implicit")
        for client in self._trial.target.clients.values():
            if grant in client.barred and not client.is_guessed_at and (client.redirect_uris or not by_browser):
                return client
        raise Untested(f'no client is barred from {grant}: name one in the profile, with `barred = ["{grant}"]`')

    def other_client(self, grant: str | None = None) -> Client:
        """The second confidential client, for cross-client tests."""
        client = self.client("other")
        if grant is not None and not client.may_use(grant):
            raise Untested(f"[clients.other] may not use the grant {grant}")
        return client

    def introspecting_client(self) -> Client:
        """The client that may ask about tokens (RFC 7662)."""
        return self._trial.target.introspecting_client()

    def sign_in(self) -> SignIn:
        """How the profile says that people get through sign-in."""
        return self._trial.target.sign_in

    def owner(self, name: str = "resource_owner") -> ResourceOwner:
        """An account of the profile; Untested when the profile lacks it."""
        return self._trial.target.owner(name)

    def has_client(self, name: str) -> bool:
        """Whether the profile has a client."""
        return name in self._trial.target.clients

    def has_owner(self, name: str) -> bool:
        """Whether the profile has an account, and nothing is known to be wrong with it."""
        return name in self._trial.target.owners and name not in self._trial.target.faults

    def plain_client(self, client: Client) -> Client:
        """The client as it may appear over plain HTTP: itself on loopback, an invented one anywhere else."""
        if self._trial.target.is_on_loopback:
            return client
        return replace(client, client_id=self.invented("client_id"), client_secret=self.invented("client_secret"))

    def limit(self, name: str) -> float:
        """A declared limit; Untested, with the line to add, when the profile declares none."""
        value = getattr(self._trial.target.limits, name)
        if value is None:
            raise Untested(f"the profile declares no {name}: add `{name} = ...` under [limits]")
        return float(value)

    def feature(self, name: str) -> None:
        """Go on only if the profile claims a feature."""
        if name not in self._trial.target.features:
            raise NotApplicable(f"the profile doesn't claim {name}")

    def claims(self, name: str) -> bool:
        """Whether the profile claims a feature: for what a procedure may leave out. `feature` is for preconditions."""
        return name in self._trial.target.features

    def issuer(self) -> str:
        """The issuer identifier that the profile states; Untested, with the line to add, where it states none."""
        if self._trial.target.issuer is None:
            raise Untested("the profile doesn't state the issuer: add `issuer = ...` under [target]")
        return self._trial.target.issuer

    def other_issuers(self) -> tuple[str, ...]:
        """Other issuers of the same host; NotApplicable where the profile names none."""
        if not self._trial.target.other_issuers:
            raise NotApplicable("the profile names no other issuer of this host")
        return self._trial.target.other_issuers

    def intrusive(self) -> None:
        """Go on only if guessing and flooding are allowed."""
        if not self._trial.target.intrusive:
            raise Untested("an intrusive probe: set `intrusive = true` under [target] to allow it")
        self.once("an intrusive probe")

    def allows_intrusion(self) -> bool:
        """Whether guessing and flooding are allowed: for what a procedure may leave out."""
        return self._trial.target.intrusive

    def invented(self, what: str) -> str:
        """A value that no server issued."""
        return self._trial.invented(what)

    def extension_grant(self) -> Mapping[str, str]:
        """What a good request by the extension grant carries, `grant_type` included."""
        if self._trial.target.extension_grant is None:
            raise Untested("the profile doesn't describe the extension grant: add [extension_grant]")
        return self._trial.target.extension_grant

    def documented(self, name: str) -> Mapping[str, object]:
        """A table of the profile's [documented]; Untested, with the table to add, where it is none."""
        table = self._trial.target.documented.get(name)
        if not isinstance(table, Mapping):
            raise Untested(f"the profile doesn't describe it: add [documented.{name}]")
        return table

    def scopes(self, grant: str, at_least: int = 1, client: Client | None = None) -> tuple[str, ...]:
        """The scopes that a client may ask for in a grant; Untested when the profile names fewer than needed."""
        client = client or self.client_for(grant)
        scopes = client.scopes_for(grant)
        if len(scopes) < at_least:
            raise Untested(
                f"this probe needs {at_least} scopes for the grant {grant}: name them in [clients.{client.name}] "
                f"`scopes` or `grant_scopes`"
            )
        return scopes

    @property
    def introspection_tells_whole_scope(self) -> bool:
        """Whether the profile says that introspection tells the whole scope of a token."""
        return self._trial.target.introspection_tells_whole_scope

    def insufficient_scope(self) -> str:
        """A scope that doesn't open the protected resource; Untested when the profile names none."""
        scope = self._trial.target.insufficient_scope
        if scope is None:
            raise Untested(
                "no scope is named that leaves the protected resource shut: add `insufficient_scope` to [target]"
            )
        return scope

    # What the server issues

    def can_forget(self) -> bool:
        """Whether the profile says how the target is made to forget what was approved."""
        target = self._trial.target
        return target.sign_in.forget is not None and "sign_in.forget" not in target.faults

    def forget(self, owner: str, client: Client) -> None:
        """Have the target forget what an account has approved to a client, as the profile says."""
        with self.arranging():
            forgetting.forget(self._trial, self.owner(owner), client)

    def user_agent(self, owner: str = "resource_owner", *, fresh: bool = False) -> UserAgent:
        """A browser for an account; the same one each time (it stays signed in) unless a fresh one is asked for."""
        account = self.owner(owner)
        if fresh:
            return UserAgent(account)
        return self._trial.session.user_agents.setdefault(owner, UserAgent(account))

    def nobodys_user_agent(self) -> UserAgent:
        """A browser in which nobody signs in."""
        return UserAgent(None)

    def approval(self, client: Client | None = None, response_type: str = "code", **changes: Any) -> Answer:
        """An authorization request that the resource owner approved and that came back to the client."""
        with self.arranging():
            answer = self._trial.send.authorize(client, response_type, **changes)
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
        self._trial.session.vault.add(value, "code")
        request = answer.request
        redirect_uri, scope = request.get("redirect_uri"), request.get("scope")
        return Code(value, request.client, redirect_uri, request.verifier, scope, request.get("state"))

    def tokens_for(self, code: Code, /, **changes: Any) -> Tokens:
        """The tokens that a code is worth."""
        with self.arranging():
            reply = self._trial.send.code_exchange(code, **changes)
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
            reply = self._trial.send.grant(grant, client, **changes)
        asked = changes.get("scope", " ".join(client.scopes_for(grant)))
        return self.tokens_in(reply, client, grant, asked if isinstance(asked, str) else None)

    def any_grant(self, client: Client | None = None) -> str:
        """The cheapest claimed grant that a client may use and that asks the token endpoint."""
        for grant in CHEAPEST_FIRST:
            if grant not in self._trial.target.features:
                continue
            if client is None or client.may_use(grant):
                return grant
        raise NotApplicable("the profile claims no grant that this test can use")

    def user_grant(self, client: Client | None = None) -> str:
        """The cheapest claimed grant that a resource owner takes part in."""
        for grant in ("password", "authorization_code"):
            if grant in self._trial.target.features and (client is None or client.may_use(grant)):
                return grant
        raise NotApplicable("the profile claims no grant with a resource owner at the token endpoint")

    def refreshable(self, client: Client | None = None, grant: str | None = None, **changes: Any) -> Tokens:
        """Fresh tokens with a refresh token among them: by the first grant that gives one, unless told."""
        self.feature("refresh_token")
        if client is not None and not client.may_use("refresh_token"):
            raise Untested(f"[clients.{client.name}] may not use the grant refresh_token")
        for each in [grant] if grant else self._refreshable_grants(client):
            effects.siblings_refresh(self._trial, client or self.client_for(each), each)
            tokens = self.tokens(each, client, **changes)
            if tokens.refresh_token is not None:
                return tokens
        if client is not None and client.name != "confidential":
            raise Untested(f"no refresh token comes for [clients.{client.name}], as a server may decide")
        raise Inconclusive("the profile claims refresh_token, but none came with the access token")

    def _refreshable_grants(self, client: Client | None) -> list[str]:
        grants = [grant for grant in ("password", "authorization_code") if self.claims(grant)]
        usable = [grant for grant in grants if client is None or client.may_use(grant)]
        # A refresh token for an app is unusual, but some servers give no other.
        return usable or [self.any_grant(client)]

    def refreshed(self, tokens: Tokens, **changes: Any) -> Tokens:
        """The tokens that a refresh gives; the refresh token is the old one where no new one came."""
        with self.arranging():
            reply = self._trial.send.refresh(tokens, **changes)
        asked = changes.get("scope", tokens.asked_scope)
        fresh = self.tokens_in(reply, tokens.client, tokens.grant, asked if isinstance(asked, str) else None)
        return fresh if fresh.refresh_token else replace(fresh, refresh_token=tokens.refresh_token)

    def tokens_in(self, reply: Reply, client: Client, grant: str, asked: str | None) -> Tokens:
        """Tokens read leniently from a reply: an access token in any 2xx JSON."""
        members = reply.members
        access = members.get("access_token")
        if not reply.is_success or not isinstance(access, str) or not access:
            raise Inconclusive(f"no access token by the grant {grant}: {reply}{_description(reply)}")
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
        self._trial.session.vault.add(access, "access_token")
        scope, asked = answer.get("scope"), answer.request.get("scope")
        members = dict(answer.fragment)
        return Tokens(access, None, answer.request.client, "implicit", asked, scope, members, answer.reply)

    # Controls and effects

    @contextmanager
    def arranging(self) -> Iterator[None]:
        """What is sent inside is a precondition, and recorded as one."""
        before, self._trial.phase = self._trial.phase, "given"
        try:
            yield
        finally:
            self._trial.phase = before

    @contextmanager
    def throttled_answers(self) -> Iterator[None]:
        """Inside, being throttled is an answer like any other, not something to wait for."""
        before, self._trial.throttling_shows = self._trial.throttling_shows, True
        try:
            yield
        finally:
            self._trial.throttling_shows = before

    def accepted(self, reply: Reply, what: str = "the same request without the fault") -> Reply:
        """A positive control at the token endpoint or elsewhere: an answer that serves, or the test decides nothing."""
        if not reply.is_served:
            raise Inconclusive(f"positive control: {what} should succeed, but got {reply}{_description(reply)}")
        self._trial.controls.append(reply.request)
        return reply

    def issued(self, reply: Reply, what: str = "the same request without the fault") -> Reply:
        """A positive control: the reply issues an access token, or the test decides nothing."""
        if not reply.is_success or not reply.members.get("access_token"):
            raise Inconclusive(f"positive control: {what} should issue a token, but got {reply}{_description(reply)}")
        self._trial.controls.append(reply.request)
        return reply

    def came_back(self, answer: Answer, what: str = "the same request without the fault") -> Answer:
        """A positive control at the authorization endpoint: a code or token reached the client."""
        if not (answer.get("code") or answer.get("access_token")):
            raise Inconclusive(f"positive control: {what} should come back with a grant, but got {answer}")
        self._trial.controls.append((answer.opened or answer.reply).request)
        return answer

    def control(self, credential: controls.Credential, *, after: Reply | None = None) -> None:
        """The control behind a refusal: without the fault, the credential is served; else the test is tried again."""
        controls.control(self._trial, credential, after)

    def live(self, tokens: Tokens, kind: TokenKind = "access_token") -> Live:
        """A token seen active by at least one witness; only those witnesses can show later that it no longer is."""
        with self.arranging():
            return effects.live(self._trial, tokens, kind)

    def witnessed(self, tokens: Tokens) -> Live:
        """An access token with the witnesses that see it active: none where nobody can be asked about it."""
        try:
            return self.live(tokens)
        except (Untested, Inconclusive):
            return Live(tokens.access_token, "access_token", tokens, ())

    def still_active(self, token: Live, *, settled: bool = True) -> tuple[str, ...]:
        """The witnesses that still see a token active, once the declared revocation delay is over; or right now.

        For shared observations, whose tests judge several things at once; a test of its own asks `expect(token)`.
        """
        if settled:
            return effects.last_active(self._trial, token)
        active = partial(effects.says_active, self._trial, value=token.value, kind=token.kind, tokens=token.tokens)
        return tuple(witness for witness in token.witnesses if active(witness))

    def revoked(self, token: str, client: Client, /, **changes: Any) -> Reply:
        """A revocation that the server took; Vacuous where it revokes no tokens of this kind (RFC 7009, 2.2.1)."""
        with self.arranging():
            reply = self._trial.send.revocation(token, client, **changes)
        if reply.members.get("error") == "unsupported_token_type":
            raise Vacuous("the server doesn't revoke tokens of this kind")
        return self.accepted(reply, "a revocation by the token's own client")

    def aged(self, credential: str, seconds: float) -> None:
        """A credential made older by the target's control port; Untested where there is none."""
        url = self._trial.target.control_url
        if url is None:
            raise Untested(
                "this probe ages a credential: the profile has no [control] port; "
                "without one set `wait = true` under [target] where the probe can wait instead"
            )
        body = urlencode({"credential": credential, "seconds": int(seconds)})
        with self.arranging():
            reply = self._trial.send.raw("POST", f"{url.rstrip('/')}/age", [("Content-Type", FORM)], body)
        self.accepted(reply, "aging a credential at the control port")

    def outlived(self, credential: str, lifetime: float) -> None:
        """A credential past its lifetime in seconds: aged by the control port, or waited for where `wait = true`."""
        target = self._trial.target
        if target.control_url is None and target.wait and lifetime <= LONGEST_WAIT:
            self.once("it waits until something expires")
            self._trial.session.outlive(credential, lifetime + 1)
        else:
            self.aged(credential, lifetime + 1)

    def paused(self, what: str, left: float) -> None:
        """A moment of the `left` seconds that something may take."""
        self._trial.session.pause(what, left)

    def waited(self, what: str, seconds: float) -> None:
        """So many seconds later: for what no control port can hurry."""
        self.once(f"it waits for {what}")
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.paused(what, left)

    def observed(self, key: str, procedure: Callable[[], T]) -> T:
        """The result of a procedure that several tests share: it runs once, its exchanges are evidence of each."""
        return self._trial.observed(key, procedure)

    def present(self, found: Iterable[T], what: str) -> list[T]:
        """What there is to judge; Vacuous where there is none of it."""
        there = list(found)
        if not there:
            raise Vacuous(f"no {what} came")
        return there

    def once(self, why: str) -> None:
        """What this test finds isn't tried again at the end of the run; `why` completes "not repeated: ..."."""
        self._trial.once = why

    def note(self, text: str) -> None:
        """What was seen, for the report: the reason beside a passed or noted verdict."""
        self._trial.notes.append(text)


def _description(reply: Reply) -> str:
    text = reply.members.get("error_description")
    return f" ({text})" if isinstance(text, str) else ""


def fresh_state() -> str:
    """An unguessable `state`."""
    return secrets.token_urlsafe(12)
