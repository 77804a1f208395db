"""How a target is made to forget approvals: by a command, or by a request, and what is said when that fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.profile.target import SignIn
from tests.harness.fakes import CLIENT, Answering, trial_with

FORGETS = "import sys; open('forgotten', 'a').write(' '.join(sys.argv[1:]))"


def answers(method: str, path: str, parameters: dict[str, str]) -> Answering:
    """Forgets alice, and nobody else."""
    is_right = (method, path, parameters) == ("POST", "/forget", {"username": "alice", "client_id": "client"})
    return (204, {}, "") if is_right else (404, {}, "")


def test_a_command_gets_the_names_and_runs_beside_the_profile(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -c "{FORGETS}" {{username}} --for={{client_id}}'
    trial = trial_with(answers, sign_in=SignIn(forget=command, folder=str(tmp_path)))

    trial.given.forget("resource_owner", CLIENT)

    assert (tmp_path / "forgotten").read_text() == "alice --for=client"


def test_a_url_is_sent_the_names() -> None:
    trial = trial_with(answers, sign_in=SignIn(forget="https://as.test/forget"))

    trial.given.forget("resource_owner", CLIENT)

    assert [(exchange.request.method, exchange.phase) for exchange in trial.exchanges] == [("POST", "given")]


@pytest.mark.parametrize(
    ("forget", "why"),
    [
        (f'"{sys.executable}" -c "raise SystemExit(\'no such user\')"', r"ended with the status 1 \(no such user\)"),
        ("/nowhere/forget {username}", "can't be run: "),
        ("https://as.test/elsewhere", "should answer with a status 2xx, but got status 404"),
    ],
    ids=["status", "missing", "url"],
)
def test_a_failure_is_inconclusive_and_says_why(forget: str, why: str) -> None:
    with pytest.raises(Inconclusive, match=f"`forget` under .sign_in. {why}"):
        trial_with(answers, sign_in=SignIn(forget=forget)).given.forget("resource_owner", CLIENT)
