"""Stages that the reference server plays, in this process, behind sockets of its own."""

from __future__ import annotations

import itertools
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from conformance.wire.exchange import Reply, Request
from conformance.wire.stages import Arrived, Credentials, OpenHouse, Stage
from reference_server.misbehaviors import MISBEHAVIORS
from reference_server.stage import PATHS, WELL_KNOWN, Heard, Registration
from reference_server.stage_listeners import Listening, write_stage_certificates

KNOWN = {misbehavior.name: misbehavior for misbehavior in MISBEHAVIORS}


class Playhouse:
    """The stages of this process. `folder` has the certificates, which `write_stage_certificates` made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._stages: dict[str, Stage] = {}
        self._lock = threading.Lock()
        self._listening = Listening(folder, self._hear)

    @property
    def certificates(self) -> Path:
        """The authority that a client has to trust, and no other."""
        return self._folder / "ca.pem"

    def says(self, misbehavior: str) -> str:
        """What a misbehavior is, in words."""
        return KNOWN[misbehavior].says

    def open(
        self,
        credentials: Credentials,
        misbehaviors: Sequence[str] = (),
        *,
        second: Stage | None = None,
    ) -> Stage:
        """Open a stage that misbehaves in named ways."""
        chosen = [KNOWN[name] for name in misbehaviors]
        known = next((each.client_id for each in chosen if each.client_id), credentials.client_id)
        credentials = replace(credentials, client_id=known)
        edits = [edit for each in chosen for edit in each.edits]
        listeners = {end: name for each in chosen for end, name in each.listeners.items()}
        queries = {end: query for each in chosen for end, query in each.queries.items()}
        name = f"stage-{next(self._numbers)}"
        registration = _registration(credentials)
        elsewhere = (second.issuer, _registration(second.credentials)) if second else None
        with self._lock:
            places = self._listening.stages.open(name, registration, edits, listeners, queries, elsewhere)
            stage = Stage(places.pop("issuer"), places, credentials)
            self._stages[name] = stage
        return stage

    def twin_of(self, misbehavior: str) -> str:
        """What the stage does that a misbehavior is compared with; empty for one that does nothing of its own."""
        return KNOWN[misbehavior].twin

    def registers(self, misbehavior: str) -> bool:
        """Whether a misbehavior needs a client that the server can register as it likes."""
        return bool(KNOWN[misbehavior].client_id)

    def company_of(self, misbehavior: str) -> Mapping[str, frozenset[str]]:
        """The misbehaviors that one login can meet beside this one, itself among them, with what each asks."""
        company = KNOWN[misbehavior].company
        return {each.name: frozenset(each.asks) for each in MISBEHAVIORS if company and each.company == company}

    def end(self, stage: Stage) -> None:
        """Close a stage: what comes late finds nothing."""
        name = urlsplit(stage.issuer).path.strip("/")
        with self._lock:
            self._stages.pop(name, None)
        self._listening.stages.close(name)

    def close(self) -> None:
        """Close all."""
        self._listening.close()

    def _hear(self, heard: Heard) -> None:
        """Note what arrived at a stage; what is for none is nobody's."""
        stage = self._stages.get(heard.stage)
        if stage is not None:
            request = Request(heard.method, heard.url, heard.headers, heard.body)
            reply = Reply(request, heard.status, heard.answered, heard.answer, heard.elapsed)
            stage.arrived.append(Arrived(_endpoint(heard), reply, heard.at))


def _registration(credentials: Credentials) -> Registration:
    return Registration(
        credentials.client_id,
        credentials.client_secret,
        credentials.redirect_uri,
        tuple(credentials.scope.split()) or ("me",),
    )


def _endpoint(heard: Heard) -> str:
    """What of a stage a request was for: an endpoint, `metadata`, or `elsewhere`."""
    path = urlsplit(heard.url).path
    if any(known in path for known in WELL_KNOWN):
        return "metadata"
    place = path.removeprefix(f"/{heard.stage}")
    return next((name for name, each in PATHS.items() if place == each), "elsewhere")


@contextmanager
def stages_of_a_while() -> Iterator[OpenHouse]:
    """How to open stages, as long as it takes: for commands that drive a client without a run."""
    with tempfile.TemporaryDirectory(prefix="oauth2-stages-") as folder:
        prepare(Path(folder))
        yield lambda: Playhouse(Path(folder))


def prepare(folder: Path) -> None:
    """Make the certificates of a run's stages."""
    write_stage_certificates(folder)
