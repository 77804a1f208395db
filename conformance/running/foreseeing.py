"""Which logins of a client a run will ask for: each test is run against logins in which all goes as it should.

What a test makes of them is nobody's verdict, and what isn't foreseen is played when it is asked for.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode, urlsplit

from conformance.clients.ahead import Ahead
from conformance.clients.endings import Ending
from conformance.clients.login_browser import BY_CLIENT, Browser
from conformance.clients.played import Played
from conformance.clients.playing import Scenario, credentials_of, play
from conformance.harness.run_record import Record
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.profile.target import Target
from conformance.running.collecting import Case
from conformance.running.single_test import arguments, check_applicable
from conformance.tally.catalogue import Catalogue
from conformance.wire.exchange import Reply, Request
from conformance.wire.stages import ENDPOINTS, Arrived, Stage
from conformance.wire.vault import Vault

PLACE = "https://foreseen.example"
TOKENS = json.dumps({"access_token": "a", "refresh_token": "r", "token_type": "Bearer"}).encode()
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
# What shows that a client uses the endpoints that metadata name.
FROM_METADATA = "from=metadata"
GRANTS = ("authorization_code", "refresh_token", "password", "client_credentials")


def foreseen_logins(cases: Iterable[Case], catalogue: Catalogue, session: Session) -> list[Scenario]:
    """The logins that tests will ask for, each once, in the order of the tests."""
    found: dict[Scenario, None] = {}
    played = ideal_login(session.target)

    def note(scenario: Scenario) -> Played:
        found[scenario] = None
        return played

    session.house()
    # A session of its own: nothing of this is observed or recorded.
    dry = replace(session, observations={}, vault=Vault({}, ()), record=Record(), player=note)
    for case in cases:
        if not case.is_judged_last:
            with contextlib.suppress(Exception):
                check_applicable(catalogue.by_id[case.requirement], case.needs, dry)
                case.function(**arguments(Trial(dry), case.parameters))
    return list(found)


def played_ahead(cases: Iterable[Case], catalogue: Catalogue, session: Session, count: int) -> Ahead:
    """The logins that tests will ask for, so many played at a time."""
    house = session.house()

    def takes_long(scenario: Scenario) -> bool:
        return any(map(house.takes_long, scenario.misbehaviors))

    return Ahead(partial(play, session.target, house), foreseen_logins(cases, catalogue, session), count, takes_long)


def ideal_login(target: Target) -> Played:
    """A login in which everything was done, and done twice, at two servers."""
    arrived = [*_arrived(), *_arrived()]
    stages = [
        Stage(place, {name: f"{place}/{name}" for name in ENDPOINTS}, credentials_of(target), arrived)
        for place in (PLACE, f"{PLACE}/second")
    ]
    browser = Browser(frozenset(), "", delivers=bool(target.driving.command))
    return Played(stages[0], browser, Ending("succeeded", "it was foreseen"), "an honest login", stages[1])


def _arrived() -> list[Arrived]:
    tokens = [_reply("token", {"grant_type": grant, "code": "c"}, TOKENS) for grant in GRANTS]
    asked = [
        _reply("metadata"),
        _reply(f"authorization?{FROM_METADATA}"),
        *tokens,
        _reply("resource"),
        _reply("revocation", {}),
    ]
    return [Arrived(urlsplit(reply.request.url).path.strip("/"), reply, at) for at, reply in enumerate(asked)]


def _reply(endpoint: str, form: dict[str, str] | None = None, body: bytes = b"") -> Reply:
    who = (("User-Agent", BY_CLIENT if endpoint.startswith("authorization") else "foreseen"),)
    method, content = ("GET", b"") if form is None else ("POST", urlencode(form).encode())
    request = Request(method, f"{PLACE}/{endpoint}", (*who, *(FORM if form is not None else ())), content)
    return Reply(request, 200, (("Content-Type", "application/json"),), body, 0.0)
