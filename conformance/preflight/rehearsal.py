"""A run rehearsed: the suite's tests in this process, against a reference server that is set up as the profile says.

Same clients, accounts, grants and features: what such a run leaves out for want of something in the profile, the real
one will leave out as well. Nothing is sent to the target.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from conformance.base.outcomes import Outcome
from conformance.browser.authorization_request import AuthorizationRequest
from conformance.browser.drivers.form import FormDriver
from conformance.browser.drivers.journey import Journey
from conformance.browser.drivers.manual import CODE_LIFETIME, ManualDriver
from conformance.browser.user_agent import UserAgent
from conformance.bundled.twin import Server, twin_of, twin_target
from conformance.harness.footprint import Footprint
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.loading import Profile
from conformance.running.collecting import Case
from conformance.running.process_groups import groups_to_run
from conformance.running.single_test import execute
from conformance.tally.catalogue import Catalogue
from conformance.wire.asgi import AsgiApp, AsgiTransport

# Tests that draw their input end with their time: nothing to rehearse.
FUZZ = "fuzz"
LINK = re.compile(r"^  \d+\. (\S+)$", re.M)


@dataclass
class Rehearsed:
    """How each test ended, by requirement; what the run left, and the seconds that it would wait.

    `asked` is how many links a person would be shown.
    """

    ended: dict[str, list[Outcome]] = field(default_factory=dict)
    footprint: Footprint = field(default_factory=Footprint)
    waits: float = 0.0
    asked: int = 0


def rehearse(
    profile: Profile,
    faults: Mapping[str, str],
    catalogue: Catalogue,
    cases: Sequence[Case],
    processes: int = 1,
    *,
    remembers: bool = False,
) -> Rehearsed:
    """Run tests as `processes` would share them. `faults` is what of the profile is known to be wrong.

    `remembers` tells that the target asks nobody again about what was approved.
    """
    found = Rehearsed()
    server, apps = twin_of(profile.target, remembers=remembers)
    sessions = [_session(profile, faults, server, apps, found) for _ in range(processes)]
    for session in sessions[1:]:
        session.record = sessions[0].record
    try:
        for number, group in enumerate(_groups([case for case in cases if not case.is_judged_last], processes)):
            _run(group, sessions[number % processes], catalogue, found)
        _run([case for case in cases if case.is_judged_last], sessions[0], catalogue, found)
    finally:
        for session in sessions:
            found.footprint.add(session.watch.take())
            found.asked += session.driver.asked if isinstance(session.driver, ManualDriver) else 0
            session.close()
        server.close()
    return found


def _groups(cases: Sequence[Case], processes: int) -> list[list[Case]]:
    known = {f"{case.file}::{case.name}": case for case in cases if case.file.parent.name != FUZZ}
    return [[known[name] for name in group] for group in groups_to_run(known, processes)]


def _run(cases: Sequence[Case], session: Session, catalogue: Catalogue, found: Rehearsed) -> None:
    for case in cases:
        requirement = catalogue.by_id[case.requirement]
        execution = execute(case.function, case.parameters, requirement, case.needs, session)
        session.record.take(execution.trial.exchanges, execution.trial.returns)
        found.ended.setdefault(case.requirement, []).append(execution.outcome)


def _session(
    profile: Profile, faults: Mapping[str, str], server: Server, apps: Mapping[str, AsgiApp], found: Rehearsed
) -> Session:
    target = twin_target(profile.target, faults)
    session = Session.open(target, AsgiTransport(apps), profile.secrets)

    def age(credential: str, seconds: float) -> None:
        found.waits += seconds
        server.store.age(credential, seconds)

    session.ages = age
    if profile.target.sign_in.driver == "manual":
        owner = target.owners.get("resource_owner")
        lifetime = target.limits.code_lifetime or CODE_LIFETIME
        person = StandIn(session)
        session.driver = ManualDriver(profile.target.sign_in, owner.username if owner else "", lifetime, person)
    return session


@dataclass
class StandIn:
    """A person of the rehearsal: opens each link that it is shown, and tells where it ended."""

    session: Session
    _ended: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """Read what a person is told: links to open, and what to decide there."""
        decision = "decline" if "DECLINE" in text else "approve"
        self._ended += [self._opened(url, decision) for url in LINK.findall(text)]

    def answer(self, _patience: float) -> str | None:
        """Where the next link ended."""
        return self._ended.pop(0) if self._ended else None

    def listen(self, _uri: str) -> bool:
        """Catches nothing: the rehearsal tells the URI itself."""
        return False

    def close(self) -> None:
        """Nothing is held."""

    def _opened(self, url: str, decision: str) -> str:
        pairs = tuple(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        client_id = dict(pairs).get("client_id")
        clients = self.session.target.clients.values()
        client = next((each for each in clients if each.client_id == client_id), next(iter(clients)))
        trial, agent = Trial(self.session), UserAgent(self.session.target.owners["resource_owner"])
        journey = Journey(agent, trial, AuthorizationRequest(client, pairs, None), decision)
        return FormDriver().go(journey, agent.open(trial, url)).destination or "stuck"
