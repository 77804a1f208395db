"""Reports: pure functions of the content of `results.json`, and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from conformance.base.files import write_whole

HTML_NAME = "report.html"
JUNIT_NAME = "junit.xml"
# Every format with the name of its file in a run's folder.
FILES: Mapping[str, str] = {
    "html": HTML_NAME,
    "junit": JUNIT_NAME,
    "sarif": "results.sarif",
    "har": "evidence.har",
    "markdown": "summary.md",
    "badge": "badge.svg",
}
# HAR repeats the evidence, large: made on demand.
WRITTEN_BY_A_RUN = ("html", "junit", "sarif", "markdown", "badge")
# What the summary on the console takes of rich.
OF_THE_CONSOLE = ("rich.console", "rich.table", "rich.text", "rich.box")


def rendered(content: Mapping[str, Any], form: str) -> bytes:
    """The content of a `results.json` in one of the formats of `FILES`. Raises KeyError for any other."""
    match form:
        case "html":
            from conformance.reporting.html import report_as_html

            return report_as_html(content).encode("utf-8", "backslashreplace")
        case "junit":
            from conformance.reporting.junit import report_as_junit

            return report_as_junit(content)
        case "sarif":
            from conformance.reporting.sarif import report_as_sarif

            return report_as_sarif(content)
        case "har":
            from conformance.reporting.har import evidence_as_har

            return evidence_as_har(content)
        case "markdown":
            from conformance.reporting.markdown import summary_as_markdown

            return summary_as_markdown(content).encode("utf-8", "backslashreplace")
        case "badge":
            from conformance.reporting.badge import badge

            return badge(content).encode("utf-8", "backslashreplace")
        case _:
            raise KeyError(form)


def prepare() -> None:
    """Load what the reports of a run need, while there is time: it would cost a quarter of a second at its end."""
    for name in (*(f"conformance.reporting.{form}" for form in WRITTEN_BY_A_RUN), *OF_THE_CONSOLE):
        import_module(name)
    from conformance.reporting.templating import compile_templates

    compile_templates()


def write_reports(content: Mapping[str, Any], folder: Path, forms: Sequence[str] = WRITTEN_BY_A_RUN) -> list[OSError]:
    """Write the reports of a run into its folder, as many as can be written; returns why the others can't."""
    faults = []
    for form in forms:
        try:
            write_whole(folder / FILES[form], rendered(content, form))
        except OSError as error:
            faults.append(error)
    return faults
