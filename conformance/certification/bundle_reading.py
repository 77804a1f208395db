"""Reads a bundle again: is it as it was made, do its files carry what it claims, and what is that in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.base import schemas
from conformance.base.toml_files import FileFault
from conformance.certification import bundle
from conformance.certification.answers import parsed_answers
from conformance.certification.bundle import BundleFault
from conformance.certification.refusals import refusals
from conformance.certification.statement import claim_of
from conformance.reporting.provenance import release_in_words
from conformance.reporting.summary import counted
from conformance.reporting.text import visible
from conformance.tally.claims import certifications

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Verified:
    """An intact bundle: its claim, and the key that signed it (None: unsigned)."""

    claim: Mapping[str, Any]
    key: Ed25519PublicKey | None


def verified_bundle(content: bytes, expected: Ed25519PublicKey | None = None) -> Verified:
    """Check a bundle; with `expected` also that this key signed it. Raises BundleFault."""
    members = bundle.unpacked(content)
    key = bundle.signer_of(members, expected)
    claim = _claim(members)
    if members[bundle.MANIFEST] != bundle.manifest_of(members, claim):
        raise BundleFault(_what_differs(members, claim))
    return Verified(claim, key)


def _claim(members: Mapping[str, bytes]) -> Mapping[str, Any]:
    """The claim that a bundle's files carry. Raises BundleFault when they carry none."""
    manifest = _json(members, bundle.MANIFEST)
    text = members[bundle.RESULTS].decode("utf-8", "replace")
    results = _json(members, bundle.RESULTS)
    fault = schemas.first_fault_of_large("results", text)
    if fault is not None:
        raise BundleFault(f"{bundle.RESULTS} is not one of this version of the suite: {fault[:300]}")
    known = certifications()
    match manifest:
        case {"claim": {"certifications": [*names]}} if names and all(name in list(known) for name in names):
            pass
        case _:
            raise BundleFault(f"{bundle.MANIFEST} claims no certification that this version of the suite knows")
    chosen = [known[name] for name in names]
    identifiers = {entry["id"] for entry in results["requirements"]}
    try:
        answers = parsed_answers(members[bundle.ANSWERS].decode("utf-8"), bundle.ANSWERS, identifiers)
    except (FileFault, UnicodeDecodeError) as error:
        raise BundleFault(str(error)) from error
    reasons = refusals(results, answers, chosen)
    if reasons:
        raise BundleFault(f"its results don't carry what it claims: {reasons[0].reason}")
    return claim_of(results, answers, _json(members, bundle.MATRIX), chosen)


def _json(members: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        document = json.loads(members[name])
    except (ValueError, RecursionError) as error:
        raise BundleFault(f"{name} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise BundleFault(f"{name} is not a JSON object")
    return document


def _what_differs(members: Mapping[str, bytes], claim: Mapping[str, Any]) -> str:
    """Which part of the manifest doesn't fit the files, in words."""
    said = _json(members, bundle.MANIFEST)
    found = json.loads(bundle.manifest_of(members, claim))
    listed = said.get("files")
    if isinstance(listed, dict):
        changed = [name for name in found["files"] if listed.get(name) != found["files"][name]]
        if changed:
            return f"{', '.join(changed)}: is not the file that the manifest lists"
    if said.get("claim") != found["claim"]:
        return "the manifest claims something else than the results, the answers and the matrix say"
    return "the manifest is not as it was written"


def in_words(claim: Mapping[str, Any]) -> list[str]:
    """What a bundle claims, in lines for the terminal."""
    known, implementation, suite = certifications(), claim["implementation"], claim["suite"]
    levels = [
        f"{level}: {', '.join(f'{number} {verdict}' for verdict, number in numbers.items())}"
        for level, numbers in claim["levels"].items()
    ]
    rows = [
        *(("certification", f"{name}: {known[name].says}") for name in claim["certifications"]),
        ("implementation", f"{implementation['name']} {implementation['version']}"),
        *((name, implementation[name]) for name in ("vendor", "contact") if implementation.get(name)),
        ("target", f"{claim['target']['name']}, {claim['target']['place']}"),
        ("tested", f"{claim['started']} to {claim['finished']}"),
        (
            "suite",
            f"{suite['name']} {suite['version']}, catalogue {suite['catalogue'][:16]}, {release_in_words(suite)}",
        ),
        *(("result", line) for line in levels),
        *(("vacuous", identifier) for identifier in claim["vacuous"]),
        ("attested", f"{counted(claim['attested'], 'requirement')}, by the vendor's own word"),
        ("proof", claim["matrix"]),
    ]
    return [f"  {name:<15} {visible(str(text))}" for name, text in rows]
