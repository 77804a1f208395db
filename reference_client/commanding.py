"""The command: a native application on this machine, which signs in once and ends."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from .choosing import choose
from .client import build, logged_in
from .context import Registration, from_environment
from .loopback import Loopback, listen
from .pipeline import Client, Refused

BAD_ARGUMENTS = 4
DESCRIPTION = "Sign in at the server that the environment variables OAUTH2_ISSUER, OAUTH2_CLIENT_ID, ... name."


def main(argv: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Signs in; returns 0, or 1 where the login was refused."""
    parser = argparse.ArgumentParser(prog="reference_client", description=DESCRIPTION)
    parser.add_argument("--defect", action="append", default=[], metavar="NAME", help="break something on purpose")
    parser.add_argument("--variant", metavar="NAME", help="differ from the default in a conformant way")
    arguments = parser.parse_args(argv)
    try:
        client = build(choose(arguments.variant, arguments.defect))
        registration = from_environment(environment, open_browser)
    except ValueError as problem:
        print(f"reference_client: {problem}", file=sys.stderr)
        return BAD_ARGUMENTS
    return sign_in(client, registration)


def sign_in(client: Client, registration: Registration) -> int:
    """One login with a loopback redirection endpoint (RFC 8252 section 7.3)."""
    try:
        with ExitStack() as stack:
            loopback = stack.enter_context(listen(client, registration))
            logged_in(client, at_loopback(registration, loopback), loopback.show)
    except (Refused, OSError, ValueError) as refusal:
        print(f"reference_client: {printable(str(refusal))}", file=sys.stderr)
        return 1
    print("Signed in.")
    return 0


def at_loopback(registration: Registration, loopback: Loopback) -> Registration:
    """The same registration, with the port that is listened on."""
    second = None if registration.second is None else at_loopback(registration.second, loopback)
    return replace(registration, redirect_uri=loopback.redirect_uri, visit=loopback.visit, second=second)


def open_browser(url: str) -> str:
    """RFC 8252 section 6: the user's own browser, which may take its time. The URL is printed for whoever has none."""
    print(url, flush=True)
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    return url


def printable(text: str) -> str:
    """A terminal obeys control characters, and a server's texts are a stranger's (RFC 6749 section 10.14)."""
    return "".join(character if " " <= character <= "~" else "?" for character in text)[:1000]
