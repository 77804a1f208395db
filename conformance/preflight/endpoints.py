"""Controls of endpoints: each one that a claimed feature needs stands where the profile says, and does its work."""

from __future__ import annotations

from functools import partial

from conformance.base.outcomes import Inconclusive, Unanswered
from conformance.harness.refusals import is_missing
from conformance.harness.send import FORM
from conformance.harness.trial import Trial
from conformance.preflight.controls import Examiner, Pointless, Wrong
from conformance.wire.exchange import Reply

NEEDED_BY = {"token": "token_endpoint", "authorization": "authorization_endpoint"}
ASKED_BY_GET = ("metadata", "token_info", "protected_resource")
PLACES_TO_ASK = ("revocation", "introspection", "token_info", "protected_resource", "metadata")


def examine_endpoints(examiner: Examiner) -> None:
    """Whether each endpoint of a claimed feature answers at its URL."""
    target = examiner.session.target
    needed = {**NEEDED_BY, **{name: name for name in PLACES_TO_ASK}}
    for endpoint, feature in needed.items():
        if feature in target.features:
            examiner.try_out(
                f"{endpoint} endpoint: {target.url(endpoint)}",
                ("endpoints", endpoint),
                partial(_stands, endpoint=endpoint),
                blocks=f"endpoints.{endpoint}",
            )


def _stands(trial: Trial, endpoint: str) -> str:
    reply = _asked(trial, endpoint)
    if trial.target.headers and _is_gateways(reply, endpoint):
        says = f"something before the {endpoint} endpoint refuses: {reply}"
        raise Wrong(says, "check the headers that every request carries", ("target", "headers"))
    if is_missing(reply):
        says = f"nothing answers as the {endpoint} endpoint: {reply}"
        raise Wrong(
            says, "correct its URL", may_be_breach=reply.status == 405 and _takes_another_method(trial, endpoint)
        )
    if endpoint == "metadata" and not reply.members:
        raise Wrong(f"there is no metadata: {reply}", "correct its URL, or leave `metadata` out of [features]")
    return f"it answers: {reply}"


def _takes_another_method(trial: Trial, endpoint: str) -> bool:
    """Whether the endpoint is there after all, and lacks the method that it has to take: a run judges that."""
    if endpoint == "authorization":
        other = trial.send.authorization_once(method="POST")
    else:
        method = "POST" if endpoint in ASKED_BY_GET else "GET"
        other = trial.send.form(endpoint, [("token", trial.invented("token"))], method=method)
    return not is_missing(other)


def _is_gateways(reply: Reply, endpoint: str) -> bool:
    """Whether a refusal has nothing of OAuth: a token endpoint or metadata have no other reason for it."""
    bare = "error" not in reply.members and reply.header("WWW-Authenticate") is None
    return endpoint in ("token", "metadata") and reply.status in (401, 403, 407) and bare


def _asked(trial: Trial, endpoint: str) -> Reply:
    match endpoint:
        case "authorization":
            # A real request: some servers answer an empty one as if nothing were there.
            return trial.send.authorization_once()
        case _ if endpoint in ASKED_BY_GET:
            return trial.send.raw("GET", trial.target.url(endpoint), [("Accept", "*/*")])
        case _:
            return trial.send.form(endpoint, [("token", trial.invented("token"))])


def examine_transport(examiner: Examiner) -> None:
    """Where plain HTTP would be heard, and the control port of our own server."""
    target = examiner.session.target
    if target.plain_http is not None:
        examiner.try_out(f"plain HTTP at {target.plain_http}", ("target", "plain_http"), _hears_plain_http)
    if target.control_url is not None:
        examiner.try_out(f"control port {target.control_url}", ("control", "url"), _ages)


def _hears_plain_http(trial: Trial) -> str:
    try:
        reply = trial.send.raw("GET", f"{(trial.target.plain_http or '').rstrip('/')}/")
    except (Inconclusive, Unanswered) as error:
        raise Pointless(
            f"nothing is heard there, as it may be; a mistyped plain_http looks the same ({error})"
        ) from error
    return f"it answers: {reply}"


def _ages(trial: Trial) -> str:
    url = f"{(trial.target.control_url or '').rstrip('/')}/age"
    reply = trial.send.raw("POST", url, [("Content-Type", FORM)], f"credential={trial.invented('token')}&seconds=1")
    # An invented credential isn't found; anything else there is another server's answer.
    if reply.status != 404 or reply.body:
        raise Wrong(f"this is no control port: {reply}", "the bundled server's profile names it; leave [control] out")
    return f"it answers: {reply}"
