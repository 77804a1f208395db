"""What a client does about a token that it has given back: each function returns what is wrong, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from conformance.clients.played import Played, Sent

# Seconds that a busy stage asks for, and by which a client's clock may differ.
WAIT, LEEWAY = 1.0, 0.1
# What comes no more often before that is a second try, as libraries make it, or a wait that grows; more is no wait.
MOST_TRIES = 3
# Requests after which a client that asks again can be said to know no end.
MOST = 5


def presents_token(sent: Sent) -> str:
    """A token that somebody is asked to revoke."""
    return "a revocation request" if sent.first("token") is not None else ""


def misdirected_revocation(login: Played) -> Callable[[Sent], str]:
    """A revocation request to another place than the revocation endpoint."""
    known = urlsplit(login.stage.urls["revocation"])

    def fault(sent: Sent) -> str:
        asked = urlsplit(sent.request.url)
        is_known = (asked.scheme, asked.netloc, asked.path) == (known.scheme, known.netloc, known.path)
        return "" if is_known else presents_token(sent) and f"{presents_token(sent)} to {asked.scheme} {asked.path}"

    return fault


def uses_after_revocation(login: Played) -> Callable[[Sent], str]:
    """A token in a request that came after its revocation was answered with 200; to revoke it again is no use of it."""
    done = {sent.first("token"): sent.at for sent in login.all("revocation") if sent.reply.status == 200}

    def fault(sent: Sent) -> str:
        held = [sent.bearer, *sent.all("access_token"), *sent.all("refresh_token")]
        return "a revoked token" if any(token in done and sent.at > done[token] for token in held if token) else ""

    return fault


def too_often(sent: Sequence[Sent]) -> str:
    """More tries than one may make before the time of Retry-After is over."""
    early = [each for each in sent if each.at - sent[0].at < WAIT - LEEWAY]
    return "" if len(early) <= MOST_TRIES else f"{len(early)} requests within {early[-1].at - sent[0].at:.1f} s"
