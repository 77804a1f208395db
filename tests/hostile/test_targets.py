"""A broken or hostile target breaks no run: it ends with the right verdicts, reports, exit code, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.cases import CASES, Hostile
from tests.hostile.ordinary import profile
from tests.hostile.raw import RawServer
from tests.hostile.running import MEGABYTE, REPORTS, Ran, cases, run_against

# Beyond what tests before it have left in this process.
MOST_GROWTH = 100 * MEGABYTE


@pytest.fixture(scope="module", autouse=True)
def _collected() -> None:
    """Collecting the suite's tests is no part of any run."""
    cases()


@pytest.mark.parametrize("hostile", CASES, ids=lambda hostile: hostile.name)
def test_a_hostile_target(hostile: Hostile, tmp_path: Path) -> None:
    with RawServer(hostile.script) as server:
        ran = run_against(profile(server.url, hostile.timeout), tuple(hostile.verdicts), tmp_path)

    assert {name: ran.verdict(name) for name in hostile.verdicts} == dict(hostile.verdicts), reasons(ran, hostile)
    assert ran.gate == hostile.gate == ran.results["gate"]
    assert ran.growth < MOST_GROWTH
    assert ran.files >= REPORTS
    assert all(hostile.says in reason for reason in reasons(ran, hostile).values())
    assert all(hostile.remark in remarks(ran, name) for name in hostile.verdicts)


def reasons(ran: Ran, hostile: Hostile) -> dict[str, str]:
    """Why each requirement ended as it did."""
    return {name: ran.entry(name)["reason"] for name in hostile.verdicts}


def remarks(ran: Ran, requirement: str) -> str:
    """What the evidence says beside the exchanges."""
    return " ".join(remark for exchange in ran.evidence(requirement) for remark in exchange.get("remarks", ()))
