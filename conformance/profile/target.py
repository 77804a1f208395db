"""The target: one deployment under test, as its profile describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.base.outcomes import NotApplicable, Untested, WrongProfile
from conformance.base.uris import host_and_port, is_loopback, urljoin
from conformance.profile.client_role import CLIENT, SERVER, Driving, Registered, Staging
from conformance.tally.claims import Claims, claims
from conformance.wire.network import Reach

# The documented layout: what an endpoint's URL is when neither profile nor metadata names it.
DOCUMENTED_LAYOUT: Mapping[str, str] = {
    "authorization": "/oauth/authorize",
    "token": "/oauth/token",
    "revocation": "/oauth/revoke",
    "introspection": "/oauth/introspect",
    "token_info": "/oauth/token/info",
    "metadata": "/.well-known/oauth-authorization-server",
    "resource_me": "/api/me",
    "resource_app": "/api/app",
    "resource_basic": "/api/basic",
    "graphql": "/graphql",
}


@dataclass(frozen=True, slots=True)
class Client:
    """One registered client of the target; `name` is its key in the profile.

    `declared` is what else the profile says of it, by the keys that documents bring.
    """

    name: str
    client_id: str
    client_secret: str | None = None
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    grant_scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grants: tuple[str, ...] | None = None
    barred: tuple[str, ...] = ()
    authentication: tuple[str, ...] = ("client_secret_basic",)
    pkce: str = "S256"
    authorization_parameters: Mapping[str, str] = field(default_factory=dict)
    token_parameters: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        """Whether the client has no way to authenticate."""
        return self.authentication == ("none",)

    @property
    def is_guessed_at(self) -> bool:
        """Whether guessing probes may lock the client: `guessing`, and `guessing_...` for single endpoints."""
        return self.name == "guessing" or self.name.startswith("guessing_")

    def may_use(self, grant: str) -> bool:
        """Whether the profile lets the client use a grant."""
        return grant not in self.barred and (self.grants is None or grant in self.grants)

    def scopes_for(self, grant: str) -> tuple[str, ...]:
        """The scopes that the client may ask for in a grant."""
        return self.grant_scopes.get(grant, self.scopes)


@dataclass(frozen=True, slots=True)
class ResourceOwner:
    """An account that the suite signs in with; `name` is its table in the profile."""

    name: str
    username: str
    password: str
    external_authentication_token: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Declarations that make probes decidable; seconds and counts, None when not declared."""

    code_lifetime: float | None = None
    access_token_lifetime: float | None = None
    failed_authentications: int | None = None
    revocation_delay: float = 0.0
    requests_per_second: float | None = None
    refresh_leeway: float = 0.0
    refresh_idle_time: float | None = None


