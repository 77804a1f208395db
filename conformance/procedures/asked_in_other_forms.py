"""A request about which a person is asked, sent in another form: whoever was not asked before is not asked less now."""

from __future__ import annotations

from dataclasses import replace

from conformance.base.outcomes import NotApplicable
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request, taken_by_post
from conformance.procedures.consent import Asked, asked_unprompted, page_before_decision
from conformance.procedures.pkce import s256_pair
from conformance.wire.exchange import Pairs

FORMS = ("post", "implicit", "challenge")


def asked_otherwise(given: Given, send: Send, form: str) -> Answer:
    """What the request of a page that asks comes to in another form, where nobody takes a decision."""
    if form == "post":
        taken_by_post(given, ordinary_request(given, send))
    page = asked_unprompted(given, send)
    if form == "post":
        return send.authorization(page.request, user_agent=page.user_agent, method="POST", decision="wait")
    if form == "challenge":
        return _looked_at(given, send, page, _with_challenge(page))
    if not given.claims("implicit") or not page.client.may_use("implicit"):
        raise NotApplicable(f"[clients.{page.client.name}] may not use the implicit grant")
    own = [(name, value) for name, value in page.request.pairs if not name.startswith("code_challenge")]
    pairs = tuple((name, "token" if name == "response_type" else value) for name, value in own)
    return _looked_at(given, send, page, pairs)


def _with_challenge(page: Asked) -> Pairs:
    """The request with a challenge by S256, or without the one that it has."""
    rest = tuple((name, value) for name, value in page.request.pairs if not name.startswith("code_challenge"))
    return rest if rest != page.request.pairs else (*rest, *s256_pair().parameters.items())


def _looked_at(given: Given, send: Send, page: Asked, pairs: Pairs) -> Answer:
    return page_before_decision(given, send, replace(page.request, pairs=tuple(pairs)), page.user_agent)
