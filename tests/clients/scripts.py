"""A client for commands, with habits: `python -m tests.clients.scripts HABIT`."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from conformance.clients.context import Context
from tests.clients import plain

# A page of the client's own that leads to the authorization endpoint.
START = "/start"


def context(browse: object) -> Context:
    """The context that the environment describes."""
    value = os.environ.get
    return Context(
        issuer=value("OAUTH2_ISSUER", ""),
        authorization_endpoint=value("OAUTH2_AUTHORIZATION_ENDPOINT", ""),
        token_endpoint=value("OAUTH2_TOKEN_ENDPOINT", ""),
        revocation_endpoint=value("OAUTH2_REVOCATION_ENDPOINT", ""),
        resource=value("OAUTH2_RESOURCE", ""),
        client_id=value("OAUTH2_CLIENT_ID", ""),
        client_secret=value("OAUTH2_CLIENT_SECRET"),
        redirect_uri=value("OAUTH2_REDIRECT_URI", ""),
        scope=value("OAUTH2_SCOPE", ""),
        asked=frozenset(filter(None, value("OAUTH2_ASKED", "").split(","))),
        certificates=value("SSL_CERT_FILE", ""),
        browse=browse,  # type: ignore[arg-type]
    )


def browse_by(habit: str, url: str) -> str:
    """Listen at the redirection URI, open the browser in the way of a habit, and return what it was asked for."""
    came: list[str] = []

    own = urlsplit(os.environ["OAUTH2_REDIRECT_URI"])
    cookie = f"login={secrets.token_urlsafe(8)}"

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == START:
                self.send_response(302)
                self.send_header("Location", url)
                self.send_header("Set-Cookie", cookie)
                self.end_headers()
                return
            if habit == "own-page" and self.headers.get("Cookie") != cookie:
                raise ValueError("another browser than the one that began")
            came.append(self.path)
            self.send_response(302 if habit == "goes" else 200)
            if habit == "goes":
                self.send_header("Location", "/bye")
            self.end_headers()
            self.wfile.write(b"<p>You can close this window.</p>")

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with HTTPServer((own.hostname or "", own.port or 0), Listener) as server:
        if habit == "own-page":
            threading.Thread(target=webbrowser.open, args=(f"{own.scheme}://{own.netloc}{START}",), daemon=True).start()
        elif habit == "prints":
            print(f"Open {url} in your browser", flush=True)
        else:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        if habit == "opens-twice":
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        while not came:
            server.handle_request()
    return f"{own.scheme}://{own.netloc}{came[0]}"


def main(habit: str) -> None:
    """One login, with a habit."""
    match habit:
        case "hangs":
            time.sleep(600)
        case "crashes":
            os.abort()
        case "floods":
            for _ in range(20_000):
                print("x" * 100)
        case "shows-environment":
            print(sorted(os.environ))
            sys.exit(1)
        case _:
            plain.login(context(lambda url: browse_by(habit, url)))
            if habit == "slow":
                for _ in range(4):
                    time.sleep(1.5)
                    print("still at it", flush=True)
            if habit == "stays":
                time.sleep(600)
            if habit == "falls-silent":
                os.closerange(1, 3)
                time.sleep(1)
                os._exit(0)
            if habit == "leaves-a-child":
                subprocess.Popen(["sleep", "600"])


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except plain.Refused as refusal:
        sys.exit(f"refused: {refusal}")
