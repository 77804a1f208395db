"""RFC 9700 sections 4.2 and 4.3: credentials that leak by Referer headers and the browser's history."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.end_user_pages import foreign_places, pages_met, referrer_policy, suppresses_referrer
from conformance.documents.rfc9700.pkce_support import standard_metadata
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.client_authentication import with_wrong_secret
from conformance.procedures.code_exchanges import exchanging_client, presented_by_another
from conformance.procedures.pkce import reply_without_verifier
from conformance.procedures.token_requests import with_refresh_token
from conformance.profile.target import Target

PAGES = pytest.mark.parametrize("kind", ["asking", "error"])
MODES = "response_modes_supported"


@requirement("rfc9700-4.2.4-pages-load-nothing-foreign")
@PAGES
def test_pages_have_nothing_of_other_hosts(given: Given, send: Send, expect: Expect, target: Target, kind: str) -> None:
    foreign = [place for page in pages_met(given, send, kind) for place in foreign_places(page, target)]

    expect.that(not foreign, "pages with nothing of other hosts (beside `own_hosts`)", ", ".join(foreign), breach="act")


@requirement("rfc9700-4.2.4-referrer-suppressed")
@PAGES
def test_pages_keep_their_url_to_themselves(given: Given, send: Send, expect: Expect, kind: str) -> None:
    telling = [page for page in pages_met(given, send, kind) if not suppresses_referrer(page)]

    told = ", ".join(referrer_policy(page) or "none" for page in telling)
    expect.that(not telling, "a policy that keeps the URL from other sites", told)


@requirement("rfc9700-4.2.4-code-bound")
def test_a_code_needs_the_clients_secret(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code(exchanging_client(given))

    reply = send.code_exchange(code, with_wrong_secret(code.client, "longer"))

    expect(reply).is_refused()
    given.control(code, after=reply)


@requirement("rfc9700-4.2.4-code-bound")
def test_a_code_is_of_no_use_to_another_client(given: Given, send: Send, expect: Expect) -> None:
    reply = presented_by_another(given, send, "confidential", "other")

    expect(reply).is_refused()


@requirement("rfc9700-4.2.4-code-bound")
def test_a_public_clients_code_needs_the_verifier(given: Given, send: Send, expect: Expect) -> None:
    reply = reply_without_verifier(given, send, "another", "public")

    expect(reply).is_refused()


@requirement("rfc9700-4.2.4-code-invalidated")
@pytest.mark.parametrize("name", ["main", "public"])
def test_a_code_works_once(given: Given, send: Send, expect: Expect, name: str) -> None:
    code = given.authorization_code(given.client("public") if name == "public" else None)
    given.tokens_for(code)

    reply = send.code_exchange(code)

    expect(reply).is_refused()


@requirement("rfc9700-4.2.4-replay-revokes-tokens")
def test_a_replay_ends_the_access_token(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    token = given.active_token(given.tokens_for(code))

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc9700-4.2.4-replay-revokes-tokens")
@needs("refresh_token")
def test_a_replay_ends_the_refresh_token(given: Given, send: Send, expect: Expect) -> None:
    code = given.authorization_code()
    token = given.active_token(with_refresh_token(given.tokens_for(code)), "refresh_token")

    send.code_exchange(code)

    expect(token).is_inactive()


@requirement("rfc9700-4.2.4-form-post-offered")
def test_response_modes_are_noted(given: Given, send: Send, target: Target) -> None:
    modes = standard_metadata(given, send, target).members.get(MODES)

    given.note(f"{MODES}: {modes or 'not there'}")
