"""The reference server with pages that show nothing without JavaScript.

Signing in is a single page of loose fields, whose script sends what was typed and then goes on; the consent form is
built by a script a moment after the page has loaded. `python -m tests.harness.drivers.javascript_server` takes the
arguments of `oauth2-conformance serve`. FRAMES says what keeps its pages out of frames: `none`, `script`, or, unless it
is set, a header.
"""

from __future__ import annotations

import json
import os
import re
from unittest.mock import patch

from reference_server import serving
from reference_server.choosing import Choice
from reference_server.pipeline import Call, after

FRAME = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Loading</title></head>
<body><div id="app"></div><noscript>Please enable JavaScript.</noscript>
<script>const data = %s, app = document.getElementById("app");</script><script>%s</script></body></html>"""
SIGN_IN = """
app.innerHTML = '<h1>Sign in</h1><p role="alert"></p><label>User name <input id="who" autocomplete="username"></label>'
  + '<label>Password <input id="secret" type="password"></label>'
  + '<button type="button" id="eye">Show password</button><button type="button" id="go">Sign in</button>';
document.getElementById("go").addEventListener("click", async () => {
  const body = new URLSearchParams({csrf_token: data.csrf_token, authorization_request: data.authorization_request,
    username: document.getElementById("who").value, password: document.getElementById("secret").value});
  const reply = await fetch("/sign_in", {method: "POST", body, redirect: "manual"});
  if (reply.type === "opaqueredirect") location.assign("/oauth/authorize?" + data.authorization_request);
  else document.querySelector("[role=alert]").textContent = "The user name or password is wrong.";
});"""
CONSENT = """
setTimeout(() => { app.innerHTML = data.html; document.title = "Allow access?"; }, 150);"""


# What stays empty in a frame: a page that another has framed isn't the topmost window.
UNLESS_FRAMED = "if (top !== self) app.remove();"
FRAMES = os.environ.get("FRAMES", "header")


def show_by_script(call: Call) -> None:
    """Pages that ask something come as data and a script; all others stay as they are."""
    html = call.response.body.decode()
    inner = re.search(r"<main>(.*)</main>", html, re.S)
    if inner is None or "<form" not in html:
        return
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inner.group(1)))
    asks_password = 'type="password"' in html
    data = (
        {name: value.replace("&amp;", "&") for name, value in hidden.items()}
        if asks_password
        else {"html": inner.group(1)}
    )
    script = json.dumps(data).replace("<", "\\u003c")
    shows = (SIGN_IN if asks_password else CONSENT) + (UNLESS_FRAMED if FRAMES == "script" else "")
    call.response.body = (FRAME % (script, shows)).encode()
    policy = "default-src 'none'; script-src 'unsafe-inline'; connect-src 'self'"
    call.response.put("Content-Security-Policy", policy + ("; frame-ancestors 'none'" if FRAMES == "header" else ""))
    if FRAMES != "header":
        call.response.headers = [each for each in call.response.headers if each[0].lower() != "x-frame-options"]


EDITS = tuple(after(f"{name}.finish", "restrict_content", show_by_script) for name in ("authorization", "sign_in"))


if __name__ == "__main__":
    with patch.object(serving, "choose", return_value=Choice(EDITS)):
        raise SystemExit(serving.main())
