"""What a run with a profile will test, what not, and what it will take: foretold by rehearsing it.

The suite's tests are run in this process against a reference server that is set up as the profile describes the target:
same clients, accounts, grants and features. What such a run leaves out for want of something in the profile, the real
one will leave out as well. Nothing is sent to the target.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from conformance.harness.asgi import AsgiApp, AsgiTransport
from conformance.harness.catalogue import Catalogue, load_catalogue
from conformance.harness.collecting import collect_cases
from conformance.harness.exchange import Reply, Request
from conformance.harness.profile import Profile
from conformance.harness.results import not_applicable
from conformance.harness.running import execute
from conformance.harness.session import Session
from conformance.harness.target import DOCUMENTED_LAYOUT, Client, SignIn, Target
from conformance.preflight.controls import Control
from reference_server import Settings, build
from reference_server.accounts import Client as RegisteredClient
from reference_server.accounts import User
from reference_server.server import Server

Fate = str  # tested, undecided, untested, not applicable, untestable
FATES: tuple[Fate, ...] = ("tested", "undecided", "untested", "not applicable", "untestable")
# What the rehearsal can't show, because it has no sockets; the real run has them.
SHOWS_OVER_SOCKETS = "TLS shows over sockets only"
CONTROL = "http://rehearsal.invalid"
# Where the reference server has each endpoint.
PATHS: Mapping[str, str] = {**DOCUMENTED_LAYOUT, "protected_resource": DOCUMENTED_LAYOUT["resource_me"]}
WORKERS_SUGGESTED = 8
SECONDS_OF_OUR_OWN = 0.0015  # for each request, on a machine of today


@dataclass(frozen=True, slots=True)
class Foretold:
    """What will become of one requirement."""

    id: str
    document: str
    level: str
    fate: Fate
    reason: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will become of every requirement on servers, and what a run takes: requests, seconds for one answer."""

    requirements: tuple[Foretold, ...]
    requests: int
    round_trip: float

    @property
    def seconds(self) -> float:
        """About how long a run takes with one worker."""
        return self.requests * (self.round_trip + SECONDS_OF_OUR_OWN)

    def counts(self) -> dict[str, Counter[Fate]]:
        """Numbers by document."""
        numbers: dict[str, Counter[Fate]] = {}
        for each in self.requirements:
            numbers.setdefault(each.document, Counter())[each.fate] += 1
        return numbers

    def reasons(self, fate: Fate) -> list[tuple[str, int]]:
        """Why requirements have this fate, the most frequent reason first."""
        return Counter(each.reason for each in self.requirements if each.fate == fate).most_common()

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "requests": self.requests,
            "round_trip_ms": round(self.round_trip * 1000, 1),
            "seconds": round(self.seconds, 1),
            "requirements": [{"id": each.id, "fate": each.fate, "reason": each.reason} for each in self.requirements],
        }


def foresee(profile: Profile, controls: Sequence[Control], faults: Mapping[str, str]) -> Outlook:
    """Rehearse a run. `controls` tell how long the target takes to answer, `faults` what of the profile is wrong."""
    catalogue = load_catalogue()
    server = build(_settings(profile.target))
    transport = _Counting(_apps(profile.target, server))
    session = Session.open(_rehearsed(profile.target, faults), transport, profile.secrets)
    try:
        outcomes = _rehearse(session, catalogue)
    finally:
        session.close()
        server.close()
    return Outlook(tuple(_foretold(profile.target, catalogue, outcomes)), transport.sent, _round_trip(controls))


def _rehearse(session: Session, catalogue: Catalogue) -> dict[str, list[tuple[Fate, str]]]:
    """The fates of the tests of each requirement."""
    found: dict[str, list[tuple[Fate, str]]] = {}
    for case in collect_cases():
        requirement = catalogue.by_id[case.requirement]
        outcome = execute(case.function, case.parameters, requirement, case.needs, session).outcome
        fate: Fate = outcome.word if outcome.word in ("untested", "not applicable") else "tested"
        if outcome.word == "inconclusive" and outcome.reason.startswith("the profile is wrong"):
            fate = "undecided"
        if outcome.reason == SHOWS_OVER_SOCKETS:
            fate = "tested"
        found.setdefault(requirement.id, []).append((fate, outcome.reason))
    return found


