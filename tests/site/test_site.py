"""The built site is whole: each link leads somewhere, nothing comes from elsewhere, and search works from files.

`tox -e docs` builds it first; `SITE` names its folder.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from conformance.tally.catalogue import load_catalogue

playwright = pytest.importorskip("playwright.sync_api", reason="pip install -r tests/requirements.txt")
ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("SITE", ROOT / "site")).resolve()
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# What a page loads by itself: an address in one of these is fetched without a click.
LOADED = ("//script/@src", "//link[@rel!='canonical']/@href", "//img/@src", "//iframe/@src", "//source/@src")
IN_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?(https?:)?//")
# Where readers are sent: the texts of the RFCs, and those who made the tools.
ELSEWHERE = ("www.rfc-editor.org", "squidfunk.github.io")


@cache
def pages() -> Mapping[Path, Any]:
    """Every page of the site, parsed."""
    found = {path: html.parse(str(path)).getroot() for path in sorted(SITE.rglob("*.html"))}
    assert found, f"no site in {SITE}: python -m mkdocs build"
    return found


@cache
def anchors(path: Path) -> frozenset[str]:
    return frozenset(pages()[path].xpath("//@id | //a/@name"))


def links() -> Iterator[tuple[Path, str]]:
    """Every link of every page, but for that of error pages, which are served anywhere."""
    for path, page in pages().items():
        if path.name != "404.html":
            yield from ((path, address) for address in set(page.xpath("//a/@href")))


def test_every_link_within_the_site_leads_to_a_page_and_a_heading() -> None:
    dead = set()
    for source, address in links():
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        goal = (source.parent / unquote(parts.path)).resolve() if parts.path else source
        if not goal.is_relative_to(SITE) or not goal.is_file():
            dead.add(f"{source.relative_to(SITE)}: {address}: no such page")
        elif parts.fragment and parts.fragment not in (*anchors(goal), "__skip", "__search", "__drawer"):
            dead.add(f"{source.relative_to(SITE)}: {address}: no such heading")
    assert sorted(dead) == []


def test_links_to_elsewhere_lead_where_readers_expect() -> None:
    hosts = {urlsplit(address).netloc for _, address in links() if urlsplit(address).netloc}
    assert hosts <= set(ELSEWHERE)
    assert all(address.startswith("https://") for _, address in links() if urlsplit(address).netloc)


def test_pages_load_nothing_from_elsewhere() -> None:
    loaded = {address for page in pages().values() for path in LOADED for address in page.xpath(path)}
    assert [address for address in loaded if urlsplit(address).netloc] == []
    styles = {path.name for path in SITE.rglob("*.css") if IN_STYLES.search(path.read_text(encoding="utf-8"))}
    assert styles == set()


def test_each_requirement_has_its_page() -> None:
    places = {path.relative_to(SITE).as_posix() for path in pages()}
    wanted = {f"requirements/{r.document}/{r.id}.html" for r in load_catalogue().requirements}
    assert wanted <= places


def test_each_page_shows_its_requirement_as_the_catalogue_has_it() -> None:
    shown = {r.id: SITE / "requirements" / r.document / f"{r.id}.html" for r in load_catalogue().requirements}
    texts = {name: " ".join(pages()[path].text_content().split()) for name, path in shown.items()}
    sentences = {r.id: [r.says, r.untestable, r.attest, r.explains] for r in load_catalogue().requirements}
    wrong = [(name, each) for name, known in sentences.items() for each in known if as_read(each) not in texts[name]]
    assert wrong == []


def as_read(sentence: str) -> str:
    """A sentence without the marks of its code."""
    return " ".join(sentence.replace("`", "").split())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert CHROMIUM, "no chromium on PATH: apt-get install chromium"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def test_search_works_from_files(browser: Any) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((SITE / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("reused-code-denied")
    page.wait_for_selector(".md-search-result__item a[href*='rfc6749-4.1.2-reused-code-denied']")
    assert [address for address in asked if urlsplit(address).scheme not in ("file", "data", "blob", "about")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize(
    "place",
    [
        "index.html",
        "reference/commands.html",
        "reference/results.html",
        "profile.html",
        "requirements/rfc6749/index.html",
        "requirements/rfc6749/rfc6749-4.1.2-reused-code-denied.html",
    ],
)
def test_no_page_is_wider_than_its_window(browser: Any, place: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto((SITE / place).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
