"""A run from its options to its reports, whoever drives it."""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from conformance.base import exit_codes, schemas, signals
from conformance.base.budgets import OFF
from conformance.base.files import write_whole
from conformance.harness.fuzzing import Fuzzing
from conformance.harness.session import Session, default_headers
from conformance.profile.loading import Profile
from conformance.profile.target import Target
from conformance.running import apart
from conformance.tally import results
from conformance.tally.baseline import read_baseline
from conformance.tally.catalogue import Catalogue
from conformance.tally.confirming import left_alone, tried_again
from conformance.tally.gathered import Header, Run, TestResult
from conformance.tally.journal import Journal
from conformance.tally.verdicts import FailOn
from conformance.wire.guard import Guard, Pace
from conformance.wire.network import Network
from conformance.wire.stages import OpenHouse
from conformance.wire.transport import SocketTransport

RESULTS = "results.json"
# The report that takes as long as all others together.
PAGE = "html"
# Waits for it; returns why it could not be written.
AwaitPage = Callable[[], list[OSError]]
# Of a target's name, in that of its folder: file systems take 255 bytes.
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line says about a run; without a profile the bundled server is the target."""

    profile: Path | None
    base_url: str | None
    reports: Path
    fail_on: FailOn = "must"
    baseline: Path | None = None
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ()
    variant: str | None = None
    defects: tuple[str, ...] = ()
    fuzz: str = OFF
    seed: int = 0
    repeats: bool = True


def header_of(target: Target, **more: Any) -> Header:
    """What a run says of a target before its first test; `more` are the other fields of the header."""
    return Header(
        target_name=target.name,
        base_url=target.base_url,
        features=tuple(sorted(target.features)),
        declined=dict(target.declined),
        claims=target.claims,
        role=target.role,
        **more,
    )


def open_session(
    profile: Profile,
    worker: str = "",
    workers: int = 1,
    fuzzing: Fuzzing | None = None,
    open_house: OpenHouse | None = None,
) -> Session:
    """A session over sockets with the profile's target; `worker` names this process among the `workers` of a run.

    `open_house` opens the stages for a client under test.
    """
    target = profile.target
    headers = (*target.headers.items(), *default_headers(target))
    pace = Pace((target.limits.requests_per_second or 0.0) / workers)
    transport = Guard(SocketTransport(Network.of(target.reach)), target.timeout, pace, headers)
    session = Session.open(target, transport, profile.secrets, worker)
    session.fuzzing = fuzzing
    session.open_house = open_house
    return session


def now() -> str:
    """The time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass
class RunRecorder:
    """Gathers a run's results, journals them, and writes the reports at its end."""

    run: Run
    catalogue: Catalogue
    folder: Path
    journal: Journal
    content: dict[str, Any] = field(default_factory=dict)
    faults: list[OSError] = field(default_factory=list)
    _page: AwaitPage = list

    @classmethod
    def open(
        cls,
        options: RunOptions,
        profile: Profile,
        catalogue: Catalogue,
        workers: int,
        controls: Sequence[Mapping[str, Any]] = (),
    ) -> RunRecorder:
        """Make the run's folder `<time>-<target>` and begin its journal.

        Raises FileFault for a bad baseline, OSError for a folder that can't be made or written to.
        `controls` tell how the profile held up.
        """
        known = read_baseline(options.baseline, catalogue.by_id) if options.baseline else None
        header = header_of(
            profile.target,
            started=now(),
            profile=profile.shown,
            fail_on=options.fail_on,
            selection=options.only,
            catalogue_digest=catalogue.digest,
            bundled=options.profile is None,
            workers=workers,
            fuzz=options.fuzz,
            seed=options.seed,
            baseline=known,
            narrowed=options.narrowed,
            controls=tuple(controls),
            profile_file=_shown_path(options.profile),
            variant=options.variant or "",
            defects=options.defects,
            repeats=options.repeats,
            insecure=profile.target.insecure,
        )
        folder = _new_folder(options.reports, profile.target.name)
        return cls(Run(header), catalogue, folder, Journal(folder, header))

    def add(self, test: TestResult) -> None:
        """Take in how a test ended."""
        self.run.tests.append(test)
        self.journal.add(test)

    def settle(self, first: TestResult, second: TestResult | str) -> TestResult:
        """Take in how a finding's second try ended, or why there is none; returns what the finding is now."""
        settled = left_alone(first, second) if isinstance(second, str) else tried_again(first, second)
        self.run.tests[self.run.tests.index(first)] = settled
        self.journal.settle(settled, second)
        return settled

    def write(self) -> None:
        """Write `results.json` and every report; the page may take until `finish`."""
        self.run.finished = now()
        self.journal.end(self.run)
        self.content, self.faults, self._page = write_run(self.run, self.catalogue, self.folder)

    def finish(self) -> int:
        """Wait for the page, and close the run; returns the exit code: the gate's, where all could be written."""
        self.faults += self._page()
        if not self.faults:
            self.journal.close()
        in_the_way = _link_latest(self.folder) if (self.folder / RESULTS).exists() else None
        self.faults += [in_the_way] if in_the_way else []
        if self.journal.failure is not None:
            self.faults.append(self.journal.failure)
        return exit_codes.USAGE if self.faults else int(self.content["gate"])


