"""`run --failed`: what a target failed the last time that it was tested."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.commands import UsageFault
from conformance.profile.client_role import SERVER

FAILED = ("failed", "warned", "error")


def failed_ids(chosen: argparse.Namespace) -> list[str]:
    """The ids that the options' target failed in its last run, of those that `--only` names. Raises UsageFault."""
    from conformance.tally.catalogue import load_catalogue

    catalogue = load_catalogue()
    unknown = [word for word in chosen.only if not catalogue.matching(word)]
    if unknown:
        raise UsageFault(f"--only {unknown[0]}: {catalogue.why_unknown(unknown[0])}")
    content = _last_run(chosen)
    selected = catalogue.selected(chosen.only)
    return [entry["id"] for entry in content["requirements"] if entry["verdict"] in FAILED and entry["id"] in selected]


def _last_run(chosen: argparse.Namespace) -> Mapping[str, Any]:
    """The results of the newest run of the target below the folder of reports."""
    base_url, name, role = None, None, chosen.role
    if chosen.profile is not None:
        from conformance.profile.loading import ProfileError, read_profile

        try:
            known = read_profile(chosen.profile, chosen.base_url).target
            base_url, role = known.base_url, known.role
            # All clients meet the same stages.
            name = known.name if known.is_client else None
        except ProfileError as error:
            raise UsageFault(str(error)) from error
    for content in _runs(chosen.reports):
        target = content["target"]
        if target.get("role", SERVER) != role or (name is not None and target["name"] != name):
            continue
        # The bundled server has another port each time.
        if target["base_url"] == base_url or (base_url is None and target["bundled"]):
            return content
    raise UsageFault(f"{chosen.reports} has no earlier run of {base_url or 'the bundled server'}: leave out --failed")


def _runs(reports: Path) -> Iterator[dict[str, Any]]:
    """Results below a folder, the newest first; what is damaged is passed over."""
    for path in sorted(reports.glob("2*/results.json"), reverse=True):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(content, dict) and {"target", "requirements"} <= content.keys():
            yield content
