"""What reports say of claims, and that files from before claims still render."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from conformance.reporting.badge import badge
from conformance.reporting.console import print_summary
from conformance.reporting.html import report_as_html
from conformance.reporting.junit import report_as_junit
from conformance.reporting.machine import summary_as_json
from conformance.reporting.markdown import summary_as_markdown
from conformance.reporting.sarif import report_as_sarif
from conformance.tally.claims import Claims
from conformance.tally.gathered import TestResult

from . import synthetic

PKCE = "rfc7636-4.6-verifier-verified"
ISSUER = "rfc9207-2-iss-in-place"


def as_console(content: dict[str, Any]) -> str:
    stream = io.StringIO()
    print_summary(content, Path("reports"), stream)
    return stream.getvalue()


FORMS = {
    "html": report_as_html,
    "console": as_console,
    "markdown": summary_as_markdown,
    "json": lambda content: summary_as_json(content, Path("reports"), 0, "gate"),
    "junit": lambda content: report_as_junit(content).decode(),
    "badge": badge,
}
ALL_FORMS = {**FORMS, "sarif": lambda content: report_as_sarif(content).decode()}


def run(*broken: str, claims: Claims | None = None) -> dict[str, Any]:
    tests = [TestResult(name, f"test_{name}", "broken", expected="this", observed="that") for name in broken]
    return synthetic.content(tests, claims=claims)


@pytest.mark.parametrize("form", FORMS)
def test_every_report_tells_the_claims_with_their_conclusions(form: str) -> None:
    told = FORMS[form](run(PKCE, claims=Claims(("core", "pkce"), are_named=True)))
    assert "pkce" in told
    assert "not conformant" in told


@pytest.mark.parametrize("form", ["html", "console", "markdown"])
def test_an_outlook_is_shown_apart(form: str) -> None:
    told = FORMS[form](run(ISSUER, claims=Claims(("core",))))
    assert "not claimed" in told
    assert "1 of 1 would be broken" in told


@pytest.mark.parametrize(("form", "finding"), [("junit", "<failure"), ("sarif", f'"ruleId": "{ISSUER}"')])
def test_an_outlook_is_no_finding_for_programs(form: str, finding: str) -> None:
    assert finding in ALL_FORMS[form](run(ISSUER, claims=Claims(("core", "issuer"), are_named=True)))
    assert finding not in ALL_FORMS[form](run(ISSUER, claims=Claims(("core",))))


@pytest.mark.parametrize("form", ALL_FORMS)
def test_a_file_from_before_claims_still_renders(form: str) -> None:
    content = run(PKCE)
    new = ("claims", "claimed", "concludes")
    content["requirements"] = [
        {name: value for name, value in entry.items() if name not in new} for entry in content["requirements"]
    ]
    assert "claims" not in content
    assert ALL_FORMS[form](content)
