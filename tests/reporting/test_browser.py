"""The pages in a real browser: usable by mouse, keyboard and screen reader, at any width, and deaf to what a target put
into them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from conformance.base import schemas
from conformance.reporting import rendered, summary
from conformance.reporting.comparison import compare
from conformance.reporting.comparison_html import comparison_as_html
from conformance.tally.claims import Claims
from conformance.tally.gathered import TestResult

from . import synthetic

playwright = pytest.importorskip("playwright.sync_api", reason="pip install -r tests/requirements.txt")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: apt-get install chromium")

DESKTOP, PHONE = (1280, 900), (390, 844)
OPEN_ALL = "document.querySelectorAll('details').forEach((details) => { details.open = true; })"
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# Seconds: a machine that is shared may take its time.
PATIENCE = 120
# A value that no layout expects.
LONG = "A" * 2000


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages as files: a run with findings, one with claims, and a comparison."""
    folder = tmp_path_factory.mktemp("pages")
    content, later = synthetic.small_run(), synthetic.small_run(seed=2)
    (folder / "report.html").write_bytes(rendered(content, "html"))
    found = [TestResult("rfc7636-4.6-verifier-verified", "test", "broken", expected="this", observed="that")]
    claims = Claims(("core", "pkce", "documented-api", "metadata"), are_named=True)
    (folder / "claims.html").write_bytes(rendered(synthetic.content(found, claims=claims), "html"))
    (folder / "comparison.html").write_text(comparison_as_html(compare([content, later])), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in ("report", "claims", "comparison")}


@pytest.fixture(scope="module")
def broken() -> str:
    """A requirement that failed in the run of `pages`."""
    found = summary.with_verdict(synthetic.small_run()["requirements"], "failed")
    return str(found[0]["id"])


def until(page: Any, holds: str, argument: Any = None) -> None:
    """Wait for a condition. Playwright's own way evaluates it within the page, which the page's policy forbids."""
    deadline = time.monotonic() + PATIENCE
    while not page.evaluate(holds, argument):
        assert time.monotonic() < deadline, f"it never came to be: {holds}"
        page.wait_for_timeout(20)


