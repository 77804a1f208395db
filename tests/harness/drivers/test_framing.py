"""What a page shows in a frame of another site, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.base.outcomes import Inconclusive
from conformance.browser.drivers.browser import BrowserDriver, find_browser
from conformance.profile.target import SignIn
from conformance.wire.exchange import Reply, Request

pytest.importorskip("playwright")
pytestmark = pytest.mark.skipif(find_browser(None) is None, reason="no Chromium or Chrome is installed")

URL = "https://server.example/sign_in"
FORM = "<form method=post><input name=username><input name=password type=password><button>Go</button></form>"
HIDDEN = "<style>html { display: none }</style>"
UNLESS_FRAMED = "<script>if (top === self) document.documentElement.style.display = 'block'</script>"
HEADERS = (("X-Frame-Options", "DENY"), ("Content-Security-Policy", "frame-ancestors 'none'"))


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserDriver]:
    driver = BrowserDriver.prepared(SignIn(driver="browser", patience=4))
    yield driver
    driver.close()


def page(body: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """The server's page, as it was met."""
    return Reply(Request("GET", URL), 200, (("Content-Type", "text/html"), *headers), body.encode())


def script(text: str) -> Reply:
    """A script of the server's."""
    return Reply(Request("GET", URL), 200, (("Content-Type", "text/javascript"),), text.encode())


@pytest.mark.parametrize(
    ("body", "shows"),
    [
        (FORM, True),
        (FORM + "<script>document.forms[0].username.focus()</script>", True),
        (HIDDEN + FORM + UNLESS_FRAMED, False),
        ("<script>if (top !== self) document.write('<plaintext hidden>')</script>" + FORM, False),
        # Browsers let a frame take the whole window only once a person has touched it.
        (FORM + "<script>if (top !== self) top.location = self.location</script>", True),
        ("<div id=app></div><script>setTimeout(() => { app.innerHTML = `" + FORM + "` }, 300)</script>", True),
    ],
    ids=["plain", "innocent script", "shown alone only", "hidden in a frame", "blocked way out", "built by a script"],
)
def test_what_a_page_asks_for_shows_in_a_frame_unless_its_scripts_prevent_it(
    browser: BrowserDriver, body: str, shows: bool
) -> None:
    assert browser.shows_in_frame(page(body), lambda url: script("")) is shows


def test_headers_on_framing_are_left_aside_and_files_of_the_page_are_loaded(browser: BrowserDriver) -> None:
    asked: list[str] = []

    def load(url: str) -> Reply:
        asked.append(url)
        return script("if (top !== self) document.body.hidden = true")

    assert browser.shows_in_frame(page(FORM, HEADERS), load)
    assert not browser.shows_in_frame(page(FORM + '<script src="/out.js"></script>', HEADERS), load)
    assert asked == ["https://server.example/out.js"]


def test_a_page_that_never_rests_is_inconclusive(browser: BrowserDriver) -> None:
    endless = page(FORM + "<script>location.reload()</script>")

    with pytest.raises(Inconclusive, match="did not come to rest in a frame"):
        browser.shows_in_frame(endless, lambda url: endless)


def test_a_page_that_goes_elsewhere_in_a_frame_is_followed(browser: BrowserDriver) -> None:
    away = page(FORM + "<script>if (top !== self) location.replace('/not-here')</script>")

    assert not browser.shows_in_frame(away, lambda url: page("<p>Open this page by itself.</p>"))