def write_run(run: Run, catalogue: Catalogue, folder: Path) -> tuple[dict[str, Any], list[OSError], AwaitPage]:
    """Write `results.json` and every report of a run into its folder.

    Returns the content of `results.json`, why files could not be written, and what waits for the page.
    """
    from conformance.reporting import WRITTEN_BY_A_RUN, write_reports

    # Workers end in any order; the reports follow the order of collection.
    order = {name: n for n, name in enumerate(n for names in run.collected.values() for n in names)}
    run.tests.sort(key=lambda test: order.get(test.name, 0))
    content = results.build(run, catalogue)
    page_is_written = _written_beside(content, folder, PAGE)
    text = json.dumps(content)
    faults = []
    try:
        write_whole(folder / RESULTS, text.encode("ascii"))
    except OSError as error:
        faults.append(error)
    fault = None if schemas.is_valid("results", content) else schemas.first_fault_of_large("results", text)
    if fault is not None:
        raise AssertionError(f"results.json does not fit its own schema: {fault}")
    others = [form for form in WRITTEN_BY_A_RUN if form != PAGE]
    return content, [*faults, *write_reports(content, folder, others)], page_is_written


def _written_beside(content: dict[str, Any], folder: Path, form: str) -> AwaitPage:
    """Write one report in a process of its own. What is returned waits for it, and says why it could not be written.

    What fails there is tried here, where it fails as all else does.
    """
    from conformance.reporting import write_reports

    write_here = partial(write_reports, content, folder, [form])
    if not apart.is_possible():
        return write_here
    with signals.held_back():
        child = os.fork()
        if not child:
            signals.ignore()
    if not child:
        # It ends with this report: what is garbage then goes with it.
        gc.disable()
        try:
            os._exit(1 if write_here() else 0)
        finally:
            os._exit(1)
    return lambda: write_here() if os.waitpid(child, 0)[1] else []


def _shown_path(profile: Path | None) -> str:
    """A profile's path from the current folder; empty without one, and for one that stands elsewhere."""
    place = None if profile is None else profile.resolve()
    return place.relative_to(Path.cwd()).as_posix() if place and place.is_relative_to(Path.cwd()) else ""


def _new_folder(reports: Path, target: str) -> Path:
    """A fresh folder; two runs in the same second get different ones."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stamp}-{re.sub(r'[^A-Za-z0-9._-]+', '-', target)[:LONGEST_NAME]}"
    for attempt in range(1, 1000):
        folder = reports / (name if attempt == 1 else f"{name}-{attempt}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(reports))


def _link_latest(folder: Path) -> OSError | None:
    """Point `latest` at the run; where links aren't allowed, go without. Returns what is in the way."""
    link = folder.parent / "latest"
    temporary = folder.parent / f".latest-{os.getpid()}"
    try:
        temporary.symlink_to(folder.name, target_is_directory=True)
        temporary.replace(link)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if link.exists() and not link.is_symlink():
            return FileExistsError(errno.EEXIST, "something is in the way of the link to this run", str(link))
    return None
