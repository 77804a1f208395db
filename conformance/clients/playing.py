"""Plays one login: a stage is opened, the client is driven through it, and what arrived is kept.

Nothing here is judged or recorded, so that logins of one run can be played side by side.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
from dataclasses import dataclass, replace

from conformance.base.outcomes import Inconclusive
from conformance.base.uris import origin_of
from conformance.clients.context import PASSWORD, USERNAME, Context, context_of
from conformance.clients.endings import Ending, UnusableClient
from conformance.clients.login_browser import Browser, NoWayBack
from conformance.clients.one_login import drive
from conformance.clients.places import Place, Watch
from conformance.clients.played import Played
from conformance.profile.target import Target
from conformance.wire.stages import Credentials, House, Stage

CLIENT_ID = "client-under-test"
CALLBACK = "https://client.example/callback"
# What is asked in place of a login in the browser.
WITHOUT_BROWSER = frozenset({"client_credentials", "password"})
# Where clients listen. A port from the system's own range may be taken again by the time that the client is there.
PORTS = range(12_000, 32_000)
# In place of a secret: the client gets none.
PUBLIC = "no secret"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A login as it is arranged: what is asked of the client, what the stage does, and who client and owner are.

    None: what the profile says of the client, and else what the suite chooses.
    """

    asked: frozenset[str] = frozenset()
    misbehaviors: tuple[str, ...] = ()
    client_id: str | None = None
    client_secret: str | None = None
    owner: tuple[str, str] = (USERNAME, PASSWORD)
    # The second server is the one that misbehaves; the first one is honest.
    at_second: bool = False

    @property
    def key(self) -> str:
        """What tells it from others."""
        who = f"{self.client_id} {self.client_secret} {self.owner}"
        return f"login {sorted(self.asked)} {self.misbehaviors} {who}{' at a second server' if self.at_second else ''}"


def play(target: Target, house: House, scenario: Scenario, place: Place | None = None) -> Played:
    """Play a login, its process at a place. Inconclusive for a client that can't be driven at all."""
    stage, second = _stages(target, house, scenario)
    stages = [each for each in (stage, second) if each is not None]
    driving = target.driving
    browser = Browser(
        _origins(stage, second),
        str(house.certificates),
        target.staging.reached_at,
        delivers=bool(driving.command),
        deliver=driving.deliver,
        folder=driving.folder,
    )
    try:
        context = _context(scenario, stage, second, browser)
        watch = Watch(lambda: sum(len(each.arrived) for each in stages), place or Place())
        ending = _driven(target, context, browser, watch)
    finally:
        browser.close()
        for each in stages:
            house.end(each)
    says = "; ".join(map(house.says, scenario.misbehaviors)) or "an honest login"
    scene = " ".join(scenario.misbehaviors) or "honest"
    played = Played(stage, browser, ending, says, second, scene=scene)
    return played.at_second if scenario.at_second else played


def _stages(target: Target, house: House, scenario: Scenario) -> tuple[Stage, Stage | None]:
    """The server of a login and the second one, if any; the one that misbehaves is opened when the other is there."""
    here = _registered_as(credentials_of(target), scenario.client_id, scenario.client_secret)
    if "second_issuer" not in scenario.asked:
        return house.open(here, scenario.misbehaviors), None
    there = _elsewhere(target, here)
    if scenario.at_second:
        first = house.open(here)
        return first, house.open(there, scenario.misbehaviors, second=first)
    second = house.open(there)
    return house.open(here, scenario.misbehaviors, second=second), second


def credentials_of(target: Target) -> Credentials:
    """How a stage knows the client: as the profile says, and where it says nothing, as the suite chooses."""
    fixed = target.registered
    by_default = f"http://127.0.0.1:{_free_port()}/callback" if target.driving.command else CALLBACK
    secret = fixed.client_secret or f"secret-{secrets.token_urlsafe(24)}"
    return Credentials(
        client_id=fixed.client_id or CLIENT_ID,
        client_secret=None if fixed.public else secret,
        redirect_uri=fixed.redirect_uri or by_default,
        scope=fixed.scope,
    )


def ending_in_words(played: Played) -> str:
    """How the client ended, with what it printed."""
    printed = f"; it printed: {played.ending.output.strip()[-1500:]}" if played.ending.output.strip() else ""
    refused = f"; nothing listened at {played.browser.refused[0]}" if played.browser.refused else ""
    return f"{played.ending.words}{refused}{printed}"


def _context(scenario: Scenario, stage: Stage, second: Stage | None, browser: Browser) -> Context:
    certificates = browser.certificates
    without = scenario.asked & WITHOUT_BROWSER
    other = context_of(second, without, certificates, browser.browse) if second is not None else None
    context = context_of(stage, scenario.asked, certificates, browser.browse, other)
    if "password" not in scenario.asked:
        return context
    return replace(context, username=scenario.owner[0], password=scenario.owner[1])


def _driven(target: Target, context: Context, browser: Browser, watch: Watch) -> Ending:
    try:
        return drive(target.driving, context, browser, watch)
    except (UnusableClient, NoWayBack) as error:
        raise Inconclusive(str(error)) from error


def _elsewhere(target: Target, credentials: Credentials) -> Credentials:
    """The registration at a second server: another one, unless the profile fixes it. A command has one listener."""
    fixed = target.registered
    may_differ = fixed.redirect_uri is None and not target.driving.command
    other = credentials_of(target)
    return replace(
        other,
        client_id=fixed.client_id or f"{CLIENT_ID}-elsewhere",
        redirect_uri=f"{credentials.redirect_uri}-elsewhere" if may_differ else credentials.redirect_uri,
    )


def _registered_as(credentials: Credentials, client_id: str | None, client_secret: str | None) -> Credentials:
    """Another identifier, and another secret, unless they are None."""
    secret = credentials.client_secret if client_secret is None else client_secret
    return replace(
        credentials,
        client_id=client_id or credentials.client_id,
        client_secret=None if secret == PUBLIC else secret,
    )


def _origins(*stages: Stage | None) -> frozenset[str]:
    urls = [url for stage in stages if stage is not None for url in (stage.issuer, *stage.urls.values())]
    return frozenset(map(origin_of, urls))


def _free_port() -> int:
    """A port of loopback where nobody listens: below those that systems give to whoever connects somewhere."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
