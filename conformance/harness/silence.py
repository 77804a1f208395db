"""Why nothing answers at a URL as it should, and what explains it: no server, a certificate, http in place of TLS."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.base.outcomes import Inconclusive
from conformance.base.uris import urlsplit
from conformance.harness.session import Session
from conformance.harness.trial import Trial
from conformance.wire.tls import LocallyUnavailable
from conformance.wire.transport import NoAnswer

# What OpenSSL says of an answer that isn't TLS, and of a client without certificate: what it raises has no other sign.
NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "UNEXPECTED_MESSAGE")
WANTS_CERTIFICATE = ("certificate required", "CERTIFICATE_REQUIRED", "bad certificate", "handshake failure")


@dataclass(frozen=True, slots=True)
class Silence:
    """What was seen, which setting under [target] explains it, and what to do."""

    says: str
    key: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.says}; {self.remedy}"


def silence_at(session: Session, url: str) -> Silence | None:
    """Why nothing answers at a URL; None where something speaks HTTP there as the URL says."""
    trial = Trial(session)
    trial.throttling_shows = True
    try:
        reply = trial.send.raw("GET", url, phase="given")
    except Inconclusive as error:
        why = error.__cause__ if isinstance(error.__cause__, NoAnswer) else NoAnswer(str(error.__cause__ or error))
        return _explained(session, url, why)
    # Many servers tell a client in the clear that TLS is spoken at their port.
    if reply.status == 400 and _speaks_tls(session, url):
        return _needs_tls(url)
    return None


def _explained(session: Session, url: str, no_answer: NoAnswer) -> Silence:
    why = str(no_answer)
    if url.startswith("http:") and _speaks_tls(session, url):
        return _needs_tls(url)
    is_late, is_no_tls = no_answer.cause == "late", any(sign in why for sign in NO_TLS)
    # Many servers take the beginning of TLS for that of a request, and wait for the rest.
    if url.startswith("https:") and (is_late or is_no_tls):
        is_plain = _answers_plainly(session, url)
        if is_plain or is_no_tls:
            remedy = f"{'the URL is' if is_plain else 'perhaps it is'} {_other_scheme(url)}"
            return Silence("what is spoken there is no TLS", "base_url", remedy)
    if no_answer.cause == "certificate":
        remedy = no_answer.remedy or "name the authority that signed it as `ca_file` under [target]"
        return Silence(no_answer.says, "ca_file", remedy)
    if any(sign in why for sign in WANTS_CERTIFICATE) and session.target.client_certificate is None:
        return Silence(why, "client_certificate", "the server may want to be shown one (mutual TLS)")
    if is_late:
        return Silence(why, "timeout", "check that the server runs, or give it more time")
    return Silence(why, "base_url", "check the URL, and that the server runs")


def _needs_tls(url: str) -> Silence:
    return Silence("http is spoken where TLS is expected", "base_url", f"the URL is {_other_scheme(url)}")


def _other_scheme(url: str) -> str:
    parts = urlsplit(url)
    return f"{'https' if parts.scheme == 'http' else 'http'}://{parts.netloc}"


def _speaks_tls(session: Session, url: str) -> bool:
    transport = session.transport
    if not transport.has_sockets:
        return False
    try:
        return transport.handshake(url, session.target.reach, only=None, verify=False).succeeded
    except LocallyUnavailable:
        return False


def _answers_plainly(session: Session, url: str) -> bool:
    try:
        Trial(session).send.raw("GET", _other_scheme(url), phase="given")
    except Inconclusive:
        return False
    return True
