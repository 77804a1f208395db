"""Stages that the reference server plays, in this process, behind sockets of its own."""

from __future__ import annotations

import itertools
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from conformance.profile.client_role import Staging
from conformance.profile.loading import Profile, ProfileError
from conformance.wire.exchange import Reply, Request
from conformance.wire.stages import Arrived, Credentials, OpenHouse, Stage
from reference_server.misbehaviors import MISBEHAVIORS
from reference_server.serving import bind
from reference_server.stage import PATHS, WELL_KNOWN, Heard, Registration
from reference_server.stage_listeners import (
    BAD_CERTIFICATES,
    SAME_AUTHORITY,
    Listening,
    own_stage_certificate,
    write_stage_certificates,
)

BY_DEFAULT = Staging()
KNOWN = {misbehavior.name: misbehavior for misbehavior in MISBEHAVIORS}


class Playhouse:
    """The stages of this process. `folder` has the certificates that `prepare` made, `staging` says where they are."""

    def __init__(self, folder: Path, staging: Staging = BY_DEFAULT) -> None:
        self._folder = folder
        self._staging = staging
        self._numbers = itertools.count(1)
        self._stages: dict[str, Stage] = {}
        self._lock = threading.Lock()
        self._listening = Listening(folder, self._hear, staging.listen, staging.host)

    @property
    def certificates(self) -> Path:
        """The authority that a client has to trust, and no other."""
        return trusted_in(self._folder)

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
        endpoint, _, listener = misbehavior.rpartition("-at-")
        # What is wrong with a certificate shows only to who trusts its authority.
        is_of_ours = self._staging.certificate is not None and listener in BAD_CERTIFICATES
        return f"{endpoint}-at-{SAME_AUTHORITY}" if is_of_ours else KNOWN[misbehavior].twin

    def takes_long(self, misbehavior: str) -> bool:
        """Whether a client that meets it as it should waits."""
        return KNOWN[misbehavior].takes_long

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
def stages_of_a_while(profile: Profile | None = None) -> Iterator[OpenHouse]:
    """How to open stages, as long as it takes: for commands that drive a client without a run. Raises ProfileError."""
    with tempfile.TemporaryDirectory(prefix="oauth2-stages-") as folder:
        yield prepared_stages(Path(folder), profile)


def prepared_stages(folder: Path, profile: Profile | None = None) -> OpenHouse:
    """Makes what the stages of a run need, in a folder; returns how each process opens its own. Raises ProfileError."""
    staging = profile.target.staging if profile else BY_DEFAULT
    try:
        # Each process will have ports of its own there.
        bind(staging.listen, 0).close()
    except OSError as error:
        place = profile.place(("stage", "listen")) if profile else "stage.listen"
        raise ProfileError(f"{place}: this machine has no address {staging.listen}: {error.strerror}") from error
    try:
        prepare(folder, staging)
    except ValueError as error:
        place = profile.place(("stage", "certificate")) if profile else "stage.certificate"
        raise ProfileError(f"{place}: {error}") from error
    return partial(Playhouse, folder, staging)


def prepare(folder: Path, staging: Staging = BY_DEFAULT) -> None:
    """Make the certificates of a run's stages. Raises ValueError for a certificate and key that will not do."""
    write_stage_certificates(folder, (staging.reached_at, staging.host))
    if staging.certificate is not None and staging.key is not None:
        own_stage_certificate(folder, Path(staging.certificate), Path(staging.key), staging.host)


def trusted_in(folder: Path) -> Path:
    """The file of what a client has to trust, among the certificates of a run's stages."""
    with_own = folder / "trusted.pem"
    return with_own if with_own.exists() else folder / "ca.pem"
