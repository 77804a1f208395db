"""The bundled client under test, as a profile describes it, with the edits that it was given."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from conformance.base.toml_writing import as_toml
from reference_client.defects import DEFECTS as DEFECTS_OF_CLIENT
from reference_client.variant import Variant
from reference_client.variants import VARIANTS as VARIANTS_OF_CLIENT

__all__ = ["DEFECTS_OF_CLIENT", "VARIANTS_OF_CLIENT", "profile_of_client", "profile_with"]

PROFILE: Mapping[str, Any] = {
    "claims": [
        "client",
        "client-pkce",
        "client-metadata",
        "client-issuer",
        "client-native-apps",
        "client-security-bcp",
    ],
    "target": {"name": "reference client", "role": "client"},
    "features": {
        "grants": ["authorization_code", "client_credentials", "password", "refresh_token"],
        "revocation": True,
        "pkce": True,
        "issuer_metadata": True,
        "issuer_parameter": True,
    },
}
# The feature that a claim of clients is empty without.
FEATURE_OF_CLAIM = {"client-pkce": "pkce", "client-metadata": "issuer_metadata", "client-issuer": "issuer_parameter"}


def profile_with(variant: Variant | None, driver: Mapping[str, Any], wrong: Sequence[Mapping[str, Any]] = ()) -> str:
    """The profile as TOML, as a variant has it, with a way to drive the client; what isn't there isn't claimed.

    `wrong` is what defects say of the registration.
    """
    document = reduce(merged, wrong, merged(PROFILE, variant.profile if variant else {}))
    features = document["features"]
    document["claims"] = [name for name in document["claims"] if features.get(FEATURE_OF_CLAIM.get(name, ""), True)]
    return as_toml({**document, "driver": driver})


def profile_of_client(variant: str | None = None, defects: Sequence[str] = ()) -> str:
    """The profile as TOML: a process for each login, with a variant and defects by name."""
    stands_on = next((defect.on for defect in DEFECTS_OF_CLIENT if defect.name in defects and defect.on), None)
    chosen = next((each for each in VARIANTS_OF_CLIENT if each.name == (variant or stands_on)), None)
    edits = [*(["--variant", variant] if variant else []), *(word for name in defects for word in ("--defect", name))]
    wrong = [defect.profile for defect in DEFECTS_OF_CLIENT if defect.name in defects]
    return profile_with(chosen, {"command": [sys.executable, "-P", "-m", "reference_client", *edits]}, wrong)


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """A document with the tables of another over its own."""
    found = dict(one)
    for key, value in other.items():
        found[key] = merged(found.get(key, {}), value) if isinstance(value, Mapping) else value
    return found
