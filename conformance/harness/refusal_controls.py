"""The second of the two controls that a refusal is judged between: what was refused is served without the fault.

The first one saw the credential alive. It may have ended since: servers end whole grants when one request goes wrong,
and another process of the run may have sent that request. A refusal of what is dead says nothing of the fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from conformance.base.outcomes import Inconclusive, Stale
from conformance.harness import effects
from conformance.harness.send import OMIT, Send
from conformance.harness.tokens import ActiveToken, Code, Tokens
from conformance.harness.witnessing import Witnessing
from conformance.wire.exchange import Reply

# What can be seen to be good; a function tells it of what none of the others stands for.
Credential: TypeAlias = Code | Tokens | ActiveToken | Callable[[], bool]


def control(given: Witnessing, send: Send, credential: Credential, after: Reply | None) -> None:
    """See that a refused credential is good: codes and refresh tokens by using them, access tokens by their witnesses.

    An answer that refuses nothing needs no control; None stands for one that isn't known as such. Stale where the
    credential isn't served: then the test is tried once more with a fresh one. If that isn't served either, the refusal
    may have ended it, and another one decides; Inconclusive where even that isn't served.
    """
    decided = after is None or after.is_refusal
    if not decided or _is_served(given, send, credential):
        return
    if send.recorder.is_first:
        raise Stale(f"{_in_words(credential)} is not served without the fault either")
    if not _is_served(given, send, _another(given, credential)):
        raise Inconclusive(f"positive control: {_in_words(credential)} should be served without the fault")


def _is_served(given: Witnessing, send: Send, credential: Credential) -> bool:
    with given.arranging():
        match credential:
            case Code():
                reply = send.code_exchange(credential)
            case Tokens():
                reply = send.refresh(credential)
            case ActiveToken(value, kind, tokens, witnesses):
                return all(effects.says_active(send, witness, value, kind, tokens) for witness in witnesses)
            case _:
                return credential()
    return reply.is_success and bool(reply.members.get("access_token"))


def _another(given: Witnessing, credential: Credential) -> Credential:
    """A fresh one of those that a request may use up, even one that is refused."""
    match credential:
        case Code():
            return given.authorization_code(credential.client, redirect_uri=credential.redirect_uri or OMIT)
        case Tokens():
            return given.refreshable(credential.client, credential.grant)
        case _:
            return credential


def _in_words(credential: Credential) -> str:
    match credential:
        case Code():
            return "a code"
        case Tokens():
            return "a refresh token"
        case ActiveToken():
            return f"a token that was seen active by {' and '.join(credential.witnesses)}"
        case _:
            return "a token that was seen active"
