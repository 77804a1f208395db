"""A small authorization server for hostile scripts to start from: enough of the protocol for controls to succeed."""

from __future__ import annotations

import html
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.hostile.raw import Peer, Received, Script, answer

NO_STORE = "Cache-Control: no-store\r\nPragma: no-cache\r\n"
JSON = "Content-Type: application/json\r\n" + NO_STORE
HTML = "Content-Type: text/html; charset=utf-8\r\n"
AUTHORIZE, TOKEN, INTROSPECT = "/oauth/authorize", "/oauth/token", "/oauth/introspect"

PROFILE = """
[target]
name = "hostile"
base_url = "{url}"
timeout = {timeout}
{target}

[clients.confidential]
client_id = "client-a"
client_secret = "secret-of-client-a"
redirect_uris = ["https://client.example/cb"]
scopes = ["read", "write"]

[resource_owner]
username = "alice"
password = "password-of-alice"

[features]
grants = ["authorization_code", "client_credentials", "refresh_token"]
introspection = true
revocation = true

{more}
"""


def profile(url: str, timeout: float = 20.0, target: str = "", more: str = "") -> str:
    """The profile of the server; `target` and `more` add to its text."""
    return PROFILE.format(url=url, timeout=timeout, target=target, more=more)


def parameters(request: Received) -> dict[str, str]:
    """What a request says, in its query and in its body; the last of several."""
    text = request.target.partition("?")[2] + "&" + request.body.decode("latin-1")
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


def ordinary(request: Received) -> bytes:
    """A decent answer."""
    match request.path:
        case "/oauth/authorize":
            return _authorization(request)
        case "/oauth/token":
            return _token(request)
        case "/oauth/introspect":
            return answer(json.dumps({"active": "issued" in parameters(request).get("token", "")}), headers=JSON)
        case "/oauth/revoke":
            return answer(b"", headers=NO_STORE)
        case _:
            return answer("nothing here", "404 Not Found", HTML)


def _token(request: Received) -> bytes:
    asked = parameters(request)
    if "Basic " not in (request.header("Authorization") or ""):
        return answer('{"error": "invalid_client"}', "401 Unauthorized", f"WWW-Authenticate: Basic\r\n{JSON}")
    grant = asked.get("grant_type")
    if grant not in ("client_credentials", "authorization_code", "refresh_token"):
        return answer('{"error": "unsupported_grant_type"}', "400 Bad Request", JSON)
    if grant != "client_credentials" and "issued" not in asked.get(grant.replace("authorization_", ""), ""):
        return answer('{"error": "invalid_grant"}', "400 Bad Request", JSON)
    return answer(json.dumps(tokens(grant)), headers=JSON)


def tokens(grant: str) -> dict[str, object]:
    """The members of a token response."""
    own: dict[str, object] = {"access_token": "issued-access-token", "token_type": "Bearer", "expires_in": 3600}
    return own if grant == "client_credentials" else {**own, "refresh_token": "issued-refresh-token"}


def _authorization(request: Received) -> bytes:
    asked = parameters(request)
    if "username" not in asked:
        fields = "".join(f'<input type="hidden" name="{k}" value="{html.escape(v)}">' for k, v in asked.items())
        form = f'<form method="post">{fields}<input name="username"><input type="password" name="password"></form>'
        return answer(f"<html><body>{form}</body></html>", headers=HTML)
    query = urlencode({"code": "issued-code-of-some-length", "state": asked.get("state", "")})
    return answer(b"", "302 Found", f"Location: {asked.get('redirect_uri')}?{query}\r\n")


def spoiled(**scripts: Script) -> Script:
    """The ordinary server with scripts in place of some endpoints, named by the last part of their path."""

    def script(peer: Peer, request: Received) -> None:
        other = scripts.get(urlsplit(request.path).path.rpartition("/")[2])
        if other is None:
            peer.send(ordinary(request))
        else:
            other(peer, request)

    return script


def slowed(seconds: float) -> Script:
    """The ordinary server, which takes its time."""

    def script(peer: Peer, request: Received) -> None:
        time.sleep(seconds)
        peer.send(ordinary(request))

    return script


def after(requests: int, script: Script) -> Script:
    """The ordinary server for so many requests, then a script."""
    seen: list[int] = []

    def counted(peer: Peer, request: Received) -> None:
        seen.append(1)
        if len(seen) > requests:
            script(peer, request)
        else:
            peer.send(ordinary(request))

    return counted