class Opened:
    """A page in the browser, and everything that it must not have done."""

    def __init__(self, browser: Any, file: Path, size: tuple[int, int], scheme: str, fragment: str) -> None:
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.told: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.told.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{file.as_uri()}{fragment}")
        # The last thing that our script does is to say how many requirements are shown.
        until(self.page, "document.getElementById('shown').textContent")

    def open_everything(self) -> None:
        """Open each folded part, and wait until the evidence is there."""
        self.page.evaluate(OPEN_ALL)
        until(self.page, "!document.querySelector('.evidence[data-exchanges], .evidence[data-cell]')")
        self.page.wait_for_timeout(200)


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens a file in the browser."""
    contexts = []

    def open_file(file: Path, size: tuple[int, int] = DESKTOP, scheme: str = "light", fragment: str = "") -> Opened:
        shown = Opened(browser, file, size, scheme, fragment)
        contexts.append(shown.context)
        return shown

    yield open_file
    for context in contexts:
        context.close()


# How many lines the text of each element has.
LINES = """(selector) => [...document.querySelectorAll(selector)].map((each) => {
    const text = document.createRange();
    text.selectNodeContents(each);
    return text.getClientRects().length;
})"""


# Accessible


@pytest.mark.parametrize("name", ["report", "comparison"])
@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light")], ids=["desktop", "dark", "phone"]
)
def test_axe_finds_no_violation(
    name: str, size: tuple[int, int], scheme: str, pages: dict[str, Path], opened: Any, broken: str
) -> None:
    shown = opened(pages[name], size, scheme, f"#{broken}")
    shown.page.evaluate("document.querySelectorAll('.finding details').forEach((each) => { each.open = true; })")
    shown.page.wait_for_timeout(300)
    shown.page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    ended = shown.page.evaluate("axe.run({resultTypes: ['violations']})")
    assert ended["passes"]
    found = ended["violations"]
    assert [(each["id"], each["nodes"][0]["html"], each["nodes"][0]["failureSummary"]) for each in found] == []


@pytest.mark.parametrize("name", ["report", "claims", "comparison"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_is_wider_than_the_window(
    name: str, size: tuple[int, int], pages: dict[str, Path], opened: Any, broken: str
) -> None:
    shown = opened(pages[name], size, fragment=f"#{broken}")
    shown.page.evaluate("document.querySelectorAll('.finding details').forEach((each) => { each.open = true; })")
    assert shown.page.evaluate("document.documentElement.scrollWidth") == size[0]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_conclusion_of_each_claim_stands_on_one_line(
    size: tuple[int, int], pages: dict[str, Path], opened: Any
) -> None:
    lines = opened(pages["claims"], size).page.evaluate(LINES, ".claims td")
    assert lines
    assert set(lines) == {1}


def test_a_finding_opens_by_keyboard(pages: dict[str, Path], opened: Any, broken: str) -> None:
    page = opened(pages["report"]).page
    finding = page.locator(f"[id='finding-{broken}']")
    before = finding.evaluate("(details) => details.open")
    finding.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert finding.evaluate("(details) => details.open") is not before


def test_a_cell_of_a_comparison_opens_by_keyboard(pages: dict[str, Path], opened: Any, broken: str) -> None:
    page = opened(pages["comparison"]).page
    button = page.locator(f"[id='{broken}'] button.cell").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel .exchange")
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    assert page.locator(".panel").count() == 0


# Useful


def test_a_deep_link_opens_the_requirement_with_its_evidence(pages: dict[str, Path], opened: Any, broken: str) -> None:
    page = opened(pages["report"], fragment=f"#{broken}").page
    row = page.locator(f"details[id='{broken}']")
    until(page, "(id) => document.getElementById(id).querySelector('.exchange')", broken)
    assert row.evaluate("(details) => details.open")
    assert row.locator("dl.why").count() in (0, 1)


def test_evidence_in_a_row_reads_as_that_in_the_finding(pages: dict[str, Path], opened: Any, broken: str) -> None:
    page = opened(pages["report"], fragment=f"#{broken}").page
    until(page, "(id) => document.getElementById(id).querySelector('.exchange')", broken)
    exchanges = "[...document.getElementById(id).querySelectorAll('.exchange')]"
    texts = f"(id) => {exchanges}.map((x) => x.textContent.replace(/\\s+/g, ''))"
    unpacked, in_page = page.evaluate(texts, broken), page.evaluate(texts, f"finding-{broken}")
    tests = next(entry for entry in synthetic.small_run()["requirements"] if entry["id"] == broken)["tests"]
    assert in_page
    # The finding shows the tests that failed, the row all of them.
    assert len(unpacked) == sum(len(test["exchanges"]) for test in tests)
    assert [text for text in unpacked if text in in_page] == in_page


def test_bodies_are_colored(pages: dict[str, Path], opened: Any, broken: str) -> None:
    page = opened(pages["report"], fragment=f"#finding-{broken}").page
    wire = page.locator(f"[id='finding-{broken}'] .exchange").last
    assert wire.locator(".out .b .key").first.text_content() == "grant_type"
    assert wire.locator(".in .b .key").first.text_content() == '"access_token"'


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("by-verdict", "failed", "row.dataset.verdict === 'failed'"),
        ("by-level", "SHOULD", "row.dataset.level === 'SHOULD'"),
        ("by-feature", "revocation", "row.dataset.needs.split(' ').includes('revocation')"),
        ("by-document", "rfc7009", "row.closest('.document').dataset.document === 'rfc7009'"),
    ],
)
def test_filters(field: str, value: str, kept: str, pages: dict[str, Path], opened: Any) -> None:
    page = opened(pages["report"]).page
    page.select_option(f"#{field}", value)
    until(page, "document.getElementById('shown').textContent.includes(' of ')")
    rows = "[...document.querySelectorAll('.row')]"
    shown, wanted = page.evaluate(
        f"[{rows}.filter((row) => row.checkVisibility()).length, {rows}.filter((row) => {kept}).length]"
    )
    assert shown == wanted > 0


def test_search(pages: dict[str, Path], opened: Any) -> None:
    page = opened(pages["report"]).page
    page.fill("#search", "reused code denied")
    until(page, "document.getElementById('shown').textContent.includes(' of ')")
    shown = page.evaluate("[...document.querySelectorAll('.row:not([hidden]) details')].map((row) => row.id)")
    assert "rfc6749-4.1.2-reused-code-denied" in shown
    assert len(shown) < 10


def test_the_curl_line_is_copied(pages: dict[str, Path], opened: Any, broken: str) -> None:
    shown = opened(pages["report"], fragment=f"#finding-{broken}")
    shown.context.grant_permissions(["clipboard-read", "clipboard-write"])
    curl = shown.page.locator(f"[id='finding-{broken}'] .curl").last
    curl.locator("button").click()
    until(shown.page, "document.getElementById('announced').textContent === 'Copied'")
    assert shown.page.evaluate("navigator.clipboard.readText()") == curl.locator("code").text_content()


def test_on_paper_findings_stand_open(pages: dict[str, Path], opened: Any) -> None:
    page = opened(pages["report"]).page
    page.evaluate(
        "window.printed = 0; addEventListener('beforeprint', () => {"
        " window.printed = document.querySelectorAll('.finding > details:not([open])').length + 1; })"
    )
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert page.evaluate("window.printed") == 1


STYLED = "<style>\n" + "body { color: red }\n" * 30 + "</style>"
SCRIPTED = "<script>" + "moved(1);" * 50 + "</script>"
ABOUT_A_SCRIPT = "<script>injected()</script>"
SHEET = [["Content-Type", "text/css"]]


@pytest.fixture(scope="module")
def of_a_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with a finding, and a test that passed, about a page with a stylesheet and scripts."""
    page = f"<!DOCTYPE html><head>{STYLED}{SCRIPTED}</head><p>Refused</p>{ABOUT_A_SCRIPT}"
    sheet = synthetic.exchange(reply="p { color: blue }" * 50)
    sheet["response"]["headers"] = SHEET
    ends = ((synthetic.WELL_KNOWN, "broken"), (synthetic.ALONE, "kept"))
    tests = [TestResult(name, "test", outcome, expected="a", observed="b") for name, outcome in ends]
    shown = [synthetic.with_evidence(test, synthetic.exchange(reply=page), sheet) for test in tests]
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_bytes(rendered(synthetic.content(shown), "html"))
    return file


