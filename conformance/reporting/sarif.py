"""The findings of a run as SARIF 2.1.0, for code scanning: requirements are rules, faults and open questions results.

Section numbers in this module are those of the OASIS standard.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from conformance.reporting import faults, summary
from conformance.reporting.curl import curl_line
from conformance.reporting.faults import Fault
from conformance.reporting.provenance import provenance
from conformance.reporting.summary import Content, Entry, counted
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
    found = faults.faults_of(content)
    rules = [_cause_rule(fault) for fault in {_rule_id(each): each for each in found if _is_of_cause(each)}.values()]
    broken = [entry for entry in content["requirements"] if entry["tests"] or entry["verdict"] in RESULTS]
    rules += [_rule(entry, content) for entry in broken]
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    undecided = summary.with_verdict(content["requirements"], "inconclusive")
    suite = content["suite"]
    results = [_of_fault(fault, content) for fault in found] + [
        _of_open_question(entry, content) for entry in undecided
    ]
    return {
        "tool": {
            "driver": {
                "name": suite["name"],
                "version": suite["version"],
                "informationUri": HOME,
                "rules": rules,
            }
        },
        "invocations": [_invocation(content)],
        "automationDetails": {"id": f"oauth2-conformance/{visible(content['target']['name'])}/"},
        "columnKind": "unicodeCodePoints",
        "results": [result | {"ruleIndex": places[result["ruleId"]]} for result in results],
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


def _is_of_cause(fault: Fault) -> bool:
    """Whether a fault goes by its cause: one requirement says more itself."""
    return bool(fault.cause) and len(fault.findings) > 1


def _rule_id(fault: Fault) -> str:
    return f"cause/{fault.cause}" if _is_of_cause(fault) else str(fault.lead.entry["id"])


def _cause_rule(fault: Fault) -> dict[str, Any]:
    """A systemic cause as a rule (3.49)."""
    return {
        "id": _rule_id(fault),
        "shortDescription": {"text": fault.title},
        "fullDescription": {"text": fault.hint},
        "help": {"text": f"{fault.title}\n\nSource: see the requirements of the result. {fault.hint}"},
        "defaultConfiguration": {"level": LEVELS[fault.level]},
        "properties": {"tags": ["oauth2", fault.level]},
    }


def _of_fault(fault: Fault, content: Content) -> dict[str, Any]:
    """A fault (3.27), with the exchange that shows it; all the requirements that it breaks are in its message."""
    level, kind = RESULTS[fault.verdict]
    exchanges = content["exchanges"]
    decisive = next((each for test in fault.lead.tests if (each := summary.decisive_exchange(test, exchanges))), None)
    entries = [finding.entry for finding in fault.findings]
    known = summary.known_deviations(content)
    seen = summary.repeat_in_words(fault.lead.entry)
    result: dict[str, Any] = {
        "ruleId": _rule_id(fault),
        "kind": kind,
        "level": level,
        "message": {"text": visible(_message(fault, content))},
        "locations": [_location(decisive, content)],
        "partialFingerprints": {"fault/v1": _fingerprint(_rule_id(fault), fault.lead.entry["id"], content)},
        "properties": {
            "verdict": fault.verdict,
            "requirementLevel": fault.level,
            "requirements": [entry["id"] for entry in entries],
            **({"repeat": visible(seen)} if seen else {}),
            **({"curl": visible(curl_line(decisive, summary.shell_variables(content)))} if decisive else {}),
        },
    }
    if all(entry["id"] in known for entry in entries):
        words = dict.fromkeys(summary.deviation_in_words(known[entry["id"]]) for entry in entries)
        result["suppressions"] = [{"kind": "external", "justification": visible("; ".join(words))}]
    return result | _shown(decisive)


def _of_open_question(entry: Entry, content: Content) -> dict[str, Any]:
    """A requirement that could not be decided."""
    level, kind = RESULTS[entry["verdict"]]
    exchanges = content["exchanges"]
    tests = summary.deciding_tests(entry)
    decisive = next((each for test in tests if (each := summary.decisive_exchange(test, exchanges))), None)
    result: dict[str, Any] = {
        "ruleId": entry["id"],
        "kind": kind,
        "level": level,
        "message": {"text": visible(f"{entry['says']} {entry['reason']}".strip())},
        "locations": [_location(decisive, content)],
        "partialFingerprints": {"fault/v1": _fingerprint(entry["id"], "", content)},
        "properties": {"verdict": entry["verdict"], "requirementLevel": entry["level"], "requirements": [entry["id"]]},
    }
    return result | _shown(decisive)


def _shown(decisive: Mapping[str, Any] | None) -> dict[str, Any]:
    """The exchange that shows a result (3.27.24, 3.27.25)."""
    if decisive is None:
        return {}
    answered = {"webResponse": _response(decisive["response"])} if "response" in decisive else {}
    return {"webRequest": _request(decisive["request"]), **answered}


def _message(fault: Fault, content: Content) -> str:
    """The headline, what was seen of its gravest requirement, and the others that it breaks."""
    lead = fault.lead
    lines = [fault.title if fault.title.endswith(".") else f"{fault.title}.", fault.hint]
    for told in faults.told_by_tests(lead.tests):
        cases = f" ({told.in_cases})" if told.cases else ""
        lines.append(f"Expected {told.expected}; observed {told.observed}{cases}.")
        lines += [f"The request: {more}." for more in [faults.difference(told.test)] if more]
        lines += [f"The answer: {more}" for more in [faults.excerpt(told.test, content["exchanges"])] if more]
    if len(fault.findings) > 1:
        lines.append(f"Breaks {counted(len(fault.findings), 'requirement')}:")
        lines += [f"- {each.entry['id']} ({each.entry['level']}): {each.entry['says']}" for each in fault.findings]
    return "\n".join(line for line in lines if line)


def _fingerprint(name: str, lead: str, content: Content) -> str:
    """The same fault at the same target has the same one in every run, whatever values were exchanged."""
    text = f"{content['target']['name']}\n{name}\n{lead}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


STAGE = re.compile("/stage-[0-9]+(?=/|$)/?")


def _location(decisive: Mapping[str, Any] | None, content: Content) -> dict[str, Any]:
    """Where: in the profile, or at the endpoint that was asked, as a path; services that show code refuse full URLs.

    Viewers want a line, so there is a first one.
    """
    url = decisive["request"]["url"].partition("?")[0] if decisive else content["target"]["base_url"]
    if summary.role_of(content) != summary.SERVER:
        # The suite's own servers are at another port each time, below a path of each login.
        url = STAGE.sub("/", urlsplit(url).path) if decisive else content["target"]["name"]
    path = content["target"].get("profile_file") or urlsplit(url).path.strip("/") or "profile.toml"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(visible(path), safe="/$&'()*+,;=-._~")},
            "region": {"startLine": 1},
        },
        "logicalLocations": [{"fullyQualifiedName": visible(url), "kind": "resource"}],
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
