"""The profile of a client under test, for `init --role client`: as it was said, the rest as comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.base.toml_writing import as_toml

HEAD = """\
# The profile of a client under test: the suite plays its server.
# Prove it by `oauth2-conformance doctor PROFILE.toml`, then run it.

"""
COMMENTS = """
# How the suite's server is to know the client, where that is fixed in it.
# [registration]
# client_id = "my-app"
# client_secret = "only-for-tests"
# public = true                               # it has no secret
# redirect_uri = "http://127.0.0.1:8912/cb"   # default: a free port on loopback for each login
# scope = "me profile"
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a client on the command line."""

    name: str
    command: Sequence[str]
    callable: str
    grants: Sequence[str]
    revocation: bool


def client_profile(said: Said) -> str:
    """The profile as TOML."""
    driver = {"callable": said.callable} if said.callable else {"command": list(said.command) or ["python", "app.py"]}
    document = {
        "target": {"name": said.name, "role": "client"},
        "driver": driver,
        "features": {"grants": list(said.grants), "revocation": said.revocation},
    }
    return f"{HEAD}{as_toml(document)}{COMMENTS}"
