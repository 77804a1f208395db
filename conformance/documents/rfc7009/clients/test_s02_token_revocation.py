"""RFC 7009 section 2, and section 5: how a client gives tokens back, and to whom."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import authenticates, in_body, in_the_clear, posted
from conformance.clients.serve import Serve
from conformance.documents.rfc7009.clients.revoking import (
    MOST,
    misdirected_revocation,
    too_often,
    uses_after_revocation,
)

requirement, needs = pytest.mark.requirement, pytest.mark.needs
CERTIFICATES = ("expired", "other-host", "unknown-authority")


@requirement("rfc7009-2-client-uses-post")
@needs("revocation")
def test_revocation_requests_are_posted(serve: Serve, expect: Expect) -> None:
    login = serve.honest("revocation")

    expect(login).every("revocation", "POST", posted)


@requirement("rfc7009-2-client-verifies-https-url")
@needs("revocation")
@pytest.mark.parametrize("misbehavior", ["revocation-at-http", "revocation-redirects-to-http"])
def test_no_token_is_revoked_in_the_clear(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior, "revocation", until="revocation")

    expect(login).avoids("no token to an http URL", in_the_clear)


@requirement("rfc7009-2-location-from-trustworthy-source")
@needs("revocation")
def test_a_token_response_names_no_revocation_endpoint(serve: Serve, expect: Expect) -> None:
    login = serve.login("revocation-endpoint-in-token-response", "revocation", until="revocation")

    expect(login).avoids("revocation where metadata or configuration say", misdirected_revocation(login))


@requirement("rfc7009-5-client-uses-trustworthy-location")
@needs("revocation")
@pytest.mark.parametrize("misbehavior", ["revocation-endpoint-in-token-response", "revocation-redirects-to-http"])
def test_tokens_go_to_the_known_location_alone(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior, "revocation", until="revocation")

    expect(login).avoids("revocation where metadata or configuration say", misdirected_revocation(login))


@requirement("rfc7009-5-client-authenticates-endpoint")
@needs("revocation")
@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_the_revocation_endpoint_has_to_prove_who_it_is(serve: Serve, expect: Expect, certificate: str) -> None:
    login = serve.login(f"revocation-at-{certificate}", "revocation", until="revocation")

    expect(login).refuses("revocation")


@requirement("rfc7009-2.1-client-sends-form-body")
@needs("revocation")
def test_the_token_stands_in_a_form(serve: Serve, expect: Expect) -> None:
    login = serve.honest("revocation")

    expect(login).every("revocation", "token in a form, once", in_body("token"))


@requirement("rfc7009-2.1-client-sends-form-body")
@needs("revocation")
def test_the_token_stands_in_a_form_again(serve: Serve, expect: Expect) -> None:
    login = serve.login("revocation-busy-for-a-while", "revocation", until="revocation")

    expect(login).every("revocation", "token in a form, once", in_body("token"))


@requirement("rfc7009-2.1-client-authenticates")
@needs("revocation", "client_password")
def test_the_client_authenticates_to_revoke(serve: Serve, expect: Expect) -> None:
    login = serve.honest("revocation")

    expect(login).every("revocation", "client authentication", authenticates)


@requirement("rfc7009-2.1-client-may-send-hint")
@needs("revocation")
def test_whether_a_hint_is_sent(serve: Serve) -> None:
    login = serve.honest("revocation")

    hints = sorted({sent.first("token_type_hint") or "" for sent in login.all("revocation")} - {""})
    serve.note(f"it sends hints: {', '.join(hints)}" if hints else "it sends no hint")


@requirement("rfc7009-2.3-callback-may-be-sent")
@needs("revocation")
def test_whether_a_callback_is_named(serve: Serve) -> None:
    login = serve.honest("revocation")

    named = any(sent.first("callback") is not None for sent in login.all("revocation"))
    serve.note("it names a callback" if named else "it names no callback")


@requirement("rfc7009-2.1-client-stops-using-revoked-token")
@needs("revocation")
def test_a_revoked_token_is_not_used(serve: Serve, expect: Expect) -> None:
    login = serve.honest("revocation")

    expect(login).avoids("no use of a token that was revoked", uses_after_revocation(login))


@requirement("rfc7009-2.1-client-expects-sudden-invalidation")
def test_a_token_that_ends_suddenly_is_borne(serve: Serve, expect: Expect) -> None:
    login = serve.login("resource-refuses-tokens", until="resource")

    expect(login).presents_no_more_often("resource", MOST)


@requirement("rfc7009-2.2-client-ignores-body")
@needs("revocation")
@pytest.mark.parametrize("misbehavior", ["revocation-done-with-error", "revocation-done-with-page"])
def test_the_body_of_a_revocation_response_is_ignored(serve: Serve, expect: Expect, misbehavior: str) -> None:
    login = serve.login(misbehavior, "revocation", until="revocation")

    expect(login).ends_as(serve.honest("revocation"))


@requirement("rfc7009-2.2.1-client-assumes-token-lives-on-503")
@needs("revocation")
def test_a_busy_server_gets_its_time(serve: Serve, expect: Expect) -> None:
    login = serve.login("revocation-busy-for-a-while", "revocation", until="revocation")

    expect.sample(login.all("revocation"), "a wait before the token is revoked after all", too_often)
