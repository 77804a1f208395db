"""Headers by which proxies tell of the original request, sent by somebody who is no proxy."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.base.outcomes import Untested
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary
from conformance.procedures.redirects import ATTACKER
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

HEADERS: Mapping[str, str] = {
    "X-Forwarded-Host": ATTACKER,
    "X-Forwarded-Server": ATTACKER,
    "X-Forwarded-Prefix": f"/{ATTACKER}",
    "X-Original-Host": ATTACKER,
    "X-Host": ATTACKER,
    "Forwarded": f"for=192.0.2.1;host={ATTACKER};proto=https",
}


def led_astray(given: Given, send: Send, target: Target, name: str, where: str) -> tuple[Reply, str]:
    """The answer to a request with such a header, and where it speaks of the forged host; empty for nowhere."""
    header = (name, HEADERS[name])
    if where == "metadata":
        if "metadata" not in target.endpoints:
            raise Untested("the profile names no metadata: add `metadata = ...` under [endpoints]")
        reply = send.raw("GET", target.url("metadata"), [("Accept", "application/json"), header])
    else:
        good = ordinary(given, send)
        request = send.authorization_request(good.client, good.response_type)
        reply = send.form("authorization", request.pairs, [header], method="GET")
    told = [f"{key}: {value}" for key, value in reply.headers if ATTACKER in value]
    return reply, ", ".join(told) or (f"{ATTACKER} in the body" if ATTACKER in reply.text else "")
