"""Whether clients can find out that a server supports PKCE, and what becomes of a verifier without a challenge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.base.outcomes import Untested, Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Change, Send
from conformance.procedures.client_authentication import by_body_if_it_may
from conformance.procedures.metadata import DEFAULT_SUFFIX, answer_at, appended_location, inserted_location
from conformance.procedures.pkce import SHORTEST, client_seen_to_exchange, pkce_client, verifier_of
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

METHODS = "code_challenge_methods_supported"
OPENID_SUFFIX = "openid-configuration"


def standard_metadata(given: Given, send: Send, target: Target) -> Reply:
    """The answer where RFC 8414 has the metadata of the issuer, or of base_url where the profile states none."""
    return answer_at(given, send, inserted_location(target, target.issuer or target.base_url, DEFAULT_SUFFIX))


def metadata_reply(reply: Reply) -> Reply:
    """The answer where it is metadata; Vacuous otherwise: that none is published is told by another requirement."""
    if not reply.is_success or not reply.members:
        raise Vacuous(f"no metadata is published there: {reply}")
    return reply


def metadata_found(given: Given, send: Send, target: Target) -> list[dict[str, Any]]:
    """The metadata, wherever clients may find it: by RFC 8414, by OpenID Connect, and where the profile says."""
    issuer = target.issuer or target.base_url
    places = (
        inserted_location(target, issuer, DEFAULT_SUFFIX),
        inserted_location(target, issuer, OPENID_SUFFIX),
        appended_location(target, issuer).rpartition("/")[0] + f"/{OPENID_SUFFIX}",
        *([target.url("metadata")] if "metadata" in target.endpoints else []),
    )
    replies = [answer_at(given, send, place) for place in dict.fromkeys(places)]
    return [reply.members for reply in replies if reply.is_success and reply.members]


def methods_told(given: Given, send: Send, target: Target) -> tuple[str, ...]:
    """The challenge methods that the metadata names. Vacuous where the profile names another way to find out."""
    found = metadata_found(given, send, target)
    told = [name for members in found if isinstance(members.get(METHODS), list) for name in members[METHODS]]
    if not told and target.pkce_told:
        raise Vacuous(f"it is told otherwise: {target.pkce_told}")
    if not found:
        raise Untested("no metadata tells of PKCE: name another way in `pkce_told` under [target]")
    return tuple(map(str, told))


def downgrade_result(given: Given, send: Send, name: str, challenge: Change) -> Answer | Reply:
    """A code that was asked for without a challenge, presented with a verifier; the answer where no code came."""
    client = pkce_client(given, name)
    client_seen_to_exchange(given, send, name)
    answer = send.authorize(client, code_challenge=challenge, code_challenge_method=OMIT)
    if not answer.get("code"):
        return answer
    code = replace(given.code_in(answer), verifier=None)
    # A server may look for stray verifiers on one way of authentication only: an empty challenge tries the other one.
    presenter = by_body_if_it_may(client) if challenge == "" else client
    reply = send.code_exchange(code, presenter, code_verifier=verifier_of(SHORTEST))
    given.control(code, after=reply)
    return reply


def expect_refused(expect: Expect, found: Answer | Reply) -> None:
    """A Violation unless the request for a code, or the exchange of the one that came, was refused."""
    if isinstance(found, Reply):
        expect(found).is_refused()
    else:
        expect(found).grants_nothing()
