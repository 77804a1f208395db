"""The reference server with secrets that occur nowhere else, which writes down every one that it issues.

    python server.py LOG [arguments of the reference server]

Run as a script: it knows nothing of the suite.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reference_server import demo, secrets, serving
from reference_server.steps import authorization_response, consent, sign_in, token_response

# State and nonce of a federated sign-in are not among them: they are shown, as `state` always is.
ISSUING = (secrets, token_response, authorization_response, sign_in)


def main(log: Path, arguments: list[str]) -> int:
    """Serve."""
    file = log.open("a", encoding="utf-8", buffering=1)

    def recorded(function: Callable[..., str]) -> Callable[..., str]:
        def recording(*given: Any) -> str:
            value = function(*given)
            file.write(f"{value}\n")
            return value

        return recording

    issue, csrf = recorded(secrets.random_value), recorded(sign_in.csrf_token)
    for module in ISSUING:
        module.random_value = issue
    for page in (sign_in, consent):
        page.csrf_token = csrf
    for value in unusual_credentials():
        file.write(f"{value}\n")
    return serving.main(arguments)


def unusual_credentials() -> list[str]:
    """Replace every demo credential by one that needs escaping in URLs and forms; returns the new ones."""
    made: list[str] = []

    def renew(holder: object, key: str) -> None:
        if getattr(holder, key, None) is not None:
            made.append(f"Planted/{len(made)}+{getattr(holder, key)}")
            object.__setattr__(holder, key, made[-1])

    for client in demo.CLIENTS:
        renew(client, "secret")
    for account in (*demo.USERS, *demo.PROVIDER_ACCOUNTS):
        renew(account, "password")
        renew(account, "external_authentication_token")
    return made


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2:]))
