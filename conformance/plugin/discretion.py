"""pytest's own tracebacks tell no secrets."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from conformance.plugin.stashes import SESSION


def show_no_values(config: pytest.Config) -> None:
    """Keep pytest's own tracebacks to lines of source, and its trace of hooks (`--debug`) silent.

    Arguments, local variables and exceptions hold secrets as they are.
    """
    config.trace.root.setwriter(None)
    config.option.fulltrace = False
    config.option.showlocals = False
    config.pluginmanager.register(_Redacting(config))


class _Redacting:
    """Takes the secrets out of what pytest says about a fault of its plugins."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        session = self._config.stash.get(SESSION, None)
        # An exception that came of another has a chain of both.
        traces = [trace for trace, _, _ in getattr(excrepr, "chain", ())] or [excrepr.reprtraceback]
        for entry in (entry for trace in traces for entry in trace.reprentries):
            if session is not None:
                entry.lines[:] = [session.redactor.text(line) for line in entry.lines]
            else:
                # Nobody knows yet what is secret: the message stays away.
                entry.lines[:] = [*traceback.format_tb(excinfo.tb), excinfo.typename]
