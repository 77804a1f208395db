"""Under pytest-xdist: what its workers are told, what comes back, and what becomes of one that dies."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.harness.footprint import Footprint
from conformance.plugin.stashes import ANNOUNCED, CRASHED, FOOTPRINT, PROFILE, RECORDER


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the tests of a group to one worker."""
    from conformance.plugin.spreading import INSTEAD_OF, Spreading

    return Spreading(config, log) if config.getoption("dist") in INSTEAD_OF else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the bundled server's profile and the seed to a worker."""
    node.workerinput["bundled_profile"] = node.config.stash.get(ANNOUNCED, None)
    node.workerinput["faults"] = dict(node.config.stash[PROFILE].target.faults)
    node.workerinput["fuzz_seed"] = node.config.option.fuzz_seed


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a worker collected."""
    recorder = node.config.stash.get(RECORDER, None)
    output = getattr(node, "workeroutput", None)
    if recorder is not None and output:
        recorder.run.collected.update(output.get("collected", {}))
        node.config.stash[FOOTPRINT].add(Footprint.loaded(output["footprint"]))


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem: str, report: pytest.TestReport, sched: Any) -> None:
    """Remember the test that a worker died of: xdist goes on in a new one."""
    sched.config.stash[CRASHED].append((crashitem.rpartition("::")[2].partition("@")[0], report.longreprtext))