def _foretold(
    target: Target, catalogue: Catalogue, outcomes: Mapping[str, list[tuple[Fate, str]]]
) -> Iterable[Foretold]:
    for requirement in catalogue.requirements:
        if requirement.role not in ("authorization-server", "resource-server"):
            continue
        why_not = not_applicable(requirement, target.features, target.declined)
        if requirement.untestable:
            fate, reason = "untestable", requirement.untestable
        elif why_not is not None:
            fate, reason = "not applicable", why_not
        else:
            fates = outcomes.get(requirement.id, [("untested", "no test yet")])
            order = ("undecided", "tested", "untested", "not applicable")
            fate = next(word for word in order if word in {each for each, _ in fates})
            reason = next(why for each, why in fates if each == fate)
        yield Foretold(requirement.id, requirement.document, requirement.level, fate, reason)


class _Counting(AsgiTransport):
    """Counts what is sent."""

    sent = 0

    def send(self, request: Request) -> Reply:
        self.sent += 1
        return super().send(request)

    def send_together(self, requests: Sequence[Request], rehearsal: Request) -> list[Reply]:
        self.sent += 2 * len(requests)
        return super().send_together(requests, rehearsal)


def _round_trip(controls: Sequence[Control]) -> float:
    times = [each.reply.elapsed for control in controls for each in control.exchanges if each.reply is not None]
    return statistics.median(times) if times else 0.0


# The reference server in the target's place


def _rehearsed(target: Target, faults: Mapping[str, str]) -> Target:
    """The target as the rehearsal sees it: pages are the reference server's, and waiting takes no time."""
    return replace(
        target, control_url=CONTROL if target.wait or target.control_url else None, sign_in=SignIn(), faults=faults
    )


def _apps(target: Target, server: Server) -> dict[str, AsgiApp]:
    """The reference server at every origin of the target, with its endpoints where the target has them."""
    named = {name: target.url(name) for name in PATHS if name in target.endpoints or name in DOCUMENTED_LAYOUT}
    places = {urlsplit(url).path or "/": PATHS[name] for name, url in named.items()}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await server.app({**scope, "path": places.get(scope["path"], scope["path"])}, receive, send)

    urls = [target.base_url, *named.values(), *([target.plain_http] if target.plain_http else [])]
    apps: dict[str, AsgiApp] = {"{0.scheme}://{0.netloc}".format(urlsplit(url)): app for url in urls}
    return {**apps, CONTROL: server.control_app}


def _settings(target: Target) -> Settings:
    """Settings of a server that is what the profile says."""
    user = _scopes(target, ("authorization_code", "implicit", "password")) or ("user",)
    app = _scopes(target, ("client_credentials",)) or ("app",)
    extension = target.extension_grant or {}
    lacking = {name for name in ("revocation", "introspection", "token_info") if name not in target.features}
    defaults = Settings()
    return replace(
        defaults,
        issuer=target.base_url,
        password_cost=2,
        require_tls=target.uses_tls,
        clients=tuple(_registered(client, target, (*user, *app)) for client in target.clients.values()),
        users=tuple(
            User(name, owner.username, owner.password, owner.external_authentication_token)
            for name, owner in target.owners.items()
        ),
        endpoints=tuple(name for name in defaults.endpoints if name not in lacking),
        grants=tuple(grant for grant in defaults.grants if grant in target.features),
        extension_grant_type=extension.get("grant_type"),
        user_scopes=user,
        app_scopes=app,
        default_user_scope=user[0],
        default_app_scope=app[0],
        access_token_lifetime=int(target.limits.access_token_lifetime or 3600),
        code_lifetime=int(target.limits.code_lifetime or 60),
        introspection_bearer="introspection_bearer" in target.features,
        bearer_form_body="bearer_form_body" in target.features,
        bearer_query="bearer_query" in target.features,
    )


def _scopes(target: Target, grants: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes that any client may have by any of the grants."""
    named = (
        scope
        for client in target.clients.values()
        for grant in grants
        if grant in target.features and client.may_use(grant)
        for scope in client.scopes_for(grant)
    )
    return tuple(dict.fromkeys(named))


def _registered(client: Client, target: Target, scopes: tuple[str, ...]) -> RegisteredClient:
    external = target.documented.get("external_authentication_token")
    return RegisteredClient(
        name=client.name,
        client_id=client.client_id,
        secret=client.client_secret,
        title=client.name,
        redirect_uris=client.redirect_uris,
        grants=tuple(grant for grant in Settings().grants if grant in target.features and client.may_use(grant)),
        scopes=scopes if client.name != "restricted" else client.scopes,
        authentication=client.authentication,
        takes_external_tokens=isinstance(external, Mapping) and external.get("client") == client.name,
        failed_authentications=10_000,
    )
