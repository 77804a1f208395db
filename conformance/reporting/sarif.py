"""The findings of a run as SARIF 2.1.0, for code scanning: requirements are rules, what is broken or open are results.

Section numbers in this module are those of the OASIS standard.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from conformance.reporting import summary
from conformance.reporting.curl import curl_line
from conformance.reporting.provenance import provenance
from conformance.reporting.summary import Content, Entry
from conformance.reporting.text import clause_link, clause_name, visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://www.rfc-editor.org/rfc/rfc6749"
# Level and kind of a result by its verdict (3.27.9, 3.27.10): only what fails has a level.
RESULTS: Mapping[str, tuple[str, str]] = {
    "failed": ("error", "fail"),
    "warned": ("warning", "fail"),
    "inconclusive": ("none", "open"),
}
LEVELS: Mapping[str, str] = {"MUST": "error", "STATED": "error", "SHOULD": "warning", "MAY": "none"}


def report_as_sarif(content: Content) -> bytes:
    """The SARIF log, UTF-8."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(content)]}
    return json.dumps(log).encode("ascii")


def _run(content: Content) -> dict[str, Any]:
    rules = [entry for entry in content["requirements"] if entry["tests"] or entry["verdict"] in RESULTS]
    places = {entry["id"]: place for place, entry in enumerate(rules)}
    found = summary.with_verdict(content["requirements"], *RESULTS)
    suite = content["suite"]
    return {
        "tool": {
            "driver": {
                "name": suite["name"],
                "version": suite["version"],
                "informationUri": HOME,
                "rules": [_rule(entry, content) for entry in rules],
            }
        },
        "invocations": [_invocation(content)],
        "automationDetails": {"id": f"oauth2-conformance/{visible(content['target']['name'])}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(entry, places[entry["id"]], content) for entry in found],
        "properties": _visible({**provenance(content), "conclusion": content["conclusion"], "gate": content["gate"]}),
    }


def _invocation(content: Content) -> dict[str, Any]:
    """The run itself (3.20). A fault of the suite is one of the tool, never a result about the target."""
    faults = summary.with_verdict(content["requirements"], "error")
    invocation: dict[str, Any] = {
        "executionSuccessful": not faults and not content["interrupted"],
        "startTimeUtc": content["started"],
        "exitCode": content["gate"],
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": visible(entry["reason"] or "the suite failed at it")},
                "associatedRule": {"id": entry["id"]},
            }
            for entry in faults
        ],
    }
    return invocation | ({"endTimeUtc": content["finished"]} if content["finished"] else {})


def _rule(entry: Entry, content: Content) -> dict[str, Any]:
    """A requirement as a rule (3.49)."""
    link = clause_link(entry["document"], entry["section"])
    rule: dict[str, Any] = {
        "id": entry["id"],
        "shortDescription": {"text": entry["says"]},
        "fullDescription": {"text": entry["says"]},
        "help": _help(entry, content),
        "defaultConfiguration": {"level": LEVELS[entry["level"]]},
        "properties": {"tags": ["oauth2", entry["document"], entry["level"]], "role": entry["role"]},
    }
    return rule | ({"helpUri": link} if link else {})


def _help(entry: Entry, content: Content) -> dict[str, str]:
    """What a reader of the finding needs to know, as text and as Markdown."""
    clause = f"{entry['level']}, {clause_name(entry['document'], entry['section'])}"
    topic = content.get("topics", {}).get(entry.get("topic", ""))
    parts = [("", entry["says"]), ("Source", clause), ("Background", entry["explains"])]
    parts += [("Why it matters", topic["matters"]), ("Usual cause", topic["causes"])] if topic else []
    told = [(name, text) for name, text in parts if text]
    return {
        "text": "\n\n".join(f"{name}: {text}" if name else text for name, text in told),
        "markdown": "\n\n".join(f"**{name}**: {text}" if name else text for name, text in told),
    }


def _result(entry: Entry, place: int, content: Content) -> dict[str, Any]:
    """A finding or an open question (3.27), with the exchange that shows it."""
    level, kind = RESULTS[entry["verdict"]]
    telling = summary.telling_exchange(entry, content["exchanges"])
    known = summary.known_deviations(content).get(entry["id"])
    result: dict[str, Any] = {
        "ruleId": entry["id"],
        "ruleIndex": place,
        "kind": kind,
        "level": level,
        "message": {"text": visible(_message(entry))},
        "locations": [_location(telling, content)],
        "partialFingerprints": {"requirement/v1": _fingerprint(entry, content)},
        "properties": {"verdict": entry["verdict"], "requirementLevel": entry["level"]},
    }
    if telling is not None:
        variables = summary.shell_variables(content)
        result["webRequest"] = _request(telling["request"])
        result["properties"]["curl"] = visible(curl_line(telling, variables))
        if "response" in telling:
            result["webResponse"] = _response(telling["response"])
    if known is not None:
        result["suppressions"] = [{"kind": "external", "justification": visible(summary.deviation_in_words(known))}]
    return result


def _message(entry: Entry) -> str:
    told = [f"Expected {expected}; observed {observed}." for expected, observed in summary.expectations(entry)]
    return " ".join([entry["says"], *(told or [entry["reason"]])]).strip()


def _fingerprint(entry: Entry, content: Content) -> str:
    """The same finding at the same target has the same one in every run, whatever values were exchanged."""
    return hashlib.sha256(f"{content['target']['name']}\n{entry['id']}".encode("utf-8", "replace")).hexdigest()


def _location(telling: Mapping[str, Any] | None, content: Content) -> dict[str, Any]:
    """Where: the endpoint that was asked. Viewers of code want a line, so there is a first one."""
    url = telling["request"]["url"].partition("?")[0] if telling else content["target"]["base_url"]
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(visible(url), safe=":/?#[]@!$&'()*+,;=%-._~")},
            "region": {"startLine": 1},
        }
    }


def _request(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request (3.46)."""
    return {
        "protocol": "HTTP",
        "version": "1.1",
        "method": visible(request["method"]),
        "target": visible(request["url"]),
        "headers": _headers(request["headers"]),
        "body": {"text": visible(request["body"])},
    }


def _response(response: Mapping[str, Any]) -> dict[str, Any]:
    """A response (3.47)."""
    return {
        "protocol": "HTTP",
        "version": "1.1",
        "statusCode": response["status"],
        "headers": _headers(response["headers"]),
        "body": {"text": visible(response["body"])},
    }


def _headers(pairs: Sequence[Sequence[str]]) -> dict[str, str]:
    """Headers as an object; values of one name are joined, as HTTP allows."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        shown = visible(value)
        joined[visible(name)] = f"{joined[visible(name)]}, {shown}" if visible(name) in joined else shown
    return joined


def _visible(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: visible(value) if isinstance(value, str) else value for name, value in facts.items()}
