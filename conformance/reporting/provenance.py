"""What every artifact says of where it comes from: suite, time, target, profile, seed, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.base.toml_writing import as_toml
from conformance.reporting.summary import SERVER, Content, claims_in_words, counted, role_of

NOT_VERIFIED = "NOT verified (--insecure): whoever answered may have been somebody else"


def provenance(content: Content) -> dict[str, str]:
    """Name and value of each fact, in the order in which reports show them; the profile as TOML."""
    suite, target = content["suite"], content["target"]
    facts = {
        "suite": f"{suite['name']} {suite['version']}",
        "catalogue": f"{suite['catalogue']}, {release_in_words(suite)}",
        "target": target["name"],
        # A client's is where the suite's own servers were.
        "base URL": target["base_url"] if role_of(content) == SERVER else "",
        "certificate": NOT_VERIFIED if content.get("insecure") else "",
        "started": content["started"],
        "finished": content["finished"] or "never: the run was killed",
        "seed": str(content["fuzz"]["seed"]) if content["fuzz"]["budget"] != "off" else "",
        "selection": selection(content),
        "claims": "; ".join(f"{name}: {conclusion}" for name, _, conclusion in claims_in_words(content)),
        "declined": declined_in_words(content),
        "profile": as_toml(target["profile"]),
    }
    return {name: value for name, value in facts.items() if value}


def release_in_words(suite: Mapping[str, Any]) -> str:
    """Which release froze the catalogue, and when, in words."""
    release = suite.get("release")
    return f"frozen by release {release['version']} on {release['date']}" if release else "between releases"


def selection(content: Content) -> str:
    """What was selected, and how much that left out."""
    named = ", ".join(content["selection"])
    number = sum(
        entry["role"] == role_of(content) and entry.get("deselected", False) for entry in content["requirements"]
    )
    left_out = f"{counted(number, 'requirement')} deselected" if number else ""
    return "; ".join(part for part in (named and f"only {named}", left_out) if part) or "everything"


def declined_in_words(content: Content) -> str:
    """How many requirements the profile declines, in words; empty when none."""
    number = sum(bool(entry["declined"]) for entry in content["requirements"])
    return f"{counted(number, 'requirement')}, by the profile" if number else ""
