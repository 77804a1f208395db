"""Imports what the commands import, compiles and reads what every run does: `commanding` forks from here.

The suite's tests are imported too: pytest takes them as they are, for a run rewrites no assertions.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

import conformance.browser
import conformance.cli
import conformance.documents
import conformance.harness
import conformance.preflight
import conformance.profile
import conformance.reporting
import conformance.running
import conformance.tally
import conformance.wire
import reference_server.certificates
import reference_server.defects
import reference_server.serving
import reference_server.variants
from conformance.tally.catalogue import load_catalogue
from conformance.tally.claims import claims
from conformance.tally.topics import load_topics

__all__ = ["conformance", "pytest", "reference_server"]


def _import_all(package: ModuleType) -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)


for each in (
    conformance.tally,
    conformance.reporting,
    conformance.wire,
    conformance.profile,
    conformance.browser,
    conformance.harness,
    conformance.running,
    conformance.preflight,
    conformance.documents,
):
    _import_all(each)
conformance.reporting.prepare()
load_topics()
load_catalogue()
claims()