@dataclass(frozen=True, slots=True)
class SignInStep:
    """What to do on one page on the way through sign-in: for which page and decision, what to fill in and press."""

    page: str | None = None
    text: str | None = None
    decision: str | None = None
    fill: Mapping[str, str | bool] = field(default_factory=dict)
    press: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """How the authorization endpoint is driven.

    `hosts` are origins beside the endpoints' own that sign-in leads over, `browser` the browser's executable,
    `most_approvals` how often a person may be asked, `patience` how many seconds a person or a page may take, `forget`
    what makes the target forget approvals (a command, or a URL to POST to), `folder` where the profile stands.
    `can_decline` tells whether pages have a way to decline at all.
    """

    driver: str = "form"
    approve: str | None = None
    decline: str | None = None
    can_decline: bool = True
    steps: tuple[SignInStep, ...] = ()
    hosts: tuple[str, ...] = ()
    browser: str | None = None
    most_approvals: int = 10
    patience: float | None = None
    forget: str | None = None
    folder: str = "."

    @property
    def forgets_by_url(self) -> bool:
        """Whether the target forgets by a request; by a command otherwise."""
        return self.forget is not None and self.forget.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Target:
    """One deployment under test."""

    name: str
    base_url: str
    features: frozenset[str]
    endpoints: Mapping[str, str]
    clients: Mapping[str, Client]
    owners: Mapping[str, ResourceOwner]
    issuer: str | None = None
    other_issuers: tuple[str, ...] = ()
    own_hosts: tuple[str, ...] = ()
    pkce_told: str | None = None
    plain_http: str | None = None
    ca_file: str | None = None
    insecure: bool = False
    control_url: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    client_key_password: str | None = None
    timeout: float = 10.0
    connect_timeout: float | None = None
    read_timeout: float | None = None
    intrusive: bool = False
    wait: bool = False
    resource_checks_tokens: bool = False
    insufficient_scope: str | None = None
    # Whether introspection tells the whole scope of a token; what it tells is a part of it otherwise.
    introspection_tells_whole_scope: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    declined: Mapping[str, str] = field(default_factory=dict)
    claims: Claims = field(default_factory=lambda: Claims(tuple(claims())))
    sign_in: SignIn = field(default_factory=SignIn)
    extension_grant: Mapping[str, str] | None = None
    documented: Mapping[str, object] = field(default_factory=dict)
    # What the profile says and its control disproved (`fault_of_...` has the names), with the diagnosis.
    faults: Mapping[str, str] = field(default_factory=dict)
    # What the target is, and for a client how it is driven and registered.
    role: str = SERVER
    driving: Driving = field(default_factory=Driving)
    staging: Staging = field(default_factory=Staging)
    registered: Registered = field(default_factory=Registered)

    def check(self, *names: str) -> None:
        """Inconclusive, with the diagnosis, when something that a test rests on is known to be wrong in the profile."""
        for name in names:
            if name in self.faults:
                raise WrongProfile(f"the profile is wrong: {self.faults[name]}")

    def url(self, endpoint: str) -> str:
        """The absolute URL of an endpoint; Untested, with the line to add, when nothing names it."""
        self.check(f"endpoints.{endpoint}")
        place = self.endpoints.get(endpoint) or DOCUMENTED_LAYOUT.get(endpoint)
        if place is None:
            raise Untested(f"the profile names no {endpoint} endpoint: add `{endpoint} = ...` under [endpoints]")
        return place if "://" in place else self.base_url.rstrip("/") + "/" + place.lstrip("/")

    def client(self, name: str = "confidential") -> Client:
        """A client of the profile; Untested, with the table to add, when the profile lacks it."""
        if name not in self.clients:
            raise Untested(f"the profile has no client for this probe: add [clients.{name}]")
        self.check(fault_of_client(name))
        return self.clients[name]

    def client_for(self, grant: str) -> Client:
        """The main client if it may use the grant, else the first ordinary one that may."""
        if grant not in self.features:
            raise NotApplicable(f"the profile doesn't claim the grant {grant}")
        special_purposes = ("restricted", "special", "single_redirect", "introspecting")
        for client in sorted(self.clients.values(), key=lambda c: (c.name != "confidential", c.is_public)):
            is_special = client.is_guessed_at or client.name in special_purposes
            if not is_special and client.may_use(grant):
                self.check(fault_of_client(client.name), fault_of_grant(client.name, grant))
                return client
        raise Untested(f"the profile has no client that may use the grant {grant}")

    def introspecting_client(self) -> Client:
        """The client that asks about tokens: `introspecting` where the profile has one, else `confidential`."""
        return self.client("introspecting" if "introspecting" in self.clients else "confidential")

    def owner(self, name: str = "resource_owner") -> ResourceOwner:
        """A resource owner of the profile; Untested, with the table to add, when the profile lacks it."""
        if name not in self.owners:
            raise Untested(f"the profile has no account for this probe: add [{name}]")
        self.check(name)
        return self.owners[name]

    @property
    def is_client(self) -> bool:
        """Whether a client is under test, and the suite plays its server."""
        return self.role == CLIENT

    @property
    def is_on_loopback(self) -> bool:
        """Whether the base URL points at this machine."""
        return is_loopback(self.base_url)

    @property
    def uses_tls(self) -> bool:
        """Whether the base URL is https."""
        return self.base_url.startswith("https:")

    @property
    def reach(self) -> Reach:
        """How the target is reached: certificates and time limits."""
        return Reach(
            ca_file=self.ca_file,
            insecure=self.insecure,
            client_certificate=self.client_certificate,
            client_key=self.client_key,
            client_key_password=self.client_key_password,
            timeout=self.timeout,
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
        )

    def origins(self) -> tuple[str, ...]:
        """URLs of everything that the suite talks to, one or more for each host."""
        urls = [self.base_url, *(urljoin(self.base_url, place) for place in self.endpoints.values())]
        urls += [url for url in (self.plain_http, self.control_url, *self.sign_in.hosts) if url]
        urls += [self.sign_in.forget] if self.sign_in.forgets_by_url and self.sign_in.forget else []
        federation = self.documented.get("federation")
        if isinstance(federation, Mapping):
            urls.append(str(federation["provider"]))
        return tuple(urls)

    def names(self) -> tuple[str, ...]:
        """What the profile makes public: names of accounts and identifiers of clients."""
        accounts = (owner.username for owner in self.owners.values())
        return (*accounts, *(client.client_id for client in self.clients.values()))

    def hosts(self) -> frozenset[tuple[str, int]]:
        """Hosts and ports that requests may go to."""
        return frozenset(host_and_port(url) for url in self.origins())


def fault_of_client(client: str) -> str:
    """The name of the fault that a client's credentials are refused."""
    return f"clients.{client}"


def fault_of_grant(client: str, grant: str) -> str:
    """The name of the fault that a client gets nothing by a grant that it may use."""
    return f"clients.{client} {grant}"


def fault_of_redirect_uri(client: str, uri: str) -> str:
    """The name of the fault that a client's redirect URI is refused."""
    return f"clients.{client} {uri}"
