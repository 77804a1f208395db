"""What a run keeps on pytest's configuration, for the hooks that come later."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance import bundled
from conformance.harness.clearing import Cleared
from conformance.harness.footprint import Footprint
from conformance.harness.session import Session
from conformance.preflight.controls import Examiner
from conformance.profile import loading
from conformance.reporting.progress import Progress
from conformance.running import apart
from conformance.running.whole_run import RunRecorder
from conformance.tally.catalogue import Catalogue
from conformance.wire.stages import OpenHouse

RECORDER = pytest.StashKey[RunRecorder]()
SERVER = pytest.StashKey[bundled.BundledServer]()
PROFILE = pytest.StashKey[loading.Profile]()
CATALOGUE = pytest.StashKey[Catalogue]()
# The requirements that `--only` and `--exclude` leave.
SELECTED = pytest.StashKey[frozenset[str]]()
# How each process opens stages, where a client is under test.
OPEN_HOUSE: pytest.StashKey[OpenHouse] = pytest.StashKey()
SESSION = pytest.StashKey[Session]()
COLLECTED = pytest.StashKey[dict[str, list[str]]]()
PROGRESS = pytest.StashKey[Progress]()
APART = pytest.StashKey[apart.Apart]()
# The processes that judge what the others have recorded, and how they begin.
JUDGES = pytest.StashKey[apart.Apart]()
JUDGING: pytest.StashKey[Callable[[], apart.Apart]] = pytest.StashKey()
FAULTS = pytest.StashKey[list[str]]()
# What the tests have left so far, the controls of the profile before them.
FOOTPRINT = pytest.StashKey[Footprint]()
# How the controls of the profile ended; none where it wasn't tried out.
EXAMINED = pytest.StashKey[Examiner]()
# What became of the tokens that the run was given.
CLEARED = pytest.StashKey[Cleared]()
