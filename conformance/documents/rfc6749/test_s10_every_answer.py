"""RFC 6749 sections 10.3, 10.4 and 10.8: where credentials stand in the answers of a run, under whatever name.

What the request itself had in its URI says nothing against an answer that repeats it.
"""

from __future__ import annotations

from conformance.harness import Expect, needs, requirement
from conformance.harness.held import body_of, query_reached
from conformance.harness.record import Recorded
from conformance.wire.exchange import Reply


@requirement("rfc6749-10.3-access-token-kept-out-of-query")
def test_no_redirect_leads_to_a_query_with_an_access_token(recorded: Recorded, expect: Expect) -> None:
    tokens = recorded.issued("access_token")
    answers = [reply for reply in recorded.redirects() if not tokens.given_by(reply.request)]

    def judge(reply: Reply) -> None:
        held = tokens.within(query_reached(reply))
        expect.that(not held, "no access token before the fragment of a redirect", "one there", breach="act", at=reply)

    recorded.each(answers, judge)


@requirement("rfc6749-10.4-refresh-token-not-through-user-agent")
@needs("refresh_token")
def test_no_browser_gets_a_refresh_token(recorded: Recorded, expect: Expect) -> None:
    tokens = recorded.issued("refresh_token")
    answers = [reply for reply in recorded.for_browsers() if not tokens.given_by(reply.request)]

    def judge(reply: Reply) -> None:
        held = tokens.within(f"{reply.header('Location')} {body_of(reply)}")
        expect.that(not held, "no refresh token in a page or redirect", "one there", breach="act", at=reply)

    recorded.each(answers, judge)


@requirement("rfc6749-10.8-returned-scope-holds-no-secrets")
def test_no_scope_of_any_answer_holds_a_secret(recorded: Recorded, expect: Expect) -> None:
    secrets = recorded.passwords()
    answers = [*recorded.token_responses(), *recorded.introspection_responses()]

    def judge(reply: Reply) -> None:
        held = secrets.within(str(reply.members["scope"]))
        expect.that(
            not held, "a scope without secrets", "a secret or password in it", breach="act", at=reply, about="scope"
        )

    recorded.each([reply for reply in answers if reply.members.get("scope")], judge)
