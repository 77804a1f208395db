"""A request about which a person is asked, sent in another form: whoever was not asked before is not asked less now."""

from __future__ import annotations

from dataclasses import replace

from conformance.base.outcomes import NotApplicable
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.authorization_requests import ordinary_request, taken_by_post
from conformance.procedures.consent import asked_unprompted, page_before_decision

FORMS = ("post", "implicit")


def asked_otherwise(given: Given, send: Send, form: str) -> Answer:
    """What the request of a page that asks comes to in another form, where nobody takes a decision."""
    if form == "post":
        taken_by_post(given, ordinary_request(given, send))
    page = asked_unprompted(given, send)
    if form == "post":
        return send.authorization(page.request, user_agent=page.user_agent, method="POST", decision="wait")
    if not given.claims("implicit") or not page.client.may_use("implicit"):
        raise NotApplicable(f"[clients.{page.client.name}] may not use the implicit grant")
    own = [(name, value) for name, value in page.request.pairs if not name.startswith("code_challenge")]
    pairs = tuple((name, "token" if name == "response_type" else value) for name, value in own)
    return page_before_decision(given, send, replace(page.request, pairs=pairs), page.user_agent)
