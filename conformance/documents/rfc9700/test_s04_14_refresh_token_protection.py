"""RFC 9700 section 4.14: refresh token protection."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.audiences import refreshed_for_elsewhere
from conformance.documents.rfc9700.proofs import (
    Holder,
    bound_refreshable,
    bound_successor,
    refreshable_by_holder,
    refreshed_by,
)
from conformance.documents.rfc9700.refresh_lines import (
    idle_refresh_tokens,
    is_over,
    refresh_line,
    refreshed_at_once,
    refreshes_in,
    reply_to_replay,
    used_for_less,
)
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.plain_http import expect_unserved, refresh_in_the_clear
from conformance.procedures.public_clients import refreshable_tokens
from conformance.procedures.refreshing import (
    OF_EITHER_CLIENT,
    narrow_grant,
    refreshable_with_secret,
    scope_obtained,
    successor,
)
from conformance.procedures.sampling import guessing_hint
from conformance.procedures.token_refusals import wrong_secret
from conformance.procedures.token_samples import ALTERATIONS, FORGERIES, kept_refreshable, refresh_tokens
from conformance.profile.target import Target


@requirement("rfc9700-4.14.1-refresh-token-kept-confidential")
def test_no_refresh_token_passes_the_browser(given: Given, expect: Expect) -> None:
    answer = given.came_back(given.approval(None, "code"))

    shown = [page for page in answer.pages if "refresh_token" in page.text]
    hidden = answer.get("refresh_token") is None and not shown
    expect.that(hidden, "no refresh token in a redirect or page", answer, breach="act")


@requirement("rfc9700-4.14.1-refresh-token-over-tls")
def test_no_refresh_is_served_in_the_clear(given: Given, send: Send, expect: Expect) -> None:
    expect_unserved(expect, refresh_in_the_clear(given, send), "a refresh request")


@requirement("rfc9700-4.14.1-client-authenticated-at-refresh")
def test_a_refresh_without_the_secret_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_with_secret(given, send)

    reply = send.refresh(tokens, authentication="none")

    expect(reply).is_refused()
    given.control(tokens, after=reply)


@requirement("rfc9700-4.14.1-client-authenticated-at-refresh")
def test_a_refresh_with_a_wrong_secret_is_refused(given: Given, send: Send, expect: Expect) -> None:
    tokens = refreshable_with_secret(given, send)

    reply = send.refresh(tokens, wrong_secret(given, tokens.client))

    expect(reply).is_refused()
    given.control(tokens, after=reply)


@requirement("rfc9700-4.14.1-refresh-token-unguessable")
def test_refresh_tokens_show_no_pattern(given: Given, expect: Expect) -> None:
    weakness = guessing_hint(refresh_tokens(given))

    given.note("no weakness seen")
    expect.that(weakness is None, "refresh tokens in which no weakness shows", weakness, breach="act")


@requirement("rfc9700-4.14.1-refresh-token-unguessable")
@pytest.mark.parametrize("how", FORGERIES)
def test_a_made_up_refresh_token_is_refused(given: Given, send: Send, expect: Expect, how: str) -> None:
    made_up = FORGERIES[how](refresh_tokens(given))
    tokens = kept_refreshable(given)

    reply = send.refresh(tokens, refresh_token=made_up)

    expect(reply).is_refused()
    given.control(tokens, after=reply)


@requirement("rfc9700-4.14.2-asking-again-made-easy")
def test_whether_somebody_is_asked_again_is_noted(given: Given) -> None:
    answer = given.approval(None, "code")

    given.note(f"somebody who has signed in and approved is {'asked again' if answer.consented else 'asked no more'}")


@requirement("rfc9700-4.14.2-refresh-token-bound-to-scope")
def test_no_refresh_goes_beyond_what_was_granted(given: Given, send: Send, expect: Expect) -> None:
    tokens, beyond = narrow_grant(given, send)
    asked = f"{tokens.asked_scope} {beyond}"

    reply = send.refresh(tokens, scope=asked)

    obtained = scope_obtained(given, send, reply, tokens, asked)
    expect.that(
        beyond not in obtained.at_least, "no scope beyond the one granted", obtained, breach="act", about="scope"
    )


@requirement("rfc9700-4.14.2-refresh-token-bound-to-resources")
def test_no_refresh_is_for_other_resources(given: Given, send: Send, expect: Expect) -> None:
    before, after = refreshed_for_elsewhere(given, send)

    expect.that(after <= before, f"a token for {', '.join(before)}", ", ".join(after - before), breach="act")


@requirement("rfc9700-4.14.2-refresh-token-sender-constrained")
def test_a_bound_refresh_token_needs_a_proof(given: Given, send: Send, expect: Expect, target: Target) -> None:
    bound = bound_refreshable(given, send, target)

    reply = refreshed_by(send, target, bound, None)

    expect(reply).is_not_served()
    refreshable_by_holder(given, send, target, bound)


@requirement("rfc9700-4.14.2-refresh-token-sender-constrained")
def test_what_replaces_a_bound_refresh_token_needs_a_proof(
    given: Given, send: Send, expect: Expect, target: Target
) -> None:
    bound = bound_successor(given, send, target)

    reply = refreshed_by(send, target, bound, None)

    expect(reply).is_not_served()
    refreshable_by_holder(given, send, target, bound)


@requirement("rfc9700-4.14.2-refresh-token-sender-constrained")
def test_a_bound_refresh_token_needs_its_own_key(given: Given, send: Send, expect: Expect, target: Target) -> None:
    bound = bound_refreshable(given, send, target)

    reply = refreshed_by(send, target, bound, Holder())

    expect(reply).is_not_served()
    refreshable_by_holder(given, send, target, bound)


@requirement("rfc9700-4.14.2-refresh-token-rotated")
def test_a_replaced_refresh_token_is_refused(given: Given, send: Send, expect: Expect) -> None:
    used = refresh_line(given, send).first

    reply = reply_to_replay(given, send, used)

    expect(reply).is_refused()


@requirement("rfc9700-4.14.2-replay-ends-newest-token")
@pytest.mark.parametrize("used", ["last", "first"])
def test_a_replay_ends_the_newest_token(given: Given, send: Send, expect: Expect, target: Target, used: str) -> None:
    reply = is_over(given, send, target, used)

    expect(reply).is_refused()


@requirement("rfc9700-4.14.2-no-leeway")
def test_a_used_refresh_token_is_over_at_once(given: Given, send: Send, expect: Expect) -> None:
    used = refreshable_tokens(given)
    successor(given, send, used)

    reply = send.refresh(used)

    expect(reply).is_refused()


@requirement("rfc9700-4.14.2-no-leeway")
def test_a_refresh_token_is_over_once_it_was_used_for_less(given: Given, send: Send, expect: Expect) -> None:
    used = used_for_less(given, send)

    reply = send.refresh(used)

    expect(reply).is_refused()


@requirement("rfc9700-4.14.2-no-leeway")
def test_of_simultaneous_refreshes_one_succeeds(given: Given, send: Send, expect: Expect) -> None:
    replies = refreshed_at_once(given, send)

    served = refreshes_in(replies)
    expect.that(
        len(served) <= 1, "tokens for one refresh at most", f"tokens for {len(served)}", breach="act", at=served
    )


@requirement("rfc9700-4.14.2-refresh-token-integrity")
@pytest.mark.parametrize("how", ALTERATIONS)
def test_an_altered_refresh_token_is_refused(given: Given, send: Send, expect: Expect, how: str) -> None:
    tokens = kept_refreshable(given)

    reply = send.refresh(tokens, refresh_token=ALTERATIONS[how](tokens.refresh_token or ""))

    expect(reply).is_refused()
    given.control(tokens, after=reply)


@requirement("rfc9700-4.14.2-idle-refresh-token-expires")
@OF_EITHER_CLIENT
def test_an_idle_refresh_token_is_over(given: Given, send: Send, expect: Expect, whose: str) -> None:
    tokens = idle_refresh_tokens(given, whose)

    reply = send.refresh(tokens)

    expect(reply).is_refused()
