"""What tests of the client's side share."""

from pathlib import Path

import pytest

from conformance.bundled.reference_stages import prepare


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificates of stages."""
    folder = tmp_path_factory.mktemp("stages")
    prepare(folder)
    return folder
