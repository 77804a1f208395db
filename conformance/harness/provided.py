"""What the profile provides for a test; what it lacks makes a test untested, with the line to add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conformance.base.outcomes import NotApplicable, Untested
from conformance.harness.send import Send
from conformance.profile.target import Client, ResourceOwner, SignIn

# Grants from the cheapest to arrange to the dearest.
CHEAPEST_FIRST = ("client_credentials", "password", "authorization_code")


class Provided:
    """Clients, accounts, limits and features, as the profile names them."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._recorder = send.recorder

    def client(self, name: str = "confidential") -> Client:
        """A client by its name in the profile; Untested when the profile lacks it."""
        return self._recorder.target.client(name)

    def client_for(self, grant: str) -> Client:
        """The main client that may use a grant."""
        return self._recorder.target.client_for(grant)

    def client_authenticating_by(self, method: str, grant: str | None = None) -> Client:
        """A client that claims an authentication method, with that method as its default."""
        for client in self._recorder.target.clients.values():
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
            for client in self._recorder.target.clients.values():
                special = client.is_guessed_at or client.name in ("restricted", "introspecting")
                if client.client_secret and client.may_use(each) and not special:
                    return client
        raise Untested("the profile has no client with a secret that may use this grant: add [clients.confidential]")

    def barred_client(self, grant: str) -> Client:
        """A client to which the server refuses a grant, whatever its name; Untested where the profile declares none."""
        by_browser = grant in ("authorization_code", "implicit")
        for client in self._recorder.target.clients.values():
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
        return self._recorder.target.introspecting_client()

    def sign_in(self) -> SignIn:
        """How the profile says that people get through sign-in."""
        return self._recorder.target.sign_in

    def owner(self, name: str = "resource_owner") -> ResourceOwner:
        """An account of the profile; Untested when the profile lacks it."""
        return self._recorder.target.owner(name)

    def has_client(self, name: str) -> bool:
        """Whether the profile has a client."""
        return name in self._recorder.target.clients

    def has_owner(self, name: str) -> bool:
        """Whether the profile has an account, and nothing is known to be wrong with it."""
        return name in self._recorder.target.owners and name not in self._recorder.target.faults

    def plain_client(self, client: Client) -> Client:
        """The client as it may appear over plain HTTP: itself on loopback, an invented one anywhere else."""
        if self._recorder.target.is_on_loopback:
            return client
        return replace(client, client_id=self.invented("client_id"), client_secret=self.invented("client_secret"))

    def limit(self, name: str) -> float:
        """A declared limit; Untested, with the line to add, when the profile declares none."""
        value = getattr(self._recorder.target.limits, name)
        if value is None:
            raise Untested(f"the profile declares no {name}: add `{name} = ...` under [limits]")
        return float(value)

    def feature(self, name: str) -> None:
        """Go on only if the profile claims a feature."""
        if name not in self._recorder.target.features:
            raise NotApplicable(f"the profile doesn't claim {name}")

    def claims(self, name: str) -> bool:
        """Whether the profile claims a feature: for what a procedure may leave out. `feature` is for preconditions."""
        return name in self._recorder.target.features

    def issuer(self) -> str:
        """The issuer identifier that the profile states; Untested, with the line to add, where it states none."""
        if self._recorder.target.issuer is None:
            raise Untested("the profile doesn't state the issuer: add `issuer = ...` under [target]")
        return self._recorder.target.issuer

    def other_issuers(self) -> tuple[str, ...]:
        """Other issuers of the same host; NotApplicable where the profile names none."""
        if not self._recorder.target.other_issuers:
            raise NotApplicable("the profile names no other issuer of this host")
        return self._recorder.target.other_issuers

    def intrusive(self) -> None:
        """Go on only if guessing and flooding are allowed."""
        if not self._recorder.target.intrusive:
            raise Untested("an intrusive probe: set `intrusive = true` under [target] to allow it")
        self.once("an intrusive probe")

    def allows_intrusion(self) -> bool:
        """Whether guessing and flooding are allowed: for what a procedure may leave out."""
        return self._recorder.target.intrusive

    def invented(self, what: str) -> str:
        """A value that no server issued."""
        return self._recorder.invented(what)

    def extension_grant(self) -> Mapping[str, str]:
        """What a good request by the extension grant carries, `grant_type` included."""
        if self._recorder.target.extension_grant is None:
            raise Untested("the profile doesn't describe the extension grant: add [extension_grant]")
        return self._recorder.target.extension_grant

    def documented(self, name: str) -> Mapping[str, object]:
        """A table of the profile's [documented]; Untested, with the table to add, where it is none."""
        table = self._recorder.target.documented.get(name)
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
        return self._recorder.target.introspection_tells_whole_scope

    def insufficient_scope(self) -> str:
        """A scope that doesn't open the protected resource; Untested when the profile names none."""
        scope = self._recorder.target.insufficient_scope
        if scope is None:
            raise Untested(
                "no scope is named that leaves the protected resource shut: add `insufficient_scope` to [target]"
            )
        return scope

    def can_forget(self) -> bool:
        """Whether the profile says how the target is made to forget what was approved."""
        target = self._recorder.target
        return target.sign_in.forget is not None and "sign_in.forget" not in target.faults

    def any_grant(self, client: Client | None = None) -> str:
        """The cheapest claimed grant that a client may use and that asks the token endpoint."""
        for grant in CHEAPEST_FIRST:
            if grant not in self._recorder.target.features:
                continue
            if client is None or client.may_use(grant):
                return grant
        raise NotApplicable("the profile claims no grant that this test can use")

    def user_grant(self, client: Client | None = None) -> str:
        """The cheapest claimed grant that a resource owner takes part in."""
        for grant in ("password", "authorization_code"):
            if grant in self._recorder.target.features and (client is None or client.may_use(grant)):
                return grant
        raise NotApplicable("the profile claims no grant with a resource owner at the token endpoint")

    def once(self, why: str) -> None:
        """What this test finds isn't tried again at the end of the run; `why` completes "not repeated: ..."."""
        self._recorder.once = why
