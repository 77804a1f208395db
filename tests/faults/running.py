"""Runs of the suite in this process against reference servers with defects: what `results.json` says of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from conformance.harness.session import Session
from conformance.running.single_test import execute, finished_test, result_of
from conformance.running.whole_run import header_of
from conformance.tally import results
from conformance.tally.gathered import Run
from reference_server.defects import DEFECTS, Defect
from tests.matrix.engine import cases, catalogue, open_world


def defect_named(name: str) -> Defect:
    """A defect by its name."""
    return next(defect for defect in DEFECTS if defect.name == name)


def results_of(defects: Sequence[Defect], requirements: Collection[str]) -> dict[str, Any]:
    """The content of `results.json` of a run of some requirements' tests against a server with these defects."""
    variant = next((defect.on for defect in defects if defect.on), None)
    edits = [edit for defect in defects for edit in defect.edits]
    world = open_world(variant, edits)
    target = world.profile.target
    # The matrices' own session learns no secrets: here they are redacted, as a run does it.
    session = Session.open(target, world.session.transport, world.profile.secrets)
    header = header_of(
        target,
        started="2026-03-01T10:00:00Z",
        profile=world.profile.shown,
        fail_on="must",
        selection=(),
        catalogue_digest=catalogue().digest,
    )
    run = Run(header)
    for case in (case for case in cases() if case.requirement in requirements):
        requirement = catalogue().by_id[case.requirement]
        ended = finished_test(execute(case.function, case.parameters, requirement, case.needs, session))
        run.tests.append(result_of(ended, requirement.id, case.name, session.redactor))
    session.close()
    return results.build(run, catalogue())
