"""The stages of a run whose target is a client: their certificates, and how each process opens its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from conformance.plugin.stashes import OPEN_HOUSE, PROFILE
from conformance.profile.loading import ProfileError
from conformance.wire.stages import OpenHouse


def prepare_stages(config: pytest.Config) -> None:
    """Make what stages need, where a client is under test; it is gone with pytest. Raises UsageError."""
    if not config.stash[PROFILE].target.is_client:
        return
    # What plays the server is imported only where that is wanted.
    from conformance.bundled.reference_stages import prepared_stages

    folder = tempfile.TemporaryDirectory(prefix="oauth2-stages-")
    config.add_cleanup(folder.cleanup)
    try:
        config.stash[OPEN_HOUSE] = prepared_stages(Path(folder.name), config.stash[PROFILE])
    except ProfileError as error:
        raise pytest.UsageError(str(error)) from error


def house_of(config: pytest.Config) -> OpenHouse | None:
    """How a process of this run opens its stages; None where a server is under test."""
    return config.stash.get(OPEN_HOUSE, None)
