"""The run as JUnit XML: a suite for each document, a case for each requirement."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from conformance.reporting import faults
from conformance.reporting.faults import Fault
from conformance.reporting.provenance import provenance
from conformance.reporting.summary import (
    deciding_tests,
    deviation_in_words,
    exchanges_of,
    known_deviations,
    marks_of,
    repeat_in_words,
    with_verdict,
)
from conformance.reporting.text import clause_link, document_name, exchanges_as_text, visible

# What XML 1.0 can't carry even as a character reference.
ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECIDED = ("failed", "error", "warned", "passed", "noted")


def report_as_junit(content: Mapping[str, Any]) -> bytes:
    """The XML document, UTF-8.

    Warned is a passing case that says so; what was not decided is skipped, and so is a known deviation, with its
    evidence: those are what the gate lets pass.
    """
    entries: Sequence[Mapping[str, Any]] = content["requirements"]
    known = known_deviations(content)
    behind = faults.by_requirement(faults.faults_of(content))
    name = _legal(f"oauth2-conformance: {content['target']['name']}")
    facts = provenance(content)
    root = Element("testsuites", {"name": name, **_numbers(entries, known)})
    facts["findings"] = faults.headline(content)
    for document in dict.fromkeys(entry["document"] for entry in entries):
        own = [entry for entry in entries if entry["document"] == document]
        suite = SubElement(root, "testsuite", {"name": _legal(document_name(document)), **_numbers(own, known)})
        suite.set("timestamp", _legal(str(content["started"])))
        _properties(suite, facts)
        for entry in own:
            suite.append(_case(entry, content["exchanges"], known.get(entry["id"]), behind.get(entry["id"], ())))
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _numbers(entries: Sequence[Mapping[str, Any]], known: Collection[str]) -> dict[str, str]:
    failed = with_verdict(entries, "failed")
    excused = sum(entry["id"] in known for entry in failed)
    skipped = sum(entry["verdict"] not in DECIDED for entry in entries) + excused
    return {
        "tests": str(len(entries)),
        "failures": str(len(failed) - excused),
        "errors": str(len(with_verdict(entries, "error"))),
        "skipped": str(skipped),
        "time": f"{sum(_seconds(entry) for entry in entries):.3f}",
    }


def _seconds(entry: Mapping[str, Any]) -> float:
    return sum(float(test["duration"]) for test in entry["tests"])


def _case(
    entry: Mapping[str, Any],
    exchanges: Sequence[Mapping[str, Any]],
    deviation: Mapping[str, Any] | None,
    behind: Sequence[Fault],
) -> Element:
    place = f"{entry['document']}.{entry['section']}"
    case = Element("testcase", classname=_legal(place), name=_legal(entry["id"]), time=f"{_seconds(entry):.3f}")
    _add_properties(case, entry, behind)
    verdict, reason = entry["verdict"], entry["reason"]
    match verdict:
        case "failed" if deviation is not None:
            # A pipeline that reads this file would otherwise stop where the gate is open.
            message = f"{deviation_in_words(deviation)}; failed: {_first_line(reason)}"
            _add(case, "skipped", message, "", type="known deviation")
            SubElement(case, "system-out").text = _legal(_evidence(entry, exchanges))
        case "failed":
            _add(case, "failure", _first_line(reason), _evidence(entry, exchanges), type=entry["level"])
        case "error":
            details = "\n".join(test["detail"] for test in entry["tests"] if test["detail"])
            _add(case, "error", _first_line(reason), details or reason, type="suite")
        case "warned":
            known = f"{deviation_in_words(deviation)}\n" if deviation is not None else ""
            SubElement(case, "system-out").text = _legal(f"WARNING: {known}{_evidence(entry, exchanges)}")
        case "passed" | "noted":
            if reason:
                SubElement(case, "system-out").text = _legal(reason)
        case _:
            _add(case, "skipped", _first_line(f"{verdict}: {reason}" if reason else verdict), "")
    return case


def _add_properties(case: Element, entry: Mapping[str, Any], behind: Sequence[Fault]) -> None:
    """What a reader sorts cases by; a finding names its fault, which other cases may share."""
    known = {"verdict": entry["verdict"], "level": entry["level"], "role": entry["role"], "says": entry["says"]}
    known |= {"repeat": seen} if (seen := repeat_in_words(entry)) else {}
    known |= {"fault": "; ".join(fault.title for fault in behind)} if behind else {}
    link = clause_link(entry["document"], entry["section"])
    _properties(case, {**known, **({"clause": link} if link else {})})


def _properties(element: Element, facts: Mapping[str, str]) -> None:
    properties = SubElement(element, "properties")
    for name, value in facts.items():
        SubElement(properties, "property", name=name, value=_legal(value))


def _add(case: Element, tag: str, message: str, text: str, **more: str) -> None:
    element = SubElement(case, tag, {"message": _legal(message), **more})
    if text:
        element.text = _legal(text)


def _evidence(entry: Mapping[str, Any], exchanges: Sequence[Mapping[str, Any]]) -> str:
    """A finding in plain text: the sentence, expected and observed, the exchanges of the tests that found it."""
    lines = [entry["says"]]
    for told in faults.told_by_tests(deciding_tests(entry)):
        lines += [f"expected: {told.expected}", f"observed: {told.observed}"]
        lines += [f"case: {told.in_cases}"] if told.cases else []
        lines += [f"request: {more}"] if (more := faults.difference(told.test)) else []
        lines += [f"answer: {more}"] if (more := faults.excerpt(told.test, exchanges)) else []
    lines += [seen] if (seen := repeat_in_words(entry)) else []
    for test in entry["tests"]:
        if test["verdict"] == entry["verdict"]:
            lines += ["", test["name"], exchanges_as_text(exchanges_of(test, exchanges), marks_of(test))]
    return "\n".join(lines)


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0]


def _legal(text: str) -> str:
    """Text that XML can carry: what a reader couldn't see as escapes, what is illegal gone."""
    return ILLEGAL.sub("", visible(text))