@pytest.mark.parametrize("place", ["#findings", f"[id='{synthetic.ALONE}']"], ids=["in the page", "unpacked"])
def test_on_paper_the_stylesheets_and_scripts_of_a_page_are_left_out(place: str, of_a_page: Path, opened: Any) -> None:
    shown = opened(of_a_page)
    shown.open_everything()
    evidence = shown.page.locator(place)
    machinery = ("color: red", "moved(1)", "color: blue")
    on_screen = evidence.text_content()
    shown.page.emulate_media(media="print")
    on_paper = evidence.inner_text()
    assert [text for text in machinery if text not in on_screen or text in on_paper] == []
    assert [text for text in ("<p>Refused</p>", "<style>", ABOUT_A_SCRIPT) if text not in on_paper] == []


def test_without_a_script_the_findings_and_their_evidence_are_there(
    browser: Any, pages: dict[str, Path], broken: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{pages['report'].as_uri()}")
    assert "grant_type=authorization_code" in (page.text_content(f"[id='finding-{broken}']") or "")
    context.close()


# Deaf


@pytest.mark.parametrize(
    "attack",
    ["".join(synthetic.HOSTILE[:7]), *synthetic.HOSTILE[1:5:2], synthetic.HOSTILE[8], LONG],
    ids=lambda text: ascii(text)[:30],
)
def test_nothing_hostile_runs(attack: str, tmp_path: Path, opened: Any) -> None:
    content = synthetic.hostile_everywhere(attack)
    assert schemas.fault("results", content) is None
    files = {"report": tmp_path / "report.html", "comparison": tmp_path / "comparison.html"}
    files["report"].write_bytes(rendered(content, "html"))
    files["comparison"].write_text(
        comparison_as_html(compare([content, synthetic.hostile_everywhere("calm")])), encoding="utf-8"
    )
    for file in files.values():
        shown = opened(file, PHONE)
        shown.open_everything()
        assert shown.told == []
        assert shown.asked == [file.as_uri()]
        assert shown.page.title() != "owned"
        assert (
            shown.page.evaluate(
                "document.querySelectorAll('img, iframe, svg:not(.bar), [onerror], [onload], [style]').length"
            )
            == 0
        )
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
