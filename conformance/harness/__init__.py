"""What tests stand on: target, exchange recorder, `given`, `send`, `expect`, user agent, grammar, transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send

if TYPE_CHECKING:
    import pytest


def requirement(identifier: str) -> pytest.MarkDecorator:
    """Mark a test with the one catalogue requirement that it checks."""
    # Commands that run no test would wait a third longer for their modules.
    import pytest

    return pytest.mark.requirement(identifier)


def needs(*features: str) -> pytest.MarkDecorator:
    """Mark a test (or one parameter set) with features that it needs beyond its requirement's own."""
    import pytest

    return pytest.mark.needs(*features)


__all__ = ["OMIT", "Expect", "Given", "Send", "needs", "requirement"]
