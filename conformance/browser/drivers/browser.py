"""The driver for pages that need JavaScript: a real Chromium or Chrome, through Playwright.

The browser itself reaches no network. Each of its requests is caught, sent by the suite like any other (recorded, to
the profile's hosts only) and answered with what came back; so it never contacts the client's redirect URI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.base.outcomes import Inconclusive
from conformance.base.uris import urljoin
from conformance.browser.answer import Answer
from conformance.browser.drivers.driver import UnusableDriver
from conformance.browser.drivers.form import outside_move
from conformance.browser.drivers.framing import shows_in_frame
from conformance.browser.drivers.journey import Journey
from conformance.browser.drivers.stuck import why_stuck
from conformance.browser.drivers.window import Window
from conformance.browser.forms import Form
from conformance.browser.pages import read_page
from conformance.profile.target import SignIn
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

BROWSER_VARIABLE = "OAUTH2_CONFORMANCE_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# A proxy where nothing listens, for loopback too: what the suite doesn't carry goes nowhere.
NO_NETWORK = ("--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>", "--disable-background-networking")
DEFAULT_PATIENCE = 10.0
START_SECONDS = 30


def find_browser(named: str | None) -> str | None:
    """The executable of a Chromium or Chrome: the one that profile or environment name, else the first installed."""
    wanted = named or os.environ.get(BROWSER_VARIABLE)
    if wanted:
        return shutil.which(wanted)
    installed = (shutil.which(name) for name in NAMES)
    return next(filter(None, installed), None) or next((place for place in PLACES if Path(place).exists()), None)


@dataclass
class BrowserDriver:
    """One browser for a session, with a window for each user agent; started when a first page has to be shown."""

    executable: str | None
    patience: float
    _playwright: Playwright | None = None
    _browser: Browser | None = None
    _windows: dict[int, tuple[weakref.ref[Any], Window]] = field(default_factory=dict)
    _submitted: set[tuple[str, str]] = field(default_factory=set)
    _static: dict[str, Reply] = field(default_factory=dict)
    _served: dict[Reply, Reply] = field(default_factory=dict)

    @classmethod
    def prepared(cls, sign_in: SignIn) -> BrowserDriver:
        """A driver that can be expected to start. Raises UnusableDriver."""
        if find_spec("playwright") is None:
            raise UnusableDriver('the sign-in driver "browser" needs Playwright: pip install playwright')
        executable = find_browser(sign_in.browser)
        if executable is None and sign_in.browser:
            raise UnusableDriver(f"there is no browser {sign_in.browser}: see `browser` under [sign_in]")
        if executable is not None:
            _try_out(executable)
        return cls(executable, sign_in.patience or DEFAULT_PATIENCE)

    def go(self, journey: Journey, reply: Reply) -> Answer:
        """Show the reply in the user agent's window, unless there is nothing to show, and go on from there."""
        if reply.is_redirect:
            location = urljoin(reply.request.url, reply.header("Location") or "")
            if journey.leaves(location):
                return journey.ended(reply, location, "Location")
        elif _shows_all_by_itself(reply):
            page = read_page(reply)
            journey.pages.append(reply)
            mechanism, destination = outside_move(journey, page) or (None, None)
            stuck = "" if destination else why_stuck(journey, page, reply)
            return journey.ended(reply, destination, mechanism, stuck)
        return self._window(journey).travel(journey, reply)

    def submits(self, form: Form) -> bool:
        """Whether a browser that submitted this form sent it as it stands, and no script did it in another way."""
        return (form.method, form.action.partition("?")[0]) in self._submitted

    def shows_in_frame(self, page: Reply, load: Callable[[str], Reply]) -> bool:
        """Whether what a page asks for, once shown, shows in a frame of another site too, whatever its headers say."""
        return shows_in_frame(self._running(), self._served.get(page, page), self._static, load, self.patience)

    def close(self) -> None:
        """End the browser."""
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._browser = self._playwright = None
        self._windows.clear()

    def _window(self, journey: Journey) -> Window:
        """The user agent's window; those of user agents that are gone get closed."""
        for key, (agent, window) in list(self._windows.items()):
            if agent() is None:
                window.close()
                del self._windows[key]
        known = self._windows.get(id(journey.agent))
        if known is None:
            window = Window.opened(self._running(), self.patience, self._submitted, self._static, self._served)
            self._windows[id(journey.agent)] = known = (weakref.ref(journey.agent), window)
        return known[1]

    def _running(self) -> Browser:
        if self._browser is None:
            try:
                self._browser = self._started()
            except UnusableDriver as error:
                raise Inconclusive(str(error)) from error
        return self._browser

    def _started(self) -> Browser:
        from playwright.sync_api import Error, sync_playwright

        try:
            self._playwright = self._playwright or sync_playwright().start()
            return self._playwright.chromium.launch(executable_path=self.executable, args=list(NO_NETWORK))
        except Error as error:
            why = str(error).strip().splitlines()[0]
            remedy = (
                f"install Chromium or Chrome, or name one with `browser` under [sign_in] or {BROWSER_VARIABLE}"
                if self.executable is None
                else f"tried {self.executable}"
            )
            raise UnusableDriver(f"the browser can't be started ({remedy}): {why}") from error


def _try_out(executable: str) -> None:
    """Raise UnusableDriver for a browser that doesn't even tell its version. On Windows it would open a window."""
    if os.name == "nt":
        return
    try:
        subprocess.run([executable, "--version"], capture_output=True, check=True, timeout=START_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise UnusableDriver(f"the browser {executable} can't be started: {error}") from error


def _shows_all_by_itself(reply: Reply) -> bool:
    """Whether a browser would show nothing else than what the answer says: an error without scripts, or no HTML."""
    if reply.media_type and "html" not in reply.media_type and "xml" not in reply.media_type:
        return True
    text = reply.text.lower()
    return reply.status >= 400 and "<script" not in text and "onload" not in text
