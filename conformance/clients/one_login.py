"""Drives a client through one login: a callable in a thread, or a command as a process, each within a time limit."""

from __future__ import annotations

import importlib
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from conformance.base.outcomes import Untested
from conformance.clients.commands import run_command
from conformance.clients.context import Context
from conformance.clients.endings import LONGEST_PAUSE, Ending, UnusableClient
from conformance.clients.login_browser import Browser
from conformance.clients.places import Watch
from conformance.profile.client_role import Driving


def loaded_callable(driving: Driving) -> Callable[[Any], Any]:
    """The callable that a profile names. Raises UnusableClient."""
    module_name, _, name = driving.callable.partition(":")
    if driving.folder not in sys.path:
        sys.path.insert(0, driving.folder)
    try:
        found: Any = importlib.import_module(module_name)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise UnusableClient(f"driver.callable: {driving.callable}: {error}") from error
    if not callable(found):
        raise UnusableClient(f"driver.callable: {driving.callable} can't be called")
    return found  # type: ignore[no-any-return]


def call(function: Callable[[Any], Any], context: Context, seconds: float) -> Ending:
    """Run a callable in a thread of its own; one that doesn't come back is left behind."""
    came: list[Ending] = []

    def run() -> None:
        try:
            tokens = function(context)
        except BaseException as error:
            came.append(Ending("refused", f"it raised {type(error).__name__}: {error}"))
        else:
            came.append(
                Ending("succeeded", "it returned tokens") if tokens else Ending("refused", "it returned nothing")
            )

    thread = threading.Thread(target=run, name="client", daemon=True)
    thread.start()
    waited = 0.0
    while thread.is_alive() and waited < seconds:
        began = time.perf_counter()
        thread.join(min(LONGEST_PAUSE, seconds - waited))
        waited += min(time.perf_counter() - began, LONGEST_PAUSE)
    return came[0] if came else Ending("timed out", f"it did not come back within {seconds:g} s")


def drive(driving: Driving, context: Context, browser: Browser, watch: Watch) -> Ending:
    """One login of the client that a profile describes. Raises UnusableClient."""
    if driving.callable:
        return call(loaded_callable(driving), context, driving.time_limit)
    if driving.command:
        return run_command(driving, context, browser, watch)
    raise Untested("the profile doesn't say how the client is driven: add `command` or `callable` under [driver]")
