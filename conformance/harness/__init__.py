"""What tests stand on: target, exchange recorder, `given`, `send`, `expect`, user agent, grammar, transport."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import OMIT, Send

MODULES = {"Expect": "expect", "Given": "given", "OMIT": "send", "Send": "send"}


def __getattr__(name: str) -> Any:
    """What a test names; commands that run none would wait for it longer than for all the rest."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)


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
