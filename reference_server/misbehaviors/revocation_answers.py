"""Answers to revocation requests, and places where none must go (RFC 7009)."""

from __future__ import annotations

import time

from ..misbehavior import ODD, SMALL, Misbehavior
from ..pipeline import Call, Response, Step, before, replace
from .places import lead_to_plain_http

# Seconds that the client is asked to wait, and by which its clock may go before ours.
WAIT, LEEWAY = 1, 0.1


def done_with(body: bytes, media_type: str) -> Step:
    """A step that answers 200 with a body that says something else."""

    def answer_with_body(call: Call) -> Response:
        """Section 2.2: the client looks at the status alone."""
        return Response(200, body, [("Content-Type", media_type)])

    return answer_with_body


def be_busy_for_a_while(call: Call) -> Response | None:
    """Section 2.2.1: the token is still there, and will be revoked when the time is over."""
    until = float(call.server.kept.setdefault("busy until", str(time.monotonic() + WAIT - LEEWAY)))
    return Response(503, headers=[("Retry-After", str(WAIT))]) if time.monotonic() < until else None


def put_other_endpoint(call: Call) -> None:
    """Section 5: a place that neither metadata nor documentation knows."""
    call.answer["revocation_endpoint"] = f"{call.server.settings.issuer}/elsewhere"


MISBEHAVIORS = (
    Misbehavior(
        name="revocation-redirects-to-http",
        says="the revocation endpoint redirects to plain HTTP",
        edits=(before("revocation", "require_tls_unless_offered", lead_to_plain_http),),
    ),
    Misbehavior(
        name="revocation-done-with-error",
        says="a revocation is answered with 200 and a body that names an error",
        edits=(replace("revocation", "answer_done", done_with(b'{"error": "invalid_token"}', "application/json")),),
        company=SMALL,
        asks=("revocation",),
    ),
    Misbehavior(
        name="revocation-done-with-page",
        says="a revocation is answered with 200 and a page",
        edits=(replace("revocation", "answer_done", done_with(b"<p>Something went wrong.</p>", "text/html")),),
        company=ODD,
        asks=("revocation",),
    ),
    Misbehavior(
        name="revocation-busy-for-a-while",
        says=f"revocation requests are answered with 503 and a wait of {WAIT} s, until that is over",
        edits=(before("revocation", "require_token", be_busy_for_a_while),),
        takes_long=True,
    ),
    Misbehavior(
        name="revocation-endpoint-in-token-response",
        says="the token response names a revocation endpoint of its own",
        edits=(before("token.response", "render_json", put_other_endpoint),),
    ),
)
