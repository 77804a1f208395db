"""What a run keeps on pytest's configuration, for the hooks that come later."""

from __future__ import annotations

import pytest

from conformance import bundled
from conformance.harness import apart, profile
from conformance.harness.catalogue import Catalogue
from conformance.harness.run import RunRecorder
from conformance.harness.session import Session

RECORDER = pytest.StashKey[RunRecorder]()
SERVER = pytest.StashKey[bundled.BundledServer]()
PROFILE = pytest.StashKey[profile.Profile]()
CATALOGUE = pytest.StashKey[Catalogue]()
# The requirements that `--only` asks for.
SELECTED = pytest.StashKey[frozenset[str]]()
SESSION = pytest.StashKey[Session]()
COLLECTED = pytest.StashKey[dict[str, list[str]]]()
APART = pytest.StashKey[apart.Apart]()
FAULTS = pytest.StashKey[list[str]]()
UNANSWERED = pytest.StashKey[str]()
CRASHED = pytest.StashKey[list[tuple[str, str]]]()
