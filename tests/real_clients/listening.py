"""How the scripts of this folder come back from the browser: on the redirection URI's port, once."""

from __future__ import annotations

import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit


def answered_at(redirect_uri: str, url: str) -> str:
    """Open the browser and wait for its answer at the redirection URI."""
    came: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<p>You can close this window.</p>")

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    own = urlsplit(redirect_uri)
    with HTTPServer((own.hostname or "", own.port or 0), Listener) as server:
        webbrowser.open(url)
        server.handle_request()
    return f"{own.scheme}://{own.netloc}{came[0]}"
