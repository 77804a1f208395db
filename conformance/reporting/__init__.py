"""Reports: from `results.json`, and from nothing else, to HTML, JUnit and the console."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

HTML_NAME = "report.html"
JUNIT_NAME = "junit.xml"


def write_reports(content: Mapping[str, Any], folder: Path) -> None:
    """Write `report.html` and `junit.xml` for the content of a `results.json` into a folder."""
    from conformance.reporting.html import report_as_html
    from conformance.reporting.junit import report_as_junit

    (folder / HTML_NAME).write_text(report_as_html(content), encoding="utf-8", errors="backslashreplace")
    (folder / JUNIT_NAME).write_bytes(report_as_junit(content))
