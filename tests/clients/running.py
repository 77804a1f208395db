"""Runs the suite's tests of clients against a callable, in this process."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from conformance.bundled.clients import profile_with
from conformance.bundled.reference_stages import Playhouse
from conformance.harness.session import Session
from conformance.profile.loading import Profile, parse_profile
from conformance.running.collecting import Case, collect_cases
from conformance.running.single_test import execute
from conformance.running.whole_run import open_session
from conformance.tally.catalogue import Catalogue, load_catalogue
from reference_client.variant import Variant

DRIVER = {"callable": "client_of_this_test:login", "time_limit": 5}
FILES = "documents/*/clients/test_*.py"


@cache
def cases() -> tuple[Case, ...]:
    """All tests of clients; `MATRIX_FILES`, a glob below the package, narrows them."""
    return tuple(collect_cases(os.environ.get("MATRIX_FILES", FILES), of_clients=True))


@cache
def catalogue() -> Catalogue:
    """The requirement catalogue."""
    return load_catalogue()


def profile_of(variant: Variant | None = None) -> Profile:
    """The profile of a client that is a callable and can do what the bundled one can, as a variant or not."""
    return parse_profile(profile_with(variant, DRIVER), "the client's profile")


@contextmanager
def session_with(
    login: Callable[[Any], Any],
    folder: Path,
    profile: Profile | None = None,
    open_house: Callable[[], Playhouse] | None = None,
) -> Iterator[Session]:
    """A session whose client is a function; `folder` has the certificates of stages."""
    module = types.ModuleType("client_of_this_test")
    module.login = login  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    loaded = profile or profile_of()
    target = replace(loaded.target, driving=replace(loaded.target.driving, folder="."))
    house = open_house or partial(Playhouse, folder)
    with closing(open_session(replace(loaded, target=target), open_house=house)) as session:
        yield session
    del sys.modules[module.__name__]


def verdicts(session: Session, chosen: Callable[[Case], bool] = lambda case: True) -> Mapping[str, tuple[str, str]]:
    """How each test ended, and why, by its name; those that judge all that was recorded run last."""
    found = {}
    for case in sorted(filter(chosen, cases()), key=lambda case: case.is_judged_last):
        requirement = catalogue().by_id[case.requirement]
        execution = execute(case.function, case.parameters, requirement, case.needs, session)
        session.record.take(execution.trial.exchanges, ())
        outcome = execution.outcome
        found[f"{case.requirement}::{case.name}"] = (outcome.word, outcome.reason or outcome.observed)
    return found
