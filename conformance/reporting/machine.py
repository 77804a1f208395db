"""The summary of a run for programs that read standard output; `results.json` has the whole."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.reporting import faults, summary
from conformance.reporting.summary import Content, Entry


def summary_as_json(content: Content, folder: Path, code: int, gate: str) -> str:
    """Conclusion, gate, numbers, faults, findings and where the reports are. ASCII alone, whatever a target sent."""
    suite, target = content["suite"], content["target"]
    told = {
        "suite": f"{suite['name']} {suite['version']}",
        "target": {"name": target["name"], "base_url": target["base_url"]},
        **({"insecure": True} if content.get("insecure") else {}),
        "started": content["started"],
        "finished": content["finished"],
        "selection": content["selection"],
        "claims": {name: conclusion for name, _, conclusion in summary.claims_in_words(content)},
        "outlook": list(content.get("outlook", ())),
        "conclusion": content["conclusion"],
        "sentence": summary.conclusion_sentence(content),
        "gate": gate,
        "exit_code": code,
        "counts": content["counts"],
        "faults": [
            {"title": fault.title, "level": fault.level, "requirements": [each.entry["id"] for each in fault.findings]}
            for fault in faults.faults_of(content)
        ],
        "findings": [_finding(entry, content) for entry in summary.findings(content)],
        "undecided": [entry["id"] for entry in summary.with_verdict(content["requirements"], "inconclusive", "error")],
        "reports": str(folder),
    }
    return json.dumps(told, indent=1) + "\n"


def _finding(entry: Entry, content: Content) -> dict[str, object]:
    return {
        "id": entry["id"],
        "level": entry["level"],
        "verdict": entry["verdict"],
        "says": entry["says"],
        "known": entry["id"] in summary.known_deviations(content),
        "seen": [
            {"expected": told.expected, "observed": told.observed}
            for told in faults.told_by_tests(summary.deciding_tests(entry))
        ],
    }
