"""The HTML report: complete, self-contained, and deaf to whatever a target put into it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from conformance.base.toml_writing import as_toml
from conformance.reporting import write_reports
from conformance.reporting.html import report_as_html
from conformance.tally.gathered import TestResult

from . import synthetic

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def hostile() -> html.HtmlElement:
    return html.document_fromstring(report_as_html(synthetic.hostile_run()))


@pytest.fixture(scope="module")
def full() -> tuple[dict[str, Any], str]:
    content = synthetic.full_run()
    return content, report_as_html(content)


def unpacked(page: html.HtmlElement) -> list[dict[str, Any]]:
    packed = base64.b64decode(page.get_element_by_id("packed").text)
    exchanges: list[dict[str, Any]] = json.loads(gzip.decompress(packed))["exchanges"]
    return exchanges


def test_only_our_own_script_is_there(hostile: html.HtmlElement) -> None:
    scripts = hostile.xpath("//script")
    assert [script.get("type") for script in scripts] == ["application/octet-stream", None]
    assert "owned" not in "".join(script.text or "" for script in scripts)


def test_the_policy_allows_our_script_and_style_alone(hostile: html.HtmlElement) -> None:
    policy = hostile.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none';")
    script, style = hostile.xpath("//script")[1].text, hostile.xpath("//style")[0].text
    for tag, text in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_no_attack_became_an_element_or_attribute(hostile: html.HtmlElement) -> None:
    foreign = "//img | //svg[not(@class='bar')] | //iframe | //object | //embed | //base | //form[@action]"
    assert not hostile.xpath(foreign)
    assert not hostile.xpath("//@*[starts-with(name(), 'on')]")
    assert not hostile.xpath("//@style")
    assert hostile.xpath("count(//title)") == hostile.xpath("count(//style)") == 1


def test_links_lead_into_the_page_or_to_the_rfc_editor(hostile: html.HtmlElement) -> None:
    links = set(hostile.xpath("//@href | //@src"))
    assert all(link.startswith(("#", "https://www.rfc-editor.org/rfc/rfc")) for link in links)
    anchors = set(hostile.xpath("//@id"))
    assert {link[1:] for link in links if link.startswith("#")} <= anchors


def test_attacks_are_shown_as_text(hostile: html.HtmlElement) -> None:
    shown = hostile.text_content()
    for attack in synthetic.HOSTILE[:7]:
        assert attack in shown


def test_what_can_not_be_seen_is_shown_escaped(hostile: html.HtmlElement) -> None:
    text = html.tostring(hostile, encoding="unicode")
    assert "\\x1b]0;owned\\x07" in text
    assert not set(text) & set("\x00\x07\x1b\x7f\x9b\u202e\u2028\r")


def test_ids_are_unique(full: tuple[dict[str, Any], str]) -> None:
    ids = html.document_fromstring(full[1]).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_every_requirement_has_its_row_and_every_exchange_its_place(full: tuple[dict[str, Any], str]) -> None:
    content, text = full
    page = html.document_fromstring(text)
    details = page.xpath("//li[@class='row']/details")
    assert sorted(row.get("id") for row in details) == sorted(entry["id"] for entry in content["requirements"])
    exchanges = unpacked(page)
    places = {
        row.find("details").get("id"): row.xpath(".//@data-exchanges") for row in page.xpath("//li[@class='row']")
    }
    for entry in content["requirements"]:
        wanted = [test["exchanges"] for test in entry["tests"] if test["exchanges"]]
        found = [[exchanges[int(n)]["request"] for n in place.split()] for place in places[entry["id"]]]
        assert found == [[content["exchanges"][n]["request"] for n in indexes] for indexes in wanted]


def test_shared_exchanges_are_packed_once() -> None:
    same = synthetic.exchange()
    ids = [r.id for r in synthetic.catalogue().requirements if r.is_tested and not r.needs][:3]
    tests = [synthetic.with_evidence(TestResult(name, "test", "kept"), same) for name in ids]
    assert len(unpacked(html.document_fromstring(report_as_html(synthetic.content(tests))))) == 1


def test_evidence_of_findings_needs_no_script(full: tuple[dict[str, Any], str]) -> None:
    findings = html.document_fromstring(full[1]).get_element_by_id("findings")
    assert findings.xpath(".//pre")
    assert not findings.xpath(".//@data-exchanges")


@pytest.mark.parametrize("broken", [0.01, 0.95], ids=["few findings", "everything broken"])
def test_a_full_run_stays_small_and_fast(tmp_path: Path, broken: float) -> None:
    content = synthetic.full_run(broken=broken)
    write_reports(content, tmp_path)  # the first one also compiles the templates
    started = time.process_time()
    write_reports(content, tmp_path)
    assert time.process_time() - started < 3  # a machine shared with others; alone it is well below 1 s
    assert (tmp_path / "report.html").stat().st_size < 6 * MEGABYTE


def test_a_clean_run_has_no_findings() -> None:
    page = html.document_fromstring(report_as_html(synthetic.content()))
    assert "None: nothing that was decided" in page.get_element_by_id("findings").text_content()


def test_a_known_deviation_says_so() -> None:
    content = synthetic.full_run(broken=1)
    broken = next(entry["id"] for entry in content["requirements"] if entry["verdict"] == "failed")
    content["baseline"] = {"source": "known.toml", "entries": [synthetic.known(broken)]}
    finding = html.document_fromstring(report_as_html(content)).get_element_by_id(f"finding-{broken}")
    assert "In the baseline: known deviation (until 2027-01-01, platform: the proxy does it)." in finding.text_content()


def test_levels_are_never_added_up(full: tuple[dict[str, Any], str]) -> None:
    content, text = full
    table = html.document_fromstring(text).xpath("//table[@class='numbers']")[0]
    numbers = {row.xpath("string(th)"): row.xpath("td[not(@class)]") for row in table.xpath(".//tbody/tr")}
    shown = [cell.text_content() for cell in numbers["passed"]]
    levels = content["counts"]["levels"]
    assert shown == [str(levels[level].get("passed", 0)) for level in ("MUST", "STATED", "SHOULD", "MAY")]


def test_profile_as_toml() -> None:
    text = as_toml(synthetic.PROFILE)
    assert text.startswith('[target]\nname = "staging"\n')
    assert '[clients.confidential]\nclient_id = "client-a"\nclient_secret = "$CLIENT_A_SECRET"' in text
    assert "revocation = true" in text


def test_what_a_browser_showed_stands_beside_its_exchange() -> None:
    picture = "data:image/jpeg;base64,/9j/4AAQ"
    broken = TestResult("rfc6749-4.1.2-reused-code-denied", "t", "broken", expected="a", observed="b")
    shown = synthetic.with_evidence(broken, synthetic.exchange(picture=picture))

    page = html.document_fromstring(report_as_html(synthetic.content([shown])))

    assert page.xpath("//img[@class='picture']/@src") == [picture]
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "img-src data:" in policy
