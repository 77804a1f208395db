"""A run from its options to its reports, whoever drives it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.budgets import OFF
from conformance.harness import results, schemas
from conformance.harness.baseline import read_baseline
from conformance.harness.catalogue import Catalogue
from conformance.harness.fuzzing import Fuzzing
from conformance.harness.guard import Guard, Pace
from conformance.harness.journal import Journal
from conformance.harness.network import Network
from conformance.harness.profile import Profile
from conformance.harness.results import Header, Run, TestResult
from conformance.harness.session import Session, default_headers
from conformance.harness.transport import SocketTransport
from conformance.harness.verdicts import FailOn


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line says about a run; without a profile the bundled server is the target."""

    profile: Path | None
    base_url: str | None
    reports: Path
    fail_on: FailOn = "must"
    baseline: Path | None = None
    only: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ()
    variant: str | None = None
    defects: tuple[str, ...] = ()
    fuzz: str = OFF
    seed: int = 0


def open_session(
    profile: Profile, worker: str = "", workers: int = 1, fuzzing: Fuzzing | None = None, unanswered: str = ""
) -> Session:
    """A session over sockets with the profile's target; `worker` names this process among the `workers` of a run.

    `unanswered` tells why nothing answered when the run began: then nothing is asked any more.
    """
    target = profile.target
    headers = (*target.headers.items(), *default_headers(target))
    pace = Pace((target.limits.requests_per_second or 0.0) / workers)
    transport = Guard(SocketTransport(Network.of(target)), target.timeout, pace, headers)
    if unanswered:
        transport.give_up(target.origins(), f"nothing answered when the run began ({unanswered})")
    session = Session.open(target, transport, profile.secrets, worker)
    session.fuzzing = fuzzing
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

    @classmethod
    def open(
        cls,
        options: RunOptions,
        profile: Profile,
        catalogue: Catalogue,
        workers: int,
        unanswered: str = "",
        controls: Sequence[Mapping[str, Any]] = (),
    ) -> RunRecorder:
        """Make the run's folder `<time>-<target>` and begin its journal. Raises FileFault for a bad baseline.

        `unanswered` tells why nothing answered at the target, `controls` how the profile held up.
        """
        known = read_baseline(options.baseline, catalogue.by_id) if options.baseline else None
        header = Header.of(
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
            unanswered=unanswered,
            controls=tuple(controls),
        )
        folder = _new_folder(options.reports, profile.target.name)
        return cls(Run(header), catalogue, folder, Journal(folder, header))

    def add(self, test: TestResult) -> None:
        """Take in how a test ended."""
        self.run.tests.append(test)
        self.journal.add(test)

    def add_crashed(self, name: str, how: str) -> None:
        """Take in that the process of a test died, which told nothing itself: a fault of the suite, like any other."""
        told = {(test.requirement, test.name) for test in self.run.tests}
        owners = (requirement for requirement, names in self.run.collected.items() if name in names)
        requirement = next((each for each in owners if (each, name) not in told), None)
        if requirement is not None:
            self.add(TestResult(requirement, name, "error", reason=how))

    def finish(self) -> int:
        """Write `results.json` and every report; returns the gate's exit code."""
        self.run.finished = now()
        self.journal.end(self.run)
        self.content = write_run(self.run, self.catalogue, self.folder)
        self.journal.close()
        _link_latest(self.folder)
        return int(self.content["gate"])

    def summarize(self) -> None:
        """Print the console summary."""
        from conformance.reporting.console import print_summary

        print_summary(self.content, self.folder, sys.stdout)


def write_run(run: Run, catalogue: Catalogue, folder: Path) -> dict[str, Any]:
    """Write `results.json` and every report of a run into its folder; returns the content of `results.json`."""
    from conformance.reporting import write_reports

    # Workers end in any order; the reports follow the order of collection.
    order = {name: n for n, name in enumerate(n for names in run.collected.values() for n in names)}
    run.tests.sort(key=lambda test: order.get(test.name, 0))
    content = results.build(run, catalogue)
    text = json.dumps(content)
    _replace(folder / "results.json", text)
    fault = schemas.first_fault_of_large("results", text)
    if fault is not None:
        raise AssertionError(f"results.json does not fit its own schema: {fault}")
    write_reports(content, folder)
    return content


def _replace(path: Path, text: str) -> None:
    """Write a file so that a reader finds the whole of it or none."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _new_folder(reports: Path, target: str) -> Path:
    """A fresh folder; two runs in the same second get different ones."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stamp}-{re.sub(r'[^A-Za-z0-9._-]+', '-', target)}"
    for attempt in range(1, 1000):
        folder = reports / (name if attempt == 1 else f"{name}-{attempt}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise OSError(f"can't make a folder for the run in {reports}")


def _link_latest(folder: Path) -> None:
    """Point `latest` at the run; where links aren't allowed, go without."""
    link = folder.parent / "latest"
    temporary = folder.parent / f".latest-{os.getpid()}"
    try:
        temporary.symlink_to(folder.name, target_is_directory=True)
        temporary.replace(link)
    except OSError:
        temporary.unlink(missing_ok=True)
